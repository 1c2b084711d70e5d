"""What `grade` and `regrade` share: the paths and options of a class, the run over it, and its progress."""

from __future__ import annotations

import dataclasses
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..exporters import EXPORTERS  # light: what they export to is imported when it is asked for
from ..model import CARRY_FORWARD, ISOLATION_LEVELS
from .cluster_options import cluster_options, elsewhere, verify_alone
from .options import FOLDER, console, course_at, course_option, leave_if_faulty, prestart, run_options, setting_of

if TYPE_CHECKING:
    from rich.progress import Progress

    from ..grading.classroom import ClassRun
    from ..grading.sinks import Graded, Option, Sink
    from ..mark import Mark
    from ..model import Assignment
    from ..sandbox.workers import Workers
    from ..submissions.files import Submission

WEAKEST = ISOLATION_LEVELS[0]
JOBS_HELP = "Grade in N processes side by side (default: depends on processors and tasks)."
UNCONFINED = (
    "isolation process does not confine what is graded. Submissions can read whatever you can read, hidden checks and "
    "other submissions included, and can end the grader. Demand more with --require-isolation."
)
ONLY_HELP = "Grade only this assignment; may be repeated."
ROSTER_HELP = "A list of students, as Canvas or Moodle exports it: names in the place of ids, and who is missing."
CARRY_HELP = (
    "Errors carried forward: a second mark, for which the reference answers for functions of earlier exercises that "
    "failed. It is shown beside the first (report), counts in its place (count), or is not formed (off)."
)


def class_options(function: Callable) -> Callable:
    """PATH..., --assignment, --out, --jobs, --cluster, the options of every exporter and those of a run."""
    options: list[Callable[[Callable], Callable]] = [
        click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FOLDER),
        click.option("--assignment", "slugs", multiple=True, metavar="SLUG", help=ONLY_HELP),
        click.option("--out", type=FOLDER, default=Path("results"), show_default=True, help="Folder of the results."),
        click.option("--roster", type=FOLDER, metavar="CSV", help=ROSTER_HELP),
        click.option("--jobs", type=click.IntRange(1), metavar="N", help=JOBS_HELP),
        click.option(
            "--carry-forward", type=click.Choice(CARRY_FORWARD), default="report", show_default=True, help=CARRY_HELP
        ),
        *cluster_options(),
    ]
    for exporter in EXPORTERS:
        options += map(_of_exporter, exporter.options)
    options += [course_option, run_options]
    for add in reversed(options):  # the first to be applied is shown last
        function = add(function)
    return function


def _of_exporter(option: Option) -> Callable:
    name = f"--{option.name}"
    if not option.metavar:
        return click.option(name, is_flag=True, help=option.help)
    if option.is_folder:
        return click.option(name, type=FOLDER, metavar=option.metavar, help=option.help)
    return click.option(name, metavar=option.metavar, help=option.help)


@contextmanager
def class_run(options: dict[str, Any]) -> Iterator[ClassRun]:
    """The run that the options ask for; what its sinks have to say is printed when it ends, also if interrupted."""
    from ..sandbox.workers import Workers

    workplace = Path(tempfile.gettempdir(), f"autograder-{secrets.token_hex(8)}")  # made where an archive is opened
    try:
        with Workers() as workers:
            run = _prepared(options, workers, workplace)
            try:
                yield run
            finally:  # also after Ctrl-C, since what the notes tell has happened all the same
                for note in run.notes:
                    click.echo(f"Note: {note}", err=True)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def _prepared(options: dict[str, Any], workers: Workers, workplace: Path) -> ClassRun:
    course = course_at(options["course_folder"])
    selected: tuple[str, ...] = ()
    if options["slugs"]:
        selected = course.select(options["slugs"])

    from ..grading.classroom import ClassRun, jobs_for, tasks
    from ..plan import verify_dataset
    from ..submissions.finding import find_submissions
    from ..submissions.roster import with_names

    # Folders of ours may lie in the class's folder, where they would pass for students.
    no_submissions = [options["out"], *_folders_of_exporters(options)]
    notes: list[str] = []
    submissions = find_submissions(
        options["paths"], course.slugs, ignore=no_submissions, workplace=workplace, notes=notes
    )
    _refuse_their_folders(options["out"], submissions)
    if options["roster"] is not None:
        submissions = with_names(submissions, options["roster"], notes)
    todo = tasks(submissions, course, selected)
    slugs = list({task.slug: None for task in todo})
    verify_dataset(map(course.assignment, slugs), options["dataset"])
    sinks = (_progress(), *_exporters(options))
    jobs = 0
    graders = None
    if options["cluster"]:
        setting, graders = elsewhere(options, course, slugs)
    else:
        verify_alone(options)
        jobs = jobs_for(options["jobs"], len(todo))
        _begin_to_start(options, jobs, workers)
        # What a run computes with is asked last: it may import torch, load a data set and try how to confine a process.
        setting = setting_of(options, workers, apart=bool(jobs))
        if setting.isolation == WEAKEST:
            click.echo(f"Warning: {UNCONFINED}", err=True)
    setting = dataclasses.replace(setting, carry_forward=options["carry_forward"])
    run = ClassRun(course, setting, options["out"], todo, workers, jobs, sinks, elsewhere=graders)
    run.notes.extend(notes)
    return run


def _refuse_their_folders(out: Path, submissions: Iterable[Submission]) -> None:
    """Refuse a folder of results in which a file that somebody handed in could pass for a result.

    Raises:
        UsageError: it is the folder of a class, or of a submission.
    """
    for submission in submissions:
        folder = submission.folder.resolve()
        if out.resolve() in (folder, folder.parent):
            problem = f"{out} holds what was handed in, so that a file in it could pass for a result"
            raise UsageError(f"{problem}; name another folder with --out.")


def _begin_to_start(options: dict[str, Any], jobs: int, workers: Workers) -> None:
    """Let the processes that import torch begin, while this one goes on."""
    if jobs:
        workers.prestart()
    else:
        prestart(options, workers)


def _folders_of_exporters(options: dict[str, Any]) -> Iterator[Path]:
    for exporter in EXPORTERS:
        for option in exporter.options:
            if option.is_folder and options[option.key] is not None:
                yield options[option.key]


def _exporters(options: dict[str, Any]) -> Iterator[Sink]:
    """The sinks that the options ask for besides the results folder."""
    from ..grading.sinks import Request

    request = Request(tuple(options["paths"]), options["out"], options)
    for exporter in EXPORTERS:
        sink = exporter.sink(request)
        if sink is not None:
            yield sink


def leave(run: ClassRun, marks: Iterable[Mark]) -> None:
    """End the command with exit code 3 if anything went wrong on our side, and say what."""
    for fault in run.faults.told:
        click.echo(f"A fault of the grader itself: {fault}", err=True)
    leave_if_faulty(marks, told=bool(run.faults.told))


def _progress() -> Sink:
    """Live progress on stderr in a terminal, a plain line per result elsewhere."""
    screen = console(to_stderr=True)
    # A log of CI keeps every state of a bar, though it may look like a terminal.
    if not screen.is_terminal or os.environ.get("CI"):
        return ProgressLines()
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    task = TextColumn("{task.description}", markup=False)
    columns = (task, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return ProgressBar(Progress(*columns, console=screen, transient=True))


class ProgressLines:
    """Says in a line on stderr what each result is."""

    name = "the terminal"

    def __init__(self) -> None:
        self._done = 0
        self._count = 0

    def open(self, assignments: Sequence[Assignment], count: int) -> None:
        """Begin to count."""
        self._count = count

    def save(self, graded: Graded) -> None:
        """Show a result."""
        self._done += 1
        click.echo(f"[{self._done}/{self._count}] {_in_words(graded)}", err=True)

    def close(self) -> Sequence[str]:
        """Nothing is left to do."""
        return ()


class ProgressBar:
    """Shows how much is done, and the latest result."""

    name = "the terminal"

    def __init__(self, bar: Progress) -> None:
        self._bar = bar

    def open(self, assignments: Sequence[Assignment], count: int) -> None:
        """Show an empty bar."""
        self._task = self._bar.add_task("grading", total=count)
        self._bar.start()

    def save(self, graded: Graded) -> None:
        """Show a result."""
        self._bar.update(self._task, advance=1, description=_in_words(graded))

    def close(self) -> Sequence[str]:
        """Remove the bar."""
        self._bar.stop()
        return ()


def _in_words(graded: Graded) -> str:
    result = graded.result
    words = f"{result.student}/{result.assignment}: {result.score:.1f}/{result.max_score:g}"
    if result.score_carried not in (None, result.score_alone):
        words += f" ({result.score_carried:.1f} with errors carried forward)"
    if graded.reused:
        words += " (unchanged)"
    return words
