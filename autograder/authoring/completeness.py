"""What every assignment must have, but no run of its checks would miss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..course import Course
from ..grading.remote import unknown_names
from ..model import Exercise
from ..plan import Plan
from ..sandbox.workers import Workers
from .figures import misfitting_figures
from .gate.formatting import unformatted
from .gate.mutants import unknown_mutants
from .gate.places import place
from .gate.styles import misfitting_mistakes
from .notebooks import sections

MISCONCEPTIONS_AT_LEAST = 5


def missing_parts(course: Course, plan: Plan, workers: Workers) -> Iterator[str]:
    """Each thing that an assignment lacks, as a sentence."""
    slug = plan.assignment.slug
    text = course.text(slug, "assignment.toml")
    yield from _incomplete_texts(course, plan)
    for exercise in plan.assignment.exercises:
        where = place("assignment.toml", text, f'"{exercise.id}"')
        for lack in _lacks(plan, exercise):
            yield f"{where}: the exercise {exercise.id} has no {lack}"
    for name in unknown_names(plan.assignment.rules, workers):
        where = place("assignment.toml", text, f'"{name}"')
        yield f"{where}: a rule names {name!r}, which neither torch, numpy nor another known library has"
    yield from _incomplete_misconceptions(plan)
    yield from misfitting_mistakes(course, plan)
    yield from unknown_mutants(course, plan)
    yield from unformatted(course, slug)


def _incomplete_texts(course: Course, plan: Plan) -> Iterator[str]:
    """Sections that the handout lacks, or has in another order; pictures and model answers that do not fit it."""
    assignment = plan.assignment
    handout = course.handout(assignment.slug)
    headings = [heading for heading, _ in sections(handout)]
    exercises = [exercise.title for exercise in assignment.exercises]
    questions = [question.title for question in assignment.written]
    yield from _missing("handout.md", headings, [*exercises, *questions])
    there = [heading for heading in headings if heading in exercises]
    expected = [title for title in exercises if title in there]
    for heading, title in zip(there, expected, strict=False):
        if heading != title:
            where = place("handout.md", handout, f"## {heading}")
            yield f"{where}: {title!r} comes first in assignment.toml; the order must be the same"
            break
    for file, line, problem in misfitting_figures(course, assignment.slug):
        yield f"{file}:{line}: {problem}"
    answers = [heading for heading, _ in sections(course.model_answers(assignment.slug))]
    yield from _missing(f"solutions/{assignment.slug}.md", answers, questions)


def _missing(file: str, headings: Sequence[str], titles: Sequence[str]) -> Iterator[str]:
    for title in titles:
        count = headings.count(title)
        if count != 1:
            yield f"{file}: there must be one section '## {title}', and there are {count}"


def _lacks(plan: Plan, exercise: Exercise) -> Iterator[str]:
    if not exercise.hints:
        yield "hints"
    sides = {check.visible for check in plan.checks if check.exercise == exercise.id}
    if True not in sides:
        yield "visible check"
    if False not in sides:
        yield "hidden check"


def _incomplete_misconceptions(plan: Plan) -> Iterator[str]:
    count = len(plan.misconceptions)
    if count < MISCONCEPTIONS_AT_LEAST:
        yield f"misconceptions.py has too few entries: {count} of at least {MISCONCEPTIONS_AT_LEAST}"
    for known in plan.misconceptions:
        if not known.says:
            yield f"misconception {known.id} has no sentence for students: add .says(...)"
