"""Results in a terminal, with rich.

Every colour comes with a symbol or a number, and text of students is never taken for markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..model import Assignment, CheckResult, Exercise, Outcome, Result, count_by_outcome

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


class CheckPrinter:
    """Prints the checks of one assignment for its student, each as soon as it is decided, under their exercises."""

    def __init__(self, console: Console, assignment: Assignment, *, hints: int) -> None:
        self._console = console
        self._exercises = {exercise.id: exercise for exercise in assignment.exercises}
        self._hints = hints
        self._current: Exercise | None = None
        self._all_passed = True
        console.print(Text(f"\n{assignment.title}  ({assignment.slug})", style="bold"))

    def show(self, check: CheckResult) -> None:
        """Print one check; what went wrong is told in full."""
        if self._current is None or self._current.id != check.exercise:
            self.finish()
            self._current, self._all_passed = self._exercises[check.exercise], True
            self._console.print(Text(f"\n  {self._current.title}", style="underline"))
        self._all_passed &= check.outcome is Outcome.PASSED
        symbol, style = SYMBOLS[check.outcome]
        line = Text(f"  {symbol} ", style=style).append(check.title, style="default")
        if check.outcome not in (Outcome.PASSED, Outcome.FAILED):
            line.append(f"  [{in_words(check.outcome)}]", style=style)
        self._console.print(line)
        if check.outcome is not Outcome.PASSED:
            self._block(check.message)
            self._block(check.details, style="dim")
        if check.output.strip():
            self._block(f"printed: {check.output.strip()}", style="dim")

    def finish(self) -> None:
        """Close the last exercise: show as many hints as asked for, if it does not pass yet."""
        if self._current is not None and not self._all_passed:
            for number, hint in enumerate(self._current.hints[: self._hints], start=1):
                self._block(f"Hint {number} of {len(self._current.hints)}: {hint}", style="cyan")

    def _block(self, text: str, style: str = "") -> None:
        if text:
            self._console.print(Padding(Text(text, style=style), (0, 0, 0, 6)))


def summary(results: Sequence[Result]) -> Text:
    """How many checks ended in which way, in one line."""
    counts = count_by_outcome(check for result in results for check in result.checks)
    return Text(", ").join(
        Text(f"{count} {in_words(outcome)}", style=SYMBOLS[outcome][1]) for outcome, count in counts.items()
    )


def marks_table(results: Sequence[Result], slugs: Sequence[str]) -> Table:
    """Marks of a class: a row per student, a column per assignment, and what stands out about each student."""
    present = [slug for slug in slugs if any(r.assignment == slug for r in results)]
    table = Table(title="Marks", title_style="bold", header_style="bold")
    table.add_column("student", overflow="fold")
    for slug in present:
        table.add_column(slug, justify="right")
    if len(present) > 1:
        table.add_column("total", justify="right")
    table.add_column("remarks", overflow="fold")
    for student in sorted({r.student for r in results}):
        row = {r.assignment: r for r in results if r.student == student}
        cells = [_mark(row[slug]) if slug in row else Text("-", style="dim") for slug in present]
        if len(present) > 1:
            total, maximum = sum(r.score for r in row.values()), sum(r.max_score for r in row.values())
            cells.append(Text(f"{total:.1f}/{maximum:g}"))
        table.add_row(Text(student), *cells, Text(_remarks(list(row.values())), style="dim"))
    return table


def _mark(result: Result) -> Text:
    share = result.score / result.max_score
    style = "green" if share > 0.999 else "red" if share < 0.5 else "yellow"
    return Text(f"{result.score:.1f}/{result.max_score:g}", style=style)


def _remarks(results: list[Result]) -> str:
    """Notes on the files, the mistakes that were recognised, and outcomes other than right or wrong."""
    notes = [note for result in results for note in result.notes]
    checks = [check for result in results for check in result.checks]
    mistakes = sorted({check.misconception for check in checks if check.misconception})
    usual = (Outcome.PASSED, Outcome.FAILED)
    counts = {o: n for o, n in count_by_outcome(checks).items() if o not in usual}
    unusual = [f"{count} {in_words(outcome)}" for outcome, count in counts.items()]
    return "; ".join(notes + [m.replace("_", " ") for m in mistakes] + unusual)
