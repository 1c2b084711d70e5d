"""`autograder validate [SLUG...]`."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .mutants_table import show_mutants
from .options import console, course_at, course_option, prestart, run_options, setting_of

if TYPE_CHECKING:
    from rich.console import Console

    from ..authoring.validate import Gate
    from ..course import Course

# Often enough to tell what fails by chance; a check that fails once in twenty seeds is caught in two of three records.
SEEDS_OF_A_RECORD = 20
JOBS_HELP = "Use N processes (default: one per processor)."
REPEAT_HELP = f"Validate with N seeds (default: 1; with --record {SEEDS_OF_A_RECORD})."
RECORD_HELP = "Write what each misconception fails into outcomes.toml, instead of comparing with it."
MUTANTS_HELP = "Instead: change each reference in small ways; the checks must catch the changes."
MESSAGES_HELP = "Instead: print every message that students can read, on one page."


@click.command("validate")
@click.argument("slugs", metavar="[SLUG]...", nargs=-1)
@click.option("--repeat", type=click.IntRange(1), metavar="N", help=REPEAT_HELP)
@click.option("--record", is_flag=True, help=RECORD_HELP)
@click.option("--jobs", type=click.IntRange(1), metavar="N", help=JOBS_HELP)
@click.option("--mutants", is_flag=True, help=MUTANTS_HELP)
@click.option("--messages", is_flag=True, help=MESSAGES_HELP)
@course_option
@run_options
def command(slugs: tuple[str, ...], jobs: int | None, course_folder: Path | None, **options) -> None:
    """Prove that the course is sound, for each SLUG or for all assignments.

    The reference solution earns every point; the untouched stub earns none, and each of its checks is `not attempted`.
    Each known misconception fails what is recorded of it and is recognised. Right code in other styles earns every
    point. Handout, docstrings, settings and tables fit the rest. The kit is up to date and tells no line of a solution.
    Trainings that a misconception is recorded to pass are run for it only where --repeat asks for more than one seed.

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
            from ..authoring.validate import Gate, seeds_of

            repeat = options["repeat"] or (SEEDS_OF_A_RECORD if options["record"] else 1)
            settings = seeds_of(setting, repeat)
            gate = Gate(course, settings, workers, jobs or os.cpu_count() or 1, recording=options["record"])
            _prove(gate, selected)


def _read(course: Course, slugs: tuple[str, ...], dataset: str) -> None:
    """Read everything first, so that a file that cannot be read ends the command with one line."""
    from ..authoring.gate.reading import read_everything
    from ..plan import verify_dataset

    read_everything(course, slugs)
    verify_dataset(map(course.assignment, slugs), dataset)


def _prove(gate: Gate, selected: tuple[str, ...]) -> None:
    """Print what holds and what does not, assignment by assignment.

    Raises:
        Exit: with code 1 if anything does not hold.
    """
    from ..authoring.gate.kit import validate_kit

    screen = console()
    problems: list[str] = []
    if not gate.recording:
        problems = validate_kit(gate.course, selected)
        _show(screen, "student_template", problems, "up to date, no line of a solution in it")
    # What is being done shows on stderr, so that stdout is the report even in a file.
    with console(to_stderr=True).status("validating") as status:
        gate = dataclasses.replace(gate, progress=status.update)
        for slug in selected:
            report = gate.report(slug)
            facts = f"{report.checks} checks, {report.misconceptions} misconceptions, reference {report.seconds:.2f} s"
            _show(screen, slug, report.problems, facts, report.remarks)
            if report.record is not None:
                path = gate.course.record_path(slug)
                path.write_text(report.record.text(slug), encoding="utf-8")
                click.echo(f"    wrote {path}; review the diff")
            problems += report.problems
    if problems:
        click.echo(f"{_counted(len(problems), 'problem')}.", err=True)
        raise click.exceptions.Exit(1)
    seeds = _counted(len(gate.settings), "seed")
    if gate.recording:  # what rests on the record, the names above all, was not looked at
        click.echo(f"Recorded with {seeds}. Next: autograder build && autograder validate")
    else:
        click.echo(f"Sound with {seeds}.")


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


def _show(screen: Console, name: str, problems: list[str], facts: str, remarks: Sequence[str] = ()) -> None:
    """A line for an assignment, and one for each of its problems and remarks."""
    from rich.text import Text

    if problems:
        screen.print(Text("✗ ", style="red").append(name, style="default"))
    else:
        screen.print(Text("✓ ", style="green").append(f"{name}: {facts}", style="default"))
    for problem in problems:
        screen.print(Text(f"    {problem}"))
    for remark in remarks:
        screen.print(Text(f"  · {remark}", style="dim"))
