"""What a class's results say together: means, item analysis, mistakes, and what somebody should look at.

Results are added one by one and kept in short, so that a large class fits in memory.
"""

from __future__ import annotations

import math
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..mark import Earlier, count_by_outcome
from ..model import CheckResult, Outcome, Result, RunInfo

UNTRIED = (Outcome.NOT_ATTEMPTED, Outcome.SKIPPED, Outcome.GRADER_FAULT)  # these say nothing of a check
STOPPED = (Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.CRASHED)
FEWEST_TOGETHER = 3  # students; with fewer it is chance that two checks fail for the same ones
SAME = 1e-9  # scores that differ by less are equal: thirds are added up


@dataclass(frozen=True)
class CheckInfo:
    """A check of an assignment, as results name it."""

    name: str
    exercise: str
    title: str
    visible: bool
    max_points: float

    @classmethod
    def of(cls, check: CheckResult) -> CheckInfo:
        """What a result says of its check, apart from how it ended."""
        return cls(check.name, check.exercise, check.title, check.visible, check.max_points)


class Ending(NamedTuple):  # a class of a thousand has hundreds of thousands, and these are made quickly
    """How a check ended for a student."""

    outcome: Outcome
    points: float
    seconds: float


@dataclass(frozen=True)
class Work:
    """A student's result in an assignment, in short.

    Args:
        endings: by the names of the checks.
        outcomes: how many checks ended in each outcome that occurred.
        seconds: that grading took.
        other: the mark that does not count, with errors carried forward or without; None where it is the same.
        earlier: which checks earlier hand-ins passed, the oldest first.
    """

    student: str
    score: float
    max_score: float
    endings: dict[str, Ending]
    outcomes: dict[Outcome, int]
    seconds: float
    notes: tuple[str, ...]
    other: float | None = None
    earlier: tuple[frozenset[str], ...] = ()

    @property
    def share(self) -> float:
        """The part of the points that was earned."""
        return self.score / self.max_score

    @property
    def is_handed_in(self) -> bool:
        """Whether anything of it is written."""
        return set(self.outcomes) != {Outcome.NOT_ATTEMPTED}

    def hand_ins_until(self, check: str) -> int | None:
        """Which hand-in was the first to pass a check, counted from 1; None if none did."""
        for number, passed in enumerate(self.earlier, start=1):
            if check in passed:
                return number
        ending = self.endings.get(check)
        if ending is not None and ending.outcome is Outcome.PASSED:
            return len(self.earlier) + 1
        return None

    def count(self, *outcomes: Outcome) -> int:
        """How many checks ended in one of these ways."""
        return sum(self.outcomes.get(outcome, 0) for outcome in outcomes)


@dataclass(frozen=True)
class Item:
    """What a class's answers say about a check.

    Args:
        count: students who handed something in, without those for whom the grader itself failed here.
        pass_rate: of these; None if there are none.
        discrimination: the correlation of passing with the points in the rest of the assignment; None where it is not
            defined, as when everybody passes.
        seconds: median of the time that it took; None if it never ran.
        slowest: the longest time.
        hand_ins: mean number of hand-ins until it first passed, of those for whom it did; None if none did.
    """

    info: CheckInfo
    count: int
    pass_rate: float | None
    discrimination: float | None
    seconds: float | None
    slowest: float | None
    hand_ins: float | None


@dataclass(frozen=True)
class FallTogether:
    """Checks that failed for just the same students."""

    checks: tuple[CheckInfo, ...]
    students: frozenset[str]


@dataclass
class Mistake:
    """A known mistake, and who made it."""

    id: str
    says: str
    students: set[str] = field(default_factory=set)


@dataclass
class AssignmentFigures:
    """All results of one assignment."""

    slug: str
    title: str
    checks: dict[str, CheckInfo] = field(default_factory=dict)  # by name, in the order of the assignment
    works: list[Work] = field(default_factory=list)
    mistakes: dict[str, Mistake] = field(default_factory=dict)
    _endings: dict[Ending, Ending] = field(default_factory=dict)  # each once: most are alike, and there may be millions

    def add(self, result: Result, earlier: tuple[frozenset[str], ...] = ()) -> None:
        """Take a student's result, with what became of earlier hand-ins."""
        endings = {}
        for check in result.checks:
            name = sys.intern(check.name)  # thousands of results name the same checks
            if name not in self.checks:
                self.checks[name] = CheckInfo.of(check)
            ending = Ending(check.outcome, check.points, round(check.seconds, 3))
            endings[name] = self._endings.setdefault(ending, ending)
            self._add_mistakes(check, result.student)
        work = Work(
            student=result.student,
            score=result.score,
            max_score=result.max_score,
            endings=endings,
            outcomes=count_by_outcome(result.checks),
            seconds=result.run.seconds,
            notes=result.notes,
            other=result.score_other,
            earlier=earlier,
        )
        self.works.append(work)

    def _add_mistakes(self, check: CheckResult, student: str) -> None:
        known = check.misconception.split()
        for id in known:
            mistake = self.mistakes.setdefault(id, Mistake(id, ""))
            mistake.students.add(student)
            if len(known) == 1:  # the sentences of two stand in one text
                mistake.says = check.mistake

    @property
    def handed_in(self) -> list[Work]:
        """The works of those who wrote anything."""
        return [work for work in self.works if work.is_handed_in]

    @property
    def has_earlier(self) -> bool:
        """Whether anybody handed in more than once."""
        return any(work.earlier for work in self.works)

    @property
    def exercises(self) -> dict[str, list[CheckInfo]]:
        """The checks of each exercise, in the order of the assignment."""
        exercises: dict[str, list[CheckInfo]] = {}
        for info in self.checks.values():
            exercises.setdefault(info.exercise, []).append(info)
        return exercises

    def items(self) -> list[Item]:
        """The item analysis of every check."""
        works = self.handed_in
        return [item_of(info, works) for info in self.checks.values()]

    def fall_together(self) -> list[FallTogether]:
        """The groups of checks that failed for just the same students, of whom there are some; in order."""
        by_students: dict[frozenset[str], list[CheckInfo]] = {}
        for info in self.checks.values():
            by_students.setdefault(frozenset(self._who_failed(info)), []).append(info)
        groups = []
        for students, checks in by_students.items():
            if len(checks) > 1 and len(students) >= FEWEST_TOGETHER:
                groups.append(FallTogether(tuple(checks), students))
        return groups

    def _who_failed(self, info: CheckInfo) -> Iterator[str]:
        """The students for whom a check ran and did not pass; what is not written falls together by itself."""
        for work in self.handed_in:
            ending = work.endings.get(info.name)
            if ending is not None and ending.outcome not in (Outcome.PASSED, *UNTRIED):
                yield work.student


class ClassFigures:
    """The results of a class.

    Args:
        earlier: what became of earlier hand-ins.
    """

    def __init__(self, results: Iterable[Result] = (), earlier: Earlier | None = None) -> None:
        self._earlier = earlier or {}
        self.assignments: dict[str, AssignmentFigures] = {}
        self.runs: Counter[tuple[str, ...]] = Counter()
        self.latest = ""
        for result in results:
            self.add(result)

    def add(self, result: Result) -> None:
        """Take a student's result in an assignment."""
        slug = result.assignment
        figures = self.assignments.setdefault(slug, AssignmentFigures(slug, result.title))
        figures.add(result, self._earlier.get((result.student, slug), ()))
        self.runs[conditions(result.run)] += 1
        self.latest = max(self.latest, result.run.started)

    @property
    def students(self) -> list[str]:
        """Everybody who has a result, by name."""
        names: set[str] = set()
        for assignment in self.assignments.values():
            names.update(work.student for work in assignment.works)
        return sorted(names)

    def works_of(self) -> dict[str, dict[str, Work]]:
        """Each student's works by their assignments."""
        works: dict[str, dict[str, Work]] = {student: {} for student in self.students}
        for slug, assignment in self.assignments.items():
            for work in assignment.works:
                works[work.student][slug] = work
        return works


def conditions(run: RunInfo) -> tuple[str, ...]:
    """How a result was formed, as far as people compare it: confinement, device, data, seed and versions."""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(run.versions.items()))
    return run.isolation, run.device, run.dataset, str(run.seed), versions


def item_of(info: CheckInfo, works: Sequence[Work]) -> Item:
    """What these works say about a check."""
    passed: list[bool] = []
    rest: list[float] = []  # points in the other checks
    seconds: list[float] = []
    hand_ins: list[int] = []
    for work in works:
        until = work.hand_ins_until(info.name)
        if until is not None:
            hand_ins.append(until)
        ending = work.endings.get(info.name)
        if ending is None or ending.outcome is Outcome.GRADER_FAULT:
            continue
        passed.append(ending.outcome is Outcome.PASSED)
        rest.append(work.score - ending.points)
        if ending.outcome not in (Outcome.NOT_ATTEMPTED, Outcome.SKIPPED):
            seconds.append(ending.seconds)
    return Item(
        info=info,
        count=len(passed),
        pass_rate=sum(passed) / len(passed) if passed else None,
        discrimination=correlation(passed, rest),
        seconds=statistics.median(seconds) if seconds else None,
        slowest=max(seconds, default=None),
        hand_ins=statistics.fmean(hand_ins) if hand_ins else None,
    )


def correlation(passed: Sequence[bool], scores: Sequence[float]) -> float | None:
    """The point-biserial correlation; None if all passed, or none, or all scores are equal.

    With the points of the check itself left out of the scores it is the "corrected item-total correlation" of test
    theory.
    """
    with_pass = [score for score, ok in zip(scores, passed, strict=True) if ok]
    without = [score for score, ok in zip(scores, passed, strict=True) if not ok]
    if not with_pass or not without:
        return None
    spread = statistics.pstdev(scores)
    if spread < SAME:
        return None
    share = len(with_pass) / len(scores)
    apart = statistics.fmean(with_pass) - statistics.fmean(without)
    return apart / spread * math.sqrt(share * (1 - share))


def mean_share(works: Sequence[Work], checks: Sequence[CheckInfo]) -> float | None:
    """The mean part of the points of some checks that these works earned; None if there are no works."""
    if not works:
        return None
    maximum = sum(info.max_points for info in checks)
    earned = 0.0
    for work in works:
        for info in checks:
            if info.name in work.endings:
                earned += work.endings[info.name].points
    return earned / maximum / len(works)
