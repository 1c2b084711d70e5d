"""Results in short: what tables of a large class are made of, since a whole class of results may not fit in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .model import CheckResult, Outcome, Result, points_of

# Names of the checks that earlier hand-ins passed, by student and assignment, the oldest first.
Earlier = Mapping[tuple[str, str], tuple[frozenset[str], ...]]


@dataclass(frozen=True, slots=True)
class ExerciseMark:
    """What one exercise earned, and how many of its checks passed and ended in faults of ours.

    Args:
        carried: its points in the second mark.
    """

    id: str
    points: float
    max_points: float
    passed: int
    checks: int
    faults: int
    carried: float = 0.0

    @classmethod
    def of(cls, id: str, checks: Sequence[CheckResult]) -> ExerciseMark:
        """The short form of the results of its checks."""
        outcomes = [check.outcome for check in checks]
        return cls(
            id=id,
            points=round(sum(check.points for check in checks), 6),
            max_points=points_of(checks),
            passed=outcomes.count(Outcome.PASSED),
            checks=len(checks),
            faults=outcomes.count(Outcome.GRADER_FAULT),
            carried=points_of(check for check in checks if check.outcome.earns or check.carried),
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """A result in short: what a table of a large class is made of.

    Args:
        alone: the first mark.
        carried: the second mark, with errors carried forward; None if it was not asked for.
    """

    student: str
    assignment: str
    score: float
    max_score: float
    outcomes: dict[Outcome, int]
    misconceptions: tuple[str, ...]
    notes: tuple[str, ...]
    title: str = ""
    exercises: tuple[ExerciseMark, ...] = ()
    handed_in: bool = True
    alone: float = 0.0
    carried: float | None = None

    @property
    def faults(self) -> int:
        """How many checks ended in a fault of ours, so that the staff should look at the mark."""
        return self.outcomes.get(Outcome.GRADER_FAULT, 0)

    @classmethod
    def of(cls, result: Result) -> Mark:
        """The short form of a result."""
        recognised: set[str] = set()
        for check in result.checks:
            recognised.update(check.misconception.split())
        of_exercises: dict[str, list[CheckResult]] = {}
        for check in result.checks:
            of_exercises.setdefault(check.exercise, []).append(check)
        return cls(
            student=result.student,
            assignment=result.assignment,
            score=result.score,
            max_score=result.max_score,
            outcomes=count_by_outcome(result.checks),
            misconceptions=tuple(sorted(recognised)),
            notes=result.notes,
            title=result.title,
            exercises=tuple(ExerciseMark.of(id, checks) for id, checks in of_exercises.items()),
            handed_in=result.handed_in,
            alone=result.score_alone,
            carried=result.score_carried,
        )


@dataclass(frozen=True)
class Unnamed:
    """A group of students whose wrong answers are the same.

    Args:
        functions: where the answers are the same; in the first the mistake is most likely.
        checks: what the checks ask that fail by it.
        code: of the first function, as one of the students wrote it.
    """

    assignment: str
    functions: list[str]
    checks: list[str]
    students: list[str]
    code: str


def count_by_outcome(checks: Iterable[CheckResult]) -> dict[Outcome, int]:
    """How many checks ended in each outcome that occurred, in the order of `Outcome`."""
    tally = dict.fromkeys(Outcome, 0)
    for check in checks:
        tally[check.outcome] += 1
    return {outcome: count for outcome, count in tally.items() if count}
