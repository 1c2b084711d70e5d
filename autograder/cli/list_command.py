"""`autograder list`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from ..model import Assignment
from .options import console, course_at, course_option


@click.command("list")
@click.argument("slugs", metavar="[SLUG]...", nargs=-1)
@course_option
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(slugs: tuple[str, ...], course_folder: Path | None, as_json: bool) -> None:
    """List the assignments of the course; of those that are named, show the exercises and what each is worth."""
    course = course_at(course_folder)
    assignments = [course.assignment(slug) for slug in slugs or course.slugs]
    if as_json:
        click.echo(json.dumps(list(map(_record, assignments)), indent=1))
        return
    if slugs:
        _show_exercises(assignments)
    else:
        _show(assignments)


def _show(assignments: Sequence[Assignment]) -> None:
    """A line for each assignment."""
    # Only here, so that `--json` and `--help` answer at once.
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table("assignment", "title", "points", "exercises", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.columns[2].justify = table.columns[3].justify = "right"
    for assignment in assignments:
        table.add_row(assignment.slug, assignment.title, f"{assignment.points:g}", str(len(assignment.exercises)))
    console().print(table)
    click.echo(f"The exercises of one: autograder list {assignments[0].slug}")


def _show_exercises(assignments: Sequence[Assignment]) -> None:
    """A table for each assignment, with a line for each exercise."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    for assignment in assignments:
        click.echo(f"{assignment.title}  ({assignment.slug})")
        table = Table("", "exercise", "title", "points", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
        table.columns[3].justify = "right"
        for number, exercise in enumerate(assignment.exercises, start=1):
            table.add_row(str(number), exercise.id, exercise.title, f"{exercise.points:g}")
        console().print(table)
        if assignment.training:
            click.echo(f"Data sets: {', '.join(assignment.training)}\n")


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
