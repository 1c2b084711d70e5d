"""Known wrong answers run through the checks: as a student's work is graded, or in this process, which is faster."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import torch

from ..checking.case import Case
from ..checking.local import TRUSTED, beside, local_student, module_from
from ..checking.mistakes import changed_definitions
from ..checking.registry import Check, Misconception
from ..checking.student import Student
from ..course import Record
from ..grading.cases import case_of
from ..grading.namespace import NamespaceChannel
from ..grading.runner import grade, run_checks
from ..model import CheckResult, Outcome, Result
from ..plan import Plan, Setting
from ..reports.renderers import paragraph, text_below
from ..sandbox.workers import Workers
from ..seeds import derive
from ..submissions.files import Submission

STUDENT = "validated"  # inputs depend on the student's name, and all texts shall get the same ones


@dataclass(frozen=True)
class Observation:
    """How a text went through the checks with one seed.

    Args:
        failing: names of the checks that ran and did not pass.
        skipped: names of those that waited for one that did not pass.
    """

    failing: frozenset[str]
    skipped: frozenset[str]

    @classmethod
    def of(cls, plan: Plan, results: Iterable[CheckResult]) -> Observation:
        """What the results of the checks say."""
        lost = {check.name for check in results if check.outcome is not Outcome.PASSED}
        skipped = {check.name for check in plan.checks if check.needs in lost}
        return cls(frozenset(lost - skipped), frozenset(skipped))


def graded(plan: Plan, source: str, setting: Setting, workers: Workers, *, alone: bool = False) -> Result:
    """Grade a text as if a student had handed it in, beside the right modules that it may import or else alone."""
    neighbours = {} if alone else plan.beside
    with tempfile.TemporaryDirectory(prefix="validate-") as folder:
        home = Path(folder)
        for name, text in {**neighbours, plan.assignment.slug: source}.items():
            (home / f"{name}.py").write_text(text, encoding="utf-8")
        return grade(plan, Submission(STUDENT, home), setting, workers=workers)


def played(plan: Plan, source: str, setting: Setting) -> list[CheckResult]:
    """Run a text of the course's own in this process: with the inputs and names of mistakes that `graded` gives it.

    That takes a third of the time. What only a worker does is not there, like rules and limits of memory, and the
    results explain nothing, which nobody would read.
    """
    with beside(plan.beside):
        names = vars(module_from(source, plan.assignment.slug))
    channel = NamespaceChannel(names, check_seconds=plan.assignment.budget.check_seconds)
    with channel.capturing():
        setting = dataclasses.replace(setting, device="cpu")
        return run_checks(plan, channel, setting, STUDENT, text=source, explained=False)


def crossing(plan: Plan, record: Record | None) -> set[str]:
    """Ids of the mistakes that are graded as a student's work is, through the process boundary.

    What crosses the boundary arrives as it was, which tests of the engine prove. So of each exercise one mistake is
    enough to see that the course fits. And those of which nothing is recorded: whoever wrote them may not know yet that
    they never end, while all others came to their record by running in this process.
    """
    ids = {known.id for known in plan.misconceptions if record is None or known.id not in record.outcomes}
    for exercise in plan.assignment.exercises:
        checks = {check.name for check in plan.checks if check.exercise == exercise.id}
        ids.update([known.id for known in plan.misconceptions if not checks.isdisjoint(known.trips)][:1])
    return ids


class LocalTrials:
    """Runs texts of the course's own in this process, with the inputs that `graded` gives them.

    A check that never enters a function that a mistake changes ends as it does for the reference, and is not run. That
    is most of them.
    """

    def __init__(self, plan: Plan, setting: Setting) -> None:
        self._plan = plan
        self._setting = setting
        self._entered: dict[str, frozenset[str]] = {}  # by check: functions of the reference
        self._trainings: set[str] = set()  # names of the checks that train on data
        self.reasons: dict[str, str] = {}  # by check that the reference does not pass: why
        with _entering() as at_import, beside(plan.beside):
            module = module_from(plan.reference, plan.assignment.slug)
        self.reference = self._observed(lambda check: self._reference_passes(check, module, at_import))

    def mistake(self, known: Misconception) -> Observation:
        """How a known wrong answer goes through the checks."""
        module = self._module(known.apply(self._plan.reference), self._plan.beside)
        blind = self._blind_to(known)

        def passes(check: Check) -> bool:
            return check.name in blind or self._reason(check, module) is None

        return self._observed(passes)

    def shortened(self, known: Misconception, *, recorded: bool) -> Plan:
        """The plan in which every check that a mistake cannot fail passes at once.

        Args:
            recorded: whether the record of the mistake counts. Then a training that it is recorded to pass passes at
                once too: half of the time would go there. `mistake` runs these.
        """
        idle = self._blind_to(known)
        if recorded:
            idle |= {name for name in self._trainings if not known.can_trip(name)}
        checks = []
        for check in self._plan.checks:
            if check.name in idle:
                check = dataclasses.replace(check, run=_passing(check.run))
            checks.append(check)
        return dataclasses.replace(self._plan, checks=tuple(checks))

    def _blind_to(self, known: Misconception) -> set[str]:
        """Names of the checks that the reference passes without entering anything that a mistake changes."""
        changed = changed_definitions(self._plan.reference, known.apply(self._plan.reference))
        blind = set()
        for name, entered in self._entered.items():
            if changed is not None and changed.isdisjoint(entered) and name not in self.reference.failing:
                blind.add(name)
        return blind

    def other(self, source: str, *, alone: bool = False) -> Observation:
        """How any other text goes through the checks, beside the right modules that it may import or else alone."""
        module = self._module(source, {} if alone else self._plan.beside)
        return self._observed(lambda check: self._reason(check, module) is None)

    def _module(self, source: str, neighbours: Mapping[str, str]) -> object:
        """The module of a text; one that cannot be imported has nothing in it, and every check misses something."""
        try:
            with beside(neighbours):
                return module_from(source, self._plan.assignment.slug)
        except Exception:
            return object()

    def _reference_passes(self, check: Check, module: object, at_import: set[str]) -> bool:
        with _entering() as entered:
            reason = self._reason(check, module)
        self._entered[check.name] = frozenset(entered | at_import)
        if reason is not None:
            self.reasons[check.name] = reason
        return reason is None

    def _observed(self, passes: Callable[[Check], bool]) -> Observation:
        """Which checks fail, and which wait for those."""
        failing: set[str] = set()
        skipped: set[str] = set()
        for check in self._plan.checks:
            if check.needs in failing or check.needs in skipped:
                skipped.add(check.name)
            elif not passes(check):
                failing.add(check.name)
        return Observation(frozenset(failing), frozenset(skipped))

    def _reason(self, check: Check, module: object) -> str | None:
        """Why a module does not pass a check; None if it passes."""
        seed = derive(self._setting.seed, STUDENT, self._plan.assignment.slug, check.name)
        case = case_of(self._plan, self._setting, seed, secret_pixels=not check.visible)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(derive(seed, "student"))  # as a worker does
            try:
                check.run(local_student(module), case)
            except Exception as error:
                return f"{type(error).__name__}: {error}"
            finally:
                if case.rows:
                    self._trainings.add(check.name)
        return None


def _passing(run: Callable) -> Callable:
    """A check of the same name and title that passes at once."""

    @functools.wraps(run)
    def passes(student: Student, case: Case) -> None:
        return None

    return passes


@contextlib.contextmanager
def _entering() -> Iterator[set[str]]:
    """Collect the functions and methods of trusted modules that are entered inside the block."""
    entered: set[str] = set()

    def watch(frame: FrameType, event: str, arg: object) -> None:
        if frame.f_code.co_filename == TRUSTED:
            # What is defined inside of a function is a part of it.
            entered.add(frame.f_code.co_qualname.partition(".<locals>")[0])

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield entered
    finally:
        sys.settrace(before)


def reason(check: CheckResult) -> str:
    """Why a check ended as it did."""
    return f"{paragraph(check)} {text_below(check.evidence)}".rstrip()
