"""The checks of an assignment on one mutant: in a process of its own, which may hang, grow or die.

Mutants are trusted code, so no boundary is needed: a forked child answers the checks in its own process. A check in
which the reference never runs the changed line cannot tell the mutant from the reference and is left out.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import sys
import time
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from ...checking.case import Case
from ...checking.comparing import close
from ...checking.local import beside, empty_module, local_student
from ...checking.registry import Check
from ...checking.student import has_spoken
from ...checking.verdict import Verdict
from ...errors import AutograderError
from ...grading.cases import case_of
from ...plan import Plan, Setting
from ...seeds import derive
from .generating import Mutant

FILE = "<reference or mutant>"
SURVIVED = "survived"
LIMIT = "a limit of time or memory"
LOADING = "loading"

# A mutant gets ten times the processor time of the reference's checks: those that never end shall not take minutes,
# and none that is only slower shall count as caught.
GENEROSITY = 10
SECONDS_AT_LEAST = 2
PATIENCE = 30  # clock time per processor time, on a machine with other work
LONGEST_ANSWER = 4096  # of a child; a pipe takes as much at once
STATUS = Path("/proc/self/statm")  # sizes of this process in pages, the sixth that of its data; on Linux only


@dataclass(frozen=True)
class Profile:
    """What one check did with the reference.

    Args:
        seconds: that it took.
        lines: of the reference that it ran, or that ran when the reference was loaded.
        asked: the functions and classes that it asked for by name.
        trains: whether it asked for the data set.
    """

    check: Check
    seconds: float
    lines: frozenset[int]
    asked: frozenset[str]
    trains: bool


@dataclass(frozen=True)
class Fate:
    """What became of a mutant.

    Args:
        caught_by: the check that it fails first, or LOADING or LIMIT; SURVIVED if it passes all.
        missed_in: the carriers of a caught mistake that pass all checks if they alone make it.
    """

    caught_by: str
    missed_in: tuple[str, ...] = ()


class Bench:
    """Tries mutants of one assignment, after the reference has passed every check here and in a child.

    Raises:
        AutograderError: the reference does not pass, so a mutant that fails would prove nothing.
    """

    def __init__(self, plan: Plan, setting: Setting) -> None:
        self._plan = plan
        self._setting = setting
        with contextlib.suppress(Verdict):  # the first failure imports more than any success; not in each child
            close(torch.zeros(2), torch.ones(2))
        with beside(plan.beside), _Tracer() as at_load:
            self._reference = _module_from(plan.reference)
        self._lines_at_load = frozenset(at_load.lines)
        self._profiles = [self._profile(check) for check in plan.checks]
        seconds = sum(profile.seconds for profile in self._profiles)
        self._seconds = SECONDS_AT_LEAST + int(GENEROSITY * seconds)
        (control,) = self._in_a_child(self._control) or [LIMIT]
        if control != SURVIVED:
            raise AutograderError(f"The reference of {plan.assignment.slug} fails in a forked process: {control}.")

    def _control(self) -> list[str]:
        """The name of the check that the reference fails."""
        failed = self._first_failure(self._reference, self._profiles)
        return [failed.check.name if failed else SURVIVED]

    def fate_of(self, mutant: Mutant) -> Fate:
        """What catches the mutant, and who may make the same mistake alone without being caught."""
        caught_by, *missed_in = self._in_a_child(partial(self._names, mutant)) or [LIMIT]
        return Fate(caught_by, tuple(missed_in))

    def _names(self, mutant: Mutant) -> list[str]:
        """The name of what catches a mutant; if that is a check, then the carriers that nothing catches."""
        try:
            with beside(self._plan.beside):
                module = _module_from(mutant.source)
        except Exception:  # of whatever kind; mutants are asked to be wrong
            return [LOADING]
        able = self._order(mutant)
        catcher = self._first_failure(module, able)
        if catcher is None:
            return [SURVIVED]
        names = [catcher.check.name]
        for carrier in mutant.carriers:
            if catcher.asked == {carrier}:
                continue  # the mistake looks to this check as before
            asking = [profile for profile in able if carrier in profile.asked]
            if self._first_failure(self._right_but_for(carrier, module), asking) is None:
                names.append(carrier)
        return names

    def _right_but_for(self, carrier: str, mutant: types.ModuleType) -> types.ModuleType:
        """The reference with one function or class of a mutant, which keeps to itself what it calls."""
        module = types.ModuleType("mutant")
        # Functions go on seeing the module that they were defined in: the mutant's its mistake, all others none.
        module.__dict__.update(vars(self._reference))
        setattr(module, carrier, getattr(mutant, carrier))
        return module

    def _first_failure(self, module: types.ModuleType, profiles: list[Profile]) -> Profile | None:
        """The first of some checks that a module fails."""
        for profile in profiles:
            if self._fails(profile.check, module):
                return profile
        return None

    def _in_a_child(self, work: Callable[[], list[str]]) -> list[str]:
        memory = self._plan.assignment.budget.memory_mb
        return _in_a_child(work, seconds=self._seconds, memory_mb=memory)

    def _order(self, mutant: Mutant) -> list[Profile]:
        """The checks that run the changed line: those of its exercise first, then the cheap ones, trainings last."""
        changed = range(mutant.line, mutant.last_line + 1)
        able = [profile for profile in self._profiles if not profile.lines.isdisjoint(changed)]
        exercise = self._plan.assignment.exercise_of(mutant.function)

        def cost(profile: Profile) -> tuple[bool, bool, float]:
            elsewhere = exercise is None or profile.check.exercise != exercise.id
            return profile.trains, elsewhere, profile.seconds

        return sorted(able, key=cost)

    def _fails(self, check: Check, module: types.ModuleType) -> bool:
        """Whether a check costs a module its points. A check that breaks before anything came is ours."""
        student = local_student(module)
        case = self._case(check)
        torch.manual_seed(derive(case.seed, "student"))
        try:
            check.run(student, case)
        except (Verdict, RecursionError):  # a list that holds itself cannot leave a worker
            return True
        except Exception as error:
            # The grader reads it in the same way: what breaks on what came from a module is its fault.
            return has_spoken(student) and not isinstance(error, AutograderError)
        return False

    def _profile(self, check: Check) -> Profile:
        """Run a check on the reference, which also warms up the process that mutants are forked from."""
        slug = self._plan.assignment.slug
        case = self._case(check)
        module = _Watched(self._reference)
        try:
            with torch.random.fork_rng(devices=[]):
                with _Tracer() as tracer:
                    check.run(local_student(module), case)
                begun = time.perf_counter()
                check.run(local_student(self._reference), self._case(check))  # again: a tracer takes many times as long
                seconds = time.perf_counter() - begun
        except Exception as error:
            problem = f"The reference of {slug} does not pass {check.name}, so nothing can be measured: {error}"
            raise AutograderError(problem) from error
        lines = self._lines_at_load | tracer.lines
        return Profile(check, seconds, lines, frozenset(module._asked), trains=case.rows > 0)

    def _case(self, check: Check) -> Case:
        seed = derive(self._setting.seed, "mutants", self._plan.assignment.slug, check.name)
        return case_of(self._plan, self._setting, seed, secret_pixels=not check.visible)


def _module_from(source: str) -> types.ModuleType:
    """A module of trusted source text, compiled as a whole so that its lines are those of the file."""
    module = empty_module("mutant")
    exec(compile(source, FILE, "exec", dont_inherit=True), module.__dict__)
    return module


class _Watched:
    """A module that notes which of its names are asked for."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module
        self._asked: set[str] = set()

    def __getattr__(self, name: str) -> object:
        self._asked.add(name)
        return getattr(self._module, name)


class _Tracer:
    """Inside its block, collects the lines that modules of `_module_from` run, their loading included."""

    def __init__(self) -> None:
        self.lines: set[int] = set()

    def __enter__(self) -> _Tracer:
        self._before = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, *exception: object) -> None:
        sys.settrace(self._before)

    def _trace(self, frame: types.FrameType, event: str, argument: object) -> Callable | None:
        if frame.f_code.co_filename != FILE:
            return None
        self.lines.add(frame.f_lineno)
        return self._trace


def _in_a_child(work: Callable[[], list[str]], *, seconds: int, memory_mb: int) -> list[str]:
    """The names that `work` returns in a forked child; none if it died, or was ended for the time or memory it took."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads: none of ours holds a lock
        child = os.fork()
    if child == 0:
        try:
            warnings.simplefilter("ignore")
            _limit(seconds, memory_mb)
            os.write(writing, "\n".join(work()).encode())
        finally:
            os._exit(0)  # without the parent's clean-up, which would run twice
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], PATIENCE * seconds)
    answer = ""
    if ready:  # to read: the answer, or the end of a child that died
        answer = os.read(reading, LONGEST_ANSWER).decode()
    os.close(reading)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return answer.splitlines()


def _limit(seconds: int, memory_mb: int) -> None:
    """End this process after so much processor time, and let an allocation beyond a budget fail."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if STATUS.is_file():
        held = int(STATUS.read_text().split()[5]) * resource.getpagesize()
        most = held + memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
