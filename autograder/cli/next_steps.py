"""What a student does next: one step, in a line or two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..grading.progress import Standings, read_progress
from ..model import Exercise, Outcome, Result
from ..standing import Standing, by_exercise
from .desk import Task

SHOWN_NAMES = 3  # of the functions to be written


class Checked(NamedTuple):
    """A task and what came of it."""

    task: Task
    result: Result

    @property
    def standings(self) -> dict[str, Standing]:
        """Where the exercises stand that were asked for."""
        groups = by_exercise(self.result.checks)
        return {id: Standing.of(groups[id]) for id in self.task.exercises if id in groups}


class Step(NamedTuple):
    """An exercise that does not pass yet."""

    task: Task
    exercise: Exercise
    standing: Standing


def first_unfinished(checked: Sequence[Checked]) -> Step | None:
    """The exercise to work on: the first in which there is something to mend, or else the first that does not pass."""
    unfinished = []
    for task, result in checked:
        for id, group in by_exercise(result.checks).items():  # those that it needs too, for there the cause may be
            standing = Standing.of(group)
            if standing.outcome is not Outcome.PASSED:
                exercise = next(each for each in task.assignment.exercises if each.id == id)
                unfinished.append(Step(task, exercise, standing))
    for step in unfinished:
        if not step.standing.outcome.is_quiet:
            return step
    return next(iter(unfinished), None)


def next_steps(checked: Sequence[Checked], hints: int) -> list[str]:
    """The next step after a check, with the command for another hint if there is one."""
    step = first_unfinished(checked)
    if step is None:
        return what_comes_next(checked)
    lines = to_do(step)
    if len(step.exercise.hints) > hints:
        lines.append(f"A hint: autograder check {step.task.slug} --exercise {step.exercise.id} --hints {hints + 1}")
    return lines


def to_do(step: Step) -> list[str]:
    """What is to be done about an exercise that does not pass."""
    task, exercise, standing = step
    if not standing.outcome.is_quiet:
        return [_in_file(step)]
    needed = _imported(step)
    if needed:
        return _before(step, needed)
    return [
        f"Next: write {_listed(exercise.functions)} in {task.file}.",
        f'Read: "{exercise.title}" in {task.course.handout_to_open(task.slug)}',
    ]


def _imported(step: Step) -> list[str]:
    """The assignments from which the file imports all that an exercise asks for; none if something is written here."""
    task = step.task
    if not task.assignment.imports:
        return []
    from ..submissions.files import read_submission
    from ..submissions.imports import imported_from

    origins = imported_from(read_submission(task.work, task.assignment).text, task.assignment.imports)
    heads = [name.partition(".")[0] for name in step.exercise.functions]
    if not all(head in origins for head in heads):
        return []
    return list(dict.fromkeys(origins[head] for head in heads))


def _before(step: Step, needed: Sequence[str]) -> list[str]:
    """What is to be done about the assignments that a file imports from: the first that is not finished."""
    task = step.task
    course = task.course
    here = task.work.slugs(tuple(needed))
    for slug in needed:
        if slug not in here:
            return [f"Next: put your {slug}.py beside {task.file}, which imports from it."]
    known = read_progress(task.work.folder)
    for slug in sorted(set(course.slugs) & set(needed), key=course.slugs.index):
        if unfinished_ids(task, slug, known):
            return [
                f"Next: finish {slug}, from which {task.file} imports.",
                f"Read: {course.handout_to_open(slug)}",
                f"Then: autograder check {slug}",
            ]
    return [_in_file(step)]


def _in_file(step: Step) -> str:
    return f'Next: "{step.exercise.title}" in {step.task.file}.'


def _listed(names: Sequence[str]) -> str:
    """Names in a row; of many only the first two."""
    told = [f"`{name}`" for name in names]
    if len(told) > SHOWN_NAMES:
        told = [*told[: SHOWN_NAMES - 1], f"{len(told) - SHOWN_NAMES + 1} more"]
    *others, last = told
    return f"{', '.join(others)} and {last}" if others else last


def what_comes_next(checked: Sequence[Checked]) -> list[str]:
    """What to do once everything that was checked passes: the rest of the assignment, or the next one."""
    task = checked[-1].task
    known = read_progress(task.work.folder)
    for task, _ in checked:
        left = unfinished_ids(task, task.slug, known)
        if left:
            return [f"All of this passes. Next: autograder check {task.slug} --exercise {left[0]}"]
    lines = ["Everything here passes: well done!"]
    if any(task.assignment.written for task, _ in checked):
        lines.append("What its handout asks for on paper is marked by people.")
    coming = next_slug(task, known)
    if coming is None:
        return [*lines, "That was the last assignment: hand in your files."]
    title = task.course.assignment(coming).title
    return [*lines, f'Next: "{title}": autograder check {coming}', f"Read: {task.course.handout_to_open(coming)}"]


def next_slug(task: Task, known: Standings) -> str | None:
    """The next assignment that is not finished, those before this one last."""
    slugs = task.course.slugs
    here = slugs.index(task.slug)
    for slug in (*slugs[here + 1 :], *slugs[:here]):
        if unfinished_ids(task, slug, known):
            return slug
    return None


def unfinished_ids(task: Task, slug: str, known: Standings) -> list[str]:
    """The exercises of an assignment of which it is not known that they pass."""
    standings = known.get(slug, {})
    ids = []
    for exercise in task.course.assignment(slug).exercises:
        if exercise.id not in standings or standings[exercise.id].outcome is not Outcome.PASSED:
            ids.append(exercise.id)
    return ids
