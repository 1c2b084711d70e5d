"""What `grade` and `regrade` share: the paths and options of a class, the run over it, and its progress."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..grading.results import MARKS
from .options import FOLDER, console, course_at, course_option, leave_if_faulty, prestart, run_options, setting_of

if TYPE_CHECKING:
    from ..exporters.gradebook import Gradebook
    from ..grading.classroom import Graded, Session, Task
    from ..model import Mark
    from ..sandbox.workers import Workers

TASKS_PER_JOB = 8  # fewer are not worth another process


def class_options(function: Callable) -> Callable:
    """PATH..., --assignment, --out, --jobs, --gradebook, --run-config and what a run computes with."""
    for add in (
        run_options,
        course_option,
        click.option("--run-config", is_flag=True, help="Run the nbgrader_config.py of a course, as nbgrader does."),
        click.option("--gradebook", metavar="URL", help="Gradebook of nbgrader (default: of its course, if graded)."),
        click.option("--jobs", type=click.IntRange(1), help="Graders side by side (default: by processors and tasks)."),
        click.option("--out", type=FOLDER, default=Path("results"), show_default=True, help="Folder of the results."),
        click.option("--assignment", "slugs", multiple=True, metavar="SLUG", help="Only this one; may be repeated."),
        click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FOLDER),
    ):
        function = add(function)
    return function


@dataclass(frozen=True)
class ClassRun:
    """A run over a class: what there is to grade, and where marks go besides the results."""

    session: Session
    todo: list[Task]
    jobs: int  # processes; 0 for this one
    gradebook: Gradebook | None

    def results(self) -> Iterator[Graded]:
        """Grade and show progress; the table of marks is written in the end, also of an interrupted run."""
        submissions = {(task.submission.student, task.slug): task.submission for task in self.todo}
        faults = self.session.faults
        try:
            with _progress(len(self.todo)) as advance:
                for graded in self.session.run(self.todo, jobs=self.jobs):
                    result = graded.result
                    name = f"{result.student}/{result.assignment}"
                    with faults.kept(f"{name} could not be shown"):
                        advance(graded)
                    if self.gradebook is not None:
                        with faults.kept(f"{name} could not be written into the gradebook"):
                            self.gradebook.save(graded, submissions[result.student, result.assignment])
                    yield graded
        finally:
            with faults.kept(f"{MARKS} could not be written"):
                self.session.folder.write_marks(self.session.course.slugs)
            if self.gradebook is not None:
                with faults.kept("The gradebook could not be closed"):
                    self.gradebook.close()
                _tell(self.gradebook.notes)

    def leave(self, marks: Iterable[Mark]) -> None:
        """End the command with exit code 3 if anything went wrong on our side, and say what."""
        for fault in self.session.faults.told:
            click.echo(f"A fault of the grader itself: {fault}", err=True)
        leave_if_faulty(marks, told=bool(self.session.faults.told))


def open_run(options: dict, workers: Workers, *, fresh: bool) -> ClassRun:
    """The run that the options ask for; broken results are set aside and told."""
    course = course_at(options["course_folder"])
    selected = course.select(options["slugs"]) if options["slugs"] else ()

    from ..grading.classroom import Session, tasks
    from ..grading.results import ResultsFolder
    from ..submissions.files import find_submissions

    todo = tasks(find_submissions(list(options["paths"]), course.slugs, ignore=options["out"]), course, selected)
    if not todo:
        raise UsageError(f"There is nothing to grade: no file that was named belongs to {' or '.join(selected)}.")
    jobs = _jobs(options["jobs"], len(todo))
    if jobs:
        workers.prestart()
    else:
        prestart(options, workers)
    with ExitStack() as undo:
        gradebook = _open_gradebook(options)
        if gradebook is not None:
            undo.callback(gradebook.close)
            for slug in {task.slug for task in todo}:
                gradebook.expect(course.assignment(slug))
        setting, folder = setting_of(options, workers, apart=bool(jobs)), ResultsFolder(options["out"])
        _tell(folder.set_aside_broken())
        undo.pop_all()  # from here on the run closes it
    return ClassRun(Session(course, setting, folder, workers, fresh), todo, jobs, gradebook)


def _jobs(wanted: int | None, tasks: int) -> int:
    """Grader processes for so many tasks; 0 if this one will do."""
    if wanted is None:
        return min(os.cpu_count() or 1, tasks // TASKS_PER_JOB)
    return min(wanted, tasks) if wanted > 1 or tasks >= TASKS_PER_JOB else 0


def _open_gradebook(options: dict) -> Gradebook | None:
    """The gradebook that --gradebook names, or that of the course of nbgrader that is graded."""
    from ..submissions.files import is_nbgrader_course

    folders = [path for path in options["paths"] if is_nbgrader_course(path)]
    if len(folders) > 1:
        raise UsageError(f"{folders[0]} and {folders[1]} are both courses of nbgrader: grade one after the other.")
    if not folders and not options["gradebook"]:
        return None

    from ..exporters.gradebook import Gradebook

    root = folders[0] if folders else None
    return Gradebook(root, options["gradebook"], run_config=options["run_config"])


def _tell(notes: Iterable[str]) -> None:
    for note in notes:
        click.echo(f"Note: {note}", err=True)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Graded], None]]:
    """Live progress on stderr in a terminal, a plain line per result elsewhere."""
    screen = console(to_stderr=True)
    if not screen.is_terminal or os.environ.get("CI"):
        done = iter(range(1, total + 1))
        yield lambda graded: click.echo(f"[{next(done)}/{total}] {_in_words(graded)}", err=True)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("grading", total=total)
        yield lambda graded: bar.update(task, advance=1, description=_in_words(graded))


def _in_words(graded: Graded) -> str:
    result = graded.result
    unchanged = " (unchanged)" if graded.reused else ""
    return f"{result.student}/{result.assignment}: {result.score:.1f}/{result.max_score:g}{unchanged}"
