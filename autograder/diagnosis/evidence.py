"""What the checks of one submission say for a wrong variant, and what against it: the first parts of the rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from ..checking.registry import Check, Misconception
from ..plan import Plan
from .check_run import CheckRun
from .replay import Says
from .variants import Mistakes, Variant


class AnswersTable(Protocol):
    """What every check of a submission says about every known mistake: `table.Table`, or `desk.DeskTable`."""

    def singles(self, known: Iterable[Misconception]) -> list[Variant]:
        """Each mistake alone, in all of its forms."""

    def pairs(self, one: Misconception, other: Misconception) -> list[Variant]:
        """Two mistakes at once, if they go together."""

    def degenerate(self, function: str, kind: str, plan: Plan) -> list[Variant]:
        """A function that returns degenerate answers of a kind only, which has no name."""

    def subject(self, run: CheckRun) -> str:
        """The function that a failed check is about."""

    def tells(self, run: CheckRun, function: str) -> bool:
        """Whether a function gave an answer in a check that few mistakes give."""

    def says(self, run: CheckRun, function: str, variant: Variant) -> Says:
        """What the answers that a function gave in a check say about a variant."""

    def fails_in_the_same_words(self, variant: Variant, run: CheckRun) -> bool:
        """Whether a variant fails a check in the student's words, as far as draws of its own show."""

    def draws_are_right(self, run: CheckRun) -> bool:
        """Whether the student's draws could be those of the reference."""


class Evidence:
    """The checks of one submission, and what they say of a variant when they are taken together.

    Args:
        runs: the checks that passed or failed.
        table: what each of them says.
    """

    def __init__(self, runs: Sequence[CheckRun], plan: Plan, table: AnswersTable) -> None:
        self.plan = plan
        self.table = table
        self._runs = runs
        self.failures = [run for run in runs if run.failed]
        self.failed = frozenset(run.name for run in self.failures)
        self.passed = frozenset(run.name for run in runs if not run.failed)
        # A training takes long to repeat, and what it answers follows from all functions together.
        self.without_training = [run for run in runs if not run.rows]
        self.failures_without_training = [run for run in self.failures if not run.rows]
        self._refuted: dict[tuple[str, str], bool] = {}  # by source text and function

    def suspects(self, check: Check) -> list[Misconception]:
        """The mistakes that are recorded to fail a check, always or by chance."""
        return [known for known in self.plan.misconceptions if known.can_trip(check.name)]

    def closest(self, known: Misconception) -> set[str]:
        """Names of the checks that look at a mistake most closely; of a nameless one none."""
        return {check.name for check in self.plan.closest.get(known.id, ())}

    def says_alone(self, known: Misconception, run: CheckRun) -> set[Says]:
        """What the answers in a check say about a mistake alone, in each of its forms, whatever else refutes it."""
        function = self.table.subject(run)
        return {self.table.says(run, function, single) for single in self.table.singles([known])}

    def passed_about(self, function: str) -> set[str]:
        """Names of the checks that passed and asked a function."""
        return {run.name for run in self._runs if not run.failed and function in run.asked}

    def failed_before(self, run: CheckRun) -> list[str]:
        """Names of the checks of earlier exercises that failed without training."""
        order = [exercise.id for exercise in self.plan.assignment.exercises]
        earlier = order[: order.index(run.check.exercise)]
        return [other.name for other in self.failures_without_training if other.check.exercise in earlier]

    def agrees(self, variant: Variant, run: CheckRun) -> bool:
        """Whether telling answers agree with a variant, and none refutes it."""
        function = self.table.subject(run)
        return self.table.says(run, function, variant) is Says.AGREES and not self.is_refuted(variant, function)

    def pattern_fits(self, variant: Variant, run: CheckRun, unexplained: Iterable[CheckRun]) -> bool:
        """Whether degenerate answers agree with a variant, and just those checks failed that it is recorded to fail.

        Of the checks that asked the function, that is: of what failed, whatever telling answers do not explain.
        Even draws must be those of the variant: degenerate answers leave no room for another order.
        """
        function = self.table.subject(run)
        about_it = [other for other in unexplained if function in other.asked]
        if not self._is_recorded(variant.mistakes, function, about_it):
            return False
        if self.is_right_elsewhere(variant) and not self._is_seen_closely(variant):
            return False
        if self.table.says(run, function, variant) is not Says.FITS or self.is_refuted(variant, function):
            return False
        return not any(self.table.says(other, function, variant) is Says.CONTRADICTS for other in about_it)

    def _is_recorded(self, mistakes: Mistakes, function: str, failed: Iterable[CheckRun]) -> bool:
        """Whether mistakes may fail all of these checks, and need fail nothing that passed in a function."""
        if not all(_may_fail(mistakes, run) for run in failed):
            return False
        passed = (run for run in self.without_training if not run.failed and function in run.asked)
        return not any(should_fail(mistakes, run) for run in passed)

    def is_refuted(self, variant: Variant, function: str) -> bool:
        """Whether an answer that counts is not what a variant answers."""
        key = (variant.source, function)
        if key not in self._refuted:
            comparable = self._comparable(variant, function)
            self._refuted[key] = any(self._contradicts(run, asked, variant) for run, asked in comparable)
        return self._refuted[key]

    def is_right_elsewhere(self, variant: Variant) -> bool:
        """Whether a check that looks at one of a variant's mistakes most closely passed with other answers."""
        for run in self.without_training:
            if run.failed or run.uses_generator or not self._looks_closely(run, variant):
                continue
            if any(self.table.says(run, function, variant) is Says.CONTRADICTS for function in run.asked):
                return True
        return False

    def is_unlikely(self, known: Misconception) -> bool:
        """Whether everything passed where a mistake is looked at most closely."""
        return self.closest(known) <= self.passed

    def fails_without_draws(self, known: Misconception, function: str) -> bool:
        """Whether a mistake is recorded to fail whatever failed in a function that was given no generator."""
        for run in self.failures_without_training:
            there = not run.uses_generator and self.table.subject(run) == function
            if there and not known.can_trip(run.name):
                return False
        return True

    def _comparable(self, variant: Variant, function: str) -> Iterator[tuple[CheckRun, str]]:
        """The checks that could refute a variant in a function, each with the function whose answers count there.

        A passed check is asked only if a mistake in the variant is recorded to fail it, and if nothing was drawn in it.
        Of what has no name nothing is recorded: a function that returns nothing but nan does so in every check.
        Far from the checks that look at the mistakes most closely, whatever else they should fail is asked too.
        """
        for run in self._about(variant, function):
            yield run, function
        if not variant.nameless and not self._is_close(variant, function):
            for run in self.failures_without_training:
                if function not in run.asked and should_fail(variant.mistakes, run):
                    yield run, self.table.subject(run)

    def _is_close(self, variant: Variant, function: str) -> bool:
        """Whether the checks that look at a variant's mistakes most closely ask this function, or agree themselves."""
        closely = [run for run in self.without_training if self._looks_closely(run, variant)]
        return any(function in run.asked or self._shows(run, variant) for run in closely)

    def _is_seen_closely(self, variant: Variant) -> bool:
        """Whether one of those checks agrees, and the function that it is about nowhere answers otherwise."""
        for run in self.without_training:
            if self._looks_closely(run, variant) and self._shows(run, variant):
                function = self.table.subject(run)
                if not any(self._contradicts(other, function, variant) for other in self._about(variant, function)):
                    return True
        return False

    def _shows(self, run: CheckRun, variant: Variant) -> bool:
        """Whether the answers in a failed check are a variant's."""
        return run.failed and self.table.says(run, self.table.subject(run), variant) in (Says.AGREES, Says.FITS)

    def _about(self, variant: Variant, function: str) -> list[CheckRun]:
        """The checks that could refute a variant by what this function answered."""
        about = []
        for run in self.without_training:
            if function in run.asked and (run.failed or _had_to_fail(variant, run)):
                about.append(run)
        return about

    def _contradicts(self, run: CheckRun, function: str, variant: Variant) -> bool:
        """Whether a check contradicts a variant. Right code may draw in another order, so draws do so by their law.

        Another form of the same mistake may give the answers: what is cut off at 1e-7 may be so at 1e-15 in double
        precision.
        """
        if self.table.says(run, function, variant) is not Says.CONTRADICTS:
            return False
        if run.uses_generator and self.table.fails_in_the_same_words(variant, run):
            return False
        return not any(self.table.says(run, function, form) is Says.AGREES for form in self._other_forms(variant))

    def _other_forms(self, variant: Variant) -> Iterator[Variant]:
        """The other forms of a single mistake; none of two at once, or of what has no name."""
        if len(variant.mistakes) == 1 and not variant.nameless:
            for form in self.table.singles(variant.mistakes):
                if form.source != variant.source:
                    yield form

    def _looks_closely(self, run: CheckRun, variant: Variant) -> bool:
        """Whether a check is one of those that look at a variant's mistakes most closely."""
        return any(run.name in self.closest(known) for known in variant.mistakes)


def should_fail(mistakes: Iterable[Misconception], run: CheckRun) -> bool:
    """Whether one of the mistakes is recorded to fail a check."""
    return any(run.name in known.trips for known in mistakes)


def _had_to_fail(variant: Variant, run: CheckRun) -> bool:
    """Whether a check that asks a variant's function had to fail by it, whatever was drawn."""
    return not run.uses_generator and (variant.nameless or should_fail(variant.mistakes, run))


def _may_fail(mistakes: Mistakes, run: CheckRun) -> bool:
    """Whether one of the mistakes is recorded to fail a check, always or by chance."""
    return any(known.can_trip(run.name) for known in mistakes)
