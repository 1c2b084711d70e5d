"""Grade a class: every selected assignment of every submission, nothing twice, each result as soon as it is there.

Whoever hands out the tasks computes nothing, and does not import torch unless it must grade by itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from ..course import Course
from ..errors import ResultsError
from ..model import Assignment, Outcome, Result
from .fingerprints import run_info
from .plan import Plan, Setting
from .pool import Lost, run_parallel
from .results import ResultsFolder, read_result
from .submissions import Submission


@dataclass(frozen=True)
class Task:
    """One assignment of one submission."""

    submission: Submission
    slug: str


def tasks(submissions: list[Submission], course: Course, selected: tuple[str, ...]) -> list[Task]:
    """What there is to grade.

    Args:
        selected: these assignments for everybody; if none, all that anybody handed in, so that a missing file shows.
    """
    slugs = selected or tuple(slug for slug in course.slugs if any(slug in s.slugs(course.slugs) for s in submissions))
    return [Task(s, slug) for s in submissions for slug in slugs if s.only in (None, slug)]


@dataclass(frozen=True)
class Graded:
    """What became of a task.

    Args:
        result: as it stands in the results folder now.
        before: the stored result that it replaced, if there was one.
        reused: whether it was stored already and nothing that it depends on has changed.
    """

    result: Result
    before: Result | None = None
    reused: bool = False


@dataclass(frozen=True)
class Session:
    """One run of the grader over a class, which may go on where an earlier one stopped.

    Args:
        fresh: grade also what is unchanged since its stored result.
    """

    course: Course
    setting: Setting
    folder: ResultsFolder
    fresh: bool = False

    def run(self, todo: Iterable[Task], *, jobs: int = 0) -> Iterator[Graded]:
        """Grade every task and store each result as soon as it is there.

        Args:
            jobs: grader processes side by side; 0 to grade in this process.
        """
        before: dict[Task, bool] = {}
        for task in todo:
            result = self._stored(task)
            if result is not None and not self.fresh and self._is_current(task, result):
                yield Graded(result, reused=True)
            else:
                before[task] = result is not None
        for task, result in self._grade(list(before), jobs):
            replaced = self._stored(task) if before[task] else None
            self.folder.write(result)
            yield Graded(result, replaced)

    def _grade(self, todo: list[Task], jobs: int) -> Iterator[tuple[Task, Result]]:
        work = partial(_grade_one, self.course.root, self.setting)
        if not jobs or not todo:
            yield from ((task, work(task)) for task in todo)
            return
        for task, answer in run_parallel(work, todo, min(jobs, len(todo))):
            yield task, self._lost(task) if isinstance(answer, Lost) else answer

    def _stored(self, task: Task) -> Result | None:
        path = self.folder.path(task.submission.student, task.slug)
        try:
            return read_result(path) if path.is_file() else None
        except ResultsError:
            return None

    def _is_current(self, task: Task, result: Result) -> bool:
        """Whether grading again would give the same: nothing that the result depends on has changed."""
        now = run_info(_assignment(self.course.root, task.slug), task.submission, self.setting)
        same = now == dataclasses.replace(result.run, started=now.started, seconds=now.seconds)
        return same and not any(check.outcome is Outcome.GRADER_FAULT for check in result.checks)

    def _lost(self, task: Task) -> Result:
        """The result of a task that brought the grader down at every attempt: no points, for the staff to look at."""
        message = "The grader's own process died on this submission, twice. The staff should look at it."
        from .runner import unrun

        return unrun(_plan(self.course.root, task.slug), task.submission, self.setting, Outcome.CRASHED, message)


def _grade_one(root: Path, setting: Setting, task: Task) -> Result:
    from .runner import grade

    return grade(_plan(root, task.slug), task.submission, setting)


@lru_cache
def _assignment(root: Path, slug: str) -> Assignment:
    return Course(root).assignment(slug)


@lru_cache
def _plan(root: Path, slug: str) -> Plan:
    return Plan.of(Course(root), slug)
