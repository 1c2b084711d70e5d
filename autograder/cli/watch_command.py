"""`autograder watch`."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from ..errors import UsageError
from .desk import Task, tasks_of
from .help_texts import StudentCommand
from .options import FOLDER, console, prestart, run_options, setting_of


@click.command("watch", cls=StudentCommand)
@click.argument("names", metavar="[SLUG|FILE]...", nargs=-1)
@click.option("--dir", "folder", type=FOLDER, default=Path(), help="Folder of your work (default: this one).")
@run_options
def command(names: tuple[str, ...], folder: Path, **options) -> None:
    """Check your work again whenever you save it, and show your next step.

    SLUG is an assignment and FILE its Python file or notebook; without any, every assignment here is watched.

    Keys: h shows a hint, a checks everything, l lists how far you are, q ends. Without a terminal it checks once.
    """
    tasks = tasks_of(names, folder, ())
    _refuse_elsewhere(tasks, folder)
    from ..plan import verify_dataset
    from ..sandbox.workers import Workers

    verify_dataset([task.assignment for task in tasks], options["dataset"])
    screen = console()
    with Workers() as workers:
        prestart(options, workers)
        setting = dataclasses.replace(setting_of(options, workers), desk=True)
        from .desk_run import DeskRun

        run = DeskRun(setting, workers, screen)
        if sys.stdin.isatty() and sys.stdout.isatty():
            from .watching import Watch

            Watch(tasks, run, screen, folder).go()
            return
        click.echo("This is no terminal, so nothing is watched; your work is checked once.")
        from .check_command import leave, show_once

        results = show_once(tasks, run)
    leave(results)


def _refuse_elsewhere(tasks: Sequence[Task], folder: Path) -> None:
    """Refuse files that do not lie in the folder that is watched.

    Raises:
        UsageError: names one.
    """
    for task in tasks:
        if task.work.folder.resolve() != folder.resolve():
            raise UsageError(f"{task.file} does not lie in the folder that is watched: name its folder with --dir.")
