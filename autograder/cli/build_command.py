"""`autograder build`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .options import FOLDER, course_option, course_to_change

if TYPE_CHECKING:
    from ..course import Course


@click.command("build")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with code 1 if the kit is out of date.")
@click.option("--wheel", metavar="DIR", type=FOLDER, help="Instead: build the wheel that students install into DIR.")
@click.option(
    "--assignment", "slugs", multiple=True, metavar="SLUG", help="Include only this in the wheel; may be repeated."
)
@course_option
def command(only_check: bool, wheel: Path | None, slugs: tuple[str, ...], course_folder: Path | None) -> None:
    """Regenerate student_template/ from assignments/ and solutions/.

    With --wheel, build what students install. Name what has been released: the code that one assignment gives to
    students can hold what another one asks for.
    """
    from ..authoring.kit import differences, write_kit

    course = course_to_change(course_folder)
    if slugs and wheel is None:
        raise UsageError("--assignment chooses what goes into a wheel: name the folder for it with --wheel.")
    if wheel is not None:
        _build_wheel(course, slugs, wheel)
        return
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


def _build_wheel(course: Course, slugs: tuple[str, ...], folder: Path) -> None:
    from ..authoring.kit import differences
    from ..authoring.wheel import build_wheel

    selected = course.select(slugs)
    outdated = differences(course)
    if outdated:
        raise UsageError(f"student_template: {outdated[0]}; run `autograder build` first.")
    path = build_wheel(course, selected, folder)
    click.echo(f"{path} holds the engine and the kit of {', '.join(selected)}.")
