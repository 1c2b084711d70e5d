"""`autograder grade PATH...`, also installed as `grade`."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import click

from ..model import SCHEMA_VERSION, Mark
from .class_options import class_options, class_run, leave
from .options import FRESH_HELP, console

if TYPE_CHECKING:
    from ..grading.classroom import ClassRun


@click.command("grade")
@click.option("--fresh", is_flag=True, help=FRESH_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON instead of a table.")
@class_options
def command(fresh: bool, as_json: bool, **options) -> None:
    """Grade a submission or a class.

    PATH is a folder with SLUG.py or SLUG.ipynb files in it, a folder of such folders (one per student), a single file,
    or the folder of an nbgrader course, whose gradebook then gets the marks too.

    Every result is written to OUT/STUDENT/SLUG.json as soon as it is known; at the end, OUT/marks.csv gets all marks,
    and OUT/marks-long.csv a row for each exercise.
    A run that was stopped resumes where it was: what has not changed since its stored result is not graded again.
    """
    marks = []
    # The results are printed one by one, so the JSON around them is written by hand.
    separator = f'{{"schema_version": {SCHEMA_VERSION}, "results": [\n'
    with class_run(options) as run, closing(run.results(fresh=fresh)) as results:
        for graded in results:
            marks.append(Mark.of(graded.result))  # a whole class of results may not fit in memory; marks do
            if as_json:
                click.echo(separator + json.dumps(graded.result.to_dict(), indent=1), nl=False)
                separator = ",\n"
    if as_json:
        click.echo("\n]}")
    else:
        _show(marks, run)
    leave(run, marks)


def _show(marks: list[Mark], run: ClassRun) -> None:
    from ..reports.terminal import marks_table, summary

    screen = console()
    setting = run.setting
    out = run.out.resolve()
    screen.print(marks_table(marks, run.course.slugs))
    screen.print("Checks: ", summary(marks), sep="")
    screen.print(
        f"Graded on {setting.device} with {setting.dataset}, seed {setting.seed}, isolation: {run.isolation}.",
        markup=False,
    )
    click.echo(f"Full results: {out}/STUDENT/SLUG.json, all marks: {out / 'marks.csv'}")
