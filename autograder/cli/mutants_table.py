"""`autograder validate --mutants`: the mutants that no check catches, and a table of how many are caught."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .options import console

if TYPE_CHECKING:
    from rich.table import Table

    from ..authoring.mutants.measure import Measure
    from ..course import Course
    from ..plan import Setting
    from ..sandbox.workers import Workers

COLUMNS = ("assignment", "mutants", "caught", "equivalent", "survivors", "alone", "caught %", "seconds")
SURVIVORS = """{slug}: no check catches these changes of the reference. Strengthen a check; or, where a change is no
mistake, paste its block into assignments/{slug}/equivalent_mutants.toml and write the reason."""
ALONE = """{slug}: these mistakes are caught, but not in a function that makes them alone, with a copy of its own of
what it calls. Ask that very function in a check; leave it where nothing is promised or nothing shows."""


def show_mutants(course: Course, slugs: Sequence[str], setting: Setting, *, jobs: int | None, workers: Workers) -> None:
    """Try the mutants of each assignment, list those that no check catches, and end with a table.

    Raises:
        Exit: with code 1 if an assignment's checks catch too few, or its list of equivalent mutants is wrong.
    """
    if not hasattr(os, "fork"):
        raise UsageError("Mutants need processes that can fork, which this system does not have; use Linux or macOS.")
    from ..authoring.mutants.measure import SHARE_ASKED, measure_all

    jobs = jobs or os.cpu_count() or 1
    measures = []
    with console(to_stderr=True).status("mutating") as status:
        for measure in measure_all(course, slugs, setting, jobs=jobs, workers=workers, progress=status.update):
            measures.append(measure)
            _show(measure, course.solution_path(measure.slug))
    console().print(_table(measures))
    if not all(measure.sound for measure in measures):
        click.echo(
            f"In every assignment, {SHARE_ASKED:.0%} of the mutants that are not equivalent must be caught.", err=True
        )
        raise click.exceptions.Exit(1)


def _show(measure: Measure, reference: Path) -> None:
    """What the checks of one assignment let through, in blocks."""
    from ..authoring.mutants.listing import alone_blocks, equivalent_blocks

    path = os.path.relpath(reference)
    _show_group(SURVIVORS.format(slug=measure.slug), equivalent_blocks(measure.survivors, path))
    _show_group(ALONE.format(slug=measure.slug), alone_blocks(measure.alone, path))
    for problem in measure.problems:
        click.echo(f"assignments/{measure.slug}: {problem}")


def _show_group(heading: str, blocks: list[str]) -> None:
    if blocks:
        click.echo("\n\n".join([heading, *blocks, ""]))


def _table(measures: list[Measure]) -> Table:
    from rich.table import Table

    table = Table(*COLUMNS)
    for column in table.columns[1:]:
        column.justify = "right"
    for measure in measures:
        table.add_row(
            measure.slug,
            str(measure.total),
            str(len(measure.caught_by)),
            str(len(measure.equivalent)),
            str(len(measure.survivors)),
            str(len(measure.alone)),
            f"{measure.percent:.1f}",
            f"{measure.seconds:.0f}",
            style="" if measure.sound else "red",
        )
    return table
