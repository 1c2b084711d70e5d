"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..course import Course, enclosing_course, find_course
from ..errors import UsageError
from ..model import ISOLATION_LEVELS as LEVELS
from ..model import Mark, Outcome

if TYPE_CHECKING:
    from rich.console import Console

    from ..plan import Setting
    from ..sandbox.workers import Workers

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


def course_to_change(folder: Path | None, *, may_begin: bool = False) -> Course:
    """The course that --course names, or that the working directory lies in; never one that merely can be found.

    Args:
        may_begin: whether an empty folder is a course that begins.
    Raises:
        UsageError: there is no such course.
    """
    course = enclosing_course(folder)
    if course is not None:
        return course
    here = (folder or Path.cwd()).resolve()
    is_empty = not here.exists() or (here.is_dir() and all(path.name.startswith(".") for path in here.iterdir()))
    if may_begin and is_empty:
        return Course(here)
    begin = ", or begin one in an empty folder" if may_begin else ""
    raise UsageError(f"There is no course in {here}: go into one, name one with --course{begin}.")


def prestart(options: dict[str, Any], workers: Workers) -> None:
    """Begin to start the fork server for `run_options`, which imports torch while we do."""
    from ..sandbox.spec import SandboxSpec

    workers.prestart(SandboxSpec(_likely_level(options), _gpu_is_likely(options["device"])))


def setting_of(options: dict[str, Any], workers: Workers, *, apart: bool = False) -> Setting:
    """What `run_options` stand for; reads the data set's files only when a check asks for them.

    Args:
        apart: whether all is computed in graders, so that this process can do without torch.
    Raises:
        UsageError: the device is not there.
        DataError: the data set is not there.
    """
    if not apart:
        prestart(options, workers)

        import torch

        torch.set_num_threads(1)  # two graders with many threads each take ten times as long as with one

    from .. import data
    from ..plan import Setting

    device = _device(options["device"])
    folder = data.data_folder(options["data_dir"])  # now, since graders know little of the environment
    load = partial(data.load, options["dataset"], root=folder, seed=options["seed"])
    if options["dataset"] != "digits":
        load()  # says now, in one line, what is wrong with the folder
    wanted = partial(_isolation, options["isolation"], options["require_isolation"])
    gpu = device == "cuda"
    return Setting(
        seed=options["seed"],
        device=device,
        dataset=options["dataset"],
        load_data=load,
        data_files=data.files(options["dataset"], folder),
        isolation=_in_a_grader(wanted, gpu, workers) if apart else wanted(gpu, workers),
    )


def _isolation(wanted: str, required: str | None, gpu: bool, workers: Workers) -> str:
    from ..sandbox.probe import choose

    return choose(wanted, required, gpu=gpu, workers=workers)


def _in_a_grader(work: Callable[[bool, Workers], str], gpu: bool, workers: Workers) -> str:
    from ..sandbox.pool import run_parallel, unwrapped
    from ..sandbox.spec import SandboxSpec

    specs = [SandboxSpec(level, gpu) for level in LEVELS]  # any of them may be tried
    ((_, answer),) = run_parallel(work, [gpu], processes=1, workers=workers, specs=specs)
    return unwrapped(answer, "the process that tried to confine another")


def _likely_level(options: dict[str, Any]) -> str:
    """The level that a run will probably choose; a wrong guess costs a process that is not used."""
    wanted = options["isolation"]
    return {"auto": LEVELS[-1], "none": LEVELS[0]}.get(wanted, wanted)


def _gpu_is_likely(device: str) -> bool:
    drivers = map(Path, ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg"))
    return device == "cuda" or device == "auto" and any(driver.exists() for driver in drivers)


def _device(wanted: str) -> str:
    if wanted == "cpu" or sys.platform == "linux" and not _gpu_is_likely(wanted) and wanted == "auto":
        return "cpu"  # without a second for the import of torch

    import torch

    available = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available, "cpu": lambda: True}
    if wanted == "auto":
        return next(name for name, is_there in available.items() if is_there())
    if not available[wanted]():
        raise UsageError(f"This machine (or this build of torch) has no {wanted} device; use --device cpu.")
    return wanted


def leave_if_faulty(marks: Iterable[Mark], *, told: bool = False) -> None:
    """End the command with exit code 3 if a check ended in a fault of the grader itself, and say so.

    Args:
        told: whether other faults were told already.
    """
    faulty = [f"{mark.student}/{mark.assignment}" for mark in marks if Outcome.GRADER_FAULT in mark.outcomes]
    if faulty:
        whose = ", ".join(faulty[:3]) + (f" and {len(faulty) - 3} more" if len(faulty) > 3 else "")
        click.echo(
            f"Checks of {whose} ended in a fault of the grader itself; their points were given. See the results.",
            err=True,
        )
    if faulty or told:
        raise click.exceptions.Exit(3)


def console(*, to_stderr: bool = False) -> Console:
    """A console that honours NO_COLOR and FORCE_COLOR, and is wide enough for a table in a file."""
    from rich.console import Console

    made = Console(stderr=to_stderr, highlight=False)
    if not made.is_terminal:
        made = Console(stderr=to_stderr, highlight=False, width=max(made.width, 120))
    return made
