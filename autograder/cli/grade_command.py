"""`autograder grade PATH...`, also installed as `grade`."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import click

from ..mark import Mark
from ..model import SCHEMA_VERSION
from .class_options import class_options, class_run, leave
from .options import FRESH_HELP, console

if TYPE_CHECKING:
    from ..grading.classroom import ClassRun

REMARKS_HELP = "Tell the mistakes in everybody's work below the table (default: if they are 20 at most)."
MOST_SHOWN = 8  # second marks


@click.command("grade")
@click.option("--fresh", is_flag=True, help=FRESH_HELP)
@click.option("--remarks/--no-remarks", default=None, help=REMARKS_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON instead of a table.")
@class_options
def command(fresh: bool, remarks: bool | None, as_json: bool, **options) -> None:
    """Grade a submission or a class.

    PATH is a folder with SLUG.py or SLUG.ipynb files in it, a folder of such folders (one per student), a single file,
    what Canvas, Moodle or Gradescope hand out for download, a zip of any of these, or the folder of an nbgrader course,
    whose gradebook then gets the marks too.

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
        _show(marks, run, remarks)
    leave(run, marks)


def _show(marks: list[Mark], run: ClassRun, remarks: bool | None) -> None:
    from ..reports.marks_table import ClassMarks

    screen = console()
    setting = run.setting
    out = run.out.resolve()
    table = ClassMarks(marks, run.course.slugs)
    if remarks is None:
        remarks = table.is_small
    table.show(screen, remarks=remarks)
    second = [mark for mark in marks if mark.carried not in (None, mark.alone)]
    if second:
        screen.print(f"With errors carried forward: {_second_marks(second)}.", markup=False)
    screen.print(
        f"Graded on {setting.device} with {setting.dataset}, seed {setting.seed}, isolation: {run.isolation}.",
        markup=False,
    )
    click.echo(f"Full results: {out}/STUDENT/SLUG.json, all marks: {out / 'marks.csv'}")


def _second_marks(marks: list[Mark]) -> str:
    """The second marks of some submissions; of many only the first."""
    shown = [
        f"{mark.student} {mark.carried:.1f}/{mark.max_score:g} in {mark.assignment}" for mark in marks[:MOST_SHOWN]
    ]
    if len(marks) > MOST_SHOWN:
        shown.append(f"and {len(marks) - MOST_SHOWN} more in marks-long.csv")
    return ", ".join(shown)
