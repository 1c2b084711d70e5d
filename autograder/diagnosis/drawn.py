"""Mistakes that explain draws: no answer equals theirs, but they fail in the same words, by draws of the same law."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..checking.registry import Misconception
from .check_run import CheckRun
from .evidence import Evidence
from .variants import Nameless


def explained_by_law(
    evidence: Evidence, by_answers: Mapping[str, Collection[Misconception]], proven: Collection[Misconception]
) -> dict[str, list[Misconception]]:
    """The mistakes that explain checks that rest on chance, where no answers do; by the names of the checks.

    Args:
        by_answers: the mistakes that explain each failed check by its answers.
        proven: those of them that are the likeliest somewhere.
    """
    by_law: dict[str, list[Misconception]] = {}
    explained: dict[str, set[Misconception]] = {}
    rejected: set[Misconception] = set()  # those that do not explain a check which they are recorded to fail
    for run in evidence.failures_without_training:
        suspects = evidence.suspects(run.check)
        # Draws go wrong by a mistake that is proven elsewhere, and so say nothing of another.
        if run.uses_generator and not set(proven).isdisjoint(suspects):
            continue
        explaining = set(by_answers[run.name])
        if run.stochastic and not explaining:
            by_law[run.name] = []
            for known in suspects:
                if known not in rejected and _fails_alike(known, run, evidence):
                    by_law[run.name].append(known)
            explaining.update(by_law[run.name])
        explained[run.name] = explaining
        rejected.update(set(suspects) - explaining)
    return _consistent(by_law, explained, evidence)


def _fails_alike(known: Misconception, run: CheckRun, evidence: Evidence) -> bool:
    """Whether a mistake fails a check in the student's words by draws of the same law, and nothing refutes it."""
    function = evidence.table.subject(run)
    if evidence.is_unlikely(known) or not evidence.fails_without_draws(known, function):
        return False
    for variant in evidence.table.singles([known]):
        refuted = evidence.is_refuted(variant, function)
        if not refuted and evidence.table.fails_in_the_same_words(variant, run):
            return True
    return False


def _consistent(
    by_law: Mapping[str, list[Misconception]], explained: Mapping[str, Collection[Misconception]], evidence: Evidence
) -> dict[str, list[Misconception]]:
    """The explanations by law of mistakes that explain every check which they are recorded to fail.

    Later exercises build on earlier ones: with something unknown wrong there, whatever is drawn goes wrong by that.
    """
    consistent: dict[str, list[Misconception]] = {}
    for name, explaining in by_law.items():
        consistent[name] = [known for known in explaining if _explains_all_it_trips(known, explained)]
    for run in evidence.failures_without_training:
        if consistent.get(run.name):
            unknown = [name for name in evidence.failed_before(run) if not _has_a_name(explained.get(name))]
            consistent[run.name] = [known for known in consistent[run.name] if all(map(known.can_trip, unknown))]
        # Where the draws could be right, words alone are the evidence, and nothing about the function may have passed.
        if consistent.get(run.name) and evidence.table.draws_are_right(run):
            passed = evidence.passed_about(evidence.table.subject(run))
            certain = [known for known in consistent[run.name] if passed.isdisjoint(known.trips)]
            consistent[run.name] = certain
    return consistent


def _has_a_name(explaining: Collection[Misconception] | None) -> bool:
    """Whether a known mistake is among those that explain a check; None stands for one that is proven elsewhere."""
    return explaining is None or not all(isinstance(known, Nameless) for known in explaining)


def _explains_all_it_trips(known: Misconception, explained: Mapping[str, Collection[Misconception]]) -> bool:
    """Whether a mistake explains every check that it should fail."""
    for name, explaining in explained.items():
        if name in known.trips and known not in explaining:
            return False
    return True
