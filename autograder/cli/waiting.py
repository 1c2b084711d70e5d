"""While checks run, the last line of a terminal says which one, and for how long already."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

SILENT = 1.0  # seconds; what takes no longer needs no word
PER_SECOND = 4


class Waiting:
    """The line, for checks that run in this order.

    Args:
        titles: of the checks, by name.
    """

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._left = dict(titles)
        self._since = time.monotonic()

    def decided(self, name: str) -> None:
        """A check is over."""
        self._left.pop(name, None)
        self._since = time.monotonic()

    def __rich__(self) -> Text:
        seconds = time.monotonic() - self._since
        if not self._left or seconds < SILENT:
            return Text("")
        title = next(iter(self._left.values()))
        text = Text(f"  running for {seconds:.0f} s (Ctrl-C stops): {title}", style="dim")
        text.no_wrap = True
        text.overflow = "ellipsis"
        return text


@contextlib.contextmanager
def waiting(console: Console, titles: Mapping[str, str]) -> Iterator[Waiting]:
    """Show the line inside the block, in a terminal only."""
    line = Waiting(titles)
    # FORCE_COLOR makes a pipe look like a terminal to rich, but nobody waits there.
    if not console.is_terminal or console.is_dumb_terminal or not sys.stdout.isatty():
        yield line
        return
    with Live(line, console=console, refresh_per_second=PER_SECOND, transient=True):
        yield line
