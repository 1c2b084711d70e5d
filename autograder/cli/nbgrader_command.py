"""`autograder nbgrader`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import FOLDER, course_at, course_option


@click.group("nbgrader")
def command() -> None:
    """Use the course with nbgrader, which keeps its own notebooks, exchange, formgrader and gradebook."""


@command.command("init", short_help="Turn DIR into an nbgrader course directory.")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--id", "course_id", help="Id of the course (default: the name of DIR).")
@course_option
def init(folder: Path, course_id: str | None, course_folder: Path | None) -> None:
    """Turn DIR into an nbgrader course directory: its configuration, and a notebook for every assignment.

    Nothing that exists is overwritten. Run it again after a change of the course to add what is new.
    """
    from ..authoring.nbgrader_course import start_course

    course = course_at(course_folder)
    done = start_course(course, folder, course_id or folder.resolve().name)
    said = f"{folder}: {len(done.written)} files written"
    if done.kept:
        said += f"; {len(done.kept)} that exist were kept as they are"
    click.echo(f"{said}.")
    # Authors of a course edit what they got; only they can merge that with what is new.
    for path in done.differing:
        click.echo(f"  {path} differs from the course; move it away and run this again to get the new one.")
    click.echo(f"Next:\n  cd {folder}\n  nbgrader generate_assignment {course.slugs[0]}")


@command.command("check-release", short_help="Search DIR/release for what students must not see.")
@click.argument("folder", metavar="DIR", type=FOLDER)
@course_option
def check_release(folder: Path, course_folder: Path | None) -> None:
    """Search DIR/release for lines of solutions, hidden checks and model answers.

    Exit code 1 means that some were found. `nbgrader generate_assignment` runs the same search, and releases nothing if
    it finds any.
    """
    from ..authoring.nbgrader_course import leaks_of_release

    leaks, count = leaks_of_release(course_at(course_folder), folder)
    for text in leaks:
        click.echo(f"release/{text}", err=True)
    if leaks:
        raise click.exceptions.Exit(1)
    click.echo(f"{count} files in {folder / 'release'} tell nothing that students must not know.")
