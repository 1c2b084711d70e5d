"""`autograder new SLUG`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import course_at, course_option


@click.command("new")
@click.argument("slug")
@course_option
def command(slug: str, course_folder: Path | None) -> None:
    """Scaffold the assignment SLUG: a small one that validates, to be rewritten part by part."""
    from ..authoring.scaffold import scaffold

    course = course_at(course_folder)
    for path in scaffold(course, slug):
        click.echo(f"wrote {path.relative_to(course.root)}")
    click.echo(f"Next: autograder build && autograder validate {slug}")
