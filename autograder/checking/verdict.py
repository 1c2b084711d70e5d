"""How a check ends early: one exception that carries the outcome and what the student reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..model import Outcome


@dataclass(frozen=True)
class Wording:
    """A text in two versions: in full, and without anything that gives away inputs or answers of a hidden check."""

    full: str
    veiled: str

    def __add__(self, other: Wording) -> Wording:
        """Both, one after the other."""
        return Wording(f"{self.full} {other.full}".strip(), f"{self.veiled} {other.veiled}".strip())

    def shown(self, *, visible: bool) -> str:
        """The version for a check that students can see, or for one that they cannot."""
        return self.full if visible else self.veiled


def plain(text: str) -> Wording:
    """A text that gives nothing away."""
    return Wording(text, text)


@dataclass(frozen=True)
class Difference:
    """A value of the student's beside what it must be: the evidence for a verdict.

    Args:
        name: what the value is called.
        found: as it came back, of any type.
        expected: what it must be.
        factors: exact ratios that an explanation may name.
    """

    name: str
    found: Any
    expected: Any
    factors: Mapping[str, float] = field(default_factory=dict)


class Verdict(Exception):
    """A check is decided.

    Args:
        outcome: how it ended.
        message: sentences for the student.
        details: lines with values, shown for visible checks only.
        difference: what the verdict rests on, if it is one value.
    """

    def __init__(
        self, outcome: Outcome, message: str | Wording, details: str = "", *, difference: Difference | None = None
    ) -> None:
        self.wording = plain(message) if isinstance(message, str) else message
        super().__init__(self.wording.full)
        self.outcome = outcome
        self.details = details
        self.difference = difference

    @property
    def message(self) -> str:
        """What it says in full."""
        return self.wording.full


def failed(message: str | Wording, details: str = "", *, difference: Difference | None = None) -> Verdict:
    """The verdict `failed`, to be raised."""
    return Verdict(Outcome.FAILED, message, details, difference=difference)
