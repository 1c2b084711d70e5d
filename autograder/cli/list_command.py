"""`autograder list`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ..model import Assignment
from .options import console, course_at, course_option


@click.command("list")
@course_option
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(course_folder: Path | None, as_json: bool) -> None:
    """List the assignments of the course, with what each exercise is worth."""
    course = course_at(course_folder)
    assignments = [course.assignment(slug) for slug in course.slugs]
    if as_json:
        click.echo(json.dumps(list(map(_record, assignments)), indent=1))
        return
    # Only here, so that `--json` and `--help` answer at once.
    from rich.table import Table

    table = Table("assignment", "title", "points", "exercises", "data sets", header_style="bold")
    table.columns[2].justify = "right"
    for assignment in assignments:
        exercises = [f"{exercise.id} ({exercise.points:g})" for exercise in assignment.exercises]
        points = f"{assignment.points:g}"
        datasets = "\n".join(assignment.training)
        table.add_row(assignment.slug, assignment.title, points, "\n".join(exercises), datasets)
    console().print(table)


def _record(assignment: Assignment) -> dict:
    exercises = []
    for exercise in assignment.exercises:
        exercises.append(
            {
                "id": exercise.id,
                "title": exercise.title,
                "points": exercise.points,
                "functions": list(exercise.functions),
            }
        )
    return {
        "slug": assignment.slug,
        "title": assignment.title,
        "summary": assignment.summary,
        "points": assignment.points,
        "datasets": list(assignment.training),
        "exercises": exercises,
    }
