"""What checks found, so that it fits a screen: a line for each exercise, and one failure in full.

What a student reads first stands last, where the eye is when the command ends: the lines come first, then the first
failure with its named mistake, and whoever calls this adds the next step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from ..model import NOT_WRITTEN, Assignment, CheckResult, Exercise, Outcome
from ..standing import Standing
from .renderers import paragraph, shown_of, snippet_of
from .screen import INDENT, SYMBOLS, Screen, in_words, marked

AS_ABOVE = "as above"
IS_NOT_WRITTEN = NOT_WRITTEN.partition(" exercise ")[2]  # the end, too, of what is said of a single function


class Overview:
    """Prints the exercises of assignments, each as soon as its checks are decided, and then one failure in full.

    Args:
        alone: whether there is one assignment only; of several, one in which nothing is written has a single line.
    """

    def __init__(self, console: Console, *, alone: bool = True) -> None:
        self._screen = Screen(console)
        self._alone = alone
        self._said: set[str] = set()
        self._failures: list[CheckResult] = []
        self._cause_of_first: Exercise | None = None

    def begin(self, assignment: Assignment, expected: Mapping[str, int]) -> None:
        """An assignment comes next.

        Args:
            expected: how many checks each exercise has, by its id.
        """
        self._assignment = assignment
        self._expected = expected
        self._decided: dict[str, dict[str, CheckResult]] = {}  # by exercise and name: a fault may replace a check
        self._standings: dict[str, Standing] = {}
        self._unwritten: list[Exercise] = []  # not shown yet: there may be nothing else
        self._has_heading = False
        self._said.clear()

    def show(self, check: CheckResult) -> None:
        """Take one check; its exercise is shown with the last of them."""
        decided = self._decided.setdefault(check.exercise, {})
        decided[check.name] = check
        if len(decided) == self._expected[check.exercise]:
            self._show_exercise(self._exercise(check.exercise), list(decided.values()))

    def finish_assignment(self, checks: Sequence[CheckResult]) -> None:
        """Show what is left of an assignment.

        Args:
            checks: all of it, with the names of known mistakes.
        """
        failures = [check for check in checks if not check.outcome.is_quiet]
        if failures and not self._failures:
            self._cause_of_first = self._cause(self._exercise(failures[0].exercise))
        self._failures += failures
        if self._has_heading or self._alone:
            self._show_unwritten()
            return
        symbol, style = SYMBOLS[Outcome.NOT_ATTEMPTED]
        title = f"{self._assignment.title}  ({self._assignment.slug})"
        self._screen.line(Text(f"{symbol} ", style=style), title, end="not written yet")

    def finish(self) -> int:
        """Show the first failure of all in full; returns how many there are."""
        if self._failures:
            self._show_in_full(self._failures[0], self._failures[1:])
        return len(self._failures)

    def hints(self, exercise: Exercise, count: int) -> None:
        """The first hints of an exercise."""
        for number, hint in enumerate(exercise.hints[:count], start=1):
            self._screen.block(f"Hint {number} of {len(exercise.hints)}: {hint}", style="cyan")

    def _exercise(self, id: str) -> Exercise:
        return next(exercise for exercise in self._assignment.exercises if exercise.id == id)

    def _number(self, exercise: Exercise) -> int:
        return self._assignment.exercises.index(exercise) + 1

    def _show_exercise(self, exercise: Exercise, checks: list[CheckResult]) -> None:
        """A line for an exercise, and one for each of its failures that may have a cause of its own."""
        standing = Standing.of(checks)
        self._standings[exercise.id] = standing
        texts = {paragraph(check) for check in checks if check.outcome is not Outcome.PASSED}
        if standing.outcome is Outcome.NOT_ATTEMPTED and self._says_no_more(checks, texts):
            self._unwritten.append(exercise)
            return
        self._show_unwritten()
        if texts and texts <= self._said:
            self._exercise_line(exercise, standing, AS_ABOVE)
        elif self._cause(exercise):
            self._exercise_line(exercise, standing, self._consequence(exercise, standing))
        else:
            self._exercise_line(exercise, standing, points_in_words(standing.points, standing.max_points))
            self._show_failures([check for check in checks if check.outcome is not Outcome.PASSED])
            self._show_measured(checks)
        self._said |= texts

    def _says_no_more(self, checks: list[CheckResult], texts: set[str]) -> bool:
        """Whether checks say only that their exercise is not written, or nothing of what it imports of others."""
        if texts == {NOT_WRITTEN}:
            return True
        if not self._assignment.imports or any(check.outcome is Outcome.PASSED for check in checks):
            return False
        return all(text.endswith(IS_NOT_WRITTEN) for text in texts)

    def _show_unwritten(self) -> None:
        """A line for each exercise that was held back."""
        if not self._has_heading:
            self._has_heading = True
            self._screen.heading(f"{self._assignment.title}  ({self._assignment.slug})")
        for exercise in self._unwritten:
            self._exercise_line(exercise, self._standings[exercise.id], "not written yet")
        self._unwritten.clear()

    def _exercise_line(self, exercise: Exercise, standing: Standing, end: str) -> None:
        symbol, style = SYMBOLS[standing.outcome]
        begin = Text(f"  {symbol} {self._number(exercise)} ", style=style)
        self._screen.line(begin, exercise.title, end=end)

    def _cause(self, exercise: Exercise) -> Exercise | None:
        """An exercise that does not pass and that this one needs, if this one does not pass either."""
        if self._standings[exercise.id].outcome is Outcome.PASSED:
            return None
        for id in exercise.needs:
            if id in self._standings and self._standings[id].outcome is not Outcome.PASSED:
                return self._exercise(id)
        return None

    def _consequence(self, exercise: Exercise, standing: Standing) -> str:
        cause = self._cause(exercise)
        assert cause is not None
        if standing.outcome.is_quiet:
            return f"waits for {self._number(cause)}"
        points = points_in_words(standing.points, standing.max_points)
        return f"may follow from {self._number(cause)}: {points}"

    def _show_failures(self, checks: list[CheckResult]) -> None:
        """A line for each check that does not pass; those that were not run for the same reason share one."""
        alike: dict[str, list[CheckResult]] = {}
        for check in checks:
            key = check.name
            if check.outcome not in (Outcome.FAILED, Outcome.ERROR):
                key = paragraph(check)
            alike.setdefault(key, []).append(check)
        for group in alike.values():
            self._show_alike(group)

    def _show_measured(self, checks: list[CheckResult]) -> None:
        """What checks that passed have to show."""
        for check in checks:
            if check.outcome is Outcome.PASSED:
                self._screen.block(marked(shown_of(check)))

    def _show_alike(self, checks: list[CheckResult]) -> None:
        check = checks[0]
        symbol, style = SYMBOLS[check.outcome]
        begin = Text(f"{INDENT * ' '}{symbol} ", style=style)
        text = paragraph(check)
        if check.outcome is Outcome.NOT_ATTEMPTED:  # it may ask whether a function has another name
            self._screen.block(text, style="dim")
            return
        if check.outcome is Outcome.SKIPPED:  # the reason tells more than the title
            self._screen.line(begin, text, end=_times(checks), style="dim")
            return
        end = ""
        if check.outcome is not Outcome.FAILED:
            end = f"[{in_words(check.outcome)}]"
        if text in self._said:
            end = AS_ABOVE
        if len(checks) > 1:
            end = f"{end} {_times(checks)}"
        self._said.add(text)
        self._screen.line(begin, check.title, end=end)

    def _show_in_full(self, check: CheckResult, others: list[CheckResult]) -> None:
        """A failure, and how many others its mistake explains."""
        self._screen.console.print()
        self._screen.title(check)
        self._screen.block(paragraph(check))
        self._screen.block(marked(check.evidence))
        self._screen.printed(check.output.strip().splitlines())
        explained = sum(bool(check.mistake) and other.mistake == check.mistake for other in others)
        if explained:
            self._screen.block(f"The same mistake explains {explained} more of the failures.", style="dim")
        if self._cause_of_first is not None:
            title = self._cause_of_first.title
            self._screen.block(f'This exercise uses "{title}", which does not pass yet: begin there.', style="cyan")
        self._screen.snippet(snippet_of(check.evidence))


def points_in_words(points: float, maximum: float) -> str:
    """As in "12.5 of 25 points"."""
    return f"{round(points, 1):g} of {round(maximum, 1):g} points"


def _times(checks: Sequence[CheckResult]) -> str:
    if len(checks) == 1:
        return ""
    return f"({len(checks)} checks)"
