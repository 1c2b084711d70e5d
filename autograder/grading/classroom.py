"""Grade a class: every selected assignment of every submission, nothing twice, each result as soon as it is there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from ..course import Course
from ..errors import ResultsError
from ..model import Outcome, Result
from .plan import Plan, Setting
from .pool import Lost, run_parallel
from .results import ResultsFolder, read_result
from .runner import grade, run_info, unrun
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


def grade_all(course: Course, todo: Iterable[Task], setting: Setting, *, jobs: int = 1) -> Iterator[Result]:
    """Grade every task, `jobs` at a time; results come in the order in which they are done."""
    work = partial(_grade_one, course.root, setting)
    if jobs == 1:
        yield from map(work, todo)
        return
    for task, answer in run_parallel(work, todo, jobs):
        yield _lost(course, task, setting) if isinstance(answer, Lost) else answer


def stored(course: Course, task: Task, setting: Setting, folder: ResultsFolder) -> Result | None:
    """The stored result of a task if grading it again would give the same: nothing that it depends on has changed."""
    path = folder.path(task.submission.student, task.slug)
    if not path.is_file():
        return None
    try:
        result = read_result(path)
    except ResultsError:
        return None
    now = run_info(_plan(course.root, task.slug), task.submission, setting)
    same = now == dataclasses.replace(result.run, started=now.started, seconds=now.seconds)
    faulty = any(check.outcome is Outcome.GRADER_FAULT for check in result.checks)
    return result if same and not faulty else None


def _grade_one(root: Path, setting: Setting, task: Task) -> Result:
    return grade(_plan(root, task.slug), task.submission, setting)


@lru_cache
def _plan(root: Path, slug: str) -> Plan:
    return Plan.of(Course(root), slug)


def _lost(course: Course, task: Task, setting: Setting) -> Result:
    """The result of a task that brought the grader down at every attempt: no points, for the staff to look at."""
    message = "The grader's own process died on this submission, twice. The staff should look at it."
    return unrun(_plan(course.root, task.slug), task.submission, setting, Outcome.CRASHED, message)
