"""`autograder grade PATH...`, also installed as `grade`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ..model import SCHEMA_VERSION, Mark
from .class_options import ClassRun, class_options, open_run
from .options import console

if TYPE_CHECKING:
    from ..grading.classroom import Session


@click.command("grade")
@click.option("--fresh", is_flag=True, help="Grade also what is unchanged since its stored result.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON instead of a table.")
@class_options
def command(fresh: bool, as_json: bool, **options) -> None:
    """Grade a submission or a class.

    PATH is a folder with SLUG.py or SLUG.ipynb files in it, a folder of such folders (one per student), a single file,
    or the folder of a course of nbgrader, whose gradebook then gets the marks too. Every result is written to
    OUT/STUDENT/SLUG.json as soon as it is there, and all marks to OUT/marks.csv. A run that was stopped goes on where
    it was: what is unchanged since its stored result is not graded again.
    """
    from ..sandbox.workers import Workers

    with Workers() as workers:
        _grade(open_run(options, workers, fresh=fresh), as_json)


def _grade(run: ClassRun, as_json: bool) -> None:
    marks, separator = [], f'{{"schema_version": {SCHEMA_VERSION}, "results": [\n'
    for graded in run.results():
        marks.append(Mark.of(graded.result))
        if as_json:
            click.echo(separator + json.dumps(graded.result.to_dict(), indent=1), nl=False)
            separator = ",\n"
    if as_json:
        click.echo("\n]}")
    else:
        _show(marks, run.session)
    run.leave(marks)


def _show(marks: list[Mark], session: Session) -> None:
    from ..reports.terminal import marks_table, summary

    screen, setting, out = console(), session.setting, session.folder.root.resolve()
    screen.print(marks_table(marks, session.course.slugs))
    screen.print("Checks: ", summary(marks), sep="")
    screen.print(
        f"Graded on {setting.device} with {setting.dataset}, seed {setting.seed}, isolation: {setting.isolation}.",
        markup=False,
    )
    click.echo(f"Full results: {out}/STUDENT/SLUG.json, all marks: {out / 'marks.csv'}")
