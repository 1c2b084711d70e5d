"""`autograder regrade PATH...`."""

from __future__ import annotations

import click

from ..model import Mark
from .class_options import ClassRun, class_options, open_run
from .options import console


@click.command("regrade")
@click.option("--fresh", is_flag=True, help="Grade also what is unchanged since its stored result.")
@class_options
def command(fresh: bool, **options) -> None:
    """Grade again what has changed, for example after fixing a check, and show whose mark moved and why.

    PATH and the options mean what they mean to `grade`; the stored results in OUT are what marks are compared with.
    """
    from ..sandbox.workers import Workers

    with Workers() as workers:
        _regrade(open_run(options, workers, fresh=fresh))


def _regrade(run: ClassRun) -> None:
    again, moved, marks = 0, [], []
    for graded in run.results():
        marks.append(Mark.of(graded.result))
        again += not graded.reused
        if graded.before is not None and graded.before.score != graded.result.score:
            moved.append((graded.before, graded.result))
    if moved:
        from ..reports.terminal import moved_table

        console().print(moved_table(moved))
    click.echo(f"{again} of {len(run.todo)} graded again, {len(moved)} marks moved.")
    run.leave(marks)
