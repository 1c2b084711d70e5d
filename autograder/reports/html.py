"""What checks and hints look like in a notebook: HTML, and text where there is none. Text of students is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from ..mark import count_by_outcome
from ..model import Assignment, CheckResult, Exercise, Outcome
from .arrays import Line, Piece
from .inline import in_points, with_code
from .renderers import lines_below, paragraph, shown_of, snippet_of
from .screen import in_words
from .terminal import printed

# A notebook may be light or dark, and no colour can be read on both: each comes with a background of its own.
QUIET = "#57606a"
GOOD = "#1a6e2e"
CAREFUL = "#7a5200"
BAD = "#b3261e"
WHITE = "#ffffff"
ROSE = "#fdeae8"
SYMBOLS = {Outcome.PASSED: ("✓", GOOD), Outcome.NOT_ATTEMPTED: ("·", QUIET), Outcome.SKIPPED: ("»", CAREFUL)}
WRONG = ("✗", BAD)  # a symbol for every colour, for those who see none
SIGN = "display: inline-block; width: 1.3em; text-align: center; border-radius: 3px; font-weight: bold"
LINES = "margin: 0 0 0 1.6em; white-space: pre-wrap; font-family: monospace"


class Report:
    """What checks found, exercise by exercise."""

    def __init__(self, assignment: Assignment, results: Sequence[CheckResult]) -> None:
        self._assignment = assignment
        self._results = results

    def __repr__(self) -> str:
        return printed(self._assignment, self._results)

    def _repr_html_(self) -> str:
        parts: list[str] = []
        for exercise in self._assignment.exercises:
            parts += self._exercise(exercise)
        return "\n".join(parts)

    def _exercise(self, exercise: Exercise) -> Iterator[str]:
        results = [result for result in self._results if result.exercise == exercise.id]
        if not results:
            return
        passed = count_by_outcome(results).get(Outcome.PASSED, 0)
        yield f"<p><b>{escape(exercise.title)}</b>: {passed} of {len(results)} checks passed</p>"
        yield '<ul style="list-style: none; padding-left: 0; margin: 0">'
        said = ""
        for result in results:
            text = paragraph(result)
            if text == said:  # that an exercise is not written need be said only once
                yield _check(result, "")
            else:
                yield _check(result, text)
            said = text
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
        return f"<b>{in_points(self)}</b> of {in_points(self.maximum)} points"


class Told(str):
    """A sentence as the value of a cell: it is shown, and the cells below run on."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<p>{with_code(self)}</p>"


class Hints:
    """The first hints of an exercise."""

    def __init__(self, exercise: Exercise, count: int) -> None:
        self._hints = exercise.hints[:count]
        left = len(exercise.hints) - count
        self._more = f"{left} more: ask again." if left else "There are no more hints."

    def __repr__(self) -> str:
        lines = []
        for number, text in enumerate(self._hints, start=1):
            lines.append(f"Hint {number}: {text}")
        return "\n".join([*lines, self._more])

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{with_code(text)}</li>" for text in self._hints)
        return f"<ol>{items}</ol><p><small>{self._more}</small></p>"


def _check(result: CheckResult, text: str) -> str:
    symbol, colour = SYMBOLS.get(result.outcome, WRONG)
    outcome = ""
    if result.outcome not in (Outcome.PASSED, Outcome.FAILED):
        outcome = f" <small>[{in_words(result.outcome)}]</small>"
    sign = f'<span style="color: {WHITE}; background-color: {colour}; {SIGN}">{symbol}</span>'
    head = f"{sign} {with_code(result.title)}{outcome}"
    return f"<li>{head}{''.join(_below(result, text))}</li>"


def _below(result: CheckResult, text: str) -> Iterator[str]:
    """What stands below the title of a check; what can be copied, and what the code printed, is folded in."""
    if text and result.outcome is not Outcome.PASSED:
        yield f'<div style="margin-left: 1.6em">{with_code(text)}</div>'
    lines = lines_below(shown_of(result))
    if lines:
        yield f'<pre style="{LINES}">{_marked(lines)}</pre>'
    if result.outcome is not Outcome.PASSED:
        yield from _folded("To see it yourself, in Python", snippet_of(result.evidence))
    yield from _folded("printed", result.output.strip())


def _folded(title: str, text: str) -> Iterator[str]:
    """Lines that open on a click, if there are any."""
    if text:
        lines = f'<pre style="{LINES}">{escape(text)}</pre>'
        yield f'<details style="{LINES}"><summary>{title}</summary>{lines}</details>'


def _marked(lines: Sequence[Line]) -> str:
    """Lines in which entries that are wrong have a colour."""
    texts = []
    for line in lines:
        texts.append("".join(map(_piece, line)).rstrip())  # cells at the end of a row are filled up with blanks
    return "\n".join(texts)


def _piece(piece: Piece) -> str:
    text = escape(piece.text)
    if piece.wrong:
        return f'<span style="color: {BAD}; background-color: {ROSE}">{text}</span>'
    return text
