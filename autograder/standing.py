"""How far somebody is with an exercise, as its checks say; checks and marks in groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .mark import Mark
from .model import CheckResult, Outcome


@dataclass(frozen=True)
class Standing:
    """How far an exercise is.

    Args:
        outcome: `PASSED` if all of its checks pass, else how the first check that tells most does not.
    """

    outcome: Outcome
    points: float
    max_points: float

    @classmethod
    def of(cls, checks: Sequence[CheckResult]) -> Standing:
        """Where the checks of one exercise leave it."""
        outcome = Outcome.PASSED
        for check in checks:
            if outcome.is_quiet and check.outcome is not Outcome.PASSED:
                if outcome is Outcome.PASSED or not check.outcome.is_quiet:
                    outcome = check.outcome
        points = round(sum(check.points for check in checks), 6)
        max_points = round(sum(check.max_points for check in checks), 6)
        return cls(outcome, points, max_points)


def by_exercise(checks: Iterable[CheckResult]) -> dict[str, list[CheckResult]]:
    """Checks by the ids of their exercises, in the order in which these occur."""
    grouped: dict[str, list[CheckResult]] = {}
    for check in checks:
        grouped.setdefault(check.exercise, []).append(check)
    return grouped


def by_student(marks: Iterable[Mark]) -> dict[str, dict[str, Mark]]:
    """Marks by student, in order, and by assignment."""
    rows: dict[str, dict[str, Mark]] = {}
    for mark in marks:
        rows.setdefault(mark.student, {})[mark.assignment] = mark
    return dict(sorted(rows.items()))
