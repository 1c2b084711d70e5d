"""A check that did not pass, and what its answers can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..checking.registry import Check
from ..checking.transcript import NOTHING, Event
from ..checking.verdict import Verdict
from ..model import Outcome, Seed
from .agreement import holds, nowhere_finite
from .resampling import finding

# Many mistakes raise the same exception or overflow in the same place, so such an answer alone names nothing. What else
# the mistake should fail decides: half of it may have passed beside an exception, which still has its words, but none
# beside an overflow. Chosen by cases that must or must not be named: EVIDENCE in tests/diagnosis/test_naming.py.
PASSED_BESIDE_EXCEPTION = 0.5
PASSED_BESIDE_OVERFLOW = 0.0


@dataclass(frozen=True)
class Failure:
    """A check that did not pass, and everything that came back in it.

    Args:
        verdict: how it ended, `failed` or `error`.
        rows: of the data set that was trained on; 0 if there was none.
    """

    check: Check
    verdict: Verdict
    events: Sequence[Event]
    rows: int = 0

    @property
    def name(self) -> str:
        """The name of the check."""
        return self.check.name

    @property
    def uses_generator(self) -> bool:
        """Whether the student was given a generator."""
        return any(holds(event.sent, Seed) for event in self.events)

    @property
    def last_target(self) -> str:
        """What was asked for last: a function, a method or an attribute."""
        if not self.events:
            return ""
        return self.events[-1].action.name

    @property
    def answers(self) -> list[Any]:
        """Everything that came back, in order."""
        return [event.answer for event in self.events if event.answer is not NOTHING]

    @property
    def raised(self) -> str:
        """The words of the student's exception, or ""."""
        if self.verdict.outcome is Outcome.ERROR:
            return self.verdict.message
        return ""

    @property
    def overflowed(self) -> bool:
        """Whether no number of the last answer is finite."""
        answers = self.answers
        return bool(answers) and nowhere_finite(answers[-1])

    @property
    def may_have_passed(self) -> float | None:
        """The share of the checks a mistake should fail that may have passed all the same, if it is to be named.

        None where the answers say enough by themselves.
        """
        if self.verdict.outcome is Outcome.ERROR:
            return PASSED_BESIDE_EXCEPTION
        if self.overflowed:
            return PASSED_BESIDE_OVERFLOW
        return None

    @property
    def comparable(self) -> bool:
        """Whether its answers can be compared one by one, and few mistakes share them."""
        return not self.rows and not self.uses_generator and self.may_have_passed is None

    @property
    def stochastic(self) -> bool:
        """Whether the verdict may rest on chance: on draws, or on words about no single value."""
        if not finding(self.verdict):
            return False
        return self.uses_generator or self.verdict.difference is None
