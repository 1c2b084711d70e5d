"""A check that was run on a student's code, and what its answers can tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..checking.registry import Check
from ..checking.transcript import NOTHING, Event
from ..checking.verdict import Verdict
from ..model import ObjectRef, Outcome, Seed
from ..values import leaves
from .resampling import finding


def functions_of(events: Iterable[Event]) -> list[str]:
    """What each event asked for: a function, or a method or attribute with the function that returned its object.

    So `step` of one class is another function than `step` of the next.
    """
    makers: dict[int, str] = {}  # by the number of an object
    functions = []
    for event in events:
        function = event.action.name
        if event.action.target in makers:
            function = f"{makers[event.action.target]}.{function}"
        functions.append(function)
        for _, leaf in leaves(event.answer):
            if isinstance(leaf, ObjectRef):
                makers.setdefault(leaf.id, function)
    return functions


@dataclass(frozen=True)
class CheckRun:
    """A check that was run, and everything that came back in it.

    Args:
        verdict: how it ended, `failed` or `error`; None if it passed.
        rows: of the data set that was trained on; 0 if there was none.
        unread: how many of the events, at the end, the check did not look at: they were asked for in one message with
            the one that failed.
    """

    check: Check
    verdict: Verdict | None
    events: Sequence[Event]
    rows: int = 0
    unread: int = 0

    @property
    def taken(self) -> int:
        """How many of the events the check looked at."""
        return len(self.events) - self.unread

    @property
    def name(self) -> str:
        """The name of the check."""
        return self.check.name

    @property
    def failed(self) -> bool:
        """Whether it did not pass."""
        return self.verdict is not None

    @cached_property
    def uses_generator(self) -> bool:
        """Whether the student was given a generator, a fresh one or one that was drawn from before."""
        for event in self.events:
            for _, leaf in leaves(event.sent):
                if isinstance(leaf, Seed) or (isinstance(leaf, ObjectRef) and leaf.type_name == "Generator"):
                    return True
        return False

    @cached_property
    def functions(self) -> list[str]:
        """What each event asked for, in order; see `functions_of`."""
        return functions_of(self.events)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The functions, methods and attributes that were asked for."""
        return frozenset(self.functions)

    @property
    def last_asked(self) -> str:
        """What was asked for last, or ""."""
        if not self.events:
            return ""
        return self.functions[-1]

    @property
    def answers(self) -> list[Any]:
        """Everything that came back, in order."""
        return [event.answer for event in self.events if event.answer is not NOTHING]

    @property
    def raised(self) -> str:
        """The words of the student's exception, or ""."""
        if self.verdict is not None and self.verdict.outcome is Outcome.ERROR:
            return self.verdict.message
        return ""

    @property
    def finding(self) -> str:
        """What the check found, in words without chance; "" if nothing."""
        if self.verdict is None:
            return ""
        return finding(self.verdict)

    @property
    def stochastic(self) -> bool:
        """Whether the verdict may rest on chance: on draws, or on words about no single value."""
        if self.verdict is None or not self.finding:
            return False
        return self.uses_generator or self.verdict.difference is None
