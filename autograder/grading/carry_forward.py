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
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch

from ..actions import Assign, Call
from ..checking.case import Case
from ..checking.comparing import single_precision
from ..checking.local import module_from
from ..checking.registry import Check
from ..checking.spies import Given, Spy
from ..checking.student import Student
from ..checking.verdict import Verdict, failed
from ..course.uses import reached, uses_in
from ..errors import AutograderError
from ..model import CheckResult, Exercise, ObjectRef, Outcome
from ..plan import Plan, Setting
from ..seeds import derive
from ..values import mapped, plain, raw
from .channel import SubmissionChannel

# By one check. The longest training of the six assignments steps 3,125 times (50,000 rows in batches of 32, 2 epochs);
# a call takes about 0.3 ms more than at home.
MOST_CALLS = 20_000
FIRST_NUMBER = 1 << 40  # of our functions; those of checks count from 0 on
GENERATOR = torch.Generator.__name__
SEED_BYTES = 7  # fits an int64
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
        self._passed = {result.name for result in results if result.outcome.earns}
        failed_ones = self._failed_functions(results)
        end = time.monotonic() + self.plan.assignment.budget.submission_seconds
        earlier: list[str] = []
        carried: dict[str, tuple[str, ...]] = {}
        for exercise in self.plan.assignment.exercises:
            lost = [
                check for check in self.plan.checks if check.exercise == exercise.id and self._is_lost(check, results)
            ]
            answered = [name for name in earlier if name in self._built_on(exercise, lost)]
            if lost and answered:
                carried |= self._passing(lost, answered, end)
            earlier += failed_ones.get(exercise.id, [])
        return [self._with_carried(result, carried.get(result.name, ())) for result in results]

    def _is_lost(self, check: Check, results: Sequence[CheckResult]) -> bool:
        return any(result.name == check.name and result.outcome in MAY_FOLLOW for result in results)

    def _failed_functions(self, results: Sequence[CheckResult]) -> dict[str, list[str]]:
        """The functions of each exercise that a failing check of this very exercise asks for."""
        named: dict[str, list[str]] = {}
        for exercise in self.plan.assignment.exercises:
            of_exercise: set[str] = set()
            for result in results:
                if result.exercise == exercise.id and not result.outcome.earns:
                    of_exercise |= self._named_by(result, exercise)
            named[exercise.id] = [name for name in exercise.functions if name in of_exercise]
        return named

    def _named_by(self, result: CheckResult, exercise: Exercise) -> set[str]:
        asked = self.asked.get(result.name, frozenset())
        if not asked and result.outcome in NOT_CALLED:
            return set(exercise.functions)
        return {name for name in exercise.functions if name in asked}

    def _built_on(self, exercise: Exercise, lost: Sequence[Check]) -> set[str]:
        """The names that an exercise may count on being right."""
        names: set[str] = set()
        for function in exercise.functions:
            names |= reached(function.partition(".")[0], self._uses)
        for check in lost:
            names |= self.asked.get(check.name, frozenset())
        for needed in self._needed(exercise):
            names.update(needed.functions)
        return names

    def _needed(self, exercise: Exercise) -> list[Exercise]:
        """The exercises that one needs according to its author, and those that these need."""
        needed = [each for each in self.plan.assignment.exercises if each.id in exercise.needs]
        for each in list(needed):
            needed += self._needed(each)
        return needed

    @cached_property
    def _uses(self) -> dict[str, set[str]]:
        return uses_in(ast.parse(self.plan.reference))

    def _passing(self, lost: Sequence[Check], answered: Sequence[str], end: float) -> dict[str, tuple[str, ...]]:
        """Those of the checks of an exercise that pass with these functions answered by the reference."""
        stand_ins = _stand_ins(self.plan.reference, answered)
        carried: dict[str, tuple[str, ...]] = {}
        if not stand_ins:
            return carried
        names = tuple(given.name for given in stand_ins)
        with closing(self.open_channel(names, end)) as channel:
            for check in lost:
                waits = check.needs is not None and check.needs not in self._passed
                if not waits and self._passes(check, channel, stand_ins):
                    self._passed.add(check.name)
                    carried[check.name] = names
        return carried

    def _passes(self, check: Check, channel: SubmissionChannel, stand_ins: Sequence[Given]) -> bool:
        case = self.case(check)
        try:
            channel.begin(derive(case.seed, "student"), check.exercise)
            if channel.ruled_out(self.plan.exercise(check)) is not None:
                return False
            for given in stand_ins:
                given.spy.begin()
                channel.give(given)
                list(channel.ask([Assign(None, given.name, given)]))
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


def _stand_ins(reference: str, names: Sequence[str]) -> list[Given]:
    """Functions of the reference to be given to a student's code.

    Methods are left out: what an object holds is the student's own, and the reference would not find its way in it.
    """
    module = module_from(reference, "reference")
    stand_ins = []
    for number, name in enumerate(names, start=FIRST_NUMBER):
        if "." not in name:
            spy = Spy(getattr(module, name), MOST_CALLS, remembers=False)
            stand_ins.append(Given(number, name, spy, _answer))
    return stand_ins


def _answer(spy: Spy, channel: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a function of the reference returns to a student's code."""
    generators = _Generators(channel)
    own_args = mapped(args, generators.own)
    own_kwargs = mapped(kwargs, generators.own)
    value = spy.answer(*own_args, **own_kwargs)
    generators.move_on()
    return plain(value)


class _Generators:
    """Generators of ours in the place of those in a worker, on whatever device, which move on with ours."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._own: dict[int, torch.Generator] = {}  # by the number of the worker's

    def own(self, leaf: Any) -> Any:
        """An argument as a function of the reference gets it."""
        if not isinstance(leaf, ObjectRef):
            return leaf
        if leaf.type_name != GENERATOR:
            raise failed(f"A right function cannot be called with a {leaf.type_name}.")
        if leaf.id not in self._own:
            digest = hashlib.sha256(raw(self._asked(leaf.id, "get_state"))).digest()
            seed = int.from_bytes(digest[:SEED_BYTES], "big")
            self._own[leaf.id] = torch.Generator().manual_seed(seed)
        return self._own[leaf.id]

    def move_on(self) -> None:
        """Let the worker's generators draw something else from now on."""
        for number, generator in self._own.items():
            self._asked(number, "manual_seed", int(torch.randint(2**62, (), generator=generator)))

    def _asked(self, number: int, method: str, *args: Any) -> Any:
        (answer,) = self._channel.ask([Call(number, method, args, {})])
        return answer.value
