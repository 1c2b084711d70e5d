"""`autograder check [SLUG|FILE...]`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..mark import Mark
from ..model import SCHEMA_VERSION, Outcome, Result
from .desk import Task, tasks_of
from .help_texts import StudentCommand
from .options import FOLDER, console, leave_if_faulty, prestart, run_options, setting_of

if TYPE_CHECKING:
    from ..plan import Setting
    from ..sandbox.workers import Workers
    from .desk_run import DeskRun

EXERCISE_HELP = "Only this exercise: its number, id or title; may be repeated."
HINTS_HELP = "Show N hints for the exercise to work on; with --all, for each that does not pass."


@click.command("check", cls=StudentCommand)
@click.argument("names", metavar="[SLUG|FILE]...", nargs=-1)
@click.option("--exercise", "exercises", multiple=True, metavar="NAME", help=EXERCISE_HELP)
@click.option("--hints", type=click.IntRange(0), default=0, metavar="N", help=HINTS_HELP)
@click.option("--all", "in_full", is_flag=True, help="Show every check and every failure in full.")
@click.option("--dir", "folder", type=FOLDER, default=Path(), help="Folder of your work (default: this one).")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@run_options
def command(
    names: tuple[str, ...],
    exercises: tuple[str, ...],
    folder: Path,
    *,
    hints: int,
    in_full: bool,
    as_json: bool,
    **options,
) -> None:
    """Check your own work with the visible checks.

    SLUG is an assignment and FILE its Python file or notebook; without any, every assignment that has a file here is
    checked. If an assignment has both files, the one with more written in it counts.

    Exit code 1 means that something does not pass yet, 3 that the grader itself failed.
    """
    tasks = tasks_of(names, folder, exercises)
    from ..plan import verify_dataset
    from ..sandbox.workers import Workers

    verify_dataset([task.assignment for task in tasks], options["dataset"])

    with Workers() as workers:
        prestart(options, workers)  # what follows imports torch, which takes a second; the fork server starts meanwhile
        setting = dataclasses.replace(setting_of(options, workers), desk=True)
        if as_json:
            results = _graded(tasks, setting, workers)
        else:
            from .desk_run import DeskRun

            run = DeskRun(setting, workers, console(), hints=hints)
            results = show_once(tasks, run, hints=hints, in_full=in_full)
    if as_json:
        _print_json(results)
    leave(results)


def _graded(tasks: Sequence[Task], setting: Setting, workers: Workers) -> list[Result]:
    """The results of tasks, with nothing shown."""
    from ..grading.runner import grade

    return [grade(task.plan, task.work, setting, workers=workers) for task in tasks]


def show_once(tasks: Sequence[Task], run: DeskRun, *, hints: int = 0, in_full: bool = False) -> list[Result]:
    """The results of tasks, shown with their sum and the next step."""
    from .next_steps import next_steps

    checked = run.in_full(tasks) if in_full else run.in_short(tasks)
    run.show_sum(checked)
    for line in next_steps(checked, hints):
        click.echo(line)
    return [each.result for each in checked]


def leave(results: Sequence[Result]) -> None:
    """End the command with the exit code that the results mean."""
    marks = list(map(Mark.of, results))
    leave_if_faulty(marks)
    if any(set(mark.outcomes) - {Outcome.PASSED} for mark in marks):
        raise click.exceptions.Exit(1)


def _print_json(results: Sequence[Result]) -> None:
    records = list(map(Result.to_dict, results))
    click.echo(json.dumps({"schema_version": SCHEMA_VERSION, "results": records}, indent=1))
