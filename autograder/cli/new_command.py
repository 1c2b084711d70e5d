"""`autograder new SLUG`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import course_option, course_to_change


@click.command("new")
@click.argument("slug")
@course_option
def command(slug: str, course_folder: Path | None) -> None:
    """Scaffold the assignment SLUG: a small one that is sound, for you to rewrite part by part.

    It is added to the course that you are in. In an empty folder, it begins a new course.
    """
    from ..authoring.scaffold import scaffold

    course = course_to_change(course_folder, may_begin=True)
    for path in scaffold(course, slug):
        click.echo(f"wrote {path.relative_to(course.root)}")
    click.echo(f"For pictures in the handout: def NAME(figure) in assignments/{slug}/figures.py draws figures/NAME.svg")
    click.echo(f"Next: autograder build && autograder validate {slug}")
