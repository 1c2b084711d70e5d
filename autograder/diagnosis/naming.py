"""Which known mistakes did the student make? Those whose answers are the student's, whatever the code looks like.

The `table` says what the student's answers in a check say about a mistake: they agree with it, they contradict it, or
they say nothing. From it follows the name, by one rule:

1. A mistake explains a failed check if the function that the check is about answered there as the mistake does, and
   answered nowhere else otherwise: one answer of the same function that disagrees refutes it, in a check that passed
   too, unless another form of the mistake gives that answer. As long as it agrees with none of the checks that look at
   it most closely, any failure that it should explain and that disagrees refutes it as well.
   Degenerate answers (0, nan, inf, a constant, an input, an exception) agree by their pattern only: of the checks that
   asked the function, everything that failed, and that telling answers do not explain, must be what the mistake is
   recorded to fail; and it must agree with a check that looks at it most closely, if another one of these passed with
   other answers. A function that returns nothing else is itself tried as an explanation, which has no name.
   Of exceptions that both raise by statements of their own only the kind is compared.
2. Where answers were drawn at random, a mistake explains a check if it fails in the same words with draws of its own,
   no test tells the two kinds of draws apart, and the same holds wherever else it is recorded to fail. What failed in
   an earlier exercise must have a name too, or be recorded of it: with an unknown part all that is drawn goes wrong.
3. Where no mistake explains a check alone, two of them together may, by telling answers, unless a check that looks
   at one of them most closely shows the other one alone. If one of them gives the answers there alone, and the other
   is needed in another check, the check goes by the one. A mistake is superfluous if two other named ones
   together give the answers wherever it is named.
4. Of several that explain a check, the one that explains most checks is named. Of these it is the one that is recorded
   to fail the fewest checks that passed, then the most that failed. On a tie none is named, because a false name
   misleads.
5. A check that trains or shuffles goes by a mistake that explains another check, if it is recorded to fail both.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import torch

from ..checking.case import Case
from ..checking.local import local_student, module_from
from ..checking.registry import Check, Misconception
from ..plan import Plan
from .check_run import CheckRun
from .degenerate import kinds_of
from .drawn import explained_by_law
from .evidence import Evidence, should_fail
from .replay import Says
from .table import OutOfTime, Table
from .together import Pairs
from .variants import Mistakes, Nameless, Variant

# It bounds the cost, and was chosen, not calibrated: a training on the digits (at most 1,797 rows) is repeated with
# each suspected mistake, one on the 60,000 rows of MNIST is not.
DIAGNOSED_ROWS = 10_000

Matches = dict[str, list[Misconception]]  # by the name of a failed check: the mistakes that explain it
Explanations = Mapping[str, Sequence[Mistakes]]  # the same, where several may explain a check together


def explain(runs: Sequence[CheckRun], plan: Plan, case: Callable[[Check], Case], own: str = "") -> dict[str, Mistakes]:
    """The mistakes behind the failed checks of one submission, by the names of the checks; two where both are needed.

    Args:
        runs: the checks that passed or failed; of those that could not be run nothing is known.
        case: the inputs of a check, the same as the student got.
        own: the text of the submission, where it is known.
    """
    if plan.solution is None:
        return {}
    return names_from(Evidence(runs, plan, Table(plan.solution, case, own)))


def names_from(evidence: Evidence, *, pairs: bool = True) -> dict[str, Mistakes]:
    """The mistakes behind the failed checks, by the names of the checks, as far as they have a sentence.

    Args:
        pairs: whether what two mistakes answer together can be told.
    """
    try:
        named = _Diagnosis(evidence).mistakes(pairs=pairs)
    except OutOfTime:
        return {}
    return {name: mistakes for name, mistakes in named.items() if not any(map(_is_nameless, mistakes))}


def likeliest(explanations: Explanations, passed: Collection[str], failed: Collection[str] = ()) -> dict[str, Mistakes]:
    """What each check is named by, according to the fourth part of the rule."""
    explained: Counter[Mistakes] = Counter()
    for explaining in explanations.values():
        explained.update(explaining)

    def rank(mistakes: Mistakes) -> tuple[int, int, int, int]:
        trips = {name for known in mistakes for name in known.trips}
        return explained[mistakes], _priority(mistakes), -len(trips & set(passed)), len(trips & set(failed))

    named = {}
    for name, explaining in explanations.items():
        highest = max(map(rank, explaining), default=None)
        best = [mistakes for mistakes in explaining if rank(mistakes) == highest]
        if best and all(_sentences(mistakes) == _sentences(best[0]) for mistakes in best):
            named[name] = best[0]
    return named


def passes(check: Check, case: Case, reference: str) -> bool:
    """Whether the reference passes a check in this process."""
    with torch.random.fork_rng(devices=[]):
        try:
            check.run(local_student(module_from(reference, "reference")), case)
        except Exception:
            return False
    return True


class _Diagnosis:
    """The steps that lead from the evidence of one submission to names."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.table = evidence.table

    def mistakes(self, *, pairs: bool) -> dict[str, Mistakes]:
        """The mistakes behind each failed check, by its name; among them nameless ones, which say nothing."""
        by_answers = self._explained_by_answers()
        proven = itertools.chain(*self._likeliest(_each_alone(by_answers)).values())
        by_law = explained_by_law(self.evidence, by_answers, set(proven))
        named = self._likeliest(_each_alone(by_answers | by_law))
        if pairs:
            self._add_pairs(named)
        return self._carried_over(named)

    def _likeliest(self, explanations: Explanations) -> dict[str, Mistakes]:
        return likeliest(explanations, self.evidence.passed, self.evidence.failed)

    def _explained_by_answers(self) -> Matches:
        """The single mistakes that explain each failed check by what came back: by telling answers, or by a pattern."""
        failures = self.evidence.failures_without_training
        nameless = self._degenerate()
        told = [run for run in failures if self.table.tells(run, self.table.subject(run))]
        telling = self._explained(told, nameless, self.evidence.agrees)
        unexplained = [run for run in failures if not telling.get(run.name)]

        def fits(variant: Variant, run: CheckRun) -> bool:
            return self.evidence.pattern_fits(variant, run, unexplained)

        likely = [known for explaining in telling.values() for known in explaining]
        return telling | self._explained(unexplained, nameless, fits, likely)

    def _degenerate(self) -> list[Variant]:
        """The reference with a function that returns degenerate answers only, as the student's does somewhere."""
        variants = {}
        for run in self.evidence.failures_without_training:
            function = self.table.subject(run)
            for kind in kinds_of(run, function):
                for variant in self.table.degenerate(function, kind, self.evidence.plan):
                    variants[variant.source] = variant
        return list(variants.values())

    def _explained(
        self,
        runs: Iterable[CheckRun],
        nameless: Sequence[Variant],
        explains: Callable[[Variant, CheckRun], bool],
        likely: Iterable[Misconception] = (),
    ) -> Matches:
        """The mistakes a variant of which explains each check; `likely` are those that explain others."""
        explanations: Matches = {}
        likely = list(likely)
        for run in runs:
            explanations[run.name] = []
            for suspects in self._in_turn(self.evidence.suspects(run.check), likely):
                explaining = explanations[run.name]
                for variant in [*nameless, *self.table.singles(suspects)]:
                    (known,) = variant.mistakes
                    if known not in explaining and explains(variant, run):
                        explaining.append(known)
                if any(known in suspects for known in explaining):
                    break
            likely += explanations[run.name]
        return explanations

    def _in_turn(
        self, suspects: Sequence[Misconception], likely: Sequence[Misconception]
    ) -> Iterator[list[Misconception]]:
        """Suspects in the order in which they are tried, which saves time: if some explain a check, none after them is.

        Those that explained an earlier check come first, then those that fail nothing that passed.
        """
        yield [known for known in suspects if known in likely]
        yield [known for known in suspects if self.evidence.passed.isdisjoint(known.trips)]
        yield list(suspects)

    def _add_pairs(self, named: dict[str, Mistakes]) -> None:
        """Name also what two mistakes explain together: first with a proven one, then any two, then again with one.

        Where answers were drawn, one of the two must be proven, and not explain the check by what is recorded of it.
        """
        pairs = Pairs(self.evidence)
        for alone in (False, True, False):
            proven = {known for known in itertools.chain(*named.values()) if not _is_nameless(known)}
            explanations = {}
            for run in self.evidence.failures_without_training:
                left_out = run.uses_generator and (alone or should_fail(proven, run))
                if run.name not in named and not left_out:
                    explanations[run.name] = pairs.explaining(run, proven, alone=alone)
            named.update(self._likeliest(explanations))
        named.update(pairs.without_superfluous(named))

    def _carried_over(self, named: dict[str, Mistakes]) -> dict[str, Mistakes]:
        """Names also for the checks whose answers cannot be compared one by one, because they train or shuffle."""
        frequency = Counter(named.values())
        carried = dict(named)
        for run in self.evidence.failures:
            if run.name in named or not (run.rows or run.uses_generator):
                continue
            reason = _commonest_tripping(run.check, frequency) or self._shown_by_training(run)
            if reason:
                carried[run.name] = reason
        return carried

    def _shown_by_training(self, run: CheckRun) -> Mistakes:
        """A mistake that no check without data could have shown, if it trains as the student's code does."""
        if not 0 < run.rows <= DIAGNOSED_ROWS:
            return ()
        trainings = {failure.name for failure in self.evidence.failures if failure.rows}
        suspects = [known for known in self.evidence.suspects(run.check) if trainings.issuperset(known.trips)]
        for variant in self.table.singles(suspects):
            if self.table.says(run, self.table.subject(run), variant) is Says.AGREES:
                return variant.mistakes
        return ()


def _each_alone(matches: Mapping[str, Sequence[Misconception]]) -> dict[str, list[Mistakes]]:
    """Single mistakes as explanations."""
    explanations: dict[str, list[Mistakes]] = {}
    for name, explaining in matches.items():
        explanations[name] = [(known,) for known in explaining]
    return explanations


def _is_nameless(known: Misconception) -> bool:
    return isinstance(known, Nameless)


def _priority(mistakes: Mistakes) -> int:
    """What decides between a known mistake and a nameless one that explains as much."""
    for known in mistakes:
        if isinstance(known, Nameless):
            return 1 if known.wins_ties else -1
    return 0


def _sentences(mistakes: Mistakes) -> list[str]:
    return [known.says for known in mistakes]


def _commonest_tripping(check: Check, frequency: Counter[Mistakes]) -> Mistakes:
    """The most frequent of the named mistakes that fail a check, if only by chance; of a pair, those that do."""
    for mistakes, _ in frequency.most_common():
        tripping = tuple(known for known in mistakes if known.can_trip(check.name))
        if tripping:
            return tripping
    return ()
