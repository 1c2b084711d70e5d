"""Options that several commands share, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..course import Course, find_course
from ..errors import UsageError
from ..model import ISOLATION_LEVELS as LEVELS

if TYPE_CHECKING:
    from rich.console import Console

    from ..grading.plan import Setting

DATASETS = ("digits", "mnist", "fashion_mnist")
FOLDER = click.Path(path_type=Path)


def course_option(function: Callable) -> Callable:
    """--course: the folder that holds assignments/; found from the working directory if not given."""
    add = click.option("--course", "course_folder", type=FOLDER, help="Folder of the course (default: where you are).")
    return add(function)


def run_options(function: Callable) -> Callable:
    """--device, --isolation, --dataset, --data-dir, --seed: what a run computes with."""
    for option in (
        click.option("--seed", type=int, default=0, show_default=True, help="Every random number follows from it."),
        click.option("--data-dir", type=FOLDER, help="Folder of MNIST and Fashion-MNIST (default: $AUTOGRADER_DATA)."),
        click.option("--dataset", type=click.Choice(DATASETS), default="digits", show_default=True),
        click.option("--require-isolation", type=click.Choice(LEVELS), help="Stop if isolation would be weaker."),
        click.option(
            "--isolation",
            type=click.Choice(["auto", *LEVELS, "none"]),
            default="auto",
            show_default=True,
            help="How the submission's process is confined.",
        ),
        click.option("--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), default="auto", show_default=True),
    ):
        function = option(function)
    return function


def course_at(folder: Path | None) -> Course:
    """The course that --course names, or the one found."""
    return find_course(folder)


def prestart(options: dict[str, Any]) -> None:
    """Begin to start the fork server for `run_options`, which imports torch while we do."""
    from ..grading import forkserver

    forkserver.prestart(_likely_level(options), gpu=_likely_gpu(options["device"]))


def setting_of(options: dict[str, Any]) -> Setting:
    """What `run_options` stand for; reads the data set's files only when a check asks for them.

    Raises:
        UsageError: the device is not there.
        DataError: the data set is not there.
    """
    prestart(options)

    import torch

    from .. import data
    from ..grading.isolation import choose
    from ..grading.plan import Setting

    device = _device(options["device"])
    torch.set_num_threads(1)  # two graders with many threads each take ten times as long as with one
    load = partial(data.load, options["dataset"], root=options["data_dir"], seed=options["seed"])
    if options["dataset"] != "digits":
        load()  # says now, in one line, what is wrong with the folder
    return Setting(
        seed=options["seed"],
        device=device,
        dataset=options["dataset"],
        load_data=load,
        isolation=choose(options["isolation"], options["require_isolation"], gpu=device == "cuda"),
    )


def _likely_level(options: dict[str, Any]) -> str:
    """The level that a run will probably choose; a wrong guess costs a process that is not used."""
    wanted = options["isolation"]
    return {"auto": LEVELS[-1], "none": LEVELS[0]}.get(wanted, wanted)


def _likely_gpu(device: str) -> bool:
    return device == "cuda" or device == "auto" and Path("/dev/nvidiactl").exists()


def _device(wanted: str) -> str:
    import torch

    available = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available, "cpu": lambda: True}
    if wanted == "auto":
        return next(name for name, is_there in available.items() if is_there())
    if not available[wanted]():
        raise UsageError(f"This machine (or this build of torch) has no {wanted} device; use --device cpu.")
    return wanted


def console(*, to_stderr: bool = False) -> Console:
    """A console that honours NO_COLOR and FORCE_COLOR, and is wide enough for a table in a file."""
    from rich.console import Console

    made = Console(stderr=to_stderr, highlight=False)
    if not made.is_terminal:
        made = Console(stderr=to_stderr, highlight=False, width=max(made.width, 120))
    return made
