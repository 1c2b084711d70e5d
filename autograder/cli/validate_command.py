"""`autograder validate [SLUG...]`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .mutants_table import show_mutants
from .options import console, course_at, course_option, prestart, run_options, setting_of

if TYPE_CHECKING:
    from rich.console import Console

    from ..course import Course
    from ..plan import Setting
    from ..sandbox.workers import Workers

JOBS_HELP = "Validate N assignments side by side (default: one per processor)."
MUTANTS_HELP = "Instead: change each reference in small ways; the checks must catch the changes."
MESSAGES_HELP = "Instead: print every message that students can read, on one page."


@click.command("validate")
@click.argument("slugs", metavar="[SLUG]...", nargs=-1)
@click.option("--repeat", type=click.IntRange(1), default=1, metavar="N", help="Validate with N seeds.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help=JOBS_HELP)
@click.option("--mutants", is_flag=True, help=MUTANTS_HELP)
@click.option("--messages", is_flag=True, help=MESSAGES_HELP)
@course_option
@run_options
def command(slugs: tuple[str, ...], repeat: int, jobs: int | None, course_folder: Path | None, **options) -> None:
    """Prove that the course is sound, for each SLUG or for all assignments.

    The reference solution earns every point; the untouched stub earns none, and each of its checks is `not attempted`.
    Each known misconception fails exactly the checks it names and is recognised. Right code in other styles earns every
    point. Handout, docstrings, settings and tables fit the rest. The kit is up to date and tells no line of a solution.

    Exit code 1 means that something is not sound.
    """
    course = course_at(course_folder)
    selected = course.select(slugs)
    if any(course.solution(slug) is None for slug in selected) or not selected:
        raise UsageError(f"{course.root} holds no reference solutions to validate; run this in a clone of the course.")

    from ..sandbox.workers import Workers

    with Workers() as workers:
        prestart(options, workers)  # what follows imports torch; the fork server starts meanwhile
        _read(course, selected, options["dataset"])
        if options["messages"]:
            _print_messages(course, selected)
            return
        setting = setting_of(options, workers)
        if options["mutants"]:
            show_mutants(course, selected, setting, jobs=jobs, workers=workers)
        else:
            _prove(course, selected, setting, repeat=repeat, jobs=jobs, workers=workers)


def _read(course: Course, slugs: tuple[str, ...], dataset: str) -> None:
    """Read everything first, so that a file that cannot be read ends the command with one line."""
    from ..authoring.gate.reading import read_everything
    from ..plan import verify_dataset

    read_everything(course, slugs)
    verify_dataset(map(course.assignment, slugs), dataset)


def _prove(
    course: Course, selected: tuple[str, ...], setting: Setting, *, repeat: int, jobs: int | None, workers: Workers
) -> None:
    """Print what holds and what does not, assignment by assignment.

    Raises:
        Exit: with code 1 if anything does not hold.
    """
    from ..authoring.validate import seeds_of, validate_all, validate_kit

    settings = seeds_of(setting, repeat)
    screen = console()
    problems = validate_kit(course)
    _show(screen, "student_template", problems, "up to date, no line of a solution in it")
    jobs = jobs or os.cpu_count() or 1
    # What is being done shows on stderr, so that stdout is the report even in a file.
    with console(to_stderr=True).status("validating") as status:
        for report in validate_all(course, selected, settings, jobs=jobs, workers=workers, progress=status.update):
            facts = f"{report.checks} checks, {report.misconceptions} misconceptions, reference {report.seconds:.2f} s"
            _show(screen, report.slug, report.problems, facts)
            problems += report.problems
    if problems:
        click.echo(f"{_counted(len(problems), 'problem')}.", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"Sound with {_counted(repeat, 'seed')}.")


def _counted(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun}s"


def _print_messages(course: Course, slugs: tuple[str, ...]) -> None:
    import torch

    from ..authoring.messages_page import messages_page

    torch.set_num_threads(1)
    for piece in messages_page(course, slugs):
        click.echo(piece)


def _show(screen: Console, name: str, problems: list[str], facts: str) -> None:
    """A line for an assignment, and one for each of its problems."""
    from rich.text import Text

    if not problems:
        screen.print(Text("✓ ", style="green").append(f"{name}: {facts}", style="default"))
        return
    screen.print(Text("✗ ", style="red").append(name, style="default"))
    for problem in problems:
        screen.print(Text(f"    {problem}"))
