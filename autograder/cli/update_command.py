"""`autograder update [DIR]`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import FOLDER

if TYPE_CHECKING:
    from ..authoring.updating import Step, Update


@click.command("update")
@click.argument("folder", metavar="[DIR]", type=FOLDER, default=Path())
@click.option(
    "--assignment", "slugs", multiple=True, metavar="SLUG", help="Bring this assignment along too; may be repeated."
)
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
def command(folder: Path, slugs: tuple[str, ...], *, dry_run: bool) -> None:
    """Bring the kit in DIR up to date (default: the folder you are in), after you have installed a newer engine.

    Your work stays as it is. If the stub of a file that you have begun is new, it is laid beside yours, as
    SLUG.new.py, and you read what has changed.
    """
    from ..authoring.updating import apply_update, plan_update
    from ..course import kit_source

    update = plan_update(kit_source(), folder, slugs)
    if not dry_run:
        apply_update(folder, update)
    for line in _told(update, dry_run=dry_run):
        click.echo(line)


def _told(update: Update, *, dry_run: bool) -> Iterator[str]:
    """What was done, or would be."""
    if dry_run:
        for step in update.steps:
            yield f"  {step.kind:<9} {step.path}"
    yield _summary(update, dry_run=dry_run)
    for step in update.steps:
        yield from _about_theirs(step)
    if update.new:
        yield f"New in the course: {', '.join(update.new)}."
    if update.more:
        yield f"The course has more: {', '.join(update.more)}. To get one: autograder update --assignment SLUG"


def _summary(update: Update, *, dry_run: bool) -> str:
    counts: dict[str, int] = {}
    for step in update.steps:
        counts[step.kind] = counts.get(step.kind, 0) + 1
    if not counts:
        return "Your kit is up to date."
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    if dry_run:
        return f"Files: {told}. Nothing was written; without --dry-run this is done."
    return f"Your kit is up to date now. Files: {told}."


def _about_theirs(step: Step) -> Iterator[str]:
    """What becomes of a file that the student has changed."""
    from ..authoring.updating import Kind

    if step.beside is None:
        return
    beside, _ = step.beside
    if step.kind is Kind.SET_ASIDE:
        yield f"{step.path}: you had changed it; your version is kept as {beside.name}."
        return
    yield f"{step.path}: yours stays as it is; the new one is beside it, {beside.name}."
    for change in step.changes:
        yield f"    {change}"
