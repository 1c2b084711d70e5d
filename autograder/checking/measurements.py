"""`@measurement`: a number that a handout quotes, and how an assignment's measure.py finds it again."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Values = float | Mapping[str, float]  # one number, or several by name


@dataclass(frozen=True)
class Measurement:
    """What an assignment measures of its reference: a function of (student, case), as a check is.

    Args:
        run: returns a number, or several by name. Its docstring is the title of the row.
        says: the words of the handout that quote it; "" if the handout does not.
        quoted: what the handout quotes, by data set; a number, or several by the names that `run` gives them.
        tolerance: how far the mean over some seeds may lie from that.
    """

    run: Callable
    says: str
    quoted: Mapping[str, Values]
    tolerance: float

    @property
    def name(self) -> str:
        return self.run.__name__

    @property
    def title(self) -> str:
        return " ".join((inspect.getdoc(self.run) or self.name).split())

    @property
    def line(self) -> int:
        """1-based line of the definition in its file."""
        return self.run.__code__.co_firstlineno


def measurement(
    *, says: str = "", quoted: Mapping[str, Values] | None = None, tolerance: float = 0.0
) -> Callable[[Callable], Measurement]:
    """Declare a function of (student, case) to measure what a handout quotes; `autograder measure` runs it.

    Args:
        says: the words of the handout that quote it.
        quoted: by data set, the number that they quote, or several by name.
        tolerance: how far the mean over some seeds may lie from that.
    """

    def declare(function: Callable) -> Measurement:
        return Measurement(function, says, quoted or {}, tolerance)

    return declare
