"""The loop of `autograder watch`: what was saved is checked again, keys ask for more, and the next step stands last."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import watch

from ..grading.progress import read_progress
from ..reports.progress_map import show_map
from ..reports.screen import Screen
from .desk import SUFFIXES, Task
from .desk_run import DeskRun
from .keyboard import interrupt_main, keys, next_of
from .next_steps import Checked, Step, first_unfinished, next_slug, to_do, unfinished_ids, what_comes_next

if TYPE_CHECKING:
    from rich.console import Console

KEYS = "h hint   a check all   l list   q quit"
STEP_MS = 50  # of silence, after which a save is complete; editors write a file in several steps
PATIENCE = 1.0  # seconds; a run that takes longer is given up for what was saved meanwhile


class Watch:
    """Checks the work in a folder whenever it is saved.

    Args:
        tasks: the assignments to watch.
        folder: where these are.
    """

    def __init__(self, tasks: Sequence[Task], run: DeskRun, screen: Console, folder: Path) -> None:
        self._tasks = {task.slug: task for task in tasks}
        self._run = run
        self._screen = screen
        self._folder = folder
        self._events: queue.Queue[str | set[str]] = queue.Queue()  # a key, or the names of files that were saved
        self._current = self._first()
        self._step: Step | None = None
        self._hints = 0
        self._busy_since: float | None = None
        self._given_up = threading.Event()  # a run was interrupted for a save, not by the student
        self._stopping = threading.Event()

    def go(self) -> None:
        """Watch until the student ends it."""
        saves = threading.Thread(target=self._watch_files, daemon=True)
        with contextlib.suppress(KeyboardInterrupt), keys(self._take_key):
            saves.start()
            self._events.put(set())  # as if the current assignment had been saved
            while True:
                self._handle_next()
        self._stopping.set()
        self._say_goodbye()

    def _first(self) -> Task:
        """The first assignment that is not finished, as far as that is remembered."""
        known = read_progress(self._folder)
        for slug, task in self._tasks.items():
            if unfinished_ids(task, slug, known):
                return task
        return next(iter(self._tasks.values()))

    def _watch_files(self) -> None:
        for changes in watch(self._folder, step=STEP_MS, recursive=False, stop_event=self._stopping):
            names = {Path(path).name for _, path in changes if path.endswith(SUFFIXES)}
            if names:
                self._events.put(names)
                busy = self._busy_since
                if busy is not None and time.monotonic() - busy > PATIENCE:
                    self._given_up.set()
                    interrupt_main()

    def _take_key(self, key: str) -> None:
        if key == "q":
            interrupt_main()
        self._events.put(key)

    def _handle_next(self) -> None:
        """Wait for the next event and handle it; a run that is given up for a save does not end the loop."""
        event: str | set[str] | None = None
        try:
            event = next_of(self._events)
            self._handle(event)
        except KeyboardInterrupt:
            if not self._given_up.is_set():
                raise
            self._given_up.clear()
            # The interrupt may have come late, in the very run that was to be waited for.
            if isinstance(event, set) and not self._was_saved():
                self._events.put(event)

    def _handle(self, event: str | set[str]) -> None:
        if isinstance(event, set):
            self._check(self._concerned(event))
        elif event == "a":
            self._check(list(self._tasks.values()))
        elif event == "h":
            self._show_hints()
        elif event == "l":
            self._show_map()

    def _concerned(self, names: set[str]) -> list[Task]:
        """The assignments to check after files were saved; a module of the student's own concerns the current one."""
        concerned = [task for slug, task in self._tasks.items() if names & {f"{slug}{suffix}" for suffix in SUFFIXES}]
        if concerned:
            self._current = concerned[-1]
            return concerned
        return [self._current]

    def _check(self, tasks: Sequence[Task]) -> None:
        self._screen.clear()
        self._busy_since = time.monotonic()
        try:
            checked = self._run.in_short(tasks)
        finally:
            self._busy_since = None
        self._run.show_sum(checked)
        self._show_next(checked)

    def _was_saved(self) -> bool:
        """Whether a save waits to be handled."""
        return any(isinstance(event, set) for event in list(self._events.queue))

    def _show_next(self, checked: Sequence[Checked]) -> None:
        step = first_unfinished(checked)
        if self._step is None or step is None or step.exercise != self._step.exercise:
            self._hints = 0
        self._step = step
        lines = what_comes_next(checked)
        if step is not None:
            self._current = step.task
            lines = to_do(step)
        self._show_lines(lines)
        if step is None:
            self._go_on(checked[-1].task)

    def _go_on(self, task: Task) -> None:
        """The next assignment is the current one now; it is checked when it is saved."""
        coming = next_slug(task, read_progress(self._folder))
        if coming in self._tasks:
            self._current = self._tasks[coming]

    def _show_hints(self) -> None:
        if self._step is None:
            self._show_lines(["There is nothing to mend here."])
            return
        hints = self._step.exercise.hints
        self._hints = min(self._hints + 1, len(hints))
        screen = Screen(self._screen)
        if hints:
            screen.block(f"Hint {self._hints} of {len(hints)}: {hints[self._hints - 1]}", style="cyan")
        self._show_lines([])

    def _show_map(self) -> None:
        self._screen.clear()
        course = self._current.course
        show_map(self._screen, [course.assignment(slug) for slug in course.slugs], read_progress(self._folder))
        self._show_lines([] if self._step is None else to_do(self._step))

    def _show_lines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self._screen.print(line, markup=False)
        self._screen.print(f"Watching for saves.   {KEYS}", style="dim", markup=False)

    def _say_goodbye(self) -> None:
        self._screen.print("\nUntil next time: what you have done is remembered.")
        known = read_progress(self._folder)
        if any(unfinished_ids(task, slug, known) for slug, task in self._tasks.items()):
            self._screen.print(f"Go on with: autograder watch   ({self._current.file} is next)", markup=False)
        else:
            self._screen.print("Every assignment here is finished: hand in your files.")
