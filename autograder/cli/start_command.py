"""`autograder start DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import FOLDER


@click.command("start")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--assignment", "slugs", multiple=True, metavar="SLUG", help="Include only this assignment; may be repeated."
)
def command(folder: Path, slugs: tuple[str, ...]) -> None:
    """Put a fresh student kit into DIR: stubs, handouts and visible checks. Nothing that exists is overwritten."""
    from ..authoring.kit import start_kit
    from ..course import Course, kit_source

    source = kit_source()
    selected = Course(source).select(slugs)
    written = start_kit(source, folder, selected, limited=bool(slugs))
    click.echo(f"{folder} holds your kit now ({len(written)} files). Next:")
    click.echo(f"  cd {folder}\n  autograder check {selected[0]}")
