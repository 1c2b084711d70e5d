"""`autograder build`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import course_option, course_to_change


@click.command("build")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with code 1 if the kit is out of date.")
@course_option
def command(only_check: bool, course_folder: Path | None) -> None:
    """Regenerate student_template/ from assignments/ and solutions/."""
    from ..authoring.kit import differences, write_kit

    course = course_to_change(course_folder)
    if not only_check:
        click.echo(f"{course.kit}: {write_kit(course)} files changed.")
        return
    outdated = differences(course)
    for text in outdated:
        click.echo(f"student_template: {text}", err=True)
    if outdated:  # for CI: whoever changed the course forgot to build
        click.echo("Run `autograder build` and commit what it changes.", err=True)
        raise click.exceptions.Exit(1)
    click.echo("student_template is up to date.")
