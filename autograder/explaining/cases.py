"""Which of several wrong answers of a check is shown: a check ends at its first, and others have come back with it.

What one message asked for is answered as a whole. So the check can be run once more on the recorded answers, without
the student's code, past each wrong value to the end of what was answered.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch

from ..actions import Action, Answer, Assign, Call, Signature
from ..checking.case import Case
from ..checking.comparing import THE_RESULT, collected
from ..checking.registry import Check
from ..checking.spies import Given
from ..checking.student import Student, events, parameters
from ..checking.tables import number
from ..checking.transcript import Event, find
from ..checking.verdict import NOTHING_SAID, Difference, Message, Verdict, failed
from ..values import in_double, leaves
from . import questions
from .comparisons import as_tensor, worst_entry
from .explanation import explanation_of

FAR_WORSE = 1000.0  # times as far beyond what is allowed: then it is told beside a case with a small error


class Shown(NamedTuple):
    """A verdict, and what its explanation needs."""

    verdict: Verdict
    student: Student
    case: Case


def most_telling(first: Shown, rest: Sequence[Event], check: Check, again: Case) -> Shown:
    """What to show of a check that ended with a wrong value.

    The first case stays if its relation to the right one can be told. Else it is the worst of those with the smallest
    input, which is the one to copy. If another one is far worse, that is told too, or an error as small as 1e-8 would
    look like a tolerance that is too narrow.

    Args:
        first: how the check ended.
        rest: what was answered in the same message and not looked at.
        again: draws the same inputs once more.
    """
    if not rest or first.verdict.difference is None or first.verdict.difference.wrong is None:
        return first
    student = Student(_Recorded([*events(first.student), *rest], first.student))
    verdicts = _verdicts(check, student, again)
    if not verdicts or verdicts[0].message != first.verdict.message:  # it is not what the student's code led to
        return first
    made = events(student)
    if explanation_of(first.verdict, first.student, first.case, "").asked is not None:
        chosen = verdicts[0]
    else:
        smallest = min(_size(verdict, made) for verdict in verdicts)
        chosen = max((verdict for verdict in verdicts if _size(verdict, made) == smallest), key=_excess)
    worst = max(verdicts, key=_excess)
    if _excess(worst) > FAR_WORSE * _excess(chosen):
        chosen = failed(chosen.fact, difference=chosen.difference, company=chosen.company + _told(worst, made))
    return Shown(chosen, student, again)


def _verdicts(check: Check, student: Student, case: Case) -> list[Verdict]:
    """The verdicts on all wrong values, in the order of the check."""
    with collected() as verdicts:
        try:
            check.run(student, case)
        except Verdict as last:
            verdicts.append(last)
        except Exception:  # noqa: S110 -- the answers are at an end, or the check cannot use a wrong one
            pass
    return [verdict for verdict in verdicts if verdict.difference is not None and verdict.difference.wrong is not None]


class _AtAnEnd(Exception):
    """Nothing more is on record."""


class _Recorded:
    """A channel that answers from a record of what a student's code answered."""

    def __init__(self, made: Sequence[Event], student: Student) -> None:
        self._made = iter(made)
        self._student = student

    def ask(self, actions: Sequence[Action]) -> Iterator[Answer]:
        """The recorded answer to each action; names of parameters are on no record, and asked for."""
        for action in actions:
            if isinstance(action, Signature):
                yield Answer(parameters(self._student, Call(action.target, action.name, (), {})))
                continue
            event = next(self._made, None)
            if event is None or event.raised or not _alike(action, event.action):
                raise _AtAnEnd
            if isinstance(action, Assign):
                yield Answer()
            else:
                yield Answer(event.answer, event.changed, event.calls)

    def give(self, function: Given) -> None:
        """Nothing: no function of ours is called."""


def _alike(one: Action, other: Action) -> bool:
    """Whether two actions ask for the same thing, as far as names tell."""
    if isinstance(one, Call) and one.count:  # which leaves no record
        return False
    return type(one) is type(other) and one.name == other.name


def _size(verdict: Verdict, made: Sequence[Event]) -> int:
    """How many numbers in tensors the call was given that returned the wrong value."""
    place = find(made, _difference(verdict).actual)
    if place is None:
        return 0
    tensors = [leaf for _, leaf in leaves(place[0].sent) if isinstance(leaf, torch.Tensor)]
    return sum(tensor.numel() for tensor in tensors)


def _excess(verdict: Verdict) -> float:
    """How many times the allowed error the largest one is; infinite for nan."""
    difference = _difference(verdict)
    actual = as_tensor(difference.actual)
    expected = as_tensor(difference.expected)
    if actual is None or expected is None or not torch.isfinite(actual).all():
        return math.inf
    if difference.limit is None:  # of whole numbers, which are right or wrong
        return 1.0
    error = (in_double(actual) - in_double(expected)).abs()
    return (error / difference.limit).max().item()


def _difference(verdict: Verdict) -> Difference:
    assert verdict.difference is not None  # of others there is nothing to choose from
    return verdict.difference


def _told(verdict: Verdict, made: Sequence[Event]) -> Message:
    """A sentence on a case that is far worse than the one that is shown."""
    difference = _difference(verdict)
    name = difference.name
    place = find(made, difference.actual)
    if name == THE_RESULT and place is not None:
        name = f"the result of {place[0].words}"
    actual = as_tensor(difference.actual)
    expected = as_tensor(difference.expected)
    if actual is None or expected is None:
        return NOTHING_SAID
    not_finite = ~torch.isfinite(actual)
    if not_finite.any():
        index = tuple(not_finite.nonzero()[0].tolist())
        return questions.far_worse(name, number(actual[index].item()), number(expected[index].item()))
    worst = worst_entry(actual, expected, difference)
    if worst is None:
        return NOTHING_SAID
    return questions.far_worse(name, worst.yours, worst.right)
