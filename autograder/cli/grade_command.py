"""`autograder grade PATH...`, also installed as `grade`."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path

import click

from ..model import Outcome
from .options import FOLDER, console, course_at, course_option, run_options


@click.command("grade")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FOLDER)
@click.option("--assignment", "slugs", multiple=True, metavar="SLUG", help="Only this assignment; may be repeated.")
@click.option("--out", type=FOLDER, default=Path("results"), show_default=True, help="Folder for the results.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON instead of a table.")
@course_option
@run_options
def command(
    paths: tuple[Path, ...], slugs: tuple[str, ...], out: Path, as_json: bool, course_folder: Path | None, **options
) -> None:
    """Grade a submission or a class.

    PATH is a folder with SLUG.py files in it, a folder of such folders (one per student), or a single SLUG.py. Every
    result is written to OUT/STUDENT/SLUG.json as soon as it is there, and all marks to OUT/marks.csv.
    """
    course = course_at(course_folder)
    selected = course.select(slugs) if slugs else ()

    from ..grading.classroom import grade_all, tasks
    from ..grading.results import ResultsFolder
    from ..grading.submissions import find_submissions
    from .options import setting_of

    todo = tasks(find_submissions(list(paths), course.slugs, ignore=out), course, selected)
    setting, folder = setting_of(options), ResultsFolder(out)
    for note in folder.set_aside_broken():
        click.echo(f"Note: {note}", err=True)
    results = []
    with _progress(len(todo)) as advance:
        for result in grade_all(course, todo, setting):
            folder.write(result)
            results.append(result)
            advance(result)
    marks = folder.write_marks(course.slugs)
    if as_json:
        click.echo(json.dumps({"schema_version": 1, "results": [r.to_dict() for r in results]}, indent=1))
    else:
        _show(results, course.slugs, setting, marks)
    if any(check.outcome is Outcome.GRADER_FAULT for result in results for check in result.checks):
        raise click.exceptions.Exit(3)


def _show(results: list, slugs: tuple[str, ...], setting, marks: Path) -> None:
    from ..reports.terminal import marks_table, summary

    screen = console()
    screen.print(marks_table(results, slugs))
    screen.print("Checks: ", summary(results), sep="")
    screen.print(
        f"Graded on {setting.device} with {setting.dataset}, seed {setting.seed}, isolation: {setting.isolation}.",
        markup=False,
    )
    click.echo(f"Full results: {marks.parent.resolve()}/STUDENT/SLUG.json, all marks: {marks.resolve()}")


@contextmanager
def _progress(total: int):
    """Live progress on stderr in a terminal, a plain line per result elsewhere."""
    screen = console(to_stderr=True)
    if not screen.is_terminal:
        done = iter(range(1, total + 1))
        yield lambda r: click.echo(
            f"[{next(done)}/{total}] {r.student}/{r.assignment}: {r.score:.1f}/{r.max_score:g}", err=True
        )
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("grading", total=total)
        yield lambda r: bar.update(task, advance=1, description=f"{r.student}/{r.assignment}")
