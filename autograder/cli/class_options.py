"""What `grade` and `regrade` share: the paths and options of a class, the run over it, and its progress."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .options import FOLDER, console, course_at, course_option, run_options

if TYPE_CHECKING:
    from ..grading.classroom import Graded, Session, Task

TASKS_PER_JOB = 8  # fewer are done before a second grader has imported torch


def class_options(function: Callable) -> Callable:
    """PATH..., --assignment, --out, --jobs and what a run computes with."""
    for add in (
        run_options,
        course_option,
        click.option("--jobs", type=click.IntRange(1), help="Graders side by side (default: by processors and tasks)."),
        click.option("--out", type=FOLDER, default=Path("results"), show_default=True, help="Folder of the results."),
        click.option("--assignment", "slugs", multiple=True, metavar="SLUG", help="Only this one; may be repeated."),
        click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FOLDER),
    ):
        function = add(function)
    return function


def open_session(options: dict, *, fresh: bool) -> tuple[Session, list[Task]]:
    """The run that the options ask for, and what there is to grade; broken results are set aside and told."""
    course = course_at(options["course_folder"])
    selected = course.select(options["slugs"]) if options["slugs"] else ()

    from ..grading.submissions import find_submissions

    submissions = find_submissions(list(options["paths"]), course.slugs, ignore=options["out"])

    from ..grading.classroom import Session, tasks  # imports torch, which wrong use need not wait for
    from ..grading.results import ResultsFolder
    from .options import setting_of

    todo = tasks(submissions, course, selected)
    if not todo:
        raise UsageError(f"There is nothing to grade: no file that was named belongs to {' or '.join(selected)}.")
    setting, folder = setting_of(options), ResultsFolder(options["out"])
    for note in folder.set_aside_broken():
        click.echo(f"Note: {note}", err=True)
    return Session(course, setting, folder, fresh), todo


def run(session: Session, todo: list[Task], jobs: int | None) -> Iterator[Graded]:
    """Grade and show progress; the table of marks is written in the end, also of an interrupted run."""
    jobs = jobs or max(1, min(os.cpu_count() or 1, len(todo) // TASKS_PER_JOB))
    try:
        with _progress(len(todo)) as advance:
            for graded in session.run(todo, jobs=jobs):
                advance(graded)
                yield graded
    finally:
        session.folder.write_marks(session.course.slugs)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Graded], None]]:
    """Live progress on stderr in a terminal, a plain line per result elsewhere."""
    screen = console(to_stderr=True)
    if not screen.is_terminal or os.environ.get("CI"):
        done = iter(range(1, total + 1))
        yield lambda graded: click.echo(f"[{next(done)}/{total}] {_in_words(graded)}", err=True)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("grading", total=total)
        yield lambda graded: bar.update(task, advance=1, description=_in_words(graded))


def _in_words(graded: Graded) -> str:
    result = graded.result
    unchanged = " (unchanged)" if graded.reused else ""
    return f"{result.student}/{result.assignment}: {result.score:.1f}/{result.max_score:g}{unchanged}"
