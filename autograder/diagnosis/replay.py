"""What the reference and its wrong variants would have answered to the calls that a student answered.

A shadow is such a module in this process. It is asked what the student was asked, on the same arguments, so that one
wrong answer does not change the questions after it, and no check has to run again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from ..actions import Action, Assign, Call, Operate, with_values
from ..checking.local import LocalChannel, module_from
from ..checking.transcript import NOTHING, Event
from ..checking.verdict import Verdict
from ..model import AttributeRef, ObjectRef
from ..values import leaves, mapped
from .agreement import alike, holds
from .variants import Variant

Place = tuple[Any, ...]  # the keys that lead to a value in an answer


@dataclass(frozen=True)
class Answer:
    """What came back: a value, and how many inputs were written into; or the words of an exception.

    Args:
        calls: what functions of ours were called with meanwhile, as far as the check looks at that.
        objects: which objects are in the value, by the numbers of the student's.
    """

    value: Any = None
    changed: int = 0
    raised: str = ""
    calls: Sequence[Any] = ()
    objects: Mapping[Place, int] = field(default_factory=dict)

    def is_like(self, other: Answer) -> bool:
        """Whether both are the same up to rounding; of two exceptions, one may say more at its end."""
        if self.raised or other.raised:
            shorter, longer = sorted((self.raised, other.raised), key=len)
            return bool(shorter) and longer.startswith(shorter)
        if self.changed != other.changed or self.objects != other.objects:
            return False
        return alike(self.value, other.value) and alike(self.calls, other.calls)


class Shadow:
    """A module of our own that answers along.

    Args:
        source: its text.
        seed: of its global random numbers, the one that the student's process had.
    """

    def __init__(self, source: str, seed: int) -> None:
        self._channel = LocalChannel(module_from(source, "shadow"))
        self._stream = torch.Generator().manual_seed(seed).get_state()
        self._objects: dict[int, ObjectRef] = {}  # by the numbers of the student's objects
        self._numbers: dict[int, int] = {}  # the numbers of the student's objects, by those of its own

    def answer(self, action: Action, theirs: Answer) -> Answer:
        """Its own answer; a new object in it will stand for the student's object in the same place."""
        outside = torch.get_rng_state()
        torch.set_rng_state(self._stream)
        try:
            mine = self._answer(action)
        except Verdict as verdict:
            return Answer(raised=verdict.message.rstrip(": "))
        except Exception as error:  # it has no such object, because it answered something else before
            return Answer(raised=f"of its own: {error!r}")
        finally:
            self._stream = torch.get_rng_state()
            torch.set_rng_state(outside)
        return dataclasses.replace(mine, objects=self._in_their_numbers(theirs.objects, mine.value))

    def _in_their_numbers(self, theirs: Mapping[Place, int], value: Any) -> dict[Place, int]:
        """The objects in a value of ours, by the numbers that the student's in the same places have.

        Only where both were there before can one be the wrong one: another style may return the same object again.
        """
        numbers = {}
        for place, number in _objects_in(value).items():
            if place not in theirs:
                continue
            numbers[place] = theirs[place]
            if theirs[place] in self._objects and number in self._numbers:
                numbers[place] = self._numbers[number]
            self._objects.setdefault(theirs[place], ObjectRef(number, ""))
            self._numbers.setdefault(number, theirs[place])
        return numbers

    def _answer(self, action: Action) -> Answer:
        own = with_values(action, self._own)
        if not isinstance(own, Operate):
            own = dataclasses.replace(own, target=self._target(action.target))
        (answer,) = self._channel.ask([own])
        observed = isinstance(action, Call) and action.observe
        return Answer(answer.value, len(answer.changed) if observed else 0, calls=answer.calls)

    def _target(self, number: int | None) -> int | None:
        return None if number is None else self._objects[number].id

    def _own(self, value: Any) -> Any:
        """An argument with our objects in the places of the student's."""
        return mapped(value, self._own_leaf)

    def _own_leaf(self, leaf: Any) -> Any:
        if isinstance(leaf, ObjectRef):
            return self._objects[leaf.id]
        if isinstance(leaf, AttributeRef):
            return dataclasses.replace(leaf, target=self._target(leaf.target))
        return leaf


@dataclass(frozen=True)
class _Reply:
    """What a student answered to a request, what was right, and whether the two differ."""

    action: Action
    theirs: Answer
    right: Answer
    wrong: bool


def explaining(
    events: Iterable[Event], raised: str, reference: str, variants: Iterable[Variant], *, seed: int
) -> list[Variant]:
    """The variants that explain what a student answered in a check.

    A variant explains it if the student's last wrong answer is its answer too. Other functions are ignored. In the same
    function, or on the same object, the student must be wrong wherever the variant is.

    Args:
        raised: the words of the exception that ended the record, or "".
        reference: its source text.
        seed: of the student's global random numbers in this check.
    """
    replies = _replies(events, raised, Shadow(reference, seed))
    last = _last_wrong(replies)
    if last is None:
        return []
    if not any(holds(reply.theirs.value, ObjectRef) for reply in replies):
        # With objects a shadow must be asked everything, to keep its own in step with the student's.
        replies = [reply for reply in replies if reply.action.name == last.name]
    return [variant for variant in variants if _explains(Shadow(variant.source, seed), replies, last)]


def _replies(events: Iterable[Event], raised: str, reference: Shadow) -> list[_Reply]:
    """Every request that can be repeated, with both answers."""
    replies = []
    for event in events:
        theirs = _student_answer(event, raised)
        if theirs is None or not event.intact:
            continue
        right = reference.answer(event.action, theirs)
        replies.append(_Reply(event.action, theirs, right, wrong=not theirs.is_like(right)))
    return replies


def _last_wrong(replies: Sequence[_Reply]) -> Action | None:
    """The last request that was answered wrongly."""
    for reply in reversed(replies):
        if reply.wrong:
            return reply.action
    return None


def _explains(shadow: Shadow, replies: Iterable[_Reply], last: Action) -> bool:
    """Whether a shadow gives the last wrong answer too, and goes wrong nowhere that refutes it."""
    explains = False
    for reply in replies:
        mine = shadow.answer(reply.action, reply.theirs)
        if mine.is_like(reply.theirs):
            explains = explains or reply.wrong
        elif not mine.is_like(reply.right) and _refutes(reply, last):
            return False
        elif reply.wrong:
            explains = False
    return explains


def _refutes(reply: _Reply, last: Action) -> bool:
    """Whether a reply speaks against a variant that goes wrong in it, and otherwise than the student.

    It does so in the function of the last wrong answer. On the same object it does so only where the student is right:
    a student who is wrong there too may have another mistake besides.
    """
    if reply.action.name == last.name:
        return True
    return not reply.wrong and _on_one_object(reply.action, last)


def _student_answer(event: Event, raised: str) -> Answer | None:
    """What the student answered; None if nothing came back and nothing is known of the reason."""
    if event.answer is not NOTHING:
        objects = _objects_in(event.answer)
        return Answer(event.answer, len(event.changed), calls=event.calls, objects=objects)
    if event.raised:
        return Answer(raised=event.raised)
    if isinstance(event.action, Assign):
        return Answer()
    if raised:
        return Answer(raised=raised)
    return None


def _on_one_object(action: Action, other: Action) -> bool:
    return action.target is not None and action.target == other.target


def _objects_in(value: Any) -> dict[Place, int]:
    """The numbers of the objects in a value, by their places."""
    return {place: leaf.id for place, leaf in leaves(value) if isinstance(leaf, ObjectRef)}
