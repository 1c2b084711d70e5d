"""`autograder progress`."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import UsageError
from .desk import course_around
from .options import FOLDER, console


@click.command("progress")
@click.option("--dir", "folder", type=FOLDER, default=Path(), help="Folder of your work (default: this one).")
def command(folder: Path) -> None:
    """Show how far you are, by what `check` and `watch` found last. Nothing is run.

    It is remembered in .autograder-progress.json beside your work, which may be deleted at any time.
    """
    from ..grading.progress import read_progress
    from ..reports.progress_map import show_map

    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    course = course_around(folder)
    known = read_progress(folder)
    show_map(console(), [course.assignment(slug) for slug in course.slugs], known)
    if not known:
        click.echo("Nothing was checked here yet: autograder check")
