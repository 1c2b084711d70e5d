"""`autograder validate [SLUG...]`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .mutants_table import show_mutants
from .options import console, course_at, course_option, run_options, setting_of

if TYPE_CHECKING:
    from ..course import Course
    from ..plan import Setting
    from ..sandbox.workers import Workers


@click.command("validate")
@click.argument("slugs", metavar="[SLUG]...", nargs=-1)
@click.option("--repeat", type=click.IntRange(1), default=1, metavar="N", help="Validate with N seeds.")
@click.option("--jobs", type=click.IntRange(1), help="Assignments validated at a time (default: one per processor).")
@click.option("--mutants", is_flag=True, help="Instead, change each reference in small ways: checks must catch them.")
@click.option("--messages", is_flag=True, help="Instead, print everything that students can read, on one page.")
@course_option
@run_options
def command(slugs: tuple[str, ...], repeat: int, jobs: int | None, course_folder: Path | None, **options) -> None:
    """Prove that the course is sound, for every SLUG or all assignments.

    The reference solution earns every point and the untouched stub none, with every check `not attempted`; each known
    misconception fails exactly the checks it lists and is recognised; the kit is up to date and holds no line of a
    solution. The exit code is 1 if any of this does not hold.
    """
    course = course_at(course_folder)
    selected = course.select(slugs)
    if any(course.solution(slug) is None for slug in selected) or not selected:
        raise UsageError(f"{course.root} holds no reference solutions to validate; run this in a clone of the course.")

    mutants, messages = options.pop("mutants"), options.pop("messages")
    if messages and not mutants:
        return _print_messages(course, selected)
    from ..sandbox.workers import Workers

    with Workers() as workers:
        setting = setting_of(options, workers)
        if mutants:
            show_mutants(course, selected, setting, jobs=jobs, workers=workers)
        else:
            from ..authoring.validate import seeds_of

            settings = seeds_of(setting, repeat)
            _prove(course, selected, settings, jobs=jobs or os.cpu_count() or 1, workers=workers)


def _prove(course: Course, selected: Sequence[str], settings: list[Setting], *, jobs: int, workers: Workers) -> None:
    """Show what is not sound.

    Raises:
        Exit: with code 1 if anything is not.
    """
    from ..authoring.validate import validate_all, validate_kit

    screen = console()
    problems = validate_kit(course)
    _show(screen, "student_template", problems, "up to date, no line of a solution in it")
    with console(to_stderr=True).status("validating") as status:
        for report in validate_all(course, selected, settings, jobs=jobs, workers=workers, progress=status.update):
            facts = f"{report.checks} checks, {report.misconceptions} misconceptions, reference {report.seconds:.2f} s"
            _show(screen, report.slug, report.problems, facts)
            problems += report.problems
    if problems:
        click.echo(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}.", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"Sound with {len(settings)} seed{'s' if len(settings) > 1 else ''}.")


def _print_messages(course: Course, slugs: tuple[str, ...]) -> None:
    import torch

    from ..authoring.messages_page import messages_page

    torch.set_num_threads(1)
    for piece in messages_page(course, slugs):
        click.echo(piece)


def _show(screen, name: str, problems: list[str], facts: str) -> None:
    from rich.text import Text

    symbol, style = ("✗", "red") if problems else ("✓", "green")
    screen.print(Text(f"{symbol} ", style=style).append(name if problems else f"{name}: {facts}", style="default"))
    for problem in problems:
        screen.print(Text(f"    {problem}"))
