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

COLUMNS = ("assignment", "mutants", "caught", "equivalent", "survivors", "caught %", "seconds")


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
            _show_survivors(measure, course.solution_path(measure.slug))
    console().print(_table(measures))
    if not all(measure.sound for measure in measures):
        click.echo(
            f"In every assignment, {SHARE_ASKED:.0%} of the mutants that are not equivalent must be caught.", err=True
        )
        raise click.exceptions.Exit(1)


def _show_survivors(measure: Measure, path: Path) -> None:
    for mutant in measure.survivors:
        # In this form terminals and editors turn the place into a link.
        click.echo(f"{os.path.relpath(path)}:{mutant.line}: no check catches {mutant.id}")
        click.echo(f"    - {mutant.old}\n    + {mutant.new}")
    for problem in measure.problems:
        click.echo(f"assignments/{measure.slug}: {problem}")


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
            f"{measure.percent:.1f}",
            f"{measure.seconds:.0f}",
            style="" if measure.sound else "red",
        )
    return table
