"""`autograder nbgrader`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import FOLDER, course_at, course_option


@click.group("nbgrader")
def command() -> None:
    """Use the course with nbgrader: notebooks, exchange, formgrader and gradebook stay nbgrader's own."""


@command.command("init")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--id", "course_id", help="The id of the course (default: the name of DIR).")
@course_option
def init(folder: Path, course_id: str | None, course_folder: Path | None) -> None:
    """Make DIR a course directory of nbgrader: configuration, and a notebook for every assignment.

    What exists is never overwritten, so after a change of the course this can be run again for what is new.
    """
    from ..authoring.nbgrader_course import start_course

    course = course_at(course_folder)
    done = start_course(course, folder, course_id or folder.resolve().name)
    kept = f"; {len(done.kept)} that exist were kept as they are" if done.kept else ""
    click.echo(f"{folder}: {len(done.written)} files written{kept}.")
    for path in done.differing:
        click.echo(f"  {path} differs from the course; move it away and run this again to get the new one.")
    click.echo(f"Next:\n  cd {folder}\n  nbgrader generate_assignment {course.slugs[0]}")


@command.command("check-release")
@click.argument("folder", metavar="DIR", type=FOLDER)
@course_option
def check_release(folder: Path, course_folder: Path | None) -> None:
    """Search DIR/release for lines of solutions, hidden checks and model answers; exit code 1 if there are any.

    `nbgrader generate_assignment` makes the same search and releases nothing that fails it.
    """
    from ..authoring.nbgrader_course import leaks_of_release

    found, count = leaks_of_release(course_at(course_folder), folder)
    for text in found:
        click.echo(f"release/{text}", err=True)
    if found:
        raise click.exceptions.Exit(1)
    click.echo(f"{count} files in {folder / 'release'} tell nothing that students must not know.")
