"""Checks at a student's desk, shown as they run: what `check` and `watch` share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..grading.progress import remember
from ..grading.runner import grade
from ..mark import Mark
from ..model import CheckResult
from ..plan import Setting
from ..reports.overview import Overview, points_in_words
from ..reports.screen import summary
from ..reports.terminal import CheckPrinter
from ..sandbox.workers import Workers
from .desk import Task
from .next_steps import Checked, first_unfinished
from .waiting import waiting

if TYPE_CHECKING:
    from rich.console import Console


class DeskRun:
    """Checks tasks and shows what they find.

    Args:
        screen: where it is shown.
        hints: how many of them are shown.
    """

    def __init__(self, setting: Setting, workers: Workers, screen: Console, *, hints: int = 0) -> None:
        self._setting = setting
        self._workers = workers
        self._screen = screen
        self._hints = hints
        self._failures = 0  # of which one was shown in full

    def in_full(self, tasks: Sequence[Task]) -> list[Checked]:
        """Check, and show every check as soon as it is decided, with what went wrong in full."""
        checked = []
        for task in tasks:
            printer = CheckPrinter(self._screen, task.assignment, hints=self._hints)
            checked.append(self.quietly(task, printer.show))
            printer.finish()
            printer.name(checked[-1].result.checks)
            self._show_notes(checked[-1])
        return checked

    def in_short(self, tasks: Sequence[Task]) -> list[Checked]:
        """Check, and show what was found so that it fits a screen."""
        overview = Overview(self._screen, alone=len(tasks) == 1)
        checked = []
        for task in tasks:
            overview.begin(task.assignment, Counter(check.exercise for check in task.plan.checks))
            checked.append(self.quietly(task, overview.show))
            overview.finish_assignment(checked[-1].result.checks)
            self._show_notes(checked[-1])
        self._failures = overview.finish()
        step = first_unfinished(checked)
        if step is not None:
            overview.hints(step.exercise, self._hints)
        return checked

    def quietly(self, task: Task, show: Callable[[CheckResult], None] | None = None) -> Checked:
        """Check, and show no more than what `show` does of each check; what came of it is remembered."""
        plan = task.plan
        with waiting(self._screen, {check.name: check.title for check in plan.checks}) as line:

            def decided(check: CheckResult) -> None:
                line.decided(check.name)
                if show is not None:
                    show(check)

            result = grade(plan, task.work, self._setting, workers=self._workers, progress=decided)
        checked = Checked(task, result)
        remember(task.work.folder, task.slug, checked.standings)
        return checked

    def show_sum(self, checked: Sequence[Checked]) -> None:
        """How many points were earned, and how many checks ended in which way."""
        points = 0.0
        maximum = 0.0
        for each in checked:
            for standing in each.standings.values():
                points += standing.points
                maximum += standing.max_points
        marks = [Mark.of(each.result) for each in checked]
        self._screen.print(f"\n{points_in_words(points, maximum)}: ", summary(marks), sep="")
        if self._failures > 1:
            self._screen.print(
                f"The first of {self._failures} failures; autograder check --all shows them all in full.", style="dim"
            )

    def _show_notes(self, checked: Checked) -> None:
        """What is to be said about the file, unless the checks said it already."""
        messages = {check.message for check in checked.result.checks}
        for note in checked.result.notes:
            if note not in messages:
                self._screen.print(f"Note: {note}", markup=False, soft_wrap=True)
