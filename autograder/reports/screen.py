"""What all texts for students in a terminal are made of: titles of checks, blocks below them, lines that are cut.

Every colour comes with a symbol or a number, and text of students is never taken for markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ..evidence import Block
from ..mark import Mark
from ..model import CheckResult, Outcome
from .renderers import lines_below

SHOWN_LINES = 8  # of what the code printed in a check
INDENT = 6
NARROWEST = 20  # of the space for a text, however narrow the terminal is
SHORTEST = 8  # of a text that is cut
WIDEST = 100  # of a line with something at its right end, which the eye must find
SYMBOLS = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.FAILED: ("✗", "red"),
    Outcome.ERROR: ("!", "red"),
    Outcome.NOT_ATTEMPTED: ("·", "dim"),
    Outcome.FORBIDDEN: ("⊘", "red"),
    Outcome.TIMED_OUT: ("⧖", "red"),
    Outcome.OUT_OF_MEMORY: ("▣", "red"),
    Outcome.CRASHED: ("✗", "red"),
    Outcome.SKIPPED: ("»", "yellow"),
    Outcome.GRADER_FAULT: ("?", "magenta"),
}


def in_words(outcome: Outcome) -> str:
    """An outcome as it is written in a sentence."""
    return str(outcome).replace("_", " ")


def counted(outcome: Outcome, count: int) -> str:
    """How many checks ended in one way: 1 error, 3 errors, 3 failed."""
    words = f"{count} {in_words(outcome)}"
    if count > 1 and outcome in (Outcome.ERROR, Outcome.GRADER_FAULT):  # nouns
        words += "s"
    return words


def together(marks: Sequence[Mark]) -> dict[Outcome, int]:
    """How many checks of all marks ended in each outcome that occurred, in the order of `Outcome`."""
    counts = dict.fromkeys(Outcome, 0)
    for mark in marks:
        for outcome, count in mark.outcomes.items():
            counts[outcome] += count
    return {outcome: count for outcome, count in counts.items() if count}


def summary(marks: Sequence[Mark]) -> Text:
    """How many checks ended in which way, in one line."""
    parts = []
    for outcome, count in together(marks).items():
        parts.append(Text(counted(outcome, count), style=SYMBOLS[outcome][1]))
    return Text(", ").join(parts)


class Screen:
    """Prints pieces of a report for a student."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def heading(self, text: str) -> None:
        """The title of an assignment."""
        self.console.print(Text(f"\n{text}", style="bold"))

    def title(self, check: CheckResult) -> None:
        """The title of a check, with how it ended."""
        symbol, style = SYMBOLS[check.outcome]
        title = Text(check.title)
        if check.outcome not in (Outcome.PASSED, Outcome.FAILED):
            title.append(f"  [{in_words(check.outcome)}]", style=style)
        self._hanging(Text(f"  {symbol} ", style=style), title)

    def block(self, text: str | Text, style: str = "") -> None:
        """A text below a title."""
        if isinstance(text, str):
            text = Text(text, style=style)
        if text:
            self._hanging(Text(INDENT * " "), text)

    def printed(self, lines: list[str]) -> None:
        """The beginning of what the code printed."""
        more = len(lines) - SHOWN_LINES
        if more > 1:
            lines = [*lines[:SHOWN_LINES], f"... and {more} more lines"]
        if lines:
            self.block("printed: " + "\n".join(lines), style="dim")

    def snippet(self, code: str) -> None:
        """Lines that reproduce a failure, from the margin on, so that they can be copied."""
        if code:
            self.block("To see it yourself, in Python:", style="dim")
            self.console.print(Text(f"\n{code}\n"), soft_wrap=True)

    def line(self, begin: Text, text: str, *, end: str = "", style: str = "") -> None:
        """One line, whatever the width: the text is cut where it must be, and the end stands at the right."""
        width = min(self.console.width, WIDEST)
        room = width - begin.cell_len
        if end:
            room -= cell_len(end) + 2
        told = Text(" ".join(text.split()), style=style)
        told.truncate(max(SHORTEST, room), overflow="ellipsis")
        gap = max(2, room + 2 - told.cell_len)
        pieces = [begin, told]
        if end:
            pieces += [Text(gap * " "), Text(end, style="dim")]
        self.console.print(Text.assemble(*pieces), soft_wrap=True)

    def _hanging(self, first: Text, text: Text) -> None:
        """A text whose lines after the first begin where the first one does."""
        begin = first
        for line in text.wrap(self.console, max(NARROWEST, self.console.width - len(first))):
            line.rstrip()
            self.console.print(Text.assemble(begin, line), soft_wrap=True)  # wrapped already, with the indent
            begin = Text(len(first) * " ")


def marked(evidence: Sequence[Block]) -> Text:
    """What stands below a message, dim but for entries that are wrong."""
    lines = []
    for line in lines_below(evidence):
        text = Text(style="dim")
        for piece in line:
            text.append(piece.text, style="not dim red" if piece.wrong else "")
        lines.append(text)
    return Text("\n", style="dim").join(lines)
