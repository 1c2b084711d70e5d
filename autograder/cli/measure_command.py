"""`autograder measure SLUG`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .options import console, course_at, course_option, run_options, setting_of

if TYPE_CHECKING:
    from rich.table import Table

    from ..authoring.measuring import Row


@click.command("measure")
@click.argument("slug")
@click.option("--repeat", type=click.IntRange(1), default=1, metavar="N", help="Measure with N seeds.")
@course_option
@run_options
def command(slug: str, repeat: int, course_folder: Path | None, **options) -> None:
    """Measure what the handout of SLUG quotes: accuracies, scales, the effect of a learning rate.

    assignments/SLUG/measure.py says what is measured, and how far it may lie from what is quoted.

    Exit code 1 means that the handout quotes something else.
    """
    course = course_at(course_folder)
    (slug,) = course.select([slug])
    if course.solution(slug) is None:
        raise UsageError(f"{course.root} holds no reference solutions to measure; run this in a clone of the course.")
    from ..authoring.measuring import measure
    from ..authoring.validate import seeds_of
    from ..plan import verify_dataset
    from ..sandbox.workers import Workers

    verify_dataset([course.assignment(slug)], options["dataset"])
    with Workers() as workers:
        settings = seeds_of(setting_of(options, workers), repeat)
    with console(to_stderr=True).status("measuring") as status:
        rows = measure(course, slug, settings, progress=status.update)
    if not rows:
        raise UsageError(f"assignments/{slug}/measure.py measures nothing, or is not there.")
    console().print(_table(rows))
    if not all(row.as_quoted for row in rows):
        click.echo(f"The handout of {slug} quotes other numbers.", err=True)
        raise click.exceptions.Exit(1)


def _table(rows: list[Row]) -> Table:
    from rich.table import Table

    table = Table("measured", "mean", "least", "most", "quoted", width=80)
    for column in table.columns[1:]:
        column.justify = "right"
        column.no_wrap = True
    for row in rows:
        numbers = [row.mean, min(row.values), max(row.values)]
        quoted = "" if row.quoted is None else f"{row.quoted:g} ± {row.tolerance:g}"
        table.add_row(row.title, *map(_short, numbers), quoted, style="" if row.as_quoted else "red")
    return table


def _short(number: float) -> str:
    return f"{number:.3g}"
