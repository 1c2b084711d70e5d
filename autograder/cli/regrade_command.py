"""`autograder regrade PATH...`."""

from __future__ import annotations

from contextlib import closing

import click

from ..mark import Mark
from .class_options import class_options, class_run, leave
from .options import FRESH_HELP, console


@click.command("regrade")
@click.option("--fresh", is_flag=True, help=FRESH_HELP)
@class_options
def command(fresh: bool, **options) -> None:
    """Grade again what has changed, for example after fixing a check, and show whose mark moved and why.

    PATH and the options mean the same as for `grade`. Marks are compared with the results that are stored in OUT.
    """
    again = 0
    moved = []
    marks = []
    with class_run(options) as run, closing(run.results(fresh=fresh)) as results:
        for graded in results:
            marks.append(Mark.of(graded.result))
            if not graded.reused:
                again += 1
            # Results are compared only if both exist: whoever handed in late has no mark that could move.
            if graded.before is not None and graded.before.score != graded.result.score:
                moved.append((graded.before, graded.result))
    if moved:
        from ..reports.terminal import moved_table

        console().print(moved_table(moved))
    click.echo(f"{again} of {len(run.todo)} graded again, {len(moved)} marks moved.")
    leave(run, marks)
