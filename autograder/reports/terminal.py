"""Results in a terminal, with rich.

Every colour comes with a symbol or a number, and text of students is never taken for markup.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..model import Assignment, CheckResult, Exercise, Mark, Outcome, Result

SHOWN_MISTAKES = 4
SHOWN_LINES = 8  # of what the code printed in a check
WRONG_ENTRY = re.compile(r"\S+ ✗")
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
    is_noun = outcome in (Outcome.ERROR, Outcome.GRADER_FAULT)
    return f"{count} {in_words(outcome)}{'s' if is_noun and count > 1 else ''}"


class CheckPrinter:
    """Prints the checks of one assignment for its student, each as soon as it is decided, under their exercises."""

    def __init__(self, console: Console, assignment: Assignment, *, hints: int) -> None:
        self._console = console
        self._exercises = {exercise.id: exercise for exercise in assignment.exercises}
        self._hints = hints
        self._current: Exercise | None = None
        self._failing: dict[str, bool] = {}  # of exercises that do not pass, whether one of their checks says why
        self._all_passed, self._said = True, ""
        self._reproduced = False
        console.print(Text(f"\n{assignment.title}  ({assignment.slug})", style="bold"))

    def show(self, check: CheckResult) -> None:
        """Print one check; what went wrong is told in full."""
        if self._current is None or self._current.id != check.exercise:
            self.finish()
            self._current, self._all_passed, self._said = self._exercises[check.exercise], True, ""
            self._console.print(Text(f"\n  {self._current.title}", style="underline"))
        self._all_passed &= check.outcome is Outcome.PASSED
        if check.outcome is not Outcome.PASSED:
            wrong = check.outcome in (Outcome.FAILED, Outcome.ERROR)
            self._failing[check.exercise] = wrong or self._failing.get(check.exercise, False)
        symbol, style = SYMBOLS[check.outcome]
        title = Text(check.title)
        if check.outcome not in (Outcome.PASSED, Outcome.FAILED):
            title.append(f"  [{in_words(check.outcome)}]", style=style)
        self._hanging(Text(f"  {symbol} ", style=style), title)
        if check.outcome is not Outcome.PASSED and check.message != self._said:
            self._said = check.message  # that an exercise is not written need be said only once
            self._block(check.message)
        if check.outcome is not Outcome.PASSED:
            self._block(_marked(check.details))
        self._printed(check.output.strip().splitlines())
        self._reproduce(check.snippet)

    def finish(self) -> None:
        """Close the last exercise: if it does not pass yet, say where to begin, and show as many hints as asked for."""
        if self._current is not None and not self._all_passed:
            needed = [self._exercises[id].title for id in self._current.needs if id in self._failing]
            if needed and self._failing[self._current.id]:
                self._block(f'This exercise uses "{needed[0]}", which does not pass yet: begin there.', style="cyan")
            for number, hint in enumerate(self._current.hints[: self._hints], start=1):
                self._block(f"Hint {number} of {len(self._current.hints)}: {hint}", style="cyan")

    def _reproduce(self, snippet: str) -> None:
        """Lines that reproduce the first failure, from the margin on, so that they can be copied."""
        if snippet and not self._reproduced:
            self._reproduced = True
            self._block("To see it yourself, in Python:", style="dim")
            self._console.print(Text(f"\n{snippet}\n"), soft_wrap=True)

    def _printed(self, lines: list[str]) -> None:
        """The beginning of what the code printed."""
        more = len(lines) - SHOWN_LINES
        shown = lines if more <= 1 else [*lines[:SHOWN_LINES], f"... and {more} more lines"]
        if shown:
            self._block("printed: " + "\n".join(shown), style="dim")

    def _block(self, text: str | Text, style: str = "") -> None:
        if text:
            self._hanging(Text(6 * " "), Text(text, style=style) if isinstance(text, str) else text)

    def _hanging(self, first: Text, text: Text) -> None:
        """A text whose lines after the first begin where the first one does."""
        begin = first
        for line in text.wrap(self._console, max(20, self._console.width - len(first))):
            line.rstrip()
            self._console.print(Text.assemble(begin, line), soft_wrap=True)
            begin = Text(len(first) * " ")


def _marked(details: str) -> Text:
    """Lines with values, dim but for the entries that are marked as wrong."""
    text = Text(details, style="dim")
    for match in WRONG_ENTRY.finditer(details):
        text.stylize("not dim red", *match.span())
    return text


def printed(assignment: Assignment, checks: Sequence[CheckResult]) -> str:
    """The checks of one assignment as plain text."""
    console = Console(file=io.StringIO(), width=100, highlight=False, color_system=None, force_jupyter=False)
    printer = CheckPrinter(console, assignment, hints=0)
    for check in checks:
        printer.show(check)
    return console.file.getvalue().strip("\n")


def summary(marks: Sequence[Mark]) -> Text:
    """How many checks ended in which way, in one line."""
    counts = _together(marks)
    return Text(", ").join(
        Text(counted(outcome, count), style=SYMBOLS[outcome][1]) for outcome, count in counts.items()
    )


def marks_table(marks: Sequence[Mark], slugs: Sequence[str]) -> Table:
    """Marks of a class: a row per student, a column per assignment, and what stands out about each student."""
    present = [slug for slug in slugs if any(m.assignment == slug for m in marks)]
    rows: dict[str, dict[str, Mark]] = {}
    for mark in marks:
        rows.setdefault(mark.student, {})[mark.assignment] = mark
    table = Table(title="Marks", title_style="bold", header_style="bold")
    longest = max((len(mark.student) for mark in marks), default=0)
    table.add_column("student", overflow="fold", min_width=min(28, longest))
    for slug in present:
        table.add_column(slug, justify="right")
    if len(present) > 1:
        table.add_column("total", justify="right")
    table.add_column("remarks", overflow="fold")
    for student, row in sorted(rows.items()):
        cells = [_mark(row[slug]) if slug in row else Text("-", style="dim") for slug in present]
        if len(present) > 1:
            total, maximum = sum(m.score for m in row.values()), sum(m.max_score for m in row.values())
            cells.append(Text(f"{total:.1f}/{maximum:g}"))
        table.add_row(Text(student), *cells, Text(_remarks(list(row.values())), style="dim"))
    return table


def moved_table(moved: Sequence[tuple[Result, Result]]) -> Table:
    """Whose mark moved, by how much, and which checks did it; pairs of (before, after)."""
    table = Table(title="Marks that moved", title_style="bold", header_style="bold")
    for name in ("student", "assignment", "before", "after", "checks"):
        table.add_column(name, justify="right" if name in ("before", "after") else "left", overflow="fold")
    for before, after in sorted(moved, key=lambda pair: (pair[1].student, pair[1].assignment)):
        old = {check.name: in_words(check.outcome) for check in before.checks}
        new = {check.name: in_words(check.outcome) for check in after.checks}
        reasons = [
            f"{name}: {old.get(name, 'not there')} -> {new.get(name, 'not there')}"
            for name in dict.fromkeys([*old, *new])
            if old.get(name) != new.get(name)
        ]
        why = "\n".join(reasons) or "the weights of the checks"
        cells = (after.student, after.assignment, f"{before.score:.1f}", f"{after.score:.1f}", why)
        table.add_row(*map(Text, cells))
    return table


def _mark(mark: Mark) -> Text:
    share = mark.score / mark.max_score
    style = "green" if share > 0.999 else "red" if share < 0.5 else "yellow"
    return Text(f"{mark.score:.1f}/{mark.max_score:g}", style=style)


def _together(marks: Sequence[Mark]) -> dict[Outcome, int]:
    """Outcomes of all marks, counted together."""
    counts = {outcome: sum(mark.outcomes.get(outcome, 0) for mark in marks) for outcome in Outcome}
    return {outcome: count for outcome, count in counts.items() if count}


def _remarks(marks: list[Mark]) -> str:
    """Notes on the files, the mistakes that were recognised, and outcomes other than right or wrong."""
    notes = [note for mark in marks for note in mark.notes]
    mistakes = list(dict.fromkeys(m.replace("_", " ") for mark in marks for m in mark.misconceptions))
    if len(mistakes) > SHOWN_MISTAKES:
        mistakes[SHOWN_MISTAKES:] = [f"and {len(mistakes) - SHOWN_MISTAKES} more"]
    usual = (Outcome.PASSED, Outcome.FAILED)
    counts = {outcome: count for outcome, count in _together(marks).items() if outcome not in usual}
    found = "; ".join([*mistakes, *(counted(outcome, count) for outcome, count in counts.items())])
    return " ".join(filter(None, [*notes, found]))
