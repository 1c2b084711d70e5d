"""`autograder validate --mutants`: what the checks let through, and a table of how much they catch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .options import console

if TYPE_CHECKING:
    from ..authoring.mutants.measure import Measure
    from ..course import Course
    from ..plan import Setting
    from ..sandbox.workers import Workers

COLUMNS = ("assignment", "mutants", "caught", "equivalent", "survivors", "caught %", "seconds")


def show_mutants(course: Course, slugs: Sequence[str], setting: Setting, *, jobs: int | None, workers: Workers) -> None:
    """Try the mutants of assignments, list those that no check catches, and end with a table.

    Raises:
        Exit: with code 1 if the checks of an assignment catch too few, or its list of equivalent ones is wrong.
    """
    if not hasattr(os, "fork"):
        raise UsageError("Mutants are tried in forked processes, which this system does not have; use Linux or macOS.")
    from ..authoring.mutants.measure import SHARE_ASKED, measure_all

    measures, jobs = [], jobs or os.cpu_count() or 1
    with console(to_stderr=True).status("mutating") as status:
        for measure in measure_all(course, slugs, setting, jobs=jobs, workers=workers, progress=status.update):
            measures.append(measure)
            _show_survivors(measure, course.solution_path(measure.slug))
    console().print(_table(measures))
    if not all(measure.sound for measure in measures):
        click.echo(
            f"Checks must catch {SHARE_ASKED:.0%} of the mutants in every assignment, equivalent ones aside.", err=True
        )
        raise click.exceptions.Exit(1)


def _show_survivors(measure: Measure, path: Path) -> None:
    for mutant in measure.survivors:
        click.echo(f"{os.path.relpath(path)}:{mutant.line}: no check catches {mutant.id}")
        click.echo(f"    - {mutant.old}\n    + {mutant.new}")
    for problem in measure.problems:
        click.echo(f"assignments/{measure.slug}: {problem}")


def _table(measures: list[Measure]):
    from rich.table import Table

    table = Table(*COLUMNS)
    for column in table.columns[1:]:
        column.justify = "right"
    for m in measures:
        counts = map(str, (m.total, len(m.caught_by), len(m.equivalent), len(m.survivors)))
        table.add_row(m.slug, *counts, f"{m.percent:.1f}", f"{m.seconds:.0f}", style=None if m.sound else "red")
    return table
