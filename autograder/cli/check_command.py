"""`autograder check [SLUG...]`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..model import SCHEMA_VERSION, Mark
from .options import FOLDER, console, course_at, leave_if_faulty, prestart, run_options, setting_of

if TYPE_CHECKING:
    from ..course import Course
    from ..model import Result
    from ..plan import Plan, Setting
    from ..sandbox.workers import Workers


@click.command("check")
@click.argument("slugs", metavar="[SLUG]...", nargs=-1)
@click.option("--dir", "folder", type=FOLDER, default=Path(), help="Folder of your work (default: this one).")
@click.option("--exercise", "exercises", multiple=True, help="Only this exercise; may be repeated.")
@click.option("--hints", type=click.IntRange(0), default=0, metavar="N", help="Show N hints for what does not pass.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@run_options
def command(
    slugs: tuple[str, ...], folder: Path, exercises: tuple[str, ...], hints: int, as_json: bool, **options
) -> None:
    """Check your own work with the checks that you can see.

    SLUG is an assignment; without one, every assignment that has a file here is checked. If it has a Python file and a
    notebook, the one in which more is written counts. Exit code 1 says that something does not pass yet, 3 that the
    grader itself failed.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    course = _course_of(folder)
    selected = _selected(course, folder, slugs, exercises)

    from ..sandbox.workers import Workers

    with Workers() as workers:
        prestart(options, workers)
        plans = _plans(course, selected, exercises)
        results = _graded(plans, folder, setting_of(options, workers), workers, hints=None if as_json else hints)
    if as_json:
        click.echo(json.dumps({"schema_version": SCHEMA_VERSION, "results": [r.to_dict() for r in results]}, indent=1))
    else:
        from ..reports.terminal import summary

        console().print("\n", summary([Mark.of(result) for result in results]), sep="")
        _show_next_step(plans, results, hints)
    leave_if_faulty([Mark.of(result) for result in results])
    if any(check.outcome != "passed" for result in results for check in result.checks):
        raise click.exceptions.Exit(1)


def _graded(plans: list[Plan], folder: Path, setting: Setting, workers: Workers, *, hints: int | None) -> list[Result]:
    """Grade the work in a folder.

    Args:
        hints: how many to show with what does not pass; None to show nothing at all.
    """
    from ..grading.runner import grade
    from ..reports.terminal import CheckPrinter
    from ..submissions.files import Submission

    screen = console()
    work = Submission(folder.resolve().name, folder)
    results = []
    for plan in plans:
        printer = None if hints is None else CheckPrinter(screen, plan.assignment, hints=hints)
        results.append(grade(plan, work, setting, workers=workers, progress=printer.show if printer else None))
        if printer:
            printer.finish()
            _show_notes(results[-1])
    return results


def _course_of(folder: Path) -> Course:
    """The course that the work belongs to: of its kit, or the one that we are in."""
    for start in (folder.resolve(), *folder.resolve().parents):
        if any(start.glob("assignments/*/assignment.toml")):
            return course_at(start)
    return course_at(None)


def _selected(course: Course, folder: Path, slugs: tuple[str, ...], exercises: tuple[str, ...]) -> tuple[str, ...]:
    """The assignments to check: those named, or all that have a file.

    Raises:
        UsageError: an assignment has no file, or no exercise has one of the names.
    """
    from ..submissions.files import Submission

    here = Submission("", folder).slugs(course.slugs)
    selected = course.select(slugs) if slugs else here
    missing = [slug for slug in selected if slug not in here] or ([] if selected else [course.slugs[0]])
    if missing:
        raise UsageError(
            f"There is no {missing[0]}.py in {folder.resolve()}. Go to the folder of your kit, or make one with "
            "`autograder start DIR`."
        )
    known = {exercise.id for slug in selected for exercise in course.assignment(slug).exercises}
    unknown = sorted(set(exercises) - known)
    if unknown:
        raise UsageError(f"There is no exercise {unknown[0]!r} here; known are: {', '.join(sorted(known))}.")

    return tuple(selected)


def _plans(course: Course, selected: tuple[str, ...], exercises: tuple[str, ...]) -> list[Plan]:
    """What to run: the visible checks of these assignments, of these exercises and what they need if any are named."""
    from ..plan import Plan

    plans = [Plan.of(course, slug, hidden=False) for slug in selected]
    if not exercises:
        return plans
    limited = [plan.limited_to({c.name for c in plan.checks if c.exercise in exercises}) for plan in plans]
    return [plan for plan in limited if plan.checks]


def _show_notes(result: Result) -> None:
    """What is to be said about the file, unless every check says it."""
    for note in result.notes:
        if note not in {check.message for check in result.checks}:
            click.echo(f"Note: {note}")


def _show_next_step(plans: list[Plan], results: list[Result], hints: int) -> None:
    for plan, result in zip(plans, results, strict=True):
        failing = {check.exercise for check in result.checks if check.outcome != "passed"}
        first = next((e for e in plan.assignment.exercises if e.id in failing), None)
        if first is not None and len(first.hints) > hints:
            slug = plan.assignment.slug
            click.echo(f"A hint: autograder check {slug} --exercise {first.id} --hints {hints + 1}")
            return
