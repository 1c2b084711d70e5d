"""Grade a class: every selected assignment of every submission, nothing twice, each result as soon as it is there.

The dispatching process does no computation, and does not import torch unless it must grade by itself. A fault of ours
in one task leaves the others alone; what no result can tell of it is kept in a file beside the results.
"""

from __future__ import annotations

import dataclasses
import errno
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path

from ..course import Course
from ..errors import ResultsError, UsageError
from ..evidence import Block, Traceback
from ..model import Assignment, CheckResult, Outcome, Result
from ..plan import Plan, Setting
from ..sandbox.pool import Lost, Raised, attempted, run_parallel
from ..sandbox.spec import SandboxSpec
from ..sandbox.workers import Workers
from ..submissions.files import Submission
from .fingerprints import run_info
from .results import ResultsFolder, read_result

LOST = "The grader's own process died on this submission, twice. The staff should look at it."
NO_MORE_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@dataclass(frozen=True)
class Task:
    """One assignment of one submission."""

    submission: Submission
    slug: str

    @property
    def name(self) -> str:
        """Whose work it is in which assignment, for messages."""
        return f"{self.submission.student}/{self.slug}"


def tasks(submissions: list[Submission], course: Course, selected: tuple[str, ...]) -> list[Task]:
    """What there is to grade.

    Args:
        selected: these assignments for everybody; if none, all that anybody handed in, so that a missing file shows.
    """
    slugs = selected or tuple(slug for slug in course.slugs if any(slug in s.slugs(course.slugs) for s in submissions))
    return [Task(s, slug) for s in submissions for slug in slugs if s.only in (None, slug)]


@dataclass(frozen=True)
class Graded:
    """What became of a task.

    Args:
        result: as it stands in the results folder now.
        before: the stored result that it replaced, if there was one.
        reused: whether it was stored already and nothing that it depends on has changed.
    """

    result: Result
    before: Result | None = None
    reused: bool = False


@dataclass
class Faults:
    """Faults of ours that happened outside of checks, so that no check can tell of them.

    Args:
        folder: of the results; a file there keeps the tracebacks.
    """

    folder: ResultsFolder
    told: list[str] = field(default_factory=list)  # a sentence each

    def add(self, what: str, trace: str) -> None:
        """Keep what went wrong, as in "ana/scaling could not be stored", with its traceback."""
        self.told.append(f"{what}; the details are in {self.folder.keep_fault(what, trace)}.")

    @contextmanager
    def kept(self, what: str) -> Iterator[None]:
        """Inside the block an exception is kept as a fault, and ends no more than the block."""
        try:
            yield
        except (UsageError, BrokenPipeError):
            raise
        except Exception as error:
            self.add(f"{what} ({type(error).__name__}: {error})", "".join(traceback.format_exception(error)))


@dataclass(frozen=True)
class Session:
    """One run of the grader over a class, which may go on where an earlier one stopped.

    Args:
        workers: start the processes.
        fresh: grade also what is unchanged since its stored result.
    """

    course: Course
    setting: Setting
    folder: ResultsFolder
    workers: Workers
    fresh: bool = False

    @cached_property
    def faults(self) -> Faults:
        """What went wrong on our side so far."""
        return Faults(self.folder)

    def run(self, todo: Iterable[Task], *, jobs: int = 0) -> Iterator[Graded]:
        """Grade every task and store each result as soon as it is there.

        Args:
            jobs: grader processes side by side; 0 to grade in this process.
        """
        before: dict[Task, bool] = {}
        for task in todo:
            result = self._stored(task)
            if result is not None and not self.fresh and self._is_current(task, result):
                yield Graded(result, reused=True)
            else:
                before[task] = result is not None
        for task, answer in self._answers(list(before), jobs):
            with self.faults.kept(f"{task.name} could not be graded"):
                result = self._result(task, answer)
                replaced = self._stored(task) if before[task] else None
                with self.faults.kept(f"The result of {task.name} could not be stored"):
                    self._store(result)
                yield Graded(result, replaced)

    def _answers(self, todo: list[Task], jobs: int) -> Iterator[tuple[Task, Result | Lost[Task] | Raised]]:
        work = partial(_grade_one, self.course.root, self.setting)
        if jobs and todo:
            specs = [SandboxSpec(self.setting.isolation, self.setting.gpu)]
            yield from run_parallel(work, todo, processes=min(jobs, len(todo)), workers=self.workers, specs=specs)
        else:
            for task in todo:
                yield task, attempted(work, task, self.workers)

    def _result(self, task: Task, answer: Result | Lost | Raised) -> Result:
        """What became of a task as a result, also where grading it ended in a fault of ours.

        Raises:
            UsageError: nothing of this assignment can be graded.
        """
        if isinstance(answer, Lost):
            self.faults.add(f"The grader's own process died on {task.name}, twice", "There is no traceback.\n")
            return self._unrun(task, Outcome.CRASHED, LOST)  # which the submission may have brought about
        if not isinstance(answer, Raised):
            return answer
        if answer.kind is UsageError:
            raise UsageError(answer.message)
        from .runner import FAULT

        return self._unrun(task, Outcome.GRADER_FAULT, FAULT, (Traceback(answer.traceback),))

    def _unrun(self, task: Task, outcome: Outcome, message: str, evidence: tuple[Block, ...] = ()) -> Result:
        from .runner import unrun

        plan = _plan(self.course.root, task.slug)
        return unrun(plan, task.submission, self.setting, outcome, message, evidence=evidence)

    def _store(self, result: Result) -> None:
        try:
            self.folder.write(result)
        except OSError as error:
            if error.errno in NO_MORE_ROOM:
                raise ResultsError(f"{self.folder.root} cannot be written to: {error.strerror}.") from error
            raise

    def _stored(self, task: Task) -> Result | None:
        path = self.folder.path(task.submission.student, task.slug)
        try:
            return read_result(path) if path.is_file() else None
        except ResultsError:
            return None

    def _is_current(self, task: Task, result: Result) -> bool:
        """Whether grading again would give the same: nothing that the result depends on has changed."""
        assignment, reference = _assignment(self.course.root, task.slug)
        try:
            now = run_info(assignment, reference, task.submission, self.setting)
        except OSError:  # a file that cannot even be read; grading it again will say so
            return False
        same = now == dataclasses.replace(result.run, started=now.started, seconds=now.seconds)
        return same and not any(_is_doubtful(check) for check in result.checks)


def _is_doubtful(check: CheckResult) -> bool:
    """Whether a check may end otherwise when it is run again."""
    return check.outcome is Outcome.GRADER_FAULT or check.message == LOST


def _grade_one(root: Path, setting: Setting, task: Task, workers: Workers) -> Result:
    from .runner import grade

    return grade(_plan(root, task.slug), task.submission, setting, workers=workers)


@lru_cache
def _assignment(root: Path, slug: str) -> tuple[Assignment, str | None]:
    """An assignment and the text of its reference."""
    course = Course(root)
    return course.assignment(slug), course.solution(slug)


@lru_cache
def _plan(root: Path, slug: str) -> Plan:
    return Plan.of(Course(root), slug)
