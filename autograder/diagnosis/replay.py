"""What the reference and its wrong variants would have answered to the very calls that a student answered.

A shadow is such a module in this process. It is asked what the student was asked, on the same arguments, so that one
wrong answer does not change the questions after it, and no check has to run again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from ..actions import Action, Assign, Call, with_values
from ..checking.local import LocalChannel, module_from
from ..checking.transcript import NOTHING, Event
from ..checking.verdict import Verdict
from ..model import ObjectRef
from ..values import CONTAINERS, leaves, with_parts
from .agreement import alike


@dataclass(frozen=True)
class Answer:
    """What came back: a value, and how many inputs were written into; or the words of an exception."""

    value: Any = None
    changed: int = 0
    raised: str = ""

    def is_like(self, other: Answer) -> bool:
        """Whether both are the same up to rounding; of two exceptions, one may say more at its end."""
        if self.raised or other.raised:
            shorter, longer = sorted((self.raised, other.raised), key=len)
            return bool(shorter) and longer.startswith(shorter)
        return self.changed == other.changed and alike(self.value, other.value)


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

    def answer(self, action: Action, theirs: Answer) -> Answer:
        """Its own answer; an object in it will stand for the student's object in the same place."""
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
        self._objects |= dict(_objects_in_the_same_place(theirs.value, mine.value))
        return mine

    def _answer(self, action: Action) -> Answer:
        own = dataclasses.replace(with_values(action, self._own), target=self._target(action))
        (answer,) = self._channel.ask([own])
        observed = isinstance(action, Call) and action.observe
        return Answer(answer.value, len(answer.changed) if observed else 0)

    def _target(self, action: Action) -> int | None:
        return None if action.target is None else self._objects[action.target].id

    def _own(self, value: Any) -> Any:
        """An argument with our objects in the places of the student's."""
        if isinstance(value, ObjectRef):
            return self._objects[value.id]
        if isinstance(value, CONTAINERS):
            return with_parts(value, self._own)
        return value


class _Reply(NamedTuple):
    """What a student answered to a request, and what was right."""

    action: Action
    theirs: Answer
    right: Answer

    @property
    def wrong(self) -> bool:
        return not self.theirs.is_like(self.right)


def explaining(
    events: Iterable[Event], raised: str, reference: str, variants: dict[Hashable, str], *, seed: int
) -> list[Hashable]:
    """Keys of the variants that explain what a student answered in a check.

    A variant explains it if the last wrong answer is its answer too. What other functions answered may have other
    reasons; but where the variant goes wrong in the same function, at another call, the student must do so as well, and
    so with the same object.

    Args:
        raised: the words of the exception that ended the record, or "".
        reference, variants: source texts.
        seed: of the student's global random numbers in this check.
    """
    replies = _replies(events, raised, Shadow(reference, seed))
    wrong = [reply.action for reply in replies if reply.wrong]
    if not wrong:
        return []
    if not any(_has_object(reply.theirs.value) for reply in replies):  # which would have to be kept in step
        replies = [reply for reply in replies if reply.action.name == wrong[-1].name]
    return [key for key, text in variants.items() if _explains(Shadow(text, seed), replies, wrong[-1])]


def _replies(events: Iterable[Event], raised: str, reference: Shadow) -> list[_Reply]:
    """Every request that can be repeated, with both answers."""
    replies = []
    for event in events:
        theirs = _theirs(event, raised)
        if theirs is not None and event.intact:
            replies.append(_Reply(event.action, theirs, reference.answer(event.action, theirs)))
    return replies


def _explains(shadow: Shadow, replies: list[_Reply], last: Action) -> bool:
    explains = False
    for reply in replies:
        mine = shadow.answer(reply.action, reply.theirs)
        if mine.is_like(reply.theirs):
            explains = explains or reply.wrong
        elif not mine.is_like(reply.right) and (
            reply.action.name == last.name or (not reply.wrong and _on_one_object(reply.action, last))
        ):
            return False
        else:
            explains = explains and not reply.wrong
    return explains


def _theirs(event: Event, raised: str) -> Answer | None:
    """What the student answered; None if nothing came back and nothing is known of the reason."""
    if event.answer is not NOTHING:
        return Answer(event.answer, len(event.changed))
    if isinstance(event.action, Assign):
        return Answer()
    return Answer(raised=raised) if raised else None


def _on_one_object(action: Action, other: Action) -> bool:
    return action.target is not None and action.target == other.target


def _has_object(value: Any) -> bool:
    return any(isinstance(leaf, ObjectRef) for _, leaf in leaves(value))


def _objects_in_the_same_place(theirs: Any, mine: Any) -> list[tuple[int, ObjectRef]]:
    if isinstance(theirs, ObjectRef) and isinstance(mine, ObjectRef):
        return [(theirs.id, mine)]
    if isinstance(theirs, list | tuple) and isinstance(mine, list | tuple):
        return [pair for a, b in zip(theirs, mine, strict=False) for pair in _objects_in_the_same_place(a, b)]
    if isinstance(theirs, dict) and isinstance(mine, dict):
        both = theirs.keys() & mine.keys()
        return [pair for key in both for pair in _objects_in_the_same_place(theirs[key], mine[key])]
    return []
