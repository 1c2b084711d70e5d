"""`autograder list`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .options import console, course_at, course_option


@click.command("list")
@course_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(course_folder: Path | None, as_json: bool) -> None:
    """List the assignments of the course, with what each exercise is worth."""
    course = course_at(course_folder)
    assignments = [course.assignment(slug) for slug in course.slugs]
    if as_json:
        click.echo(json.dumps([_record(a) for a in assignments], indent=1))
        return
    from rich.table import Table

    table = Table(header_style="bold")
    for name, justify in (("assignment", "left"), ("title", "left"), ("points", "right"), ("exercises", "left")):
        table.add_column(name, justify=justify)
    for a in assignments:
        table.add_row(a.slug, a.title, f"{a.points:g}", "\n".join(f"{e.id} ({e.points:g})" for e in a.exercises))
    console().print(table)


def _record(assignment) -> dict:
    exercises = [
        {"id": e.id, "title": e.title, "points": e.points, "functions": list(e.functions)} for e in assignment.exercises
    ]
    return {
        "slug": assignment.slug,
        "title": assignment.title,
        "summary": assignment.summary,
        "points": assignment.points,
        "exercises": exercises,
    }
