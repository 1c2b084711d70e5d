"""A student's own work at their desk: where it is, which of it is meant, and what is run on it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..course import Course
from ..errors import UsageError
from ..model import Assignment
from .options import course_at

if TYPE_CHECKING:
    from ..plan import Plan
    from ..submissions.files import Submission

SUFFIXES = (".py", ".ipynb")  # said here too, so that `--help` imports nothing that reads submissions


@dataclass(frozen=True)
class Task:
    """An assignment to be checked.

    Args:
        exercises: the ids of those that were asked for; all of them if none was named.
    """

    course: Course
    slug: str
    work: Submission
    exercises: tuple[str, ...]

    @cached_property
    def assignment(self) -> Assignment:
        """What is asked."""
        return self.course.assignment(self.slug)

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.work.path(self.slug).name

    @cached_property
    def plan(self) -> Plan:
        """What to run: the visible checks of these exercises, and those that they need."""
        from ..plan import Plan

        plan = Plan.of(self.course, self.slug, hidden=False)
        if len(self.exercises) == len(self.assignment.exercises):
            return plan
        return plan.limited_to([check.name for check in plan.checks if check.exercise in self.exercises])


def tasks_of(names: Sequence[str], folder: Path, exercises: Sequence[str]) -> list[Task]:
    """What is meant by names of assignments and files; without any, every assignment that has a file.

    Raises:
        UsageError: an assignment has no file, a file is no assignment's, or an exercise does not exist.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    works = _works(names, folder)
    tasks = []
    for course, slug, work in works:
        ids = tuple(exercise.id for exercise in course.assignment(slug).exercises)
        if exercises:
            ids = _ids(course.assignment(slug), exercises)
        if ids:
            tasks.append(Task(course, slug, work, ids))
    _refuse_unknown(exercises, [course.assignment(slug) for course, slug, _ in works])
    return tasks


def course_around(folder: Path) -> Course:
    """The course that work belongs to: the kit that it lies in, or else the course that we are in."""
    # A kit holds assignments/ with its visible checks, but may lie anywhere: the work's place decides, not ours.
    for start in (folder.resolve(), *folder.resolve().parents):
        if any(start.glob("assignments/*/assignment.toml")):
            return course_at(start)
    return course_at(None)


def _works(names: Sequence[str], folder: Path) -> list[tuple[Course, str, Submission]]:
    from ..submissions.files import Submission
    from ..submissions.finding import find_submissions

    works = []
    slugs = []
    for name in names:
        if not name.endswith(SUFFIXES):
            slugs.append(name)
            continue
        path = _file(name, folder)
        course = course_around(path.parent)
        (work,) = find_submissions([path], course.slugs)
        works.append((course, path.stem, work))
    if slugs or not names:
        course = course_around(folder)
        work = Submission(folder.resolve().name, folder)
        for slug in _with_file(course, work, slugs):
            works.append((course, slug, work))
    return works


def _file(name: str, folder: Path) -> Path:
    """A file as it was typed, from here or from the folder of the work.

    Raises:
        UsageError: there is none.
    """
    for path in (Path(name), folder / name):
        if path.is_file():
            return path
    raise UsageError(f"There is no file {name}.")


def _with_file(course: Course, work: Submission, slugs: Sequence[str]) -> tuple[str, ...]:
    """The assignments to check: those named, or all that have a file.

    Raises:
        UsageError: one has no file.
    """
    here = work.slugs(course.slugs)
    selected = here
    if slugs:
        selected = course.select(slugs)
    expected = selected or course.slugs[:1]  # with nothing here at all, the message names the first assignment
    for slug in expected:
        if slug not in here:
            raise UsageError(
                f"There is no {slug}.py in {work.folder.resolve()}. Go to the folder of your kit, or make one with "
                "`autograder start DIR`."
            )
    return selected


def _ids(assignment: Assignment, names: Sequence[str]) -> tuple[str, ...]:
    """The exercises of an assignment that are meant by ids, numbers or titles."""
    ids = []
    for number, exercise in enumerate(assignment.exercises, start=1):
        own = (exercise.id.lower(), str(number), exercise.title.lower())
        if any(name.strip().lower() in own for name in names):
            ids.append(exercise.id)
    return tuple(ids)


def _refuse_unknown(names: Sequence[str], assignments: Sequence[Assignment]) -> None:
    """Refuse an exercise that none of the assignments has.

    Raises:
        UsageError: with those that there are.
    """
    for name in names:
        if not any(_ids(assignment, [name]) for assignment in assignments):
            raise UsageError(_unknown(name, assignments))


def _unknown(name: str, assignments: Sequence[Assignment]) -> str:
    ids = []
    known = []
    for assignment in assignments:
        numbered = []
        for number, exercise in enumerate(assignment.exercises, start=1):
            ids.append(exercise.id)
            numbered.append(f"{number} {exercise.id}")
        of_which = "" if len(assignments) == 1 else f"{assignment.slug}: "
        known.append(of_which + ", ".join(numbered))
    close = difflib.get_close_matches(name, ids, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return f"There is no exercise {name!r} here.{hint} Known are: {'; '.join(known)}."
