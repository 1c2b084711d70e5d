"""How a check ends early: one exception that carries the outcome and what the student reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from ..evidence import Block
from ..model import Outcome


@dataclass(frozen=True)
class Message:
    """A text in two versions: in full, and without anything that reveals inputs or answers of a hidden check."""

    full: str
    redacted: str

    def __add__(self, other: Message) -> Message:
        """Both, one after the other."""
        return Message(f"{self.full} {other.full}".strip(), f"{self.redacted} {other.redacted}".strip())

    def shown(self, *, visible: bool) -> str:
        """The version for a check that students can see, or for one that they cannot."""
        if visible:
            return self.full
        return self.redacted


def plain(text: str) -> Message:
    """A text that reveals nothing, and so is the same in both versions."""
    return Message(text, text)


NOTHING_SAID = plain("")


@dataclass(frozen=True)
class Difference:
    """A value of the student's beside the expected one: the evidence for a verdict.

    Args:
        name: what the value is called.
        actual: as it came back, of any type.
        expected: what it must be.
        factors: exact ratios that an explanation may name.
        wrong: bool tensor, which entries are wrong; None where the values were not compared.
        limit: float64 tensor, the error that is allowed for each entry; None where errors were not measured.
        rtol: the relative error that was allowed.
        question: what the difference suggests, where that is known without a closer look.
    """

    name: str
    actual: Any
    expected: Any
    factors: Mapping[str, float] = field(default_factory=dict)
    wrong: torch.Tensor | None = None
    limit: torch.Tensor | None = None
    rtol: float = 0.0
    question: Message | None = None


class Verdict(Exception):
    """A check is decided.

    Args:
        outcome: how it ended.
        message: sentences for the student.
        evidence: what there is to show besides the difference, for visible checks only.
        difference: what the verdict rests on, if it is one value.
        company: a sentence on the other values that came back with that one.
        changed: names of the inputs that a call changed in place, if that is what the verdict rests on.
    """

    def __init__(
        self,
        outcome: Outcome,
        message: str | Message,
        evidence: Sequence[Block] = (),
        *,
        difference: Difference | None = None,
        company: Message = NOTHING_SAID,
        changed: Sequence[str] = (),
    ) -> None:
        self.fact = _as_message(message)
        self.company = company
        self.outcome = outcome
        self.evidence = tuple(evidence)
        self.difference = difference
        self.changed = changed
        super().__init__(self.message)

    @property
    def wording(self) -> Message:
        """All that it says: the fact, the question and the word on other values."""
        question = NOTHING_SAID
        if self.difference is not None and self.difference.question is not None:
            question = self.difference.question
        return self.fact + question + self.company

    @property
    def message(self) -> str:
        """All that it says, in full."""
        return self.wording.full


class Raised(Verdict):
    """The student's code raised an exception.

    Args:
        kinds: names of the built-in classes that the exception belongs to.
    """

    def __init__(self, message: str | Message, evidence: Sequence[Block] = (), *, kinds: Sequence[str] = ()) -> None:
        super().__init__(Outcome.ERROR, message, evidence)
        self.kinds = kinds


class NotRaised(Verdict):
    """The student's code did not raise the exception that it must.

    Args:
        wanted: the name of that exception.
    """

    def __init__(self, message: Message, evidence: Sequence[Block] = (), *, wanted: str) -> None:
        super().__init__(Outcome.FAILED, message, evidence)
        self.wanted = wanted


def _as_message(message: str | Message) -> Message:
    return plain(message) if isinstance(message, str) else message


def failed(message: str | Message, **more: Any) -> Verdict:
    """The verdict `failed`, to be raised."""
    return Verdict(Outcome.FAILED, message, **more)
