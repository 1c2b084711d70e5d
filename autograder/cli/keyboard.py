"""Single keys from a terminal, without Enter."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator

try:
    import termios
    import tty
except ImportError:  # on Windows, where Ctrl-C must do
    CAN_READ = False
else:
    CAN_READ = True


@contextlib.contextmanager
def keys(handle: Callable[[str], None]) -> Iterator[None]:
    """Inside the block, `handle` is called in a thread with each key that is pressed."""
    if not CAN_READ:
        yield
        return
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    tty.setcbreak(keyboard, termios.TCSANOW)  # Ctrl-C still interrupts
    threading.Thread(target=_read, args=(keyboard, handle), daemon=True).start()
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


def _read(keyboard: int, handle: Callable[[str], None]) -> None:
    with contextlib.suppress(OSError):  # the terminal is gone
        while key := os.read(keyboard, 1):
            handle(key.decode("ascii", "replace").lower())
