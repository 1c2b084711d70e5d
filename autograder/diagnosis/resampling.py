"""How a module of our own fares in a whole check, with draws of its own.

No other code returns the same values where a student's answers were drawn at random. So a variant goes through the
check several times, with other seeds. What does not depend on chance must equal the student's; the rest must follow the
same law.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch

from ..actions import Call
from ..checking.case import Case
from ..checking.local import LocalChannel, module_from
from ..checking.registry import Check
from ..checking.student import Student, answers
from ..checking.transcript import NOTHING, Event
from ..checking.verdict import Verdict
from ..model import ObjectRef, Outcome, Seed
from ..seeds import derive
from ..values import leaves
from .agreement import alike, drawn_alike, has_other_values, holds, repeats

# Two rehearsals may agree in a value by chance, in one entry of a mask for instance, and then it seems to be fixed. The
# third makes that rare; each costs a run of the check.
REHEARSALS = 3
# Where a mistake makes few draws for many values, as one coin for a whole image, three may all fall on the other side.
# The rarest such side is one of 0.3 or more, which twelve rehearsals miss with a chance of 0.7 ** 12 = 1.4 %.
MORE_REHEARSALS = 12
OVERFLOWN = "must be finite"  # so every check says it
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)*(e[-+]?\d+)?|\b(inf|nan)\b")


def finding(verdict: Verdict) -> str:
    """What a check found, in words without chance: which value is wrong, or else a sentence without its numbers.

    What is not finite has no name: which value overflows first is chance, or the order of operations.
    """
    if verdict.outcome is not Outcome.FAILED:
        return ""
    if OVERFLOWN in verdict.message:
        return OVERFLOWN
    if verdict.difference is not None and verdict.difference.name:
        return NUMBER.sub("#", f"{verdict.difference.name} is wrong")
    return NUMBER.sub("#", verdict.message)


@dataclass(frozen=True)
class Rehearsal:
    """One run of a check on a module of ours: what it found, "" if nothing, and what it was answered."""

    finding: str
    answers: Sequence[Any]


def rehearsed(
    source: str, check: Check, new_case: Callable[[], Case], shifts: Iterable[int] = range(REHEARSALS)
) -> list[Rehearsal]:
    """A module goes through a check in this process, each time with other seeds for all of its random numbers."""
    return [_rehearsal(source, check, new_case(), shift) for shift in shifts]


def _rehearsal(source: str, check: Check, case: Case, shift: int) -> Rehearsal:
    student = Student(LocalChannel(module_from(source, "variant"), shift))
    words = ""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(derive(case.seed, "student") + shift)
        try:
            check.run(student, case)
        except Verdict as verdict:
            words = finding(verdict)
        except Exception:  # an answer that the check cannot work with: it found nothing, and the answers are kept
            words = ""
    return Rehearsal(words, answers(student))


def right_without_draws(events: Iterable[Event], reference: str) -> set[int]:
    """Which answers, counted from 0, are what the reference makes of the same arguments, none of them a generator."""
    channel = LocalChannel(module_from(reference, "reference"))
    right = set()
    number = 0
    for event in events:
        if event.answer is NOTHING:
            continue
        if _is_right(event, channel):
            right.add(number)
        number += 1
    return right


def _is_right(event: Event, channel: LocalChannel) -> bool:
    if not isinstance(event.action, Call) or event.action.target is not None or not event.intact:
        return False
    if holds(event.sent, Seed, ObjectRef):
        return False
    try:
        (own_answer,) = channel.ask([event.action])
        return alike(event.answer, own_answer.value)
    except Exception:  # the reference lacks the function, or rejects the arguments
        return False


def could_be(
    given: Sequence[Any], played: Sequence[Rehearsal], right: Sequence[Rehearsal], *, follow: Collection[int] = ()
) -> bool:
    """Whether answers may be those of a module, as far as all of the records go.

    Args:
        given: the answers.
        played, right: the rehearsals of the module and of the reference. What is the same in all of both does not
            depend on chance.
        follow: which of the answers follow from what was drawn before, and tell nothing more.
    """
    reach = min(len(given), *(len(rehearsal.answers) for rehearsal in played))
    given_values = _by_place(given[:reach])
    samples: dict[Place, _Samples] = defaultdict(_Samples)
    for rehearsal in played:
        played_values = _by_place(rehearsal.answers[:reach])
        if played_values.keys() != given_values.keys():
            return False
        for place, value in played_values.items():
            samples[place].played.append(value)
    for rehearsal in right:
        for place, value in _by_place(rehearsal.answers).items():
            samples[place].right.append(value)
    for place, value in given_values.items():
        number_of_answer = place[0]
        if not samples[place].could_include(value, follows=number_of_answer in follow):
            return False
    return True


Place = tuple[Any, ...]  # the number of an answer, then the keys that lead to a value in it


def _by_place(answers_in_order: Sequence[Any]) -> dict[Place, Any]:
    return dict(leaves(list(answers_in_order)))


@dataclass
class _Samples:
    """What a wrong module and the reference answered in one place, in each of their rehearsals."""

    played: list[Any] = field(default_factory=list)
    right: list[Any] = field(default_factory=list)

    def could_include(self, value: Any, *, follows: bool) -> bool:
        """Whether a value may be another one of the module's: equal if chance has no say, else of the same law."""
        if self._each_the_same(alike):
            return alike(value, self.played[0])
        if not follows and not self._may_be_drawn_with(value):
            return False
        if follows or drawn_alike(value, self.played[0]):
            return True
        # Rehearsals that differ from each other in law cannot tell which law is the module's, so they refute nothing.
        return not self._each_the_same(drawn_alike)

    def _may_be_drawn_with(self, value: Any) -> bool:
        """Whether the draws of the module repeat along the same axes, and a mask has no values but theirs."""
        axes = [repeats(played) for played in self.played]
        return repeats(value) in axes and not has_other_values(value, self.played)

    def _each_the_same(self, same: Callable[[Any, Any], bool]) -> bool:
        """Whether the rehearsals of each module agree with one another."""
        for values in (self.played, self.right):
            if not all(same(one, other) for one, other in pairwise(values)):
                return False
        return True
