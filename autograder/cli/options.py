"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..course import Course, enclosing_course, find_course
from ..data import EMBEDDED
from ..data import NAMES as DATASETS
from ..errors import UsageError
from ..mark import Mark
from ..model import ISOLATION_LEVELS as LEVELS
from ..model import Outcome

if TYPE_CHECKING:
    from rich.console import Console

    from ..plan import Setting
    from ..sandbox.workers import Workers

DEVICES = ("auto", "cpu", "cuda", "mps")
FOLDER = click.Path(path_type=Path)
FRESH_HELP = "Also grade what has not changed since its stored result."


def course_option(function: Callable) -> Callable:
    """--course: the folder that holds assignments/; found from the working directory if not given."""
    add = click.option(
        "--course", "course_folder", type=FOLDER, help="Folder of the course (default: the one you are in)."
    )
    return add(function)


def run_options(function: Callable) -> Callable:
    """--device, --isolation, --dataset, --data-dir, --seed: what a run computes with."""
    options = (
        click.option(
            "--device",
            type=click.Choice(DEVICES),
            default="auto",
            show_default=True,
            help="Device to compute on; auto takes a GPU if there is one.",
        ),
        click.option(
            "--isolation",
            type=click.Choice(["auto", *LEVELS, "none"]),
            default="auto",
            show_default=True,
            help="How to confine the submission's process; auto takes the strongest level that works here.",
        ),
        click.option("--require-isolation", type=click.Choice(LEVELS), help="Stop if the isolation would be weaker."),
        click.option(
            "--dataset",
            type=click.Choice(DATASETS),
            default=EMBEDDED,
            show_default=True,
            help="The images that training checks use; digits needs no files.",
        ),
        click.option("--data-dir", type=FOLDER, help="Folder of MNIST and Fashion-MNIST (default: $AUTOGRADER_DATA)."),
        click.option("--seed", type=int, default=0, show_default=True, help="Determines every random number."),
    )
    for add in reversed(options):  # the first to be applied is shown last
        function = add(function)
    return function


def course_at(folder: Path | None) -> Course:
    """The course that --course names, or the one found."""
    return find_course(folder)


def exercise_titles(folder: Path | None) -> dict[str, dict[str, str]]:
    """The titles of exercises by slug and id, of the course that --course names or the one found."""
    course = course_at(folder)
    titles: dict[str, dict[str, str]] = {}
    for slug in course.slugs:
        titles[slug] = {exercise.id: exercise.title for exercise in course.assignment(slug).exercises}
    return titles


def course_to_change(folder: Path | None, *, may_begin: bool = False) -> Course:
    """The course that --course names, or the one around the working directory; never a course found elsewhere.

    Args:
        may_begin: whether an empty folder counts as a new course.
    Raises:
        UsageError: there is no such course.
    """
    course = enclosing_course(folder)
    if course is not None:
        return course
    here = (folder or Path.cwd()).resolve()
    if not may_begin:
        raise UsageError(f"There is no course in {here}: go into one, or name one with --course.")
    if not _is_empty(here):
        raise UsageError(
            f"There is no course in {here}: go into one, name one with --course, or begin one in an empty folder."
        )
    return Course(here)


def _is_empty(folder: Path) -> bool:
    """Whether nothing is there but hidden files, like those of git."""
    if not folder.exists():
        return True
    return folder.is_dir() and all(path.name.startswith(".") for path in folder.iterdir())


def prestart(options: dict[str, Any], workers: Workers) -> None:
    """Begin to start the fork server for `run_options`, which imports torch while we do."""
    from ..grading.devices import gpu_is_likely
    from ..sandbox.spec import SandboxSpec

    workers.prestart(SandboxSpec(_likely_level(options), gpu_is_likely(options["device"])))


def setting_of(options: dict[str, Any], workers: Workers, *, apart: bool = False) -> Setting:
    """What `run_options` stand for.

    Args:
        apart: whether everything is computed in grader processes, so that this one need not import torch.
    Raises:
        UsageError: the device is not there.
        DataError: the data set is not there.
    """
    if not apart:
        prestart(options, workers)

        import torch

        # Two graders with many threads each take ten times as long as with one thread each.
        torch.set_num_threads(1)

    from .. import data
    from ..grading.devices import chosen_device
    from ..plan import Setting

    device = chosen_device(options["device"])
    folder = data.data_folder(options["data_dir"])  # now, since graders know little of the environment
    load = partial(data.load, options["dataset"], root=folder, seed=options["seed"])
    if options["dataset"] != EMBEDDED:
        load()  # so that a problem with the folder is told before anything is graded
    choose_level = partial(_isolation, options["isolation"], options["require_isolation"])
    gpu = device == "cuda"
    if apart:
        isolation = _in_a_grader(choose_level, gpu, workers)
    else:
        isolation = choose_level(gpu, workers)
    return Setting(
        seed=options["seed"],
        device=device,
        dataset=options["dataset"],
        load_data=load,
        data_files=data.files(options["dataset"], folder),
        isolation=isolation,
    )


def _isolation(wanted: str, required: str | None, gpu: bool, workers: Workers) -> str:
    from ..sandbox.probe import choose

    return choose(wanted, required, gpu=gpu, workers=workers)


def _in_a_grader(work: Callable[[bool, Workers], str], gpu: bool, workers: Workers) -> str:
    """What `work` returns in a grader process."""
    from ..sandbox.pool import run_parallel, unwrapped
    from ..sandbox.spec import SandboxSpec

    specs = [SandboxSpec(level, gpu) for level in LEVELS]  # any of them may be tried
    ((_, answer),) = run_parallel(work, [gpu], processes=1, workers=workers, specs=specs)
    return unwrapped(answer, "the process that tried to confine another")


def _likely_level(options: dict[str, Any]) -> str:
    """The level that a run will probably choose; a wrong guess costs a process that is not used."""
    wanted = options["isolation"]
    if wanted == "auto":
        return LEVELS[-1]
    if wanted == "none":
        return LEVELS[0]
    return wanted


def leave_if_faulty(marks: Iterable[Mark], *, told: bool = False) -> None:
    """End the command with exit code 3 if a check ended in a fault of the grader itself, and say so.

    Args:
        told: whether other faults have been told already.
    """
    faulty = [f"{mark.student}/{mark.assignment}" for mark in marks if Outcome.GRADER_FAULT in mark.outcomes]
    if faulty:
        whose = ", ".join(faulty[:3])
        if len(faulty) > 3:
            whose += f" and {len(faulty) - 3} more"
        click.echo(
            f"Checks of {whose} ended in a fault of the grader itself; their points were given. See the results.",
            err=True,
        )
    if faulty or told:
        raise click.exceptions.Exit(3)


def console(*, to_stderr: bool = False) -> Console:
    """A console that honours NO_COLOR, FORCE_COLOR and COLUMNS, and is wide enough for a table in a file."""
    from rich.console import Console

    plain = Console(stderr=to_stderr, highlight=False)
    if plain.is_terminal or os.environ.get("COLUMNS"):
        return plain
    # A pipe or a file has no width of its own, and rich would take 80 columns, too few for a class.
    return Console(stderr=to_stderr, highlight=False, width=max(plain.width, 120))
