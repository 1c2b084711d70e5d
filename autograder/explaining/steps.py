"""Which of the things that a check asked for a failure rests on."""

from __future__ import annotations

from ..actions import Read
from ..checking.transcript import NOTHING, Event, find
from ..checking.verdict import NotRaised, Verdict
from ..model import AttributeRef, ObjectRef, Outcome
from ..values import leaves


def place_of(verdict: Verdict, made: list[Event]) -> tuple[Event, tuple] | None:
    """The event whose answer is wrong, and where in the answer."""
    if verdict.difference is not None:
        return find(made, verdict.difference.actual)
    if isinstance(verdict, NotRaised) and made:
        return made[-1], ()
    if verdict.changed:
        return made[-1], ()
    if made and made[-1].answer is NOTHING and verdict.outcome is Outcome.ERROR:
        return made[-1], ()
    return None


def needed(made: list[Event], last: Event) -> list[Event]:
    """The events, in order, without which the last one would have another answer: all about the same objects."""
    past = made[: made.index(last)]
    objects = _objects(last)
    size = -1
    while len(objects) != size:  # until no event adds another object
        size = len(objects)
        for event in past:
            if objects & _objects(event):
                objects |= _objects(event)
    steps = []
    for event in past:
        if objects & _objects(event) and (not isinstance(event.action, Read) or _holds_object(event)):
            steps.append(event)
    return [*steps, last]


def _objects(event: Event) -> set[int]:
    """Numbers of the objects that an event is about."""
    numbers = set()
    if event.action.target is not None:
        numbers.add(event.action.target)
    for _, leaf in leaves([event.sent, event.answer]):
        if isinstance(leaf, ObjectRef):
            numbers.add(leaf.id)
        elif isinstance(leaf, AttributeRef) and leaf.target is not None:
            numbers.add(leaf.target)
    return numbers


def _holds_object(event: Event) -> bool:
    return any(isinstance(leaf, ObjectRef) for _, leaf in leaves(event.answer))
