"""Grade a class: every selected assignment of every submission, nothing twice, each result as soon as it is there.

The dispatching process does no computation, and does not import torch unless it must grade by itself. A fault of ours
in one task leaves the others alone. If no result can show the fault, a file beside the results keeps it.
"""

from __future__ import annotations

import dataclasses
import os
import traceback
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Protocol

from ..course import Course
from ..errors import UsageError
from ..evidence import Block, Traceback
from ..model import Assignment, CheckResult, Outcome, Result, is_as_strong
from ..plan import Plan, Setting
from ..sandbox.pool import Lost, Raised, attempted, run_parallel
from ..sandbox.spec import SandboxSpec
from ..sandbox.workers import Workers
from ..submissions.files import Submission
from .fingerprints import run_info
from .sinks import Graded, MarksTable, Sink, StoredResults

LOST = "The grader's own process died on this submission, twice. The staff should look at it."
TASKS_PER_JOB = 8  # starting another process takes as long as grading about so many submissions


@dataclass(frozen=True)
class Task:
    """One assignment of one submission.

    Args:
        imports: slugs of the assignments that this one imports.
    """

    submission: Submission
    slug: str
    imports: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Whose work it is in which assignment, for messages."""
        return f"{self.submission.student}/{self.slug}"


def tasks(submissions: list[Submission], course: Course, selected: tuple[str, ...]) -> list[Task]:
    """What there is to grade.

    Args:
        selected: these assignments for everybody; if none, all that anybody handed in, so that a missing file shows.
    Raises:
        UsageError: there is nothing.
    """
    imports = {slug: course.assignment(slug).imports for slug in selected or _handed_in(submissions, course)}
    todo = []
    for submission in submissions:
        for slug in imports:
            if submission.only in (None, slug):
                todo.append(Task(submission, slug, imports[slug]))
    if not todo:
        wanted = " or ".join(selected)
        raise UsageError(f"There is nothing to grade: no file that was named belongs to {wanted}.")
    return todo


def _handed_in(submissions: list[Submission], course: Course) -> tuple[str, ...]:
    """The assignments that anybody has handed in, in the order of the course."""
    present: set[str] = set()
    for submission in submissions:
        present.update(submission.slugs(course.slugs))
    return tuple(slug for slug in course.slugs if slug in present)


def jobs_for(wanted: int | None, tasks: int) -> int:
    """How many grader processes so many tasks are worth; 0 if the calling process can do them.

    Args:
        wanted: how many were asked for, if any number was.
    """
    if wanted is None:
        return min(os.cpu_count() or 1, tasks // TASKS_PER_JOB)
    if wanted == 1 and tasks < TASKS_PER_JOB:
        return 0
    return min(wanted, tasks)


@dataclass
class Faults:
    """Faults of ours that happened outside of checks, so that no check can tell of them.

    Args:
        results: the folder in which a file keeps the tracebacks.
    """

    results: StoredResults
    told: list[str] = field(default_factory=list)  # a sentence each

    def add(self, what: str, trace: str) -> None:
        """Keep what went wrong, as in "ana/scaling could not be graded", with its traceback."""
        path = self.results.folder.keep_fault(what, trace)
        self.told.append(f"{what}; the details are in {path}.")

    @contextmanager
    def kept(self, what: str) -> Iterator[None]:
        """Inside the block an exception is kept as a fault, and ends no more than the block."""
        try:
            yield
        except (UsageError, BrokenPipeError):
            raise
        except Exception as error:
            self.add(f"{what} ({type(error).__name__}: {error})", "".join(traceback.format_exception(error)))


Answer = Result | Lost[Task] | Raised  # what grading a task ended in


class Elsewhere(Protocol):
    """Graders on other machines."""

    @property
    def levels(self) -> Sequence[str]:
        """The levels of isolation that they have graded at so far."""

    def answers(self, todo: Sequence[Task], *, secret: str = "") -> Iterator[tuple[Task, Answer]]:
        """Grade every task; yields each with its answer, in the order in which they end.

        Args:
            secret: what the inputs of hidden checks follow from besides the seed.
        Raises:
            UsageError: they cannot be reached, or none of them will do.
        """


@dataclass(frozen=True)
class ClassRun:
    """One run of the grader over a class, which goes on where an earlier one stopped.

    Args:
        out: the folder of results.
        todo: what there is to grade.
        workers: start the processes.
        jobs: grader processes side by side; 0 to grade in this process.
        sinks: where results go besides the results folder and the table of marks in it.
        elsewhere: graders on other machines, which do all of it; the isolation of the setting is then the weakest that
            will do.
    """

    course: Course
    setting: Setting
    out: Path
    todo: Sequence[Task]
    workers: Workers
    jobs: int = 0
    sinks: tuple[Sink, ...] = ()
    elsewhere: Elsewhere | None = None
    # The levels of isolation at which earlier runs graded what has not changed.
    _levels_before: set[str] = field(default_factory=set, init=False)

    @cached_property
    def stored(self) -> StoredResults:
        """The results of this run and of earlier ones."""
        return StoredResults(self.out)

    @cached_property
    def _secretive(self) -> Setting:
        """The setting with the secret of the folder of results, without which hidden inputs could be computed."""
        return dataclasses.replace(self.setting, secret=self.stored.folder.secret.of_hidden_checks)

    @cached_property
    def faults(self) -> Faults:
        """What went wrong on our side so far."""
        return Faults(self.stored)

    @cached_property
    def notes(self) -> list[str]:
        """What the sinks have to tell people, once the run has ended."""
        return []

    @property
    def isolation(self) -> str:
        """How submissions were confined, in words."""
        if self.elsewhere is None:
            return self.setting.isolation
        levels = dict.fromkeys([*sorted(self._levels_before), *self.elsewhere.levels])
        return ", ".join(levels) or f"at least {self.setting.isolation}"

    def results(self, *, fresh: bool = False) -> Generator[Graded, None, None]:
        """Grade every task and hand each result to all sinks as soon as it is there.

        Args:
            fresh: whether to grade also what is unchanged since its stored result.
        Raises:
            UsageError: the run cannot begin or go on; every result so far is kept.
        """
        with self._open_sinks() as sinks:
            for graded in self._graded(fresh):
                for sink in sinks:
                    self._save(graded, sink)
                yield graded

    @contextmanager
    def _open_sinks(self) -> Iterator[Sequence[Sink]]:
        """Every sink, to be saved to in this order; the results folder comes first, so that nothing can be lost."""
        sinks: list[Sink] = [self.stored, MarksTable(self.stored, self.course.slugs), *self.sinks]
        assignments: dict[str, Assignment] = {}
        for task in self.todo:
            assignments[task.slug], _ = _assignment(self.course.root, task.slug)
        with ExitStack() as closing:
            # The results folder is opened last: if another sink cannot be used, none must appear.
            for sink in reversed(sinks):
                sink.open(list(assignments.values()), len(self.todo))
                closing.callback(self._close, sink)
            yield sinks

    def _save(self, graded: Graded, sink: Sink) -> None:
        name = f"{graded.result.student}/{graded.result.assignment}"
        with self.faults.kept(f"{name} could not be written to {sink.name}"):
            sink.save(graded)

    def _close(self, sink: Sink) -> None:
        with self.faults.kept(f"{sink.name} could not be finished"):
            self.notes.extend(sink.close())

    def _graded(self, fresh: bool) -> Iterator[Graded]:
        """Every result: first those that need no grading, then the others in the order in which they end."""
        changed: dict[Task, bool] = {}  # and whether a result is stored, which would fill the memory if it were kept
        for task in self.todo:
            result = self._stored(task)
            if result is not None and not fresh and self._is_current(task, result):
                self._levels_before.add(result.run.isolation)
                yield Graded(result, task.submission, reused=True)
            else:
                changed[task] = result is not None
        for task, answer in self._answers(list(changed)):
            with self.faults.kept(f"{task.name} could not be graded"):
                result = self._result(task, answer)
                before = None
                if changed[task]:
                    before = self._stored(task)
                yield Graded(result, task.submission, before)

    def _answers(self, todo: list[Task]) -> Iterator[tuple[Task, Answer]]:
        """What grading each task ended in; the one place where graders are started."""
        if self.elsewhere is not None and todo:
            yield from self.elsewhere.answers(todo, secret=self._secretive.secret)
            return
        work = partial(grade_one, self.course.root, self._secretive)
        if self.jobs and todo:
            specs = [SandboxSpec(self.setting.isolation, self.setting.gpu)]
            processes = min(self.jobs, len(todo))
            yield from run_parallel(work, todo, processes=processes, workers=self.workers, specs=specs)
            return
        for task in todo:
            yield task, attempted(work, task, self.workers)

    def _result(self, task: Task, answer: Answer) -> Result:
        """What became of a task as a result, also where grading it ended in a fault of ours.

        Raises:
            UsageError: nothing of this assignment can be graded.
        """
        if isinstance(answer, Lost):
            self.faults.add(f"The grader's own process died on {task.name}, twice", "There is no traceback.\n")
            # Nobody knows whether the submission brought that about, so it gets no points until the staff have looked.
            return self._unrun(task, Outcome.CRASHED, LOST)
        if not isinstance(answer, Raised):
            return answer
        if answer.kind is UsageError:
            raise UsageError(answer.message)
        from .forming import FAULT

        return self._unrun(task, Outcome.GRADER_FAULT, FAULT, (Traceback(answer.traceback),))

    def _unrun(self, task: Task, outcome: Outcome, message: str, evidence: tuple[Block, ...] = ()) -> Result:
        from .runner import unrun

        plan = _plan(self.course.root, task.slug)
        return unrun(plan, task.submission, self._secretive, outcome, message, evidence=evidence)

    def _stored(self, task: Task) -> Result | None:
        return self.stored.stored(task.submission.student, task.slug)

    def _is_current(self, task: Task, result: Result) -> bool:
        """Whether grading again would give the same result: nothing that it depends on has changed."""
        assignment, reference = _assignment(self.course.root, task.slug)
        try:
            now = run_info(assignment, reference, task.submission, self._secretive)
        except OSError:  # a file that cannot even be read; grading it again will say so
            return False
        isolation = result.run.isolation
        if self.elsewhere is not None and is_as_strong(isolation, now.isolation):
            now = dataclasses.replace(now, isolation=isolation)  # each machine takes the strongest that it can have
        if now != dataclasses.replace(result.run, started=now.started, seconds=now.seconds):
            return False
        return not any(_is_doubtful(check) for check in result.checks)


def _is_doubtful(check: CheckResult) -> bool:
    """Whether a check may end otherwise when it is run again."""
    # Both may have been an accident of the machine, like memory that ran out.
    return check.outcome is Outcome.GRADER_FAULT or check.message == LOST


def grade_one(root: Path, setting: Setting, task: Task, workers: Workers) -> Result:
    """Grade a task in this process."""
    # Imported here: it needs torch, and the dispatching process does not.
    from .runner import grade

    return grade(_plan(root, task.slug), task.submission, setting, workers=workers)


@lru_cache  # asked for every task, and a course does not change while it is graded
def _assignment(root: Path, slug: str) -> tuple[Assignment, str | None]:
    """An assignment and the text of its reference."""
    course = Course(root)
    return course.assignment(slug), course.whole_solution(slug)


@lru_cache
def _plan(root: Path, slug: str) -> Plan:
    return Plan.of(Course(root), slug)
