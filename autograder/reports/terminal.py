"""Results in a terminal, with rich.

Every colour comes with a symbol or a number, and text of students is never taken for markup.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..model import Assignment, CheckResult, Exercise, Outcome, Result
from .renderers import paragraph, shown_of, snippet_of
from .screen import Screen, in_words, marked


class CheckPrinter:
    """Prints the checks of one assignment for its student, each as soon as it is decided, under their exercises."""

    def __init__(self, console: Console, assignment: Assignment, *, hints: int) -> None:
        self._screen = Screen(console)
        self._exercises = {exercise.id: exercise for exercise in assignment.exercises}
        self._hints = hints
        self._current: Exercise | None = None
        self._failing: dict[str, bool] = {}  # of exercises that do not pass, whether one of their checks says why
        self._all_passed = True
        self._said = ""
        self._below = Text()
        self._pointed = False  # to the exercise that this one uses
        self._reproduced = False  # one place to begin is enough
        self._screen.heading(f"{assignment.title}  ({assignment.slug})")

    def show(self, check: CheckResult) -> None:
        """Print one check; what went wrong is told in full."""
        if self._current is None or self._current.id != check.exercise:
            self._begin(self._exercises[check.exercise])
        self._screen.title(check)
        if check.outcome is not Outcome.PASSED:
            self._explain(check)
        else:
            self._screen.block(marked(shown_of(check)))
        self._screen.printed(check.output.strip().splitlines())
        self._reproduce(snippet_of(check.evidence))

    def finish(self) -> None:
        """Close the last exercise: if it does not pass yet, show as many hints as asked for."""
        if self._current is None or self._all_passed:
            return
        for number, hint in enumerate(self._current.hints[: self._hints], start=1):
            self._screen.block(f"Hint {number} of {len(self._current.hints)}: {hint}", style="cyan")

    def name(self, checks: Sequence[CheckResult]) -> None:
        """Tell which known mistakes explain failures, once every check is decided."""
        explained: dict[str, list[str]] = {}
        for check in checks:
            if check.mistake:
                explained.setdefault(check.mistake, []).append(check.title)
        if explained:
            self._screen.console.print(Text("\n  What explains it", style="underline"))
        for mistake, titles in explained.items():
            self._screen.block(mistake)
            others = ""
            if len(titles) > 1:
                others = f" (and {len(titles) - 1} more)"
            self._screen.block(f"explains: {titles[0]}{others}", style="dim")

    def _begin(self, exercise: Exercise) -> None:
        """The title of an exercise, after all that belongs to the one before."""
        self.finish()
        self._current = exercise
        self._all_passed = True
        self._said = ""
        self._below = Text()
        self._pointed = False
        self._screen.console.print(Text(f"\n  {exercise.title}", style="underline"))

    def _explain(self, check: CheckResult) -> None:
        """Why a check does not pass."""
        self._all_passed = False
        says_why = check.outcome in (Outcome.FAILED, Outcome.ERROR)
        self._failing[check.exercise] = says_why or self._failing.get(check.exercise, False)
        text = paragraph(check)
        if text != self._said:
            self._said = text  # that an exercise is not written need be said only once
            self._screen.block(text)
        elif says_why:
            self._screen.block("As above.")
        below = marked(check.evidence)
        if below != self._below:
            self._below = below
            self._screen.block(below)
        if says_why:
            self._point_to_needed(self._exercises[check.exercise])

    def _point_to_needed(self, exercise: Exercise) -> None:
        """Say once, below its first failure, which exercise that it uses fails too: to begin there."""
        needed = [name for name in exercise.needs if name in self._failing]
        if needed and not self._pointed:
            self._pointed = True
            title = self._exercises[needed[0]].title
            self._screen.block(f'This exercise uses "{title}", which does not pass yet: begin there.', style="cyan")

    def _reproduce(self, snippet: str) -> None:
        """Lines that reproduce the first failure."""
        if not self._reproduced:
            self._reproduced = bool(snippet)
            self._screen.snippet(snippet)


def printed(assignment: Assignment, checks: Sequence[CheckResult]) -> str:
    """The checks of one assignment as plain text."""
    page = io.StringIO()
    console = Console(file=page, width=100, highlight=False, color_system=None, force_jupyter=False)
    printer = CheckPrinter(console, assignment, hints=0)
    for check in checks:
        printer.show(check)
    return page.getvalue().strip("\n")


def moved_table(moved: Sequence[tuple[Result, Result]]) -> Table:
    """Whose mark moved, by how much, and which checks did it; pairs of (before, after)."""
    table = Table(title="Marks that moved", title_style="bold", header_style="bold")
    for name in ("student", "assignment", "before", "after", "checks"):
        table.add_column(name, justify="right" if name in ("before", "after") else "left", overflow="fold")
    for before, after in sorted(moved, key=lambda pair: (pair[1].student, pair[1].assignment)):
        cells = (after.student, after.assignment, f"{before.score:.1f}", f"{after.score:.1f}", _reasons(before, after))
        table.add_row(*map(Text, cells))
    return table


def _reasons(before: Result, after: Result) -> str:
    """The checks that end otherwise than before, a line each."""
    old = _endings(before)
    new = _endings(after)
    lines = []
    for name in old | new:
        was = old.get(name, "not there")
        is_now = new.get(name, "not there")
        if was != is_now:
            lines.append(f"{name}: {was} -> {is_now}")
    return "\n".join(lines) or "the weights of the checks"


def _endings(result: Result) -> dict[str, str]:
    """How each check ended, by its name."""
    return {check.name: in_words(check.outcome) for check in result.checks}
