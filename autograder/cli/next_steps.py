"""What a student does next: one step, in a line or two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..grading.progress import Standings, read_progress
from ..model import Exercise, Outcome, Result
from ..standing import Standing, by_exercise
from .desk import Task


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
        return [f'Next: "{exercise.title}" in {task.file}.']
    names = " and ".join(f"`{name}`" for name in exercise.functions)
    return [
        f"Next: write {names} in {task.file}.",
        f'Read: "{exercise.title}" in {task.course.handout_to_open(task.slug)}',
    ]


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
