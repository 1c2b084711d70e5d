"""Errors carried forward: the second mark, for which the reference answers for earlier functions that failed.

A check that was lost is run once more in a fresh worker. There the names of such functions stand for functions of ours:
their calls come back as values, so that the reference never enters the worker. What may be answered for an exercise is
no more than what it builds on: what the reference's own functions for it call, what its checks ask for, and what the
author of the course says it needs. So nobody gains by calling an earlier function that happens to do the same. A
function of the exercise itself is never answered for, and each exercise has a worker of its own, in which nothing is
left of what another one was told.
"""

from __future__ import annotations

import ast
import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property

from ..checking.case import Case
from ..checking.comparing import single_precision
from ..checking.registry import Check
from ..checking.student import Student
from ..checking.verdict import Verdict
from ..course.uses import reached, uses_in
from ..errors import AutograderError
from ..model import CheckResult, Exercise, Outcome
from ..plan import Plan, Setting
from ..seeds import derive
from .channel import SubmissionChannel
from .stand_ins import StandIns

# How a check of an exercise can end because an earlier function failed.
MAY_FOLLOW = (
    Outcome.FAILED,
    Outcome.ERROR,
    Outcome.SKIPPED,
    Outcome.TIMED_OUT,
    Outcome.OUT_OF_MEMORY,
    Outcome.CRASHED,
    Outcome.FORBIDDEN,
)
# Functions of an exercise that were never called, for one of these reasons, have failed all the same.
NOT_CALLED = (Outcome.NOT_ATTEMPTED, Outcome.FORBIDDEN)
INIT = ".__init__"  # which is asked for by the name of its class


@dataclass
class SecondRun:
    """The checks that were lost once more, with right functions in the place of earlier ones that failed.

    Args:
        case: the inputs of a check.
        open_channel: a channel to the submission in a fresh worker, given the functions that ours will stand for and
            when its time is over.
        asked: the functions that each check which was lost has asked for, by the check's name.
    """

    plan: Plan
    setting: Setting
    case: Callable[[Check], Case]
    open_channel: Callable[[Sequence[str], float], SubmissionChannel]
    asked: Mapping[str, frozenset[str]]
    _passed: set[str] = field(default_factory=set)

    def over(self, results: Sequence[CheckResult]) -> list[CheckResult]:
        """The results, each with the functions thanks to which its check passes in the second run.

        In a run in which the second mark counts, these results have their points too.
        """
        lost: dict[str, list[Check]] = {}  # by exercise
        for check, result in zip(self.plan.checks, results, strict=True):
            if result.outcome.earns:
                self._passed.add(check.name)
            elif result.outcome in MAY_FOLLOW:
                lost.setdefault(check.exercise, []).append(check)
        end = time.monotonic() + self.plan.assignment.budget.submission_seconds
        earlier: list[str] = []
        carried: dict[str, tuple[str, ...]] = {}
        for exercise in self.plan.assignment.exercises:
            of_exercise = lost.get(exercise.id, [])
            # A function that is right once earlier ones are needs no other in its place.
            broken = self._failed_functions([result for result in results if result.name not in carried])
            answered = self._answered(exercise, of_exercise, _to_be_right(earlier, broken))
            if answered:
                carried |= self._passing(of_exercise, answered, end)
            earlier += exercise.functions
        return [self._with_carried(result, carried.get(result.name, ())) for result in results]

    def _answered(self, exercise: Exercise, lost: Sequence[Check], wrong: Sequence[str]) -> list[str]:
        """Those of some wrong functions that the reference answers for, when checks of an exercise are run again."""
        built_on = self._built_on(exercise, lost)
        answered = []
        for name in wrong:
            if lost and (name in built_on or _owner(name) in built_on):
                answered.append(name)
        return answered

    def _failed_functions(self, results: Sequence[CheckResult]) -> set[str]:
        """The functions for which a failing check of their own exercise asks."""
        broken: set[str] = set()
        for result in results:
            if not result.outcome.earns:
                broken |= self._named_by(result)
        return broken

    def _named_by(self, result: CheckResult) -> set[str]:
        """The functions of its exercise that a check has asked for."""
        asked = self.asked.get(result.name, frozenset())
        named = set()
        for name in self.plan.assignment.functions:
            owner = self.plan.assignment.exercise_of(name)
            if owner is None or owner.id != result.exercise:
                continue
            if name.removesuffix(INIT) in asked or (not asked and result.outcome in NOT_CALLED):
                named.add(name)
        return named

    def _built_on(self, exercise: Exercise, lost: Sequence[Check]) -> set[str]:
        """The names that an exercise may count on being right."""
        names: set[str] = set()
        for function in exercise.functions:
            names |= reached(_owner(function), self._uses)
        for check in lost:
            names |= self.asked.get(check.name, frozenset())
        for needed in self._needed(exercise):
            names.update(needed.functions)
        return names

    def _needed(self, exercise: Exercise) -> list[Exercise]:
        """The exercises that one needs according to its author, and those that these need."""
        exercises = []
        for each in self.plan.assignment.exercises:
            if each.id in exercise.needs:
                exercises += [each, *self._needed(each)]
        return exercises

    @cached_property
    def _uses(self) -> dict[str, set[str]]:
        return uses_in(ast.parse(self.plan.reference))

    def _passing(self, lost: Sequence[Check], answered: Sequence[str], end: float) -> dict[str, tuple[str, ...]]:
        """Those of the checks of an exercise that pass with these functions answered by the reference."""
        stand_ins = StandIns(self.plan.reference, answered, self.plan.assignment.budget.check_seconds, end)
        carried: dict[str, tuple[str, ...]] = {}
        with closing(self.open_channel(stand_ins.names, end)) as channel:
            for check in lost:
                waits = check.needs is not None and check.needs not in self._passed
                if not waits and self._passes(check, channel, stand_ins):
                    self._passed.add(check.name)
                    carried[check.name] = stand_ins.names
        return carried

    def _passes(self, check: Check, channel: SubmissionChannel, stand_ins: StandIns) -> bool:
        case = self.case(check)
        try:
            channel.begin(derive(case.seed, "student"), check.exercise)
            if channel.ruled_out(self.plan.exercise(check)) is not None:
                return False
            stand_ins.put_in_place(channel)
            with single_precision(self.setting.device.startswith("mps")):
                check.run(Student(channel), case)
        except Verdict:
            return False
        except AutograderError:
            raise
        except Exception:  # the check cannot work with what came back, which the first run has told
            return False
        return True

    def _with_carried(self, result: CheckResult, carried: tuple[str, ...]) -> CheckResult:
        if not carried:
            return result
        points = result.points
        if self.setting.carry_forward == "count":
            points = result.max_points
        return dataclasses.replace(result, carried=carried, points=points)


def _to_be_right(earlier: Sequence[str], broken: set[str]) -> list[str]:
    """Those of some functions that failed, and for each method that did, the others of its class.

    Methods of one object read what the others have noted in it, each author in another form.
    """
    owners = set()
    for name in earlier:
        if name in broken:
            owners.add(_owner(name))
    return [name for name in earlier if _owner(name) in owners]


def _owner(name: str) -> str:
    """The class of a method, or a function itself."""
    return name.partition(".")[0]
