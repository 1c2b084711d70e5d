"""What checks and hints look like in a notebook: HTML, and text where there is none. Text of students is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from ..model import Assignment, CheckResult, Exercise, Outcome
from .terminal import in_words, printed

SYMBOLS = {Outcome.PASSED: ("✓", "#3a8f3a"), Outcome.NOT_ATTEMPTED: ("·", "#888"), Outcome.SKIPPED: ("»", "#b8860b")}
WRONG = ("✗", "#d04437")
LINES = "margin: 0 0 0 1.6em; white-space: pre-wrap; font-family: monospace"


class Report:
    """What checks found, exercise by exercise."""

    def __init__(self, assignment: Assignment, results: Sequence[CheckResult]) -> None:
        self._assignment = assignment
        self._results = results

    def __repr__(self) -> str:
        return printed(self._assignment, self._results)

    def _repr_html_(self) -> str:
        return "\n".join(part for e in self._assignment.exercises for part in self._exercise(e))

    def _exercise(self, exercise: Exercise) -> Iterator[str]:
        results = [result for result in self._results if result.exercise == exercise.id]
        if not results:
            return
        passed = sum(result.outcome is Outcome.PASSED for result in results)
        yield f"<p><b>{escape(exercise.title)}</b>: {passed} of {len(results)} checks passed</p>"
        yield '<ul style="list-style: none; padding-left: 0; margin: 0">'
        said = ""
        for result in results:
            yield _check(result, message=result.message if result.message != said else "")
            said = result.message
        yield "</ul>"


class Points(float):
    """Points earned, out of a maximum; its text is the bare number, which nbgrader takes for partial credit."""

    maximum: float

    def __new__(cls, value: float, maximum: float) -> Points:
        points = super().__new__(cls, value)
        points.maximum = maximum
        return points

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(float.__repr__(self))  # %precision must not round it

    def _repr_html_(self) -> str:
        return f"<b>{self:g}</b> of {self.maximum:g} points"


class Hints:
    """The first hints of an exercise."""

    def __init__(self, exercise: Exercise, count: int) -> None:
        self._hints = exercise.hints[:count]
        left = len(exercise.hints) - count
        self._more = f"{left} more: ask again." if left else "There are no more hints."

    def __repr__(self) -> str:
        return "\n".join([*(f"Hint {number}: {text}" for number, text in enumerate(self._hints, 1)), self._more])

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(text)}</li>" for text in self._hints)
        return f"<ol>{items}</ol><p><small>{self._more}</small></p>"


def _check(result: CheckResult, *, message: str) -> str:
    symbol, colour = SYMBOLS.get(result.outcome, WRONG)
    usual = result.outcome in (Outcome.PASSED, Outcome.FAILED)
    outcome = "" if usual else f" <small>[{in_words(result.outcome)}]</small>"
    head = f'<span style="color: {colour}"><b>{symbol}</b></span> {escape(result.title)}{outcome}'
    return f"<li>{head}{''.join(_below(result, message))}</li>"


def _below(result: CheckResult, message: str) -> Iterator[str]:
    """What stands below the title of a check; what the code printed is folded in."""
    if message and result.outcome is not Outcome.PASSED:
        yield f'<div style="margin-left: 1.6em">{escape(message)}</div>'
    if result.details and result.outcome not in (Outcome.PASSED, Outcome.NOT_ATTEMPTED):
        yield f'<pre style="{LINES}">{escape(result.details)}</pre>'
    if result.output.strip():
        text = escape(result.output.strip())
        yield f'<details style="{LINES}"><summary>printed</summary><pre style="{LINES}">{text}</pre></details>'
