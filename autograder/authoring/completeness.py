"""What every assignment must have, but no run of its checks would miss."""

from __future__ import annotations

from collections.abc import Iterator

from ..course import Course
from ..grading.remote import unknown_names
from ..model import Exercise
from ..plan import Plan
from ..sandbox.workers import Workers

MISCONCEPTIONS_AT_LEAST = 5


def missing_parts(course: Course, plan: Plan, workers: Workers) -> Iterator[str]:
    """Each thing that an assignment lacks, as a sentence."""
    handout = course.handout(plan.assignment.slug).splitlines()
    for exercise in plan.assignment.exercises:
        yield from _incomplete_exercise(plan, exercise, handout)
    for name in unknown_names(plan.assignment.rules, workers):
        yield f"a rule in assignment.toml names {name!r}, which neither torch, numpy nor another known library has"
    yield from _incomplete_misconceptions(plan)


def _incomplete_exercise(plan: Plan, exercise: Exercise, handout: list[str]) -> Iterator[str]:
    if f"## {exercise.title}" not in handout:
        yield f"handout.md has no section called {exercise.title!r}"
    if not exercise.hints:
        yield f"the exercise {exercise.id} has no hints"
    sides = {check.visible for check in plan.checks if check.exercise == exercise.id}
    if True not in sides:
        yield f"the exercise {exercise.id} has no visible check"
    if False not in sides:
        yield f"the exercise {exercise.id} has no hidden check"


def _incomplete_misconceptions(plan: Plan) -> Iterator[str]:
    count = len(plan.misconceptions)
    if count < MISCONCEPTIONS_AT_LEAST:
        yield f"misconceptions.py has too few entries: {count} of at least {MISCONCEPTIONS_AT_LEAST}"
    names = {check.name for check in plan.checks}
    for known in plan.misconceptions:
        for name in sorted(set(known.trips) - names):
            yield f"misconception {known.id} trips an unknown check, {name}"
        if not known.trips:
            yield f"misconception {known.id} trips no check"
