"""What the reference and its wrong variants would have answered to the calls that a student answered.

A shadow is such a module in this process. It is asked what the student was asked, on the same arguments, so that one
wrong answer does not change the questions after it, and no check has to run again.
"""

from __future__ import annotations

import dataclasses
import dis
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import torch

from ..actions import Action, Assign, Call, Operate, with_values
from ..checking.local import LocalChannel, module_from
from ..checking.transcript import NOTHING, Event
from ..checking.verdict import Verdict
from ..model import AttributeRef, ObjectRef
from ..values import leaves, mapped
from .agreement import alike, holds, tells_something
from .check_run import functions_of
from .variants import Variant

# A call on more is not repeated. Without training, no call of the six assignments sends and returns more than 411,000
# numbers in tensors, or 103 values; what a student's code returns may have any number of either.
MOST_ENTRIES = 1_000_000
MOST_PARTS = 10_000
# At the end of a student's exception: the line that raised it is a statement of its own, which chose the words.
OWN_STATEMENT = re.compile(r": `(raise|assert)\b[^\n]*`\)$")
# In words that show an object: its module, and where in memory it is.
IDENTITY = re.compile(r"(?<=<)[\w.]+\.(?=\w+ object at 0x)| at 0x[0-9a-fA-F]+")

Place = tuple[Any, ...]  # the keys that lead to a value in an answer


@dataclass(frozen=True)
class Answer:
    """What came back: a value, and how many inputs were written into; or the words of an exception.

    Args:
        calls: what functions of ours were called with meanwhile, as far as the check looks at that.
        objects: which objects are in the value, by the numbers of the student's.
        own_words: whether a statement of the module raised the exception, and no library.
    """

    value: Any = None
    changed: int = 0
    raised: str = ""
    own_words: bool = False
    calls: Sequence[Any] = ()
    objects: Mapping[Place, int] = field(default_factory=dict)

    def is_like(self, other: Answer) -> bool:
        """Whether both are the same up to rounding; of two exceptions, one may say more at its end.

        Of two that are raised by statements of their own only the kinds are compared, since each author has own words.
        """
        if self.own_words and other.own_words:
            return _kind(self) == _kind(other)
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
            words = IDENTITY.sub("", verdict.message.rstrip(": "))
            return Answer(raised=words, own_words=_is_raised_by_a_statement(verdict.__cause__))
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
class Reply:
    """What a student answered to a request, and what was right.

    Args:
        function: what was asked for, as `functions_of` tells it.
        wrong: whether the two differ.
        tells: whether the wrong answer is one that few mistakes give.
    """

    action: Action
    function: str
    theirs: Answer
    right: Answer
    wrong: bool
    tells: bool


class Says(Enum):
    """What a student's answers say about a wrong variant."""

    AGREES = "agrees"  # they are its answers, and few other mistakes would give them
    FITS = "fits"  # they are its answers, but degenerate ones or exceptions, which many mistakes give
    CONTRADICTS = "contradicts"  # one of them is not its answer
    NOTHING = "nothing"


def replies_of(events: Sequence[Event], raised: str, reference: str, *, seed: int) -> list[Reply]:
    """Every request of a check that can be repeated, with the student's answer and the reference's.

    Args:
        raised: the words of the exception that ended the check, or "".
        reference: its source text.
        seed: of the student's global random numbers in this check.
    """
    shadow = Shadow(reference, seed)
    replies = []
    for event, function in zip(events, functions_of(events), strict=True):
        theirs = student_answer(event, raised)
        if theirs is None or not event.intact or not is_small(event):
            continue
        right = shadow.answer(event.action, theirs)
        wrong = not theirs.is_like(right)
        tells = wrong and _tells(theirs, right, event)
        replies.append(Reply(event.action, function, theirs, right, wrong, tells))
    return replies


def last_wrong(replies: Sequence[Reply]) -> str:
    """The function, method or attribute that was answered wrongly last, or ""."""
    for reply in reversed(replies):
        if reply.wrong:
            return reply.function
    return ""


def what_they_say(replies: Sequence[Reply], function: str, variant: Variant, *, seed: int) -> Says:
    """What the answers of one function say about a variant: every one of them must be its answer.

    Answers of other functions are ignored, since they may be wrong for reasons of their own. But where the student is
    right on the same object, the variant must be right too: its answers follow from what it did before.
    """
    if not any(holds(reply.theirs.value, ObjectRef) for reply in replies):
        # With objects a shadow must be asked everything, to keep its own in step with the student's.
        replies = [reply for reply in replies if reply.function == function]
    objects = {reply.action.target for reply in replies if reply.function == function} - {None}
    shadow = Shadow(variant.source, seed)
    says = Says.NOTHING
    for reply in replies:
        mine = shadow.answer(reply.action, reply.theirs)
        agrees = mine.is_like(reply.theirs)
        if reply.function != function:
            if not agrees and not reply.wrong and reply.action.target in objects:
                return Says.CONTRADICTS
        elif not agrees:
            both_raised = bool(mine.raised and reply.theirs.raised)  # in other words, which depend on the library used
            if not both_raised and (reply.wrong or not mine.is_like(reply.right)):
                return Says.CONTRADICTS
        elif reply.tells:
            says = Says.AGREES
        elif reply.wrong and says is Says.NOTHING:
            says = Says.FITS
    return says


def what_they_say_of_their_own(replies: Sequence[Reply], function: str) -> Says:
    """What `what_they_say` finds of a variant whose text is the student's, without asking it."""
    about_it = [reply for reply in replies if reply.function == function]
    if any(reply.tells for reply in about_it):
        return Says.AGREES
    if any(reply.wrong for reply in about_it):
        return Says.FITS
    return Says.NOTHING


def student_answer(event: Event, raised: str) -> Answer | None:
    """What the student answered; None if nothing came back and nothing is known of the reason."""
    if event.answer is not NOTHING:
        objects = _objects_in(event.answer)
        return Answer(event.answer, len(event.changed), calls=event.calls, objects=objects)
    if not event.raised and isinstance(event.action, Assign):
        return Answer()
    words = IDENTITY.sub("", event.raised or raised)
    if words:
        return Answer(raised=words, own_words=bool(OWN_STATEMENT.search(words)))
    return None


def _tells(theirs: Answer, right: Answer, event: Event) -> bool:
    """Whether a wrong answer is one that few mistakes give."""
    if theirs.raised:
        return False
    if theirs.changed != right.changed or theirs.objects != right.objects or not alike(theirs.calls, right.calls):
        return True
    return tells_something(theirs.value, right.value, event.sent)


def is_small(event: Event) -> bool:
    """Whether few enough values and numbers were sent and came back for the call to be repeated many times."""
    parts = 0
    entries = 0
    for _, leaf in itertools.chain(leaves(event.sent), leaves(event.answer)):
        parts += 1
        if isinstance(leaf, torch.Tensor):
            entries += leaf.numel()
        if parts > MOST_PARTS or entries > MOST_ENTRIES:
            return False
    return True


def _objects_in(value: Any) -> dict[Place, int]:
    """The numbers of the objects in a value, by their places."""
    return {place: leaf.id for place, leaf in leaves(value) if isinstance(leaf, ObjectRef)}


def _kind(answer: Answer) -> str:
    """The name of the exception in an answer, which its words begin with."""
    return re.split(r"\W", answer.raised, maxsplit=1)[0]


def _is_raised_by_a_statement(error: BaseException | None) -> bool:
    """Whether the innermost line that an exception of ours passed is a `raise` or an `assert`."""
    trace = error.__traceback__ if error else None
    if trace is None:
        return False
    while trace.tb_next:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] == dis.opmap["RAISE_VARARGS"]
