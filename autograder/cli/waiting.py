"""While checks run, the last line of a terminal says which one, and for how long already."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from ..checking.registry import Check

SILENT = 1.0  # seconds; what takes no longer needs no word
PER_SECOND = 4


class Waiting:
    """The line, for checks that run in this order."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._left = list(checks)
        self._since = time.monotonic()

    def decided(self, name: str) -> None:
        """A check is over."""
        self._left = [check for check in self._left if check.name != name]
        self._since = time.monotonic()

    def __rich__(self) -> Text:
        seconds = time.monotonic() - self._since
        if not self._left or seconds < SILENT:
            return Text("")
        text = Text(f"  running for {seconds:.0f} s (Ctrl-C stops): {self._left[0].title}", style="dim")
        text.no_wrap = True
        text.overflow = "ellipsis"
        return text


@contextlib.contextmanager
def waiting(console: Console, checks: Sequence[Check]) -> Iterator[Waiting]:
    """Show the line inside the block, in a terminal only."""
    line = Waiting(checks)
    # FORCE_COLOR makes a pipe look like a terminal to rich, but nobody waits there.
    if not console.is_terminal or console.is_dumb_terminal or not sys.stdout.isatty():
        yield line
        return
    with Live(line, console=console, refresh_per_second=PER_SECOND, transient=True):
        yield line
