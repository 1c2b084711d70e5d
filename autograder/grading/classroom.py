"""Grade a class: every selected assignment of every submission, each result stored as soon as it is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..course import Course
from ..model import Result
from .plan import Plan, Setting
from .runner import grade
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


def grade_all(course: Course, todo: Iterable[Task], setting: Setting) -> Iterator[Result]:
    """Grade task after task."""
    plans: dict[str, Plan] = {}
    for task in todo:
        if task.slug not in plans:
            plans[task.slug] = Plan.of(course, task.slug)
        yield grade(plans[task.slug], task.submission, setting)
