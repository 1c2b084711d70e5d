"""What a result holds about a failed check: an explanation, made harmless, without what a hidden check must keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from ..checking.case import Case
from ..checking.registry import Check
from ..checking.student import events
from ..checking.transcript import Event
from ..evidence import Block, CallShown, Frame, Frames, Question, Remark, Text
from ..text import clean
from ..values import leaves
from .cases import Shown, most_telling
from .explanation import Explanation, explanation_of

TOO_MUCH = (MemoryError, RecursionError, ArithmeticError)  # what an answer alone can bring about, by its size
# Numbers and tensors in all answers of a check; the explanation looks at each of them many times.
MOST_EXPLAINED = 20_000
MOST_LINES = 30  # of a student's code, and of words below a message; an exception may pass thousands


class Told(NamedTuple):
    """What a result holds about a failed check."""

    message: str
    evidence: tuple[Block, ...]


def tell(ended: Shown, check: Check, *, rest: Sequence[Event], case_of: Callable[[Check], Case], module: str) -> Told:
    """What a result holds about a check that ended, on code that can be imported from `module`.

    Args:
        rest: what was answered and not looked at.
        case_of: gives the inputs of the check once more.

    The explanation works on untrusted values. Where these, or their numbers, are too large for it, the result holds
    the plain verdict. Any other exception is a fault of ours.
    """
    verdict = ended.verdict
    try:
        if _is_vast([*events(ended.student), *rest]):
            raise MemoryError
        if rest:
            ended = most_telling(ended, rest, check, case_of(check))
        explanation = explanation_of(ended.verdict, ended.student, ended.case, module)
        evidence = explanation.evidence(visible=check.visible)
    except TOO_MUCH:
        # Not a fault, which would earn the points of the check.
        explanation = Explanation(verdict.wording, shown=verdict.evidence)
        evidence = explanation.evidence(visible=check.visible)
    message = clean(explanation.message.shown(visible=check.visible))
    return Told(message, tuple(map(harmless, evidence)))


def _is_vast(made: Sequence[Event]) -> bool:
    """Whether there are more answers than can be explained in a second."""
    parts = (1 for event in made for _ in leaves(event.answer))
    return sum(islice(parts, MOST_EXPLAINED + 1)) > MOST_EXPLAINED


def harmless(block: Block) -> Block:
    """A block without characters that steer a terminal, and without more lines than anybody reads.

    What is not named here holds only numbers and words of ours.
    """
    match block:
        case Question(text, observed):
            return Question(clean(text), clean(observed))
        case Remark(text):
            return Remark(clean(text))
        case CallShown(text):
            return CallShown(clean(text))
        case Frames(frames):
            return Frames(tuple(Frame(clean(frame.place), clean(frame.code)) for frame in frames[-MOST_LINES:]))
        case Text(lines):
            return Text(tuple(map(clean, lines[:MOST_LINES])))
        case _:
            return block
