"""How a module of our own fares in a whole check, with draws of its own.

Where a student's answers were drawn, no other code gives the same again. So a variant goes through the check several
times, with other seeds: what does not depend on chance must be the student's, the rest must come from the same law.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
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
from .agreement import alike, drawn_alike

REHEARSALS = 3
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)*(e[-+]?\d+)?|\b(inf|nan)\b")


def finding(verdict: Verdict) -> str:
    """What a check found, in words without chance: which value is wrong, or else a sentence without its numbers."""
    if verdict.outcome is not Outcome.FAILED:
        return ""
    name = verdict.difference and verdict.difference.name
    return NUMBER.sub("#", f"{name} is wrong" if name else verdict.message)


@dataclass(frozen=True)
class Rehearsal:
    """What a check found, "" if nothing, and what it was answered."""

    finding: str
    answers: Sequence[Any]


def rehearsed(text: str, check: Check, new_case: Callable[[], Case]) -> list[Rehearsal]:
    """A module goes through a check in this process, each time with other seeds for all of its random numbers."""
    return [_once(text, check, new_case(), shift) for shift in range(REHEARSALS)]


def _once(text: str, check: Check, case: Case, shift: int) -> Rehearsal:
    student = Student(LocalChannel(module_from(text, "variant"), shift))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(derive(case.seed, "student") + shift)
        try:
            check.run(student, case)
            found = ""
        except Verdict as verdict:
            found = finding(verdict)
        except Exception:  # an answer that the check cannot work with
            found = ""
    return Rehearsal(found, answers(student))


def right_without_draws(events: Iterable[Event], reference: str) -> set[int]:
    """Which answers, counted from 0, are what the reference makes of the same arguments, none of them a generator."""
    answered = [event for event in events if event.answer is not NOTHING]
    channel = LocalChannel(module_from(reference, "reference"))
    return {i for i, event in enumerate(answered) if _is_right(event, channel)}


def _is_right(event: Event, channel: LocalChannel) -> bool:
    own = isinstance(event.action, Call) and event.action.target is None and event.intact
    if not own or any(isinstance(leaf, Seed | ObjectRef) for _, leaf in leaves(event.sent)):
        return False
    try:
        (own_answer,) = channel.ask([event.action])
        return alike(event.answer, own_answer.value)
    except Exception:
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
    reach = min(len(given), *(len(each.answers) for each in played))
    theirs, *ours = (dict(leaves(list(each)[:reach])) for each in (given, *(p.answers for p in played)))
    rights = [dict(leaves(list(each.answers))) for each in right]
    if any(part.keys() != theirs.keys() for part in ours):
        return False
    return all(
        _fits(value, [part[path] for part in ours], [part[path] for part in rights if path in part], path[0] in follow)
        for path, value in theirs.items()
    )


def _fits(value: Any, played: Sequence[Any], right: Sequence[Any], follows: bool) -> bool:
    """Whether a value may be another one of a module: equal where chance has no say, of one law where there is one."""
    others = [played, right] if right else [played]
    if all(alike(*pair) for values in others for pair in pairwise(values)):
        return alike(value, played[0])
    comparable = all(drawn_alike(*pair) for values in others for pair in pairwise(values))
    return follows or drawn_alike(value, played[0]) or not comparable
