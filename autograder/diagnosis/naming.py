"""Which known mistakes did the student make? Those whose answers are the student's, whatever the code looks like.

The `table` says what the student's answers in a check say about a mistake: they agree with it, they contradict it, or
they say nothing. From it follows the name, by one rule:

1. A mistake explains a failed check if the function that the check is about answered there as the mistake does, and
   answered nowhere else otherwise: one answer of the same function that disagrees refutes it, in a check that passed
   too. Far from the checks that look at a mistake most closely, any failure that it should explain and that disagrees
   refutes it.
   Degenerate answers (0, nan, inf, a constant, an input, an exception) agree by their pattern only: everything that
   failed, and that telling answers do not explain, must be what the mistake is recorded to fail.
2. Where answers were drawn at random, a mistake explains a check if it fails in the same words with draws of its own,
   no test tells the two kinds of draws apart, and the same holds wherever else it is recorded to fail.
3. Of several mistakes that explain a check, the one that explains most checks is named. Of these it is the one that is
   recorded to fail the fewest checks that passed, then the most that failed. On a tie none is named, because a false
   name misleads.
4. Where no single mistake explains a check, two of them together may.
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
from .replay import Says
from .table import OutOfTime, Table
from .variants import Mistakes, Variant, paired_variants, single_variants

# These two bound the cost; they were chosen, not calibrated. A training on the digits (at most 1,797 rows) is repeated
# with each suspected mistake, one on the 60,000 rows of MNIST is not. Fourteen mistakes that trip one check make 91
# pairs.
DIAGNOSED_ROWS = 10_000
MOST_PAIRS = 100  # tried for one submission

Explanations = dict[str, list[Misconception]]  # by the name of a failed check: the mistakes that explain it


def explain(runs: Sequence[CheckRun], plan: Plan, case: Callable[[Check], Case]) -> dict[str, Mistakes]:
    """The mistakes behind the failed checks of one submission, by the names of the checks; two where both are needed.

    Args:
        runs: the checks that passed or failed; of those that could not be run nothing is known.
        case: the inputs of a check, the same as the student got.
    """
    if plan.solution is None:
        return {}
    try:
        return _Diagnosis(runs, plan, Table(plan.solution, case)).mistakes()
    except OutOfTime:
        return {}


def likeliest(
    explanations: Mapping[str, Sequence[Misconception]], passed: Collection[str], failed: Collection[str] = ()
) -> dict[str, Misconception]:
    """One misconception per check, by the third part of the rule."""
    explained: Counter[str] = Counter()
    for explaining in explanations.values():
        for known in explaining:
            explained[known.id] += 1

    def rank(known: Misconception) -> tuple[int, int, int]:
        contradicted = len(set(known.trips) & set(passed))
        supported = len(set(known.trips) & set(failed))
        return explained[known.id], -contradicted, supported

    named = {}
    for name, explaining in explanations.items():
        highest = max(map(rank, explaining), default=None)
        best = [known for known in explaining if rank(known) == highest]
        if best and all(known.says == best[0].says for known in best):
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
    """The checks of one submission, and the steps that lead from them to names."""

    def __init__(self, runs: Sequence[CheckRun], plan: Plan, table: Table) -> None:
        self.plan = plan
        self.table = table
        self._paired: dict[Mistakes, list[Variant]] = {}
        self.failures = [run for run in runs if run.failed]
        self.without_training = [run for run in runs if not run.rows]
        # Their answers can contradict: where a generator was given, right code may draw in another order.
        self.determined = [run for run in self.without_training if not run.uses_generator]
        self.failures_without_training = [run for run in self.failures if not run.rows]
        self.failed = frozenset(run.name for run in self.failures)
        self.passed = frozenset(run.name for run in runs if not run.failed)
        self._refuted_variants: dict[tuple[str, str], bool] = {}  # by source text and function

    def mistakes(self) -> dict[str, Mistakes]:
        """The mistakes behind each failed check, by its name."""
        by_answers = self._explained_by_answers()
        explanations = by_answers | self._explained_by_law(by_answers)
        named: dict[str, Mistakes] = {}
        for name, known in likeliest(explanations, self.passed, self.failed).items():
            named[name] = (known,)
        for run in self.failures_without_training:
            if run.name not in named and not run.uses_generator:
                mistakes = self._explained_by_two(run, proven=set(itertools.chain(*named.values())))
                if mistakes:
                    named[run.name] = mistakes
        return self._carried_over(named)

    # By answers.

    def _explained_by_answers(self) -> Explanations:
        """The single mistakes that explain each failed check by what came back: by telling answers, or by a pattern."""
        telling = self._explained(self.failures_without_training, self._agrees)
        unexplained = [run for run in self.failures_without_training if not telling[run.name]]

        def fits(variant: Variant, run: CheckRun) -> bool:
            return self._pattern_fits(variant, run, unexplained)

        return telling | self._explained(unexplained, fits)

    def _explained(self, runs: Iterable[CheckRun], explains: Callable[[Variant, CheckRun], bool]) -> Explanations:
        """The mistakes a variant of which explains each check."""
        explanations: Explanations = {}
        likely: list[Misconception] = []  # those that explained an earlier check are tried first, then the others
        for run in runs:
            suspects = self._tripping(run.check)
            explaining: list[Misconception] = []
            for tried in ([known for known in suspects if known in likely], suspects):
                for variant in single_variants(tried, self.table.reference):
                    (known,) = variant.mistakes
                    if known not in explaining and explains(variant, run):
                        explaining.append(known)
                if explaining:
                    break
            explanations[run.name] = explaining
            likely += explaining
        return explanations

    def _agrees(self, variant: Variant, run: CheckRun) -> bool:
        """Whether telling answers agree with a variant, and none refutes it."""
        function = self.table.subject(run)
        return self.table.says(run, function, variant) is Says.AGREES and not self._is_refuted(variant, function)

    def _pattern_fits(self, variant: Variant, run: CheckRun, unexplained: Iterable[CheckRun]) -> bool:
        """Whether degenerate answers agree with a variant, and just those checks failed that it is recorded to fail.

        Of what failed, that is whatever telling answers do not explain; of what passed, the checks of the function.
        Even draws must be those of the variant: degenerate answers leave no room for another order.
        """
        function = self.table.subject(run)
        if self.table.says(run, function, variant) is not Says.FITS or self._is_refuted(variant, function):
            return False
        for other in unexplained:
            same = function in other.asked and self.table.says(other, function, variant) is Says.CONTRADICTS
            if same or not _may_fail(variant.mistakes, other):
                return False
        passed = (other for other in self.without_training if not other.failed and function in other.asked)
        return not any(_should_fail(variant.mistakes, other) for other in passed)

    def _is_refuted(self, variant: Variant, function: str) -> bool:
        """Whether an answer that counts is not what a variant answers.

        A passed check is asked only if a mistake in the variant is recorded to fail it.
        """
        key = (variant.source, function)
        if key not in self._refuted_variants:
            self._refuted_variants[key] = any(
                self._contradicts(run, asked, variant) for run, asked in self._comparable(variant, function)
            )
        return self._refuted_variants[key]

    def _comparable(self, variant: Variant, function: str) -> Iterator[tuple[CheckRun, str]]:
        """The checks that could refute mistakes in a function, each with the function whose answers count there."""
        for run in self.without_training:
            if function in run.asked and (run.failed or (_should_fail(variant.mistakes, run) and not run.uses_generator)):
                yield run, function
        if not self._is_close(variant, function):
            for run in self.failures_without_training:
                if function not in run.asked and _should_fail(variant.mistakes, run):
                    yield run, self.table.subject(run)

    def _is_close(self, variant: Variant, function: str) -> bool:
        """Whether the checks that look at a variant's mistakes most closely ask this function, or agree."""
        for run in self.without_training:
            if not any(run.name in self._closest(known) for known in variant.mistakes):
                continue
            if function in run.asked:
                return True
            if run.failed and self.table.says(run, self.table.subject(run), variant) is Says.AGREES:
                return True
        return False

    def _contradicts(self, run: CheckRun, function: str, variant: Variant) -> bool:
        """Whether a check contradicts a variant. Right code may draw in another order, so draws do so by their law."""
        if self.table.says(run, function, variant) is not Says.CONTRADICTS:
            return False
        return not run.uses_generator or not self.table.fails_in_the_same_words(variant, run)

    # By law: variants whose draws look like the student's.

    def _explained_by_law(self, by_answers: Explanations) -> Explanations:
        """The mistakes that explain checks that rest on chance, where no answers do."""
        proven = set(likeliest(by_answers, self.passed).values())
        by_law: Explanations = {}
        explained: dict[str, set[Misconception]] = {}
        rejected: set[Misconception] = set()  # those that do not explain a check which they are recorded to fail
        for run in self.failures_without_training:
            suspects = self._tripping(run.check)
            # Draws go wrong by a mistake that is proven elsewhere, and so say nothing of another.
            if run.uses_generator and not proven.isdisjoint(suspects):
                continue
            explaining = set(by_answers[run.name])
            if run.stochastic and not explaining:
                by_law[run.name] = [
                    known for known in suspects if known not in rejected and self._fails_alike(known, run)
                ]
                explaining.update(by_law[run.name])
            explained[run.name] = explaining
            rejected.update(set(suspects) - explaining)
        return self._consistent(by_law, explained)

    def _fails_alike(self, known: Misconception, run: CheckRun) -> bool:
        """Whether a mistake fails a check in the student's words by draws of the same law, and nothing refutes it."""
        function = self.table.subject(run)
        if self._is_unlikely(known) or not self._fails_without_draws(known, function):
            return False
        for variant in single_variants([known], self.table.reference):
            if not self._is_refuted(variant, function) and self.table.fails_in_the_same_words(variant, run):
                return True
        return False

    def _fails_without_draws(self, known: Misconception, function: str) -> bool:
        """Whether a mistake is recorded to fail whatever failed in a function that was given no generator."""
        failed = (run for run in self.determined if run.failed and self.table.subject(run) == function)
        return all(_may_fail((known,), run) for run in failed)

    def _consistent(self, by_law: Explanations, explained: Mapping[str, Collection[Misconception]]) -> Explanations:
        """The explanations by law of mistakes that explain every check which they are recorded to fail."""
        consistent: Explanations = {}
        for name, explaining in by_law.items():
            consistent[name] = [known for known in explaining if _explains_all_it_trips(known, explained)]
        for run in self.failures_without_training:
            # Where the draws could be right, words alone are the evidence, and nothing may have passed.
            if consistent.get(run.name) and self.table.draws_are_right(run):
                consistent[run.name] = [known for known in consistent[run.name] if self.passed.isdisjoint(known.trips)]
        return consistent

    # Two mistakes at once.

    def _explained_by_two(self, run: CheckRun, *, proven: set[Misconception]) -> Mistakes:
        """What explains a failed check where no mistake does alone; nothing if pairs of mistakes do not agree on it."""
        explaining = set()
        for variant in self._pairs(run, proven):
            needed = self._needed(variant, run)
            if len(needed) == 2 or not proven.isdisjoint(variant.mistakes):
                explaining.add(needed)
        with_a_proven_one = {mistakes for mistakes in explaining if not proven.isdisjoint(mistakes)}
        likely = with_a_proven_one or explaining
        if len(likely) == 1:
            return likely.pop()
        return ()

    def _pairs(self, run: CheckRun, proven: set[Misconception]) -> Iterator[Variant]:
        """The pairs of mistakes whose answers a failed check agrees with, and that nothing refutes."""
        suspects = [known for known in self._tripping(run.check) if known in proven or not self._is_unlikely(known)]
        pairs = sorted(itertools.combinations(suspects, 2), key=lambda pair: len(proven & set(pair)), reverse=True)
        function = self.table.subject(run)
        for pair in pairs:
            if pair not in self._paired:
                if len(self._paired) == MOST_PAIRS:
                    return
                self._paired[pair] = paired_variants([pair], self.table.reference)
            for variant in self._paired[pair]:
                agrees = self.table.says(run, function, variant) is Says.AGREES
                if agrees and not self._is_refuted(variant, function):
                    yield variant

    def _needed(self, pair: Variant, run: CheckRun) -> Mistakes:
        """The mistake of a pair that gives the answers in a check alone, where the other only excuses others; or both."""
        function = self.table.subject(run)
        for single in single_variants(pair.mistakes, self.table.reference):
            if self.table.says(run, function, single) is Says.AGREES:
                return single.mistakes
        return pair.mistakes

    def _is_unlikely(self, known: Misconception) -> bool:
        """Whether everything passed where a mistake is looked at most closely."""
        return self._closest(known) <= self.passed

    # Checks that train or shuffle.

    def _carried_over(self, named: dict[str, Mistakes]) -> dict[str, Mistakes]:
        """Names also for the checks whose answers cannot be compared one by one, because they train or shuffle."""
        frequency = Counter(named.values())
        carried = dict(named)
        for run in self.failures:
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
        trainings = {failure.name for failure in self.failures if failure.rows}
        suspects = [known for known in self._tripping(run.check) if trainings.issuperset(known.trips)]
        for variant in single_variants(suspects, self.table.reference):
            if self.table.says(run, self.table.subject(run), variant) is Says.AGREES:
                return variant.mistakes
        return ()

    def _tripping(self, check: Check) -> list[Misconception]:
        """The mistakes that fail a check, always or by chance."""
        return [known for known in self.plan.misconceptions if known.can_trip(check.name)]

    def _closest(self, known: Misconception) -> set[str]:
        """Names of the checks that look at a mistake most closely."""
        return {check.name for check in self.plan.closest[known.id]}


def _should_fail(mistakes: Mistakes, run: CheckRun) -> bool:
    """Whether one of the mistakes is recorded to fail a check."""
    return any(run.name in known.trips for known in mistakes)


def _may_fail(mistakes: Mistakes, run: CheckRun) -> bool:
    """Whether one of the mistakes is recorded to fail a check, always or by chance."""
    return any(known.can_trip(run.name) for known in mistakes)


def _explains_all_it_trips(known: Misconception, explained: Mapping[str, Collection[Misconception]]) -> bool:
    """Whether a mistake explains every check that it should fail."""
    return all(known in explaining for name, explaining in explained.items() if name in known.trips)


def _commonest_tripping(check: Check, frequency: Counter[Mistakes]) -> Mistakes:
    """The most frequent of the named mistakes that fail a check, if only by chance; of a pair, those that do."""
    for mistakes, _ in frequency.most_common():
        tripping = tuple(known for known in mistakes if known.can_trip(check.name))
        if tripping:
            return tripping
    return ()
