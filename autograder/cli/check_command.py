"""`autograder check [SLUG...]`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..model import SCHEMA_VERSION, Mark, Outcome, Result
from .options import FOLDER, console, course_at, leave_if_faulty, prestart, run_options, setting_of

if TYPE_CHECKING:
    from ..course import Course
    from ..plan import Plan, Setting
    from ..sandbox.workers import Workers

HINTS_HELP = "Show N hints for each exercise that does not pass."


@click.command("check")
@click.argument("slugs", metavar="[SLUG]...", nargs=-1)
@click.option("--dir", "folder", type=FOLDER, default=Path(), help="Folder of your work (default: this one).")
@click.option("--exercise", "exercises", multiple=True, metavar="ID", help="Only this exercise; may be repeated.")
@click.option("--hints", type=click.IntRange(0), default=0, metavar="N", help=HINTS_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@run_options
def command(
    slugs: tuple[str, ...], folder: Path, exercises: tuple[str, ...], hints: int, as_json: bool, **options
) -> None:
    """Check your own work with the visible checks.

    SLUG is an assignment; without one, every assignment that has a file here is checked. If an assignment has both a
    Python file and a notebook, the one with more written in it counts.

    Exit code 1 means that something does not pass yet, 3 that the grader itself failed.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    course = _course_of(folder)
    selected = _selected(course, folder, slugs, exercises)
    from ..plan import verify_dataset
    from ..sandbox.workers import Workers

    verify_dataset(map(course.assignment, selected), options["dataset"])

    with Workers() as workers:
        prestart(options, workers)  # what follows imports torch, which takes a second; the fork server starts meanwhile
        plans = _plans(course, selected, exercises)
        setting = dataclasses.replace(setting_of(options, workers), desk=True)
        if as_json:
            results = _graded(plans, folder, setting, workers)
        else:
            results = _shown(plans, folder, setting, workers, hints=hints)
    marks = list(map(Mark.of, results))
    if as_json:
        _print_json(results)
    else:
        _show_summary(marks)
        _show_next_step(plans, results, hints)
    _leave(marks)


def _graded(plans: list[Plan], folder: Path, setting: Setting, workers: Workers) -> list[Result]:
    """The results of the work in a folder."""
    from ..grading.runner import grade
    from ..submissions.files import Submission

    work = Submission(folder.resolve().name, folder)
    return [grade(plan, work, setting, workers=workers) for plan in plans]


def _shown(plans: list[Plan], folder: Path, setting: Setting, workers: Workers, *, hints: int) -> list[Result]:
    """The results of the work in a folder, each check shown as soon as it is decided."""
    from ..grading.runner import grade
    from ..reports.terminal import CheckPrinter
    from ..submissions.files import Submission

    work = Submission(folder.resolve().name, folder)
    results = []
    for plan in plans:
        printer = CheckPrinter(console(), plan.assignment, hints=hints)
        results.append(grade(plan, work, setting, workers=workers, progress=printer.show))
        printer.finish()
        printer.name(results[-1].checks)
        _show_notes(results[-1])
    return results


def _show_summary(marks: list[Mark]) -> None:
    from ..reports.terminal import summary

    console().print("\n", summary(marks), sep="")


def _leave(marks: list[Mark]) -> None:
    """End the command with the exit code that the marks mean."""
    leave_if_faulty(marks)
    if any(set(mark.outcomes) - {Outcome.PASSED} for mark in marks):
        raise click.exceptions.Exit(1)


def _print_json(results: list[Result]) -> None:
    records = list(map(Result.to_dict, results))
    click.echo(json.dumps({"schema_version": SCHEMA_VERSION, "results": records}, indent=1))


def _course_of(folder: Path) -> Course:
    """The course that the work belongs to: the kit that it lies in, or else the course that we are in."""
    # A kit holds assignments/ with its visible checks, but may lie anywhere: the work's place decides, not ours.
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
    selected = here
    if slugs:
        selected = course.select(slugs)
    expected = selected or course.slugs[:1]  # with nothing here at all, the message names the first assignment
    for slug in expected:
        if slug not in here:
            raise UsageError(
                f"There is no {slug}.py in {folder.resolve()}. Go to the folder of your kit, or make one with "
                "`autograder start DIR`."
            )
    known = set()
    for slug in selected:
        for exercise in course.assignment(slug).exercises:
            known.add(exercise.id)
    unknown = sorted(set(exercises) - known)
    if unknown:
        raise UsageError(f"There is no exercise {unknown[0]!r} here; known are: {', '.join(sorted(known))}.")
    return tuple(selected)


def _plans(course: Course, selected: tuple[str, ...], exercises: tuple[str, ...]) -> list[Plan]:
    """What to run: the visible checks of these assignments; if exercises are named, theirs and those they need."""
    from ..plan import Plan

    plans = []
    for slug in selected:
        plan = Plan.of(course, slug, hidden=False)
        if exercises:
            names = [check.name for check in plan.checks if check.exercise in exercises]
            plan = plan.limited_to(names)
        if plan.checks or not exercises:
            plans.append(plan)
    return plans


def _show_notes(result: Result) -> None:
    """What is to be said about the file, unless the checks said it already."""
    messages = {check.message for check in result.checks}
    for note in result.notes:
        if note not in messages:
            click.echo(f"Note: {note}")


def _show_next_step(plans: list[Plan], results: list[Result], hints: int) -> None:
    """The command that shows another hint, for the first assignment whose first failing exercise has one."""
    for plan, result in zip(plans, results, strict=True):
        failing = {check.exercise for check in result.checks if check.outcome is not Outcome.PASSED}
        first = next((exercise for exercise in plan.assignment.exercises if exercise.id in failing), None)
        if first is not None and len(first.hints) > hints:
            slug = plan.assignment.slug
            click.echo(f"A hint: autograder check {slug} --exercise {first.id} --hints {hints + 1}")
            return
