"""Single keys from a terminal, without Enter, on every system; and Ctrl-C for a main thread that waits."""

from __future__ import annotations

import _thread
import contextlib
import importlib
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

try:
    import termios
    import tty
except ImportError:  # on Windows
    HAS_TERMIOS = False
else:
    HAS_TERMIOS = True

BEFORE_A_CODE = ("\0", "\xe0")  # what Windows gives for an arrow or a function key; a code follows
CTRL_C = "\x03"
CAN_INTERRUPT = hasattr(signal, "pthread_kill")
LOOK_UP_SECONDS = 0.1  # where nothing can interrupt a wait
Item = TypeVar("Item")


@contextlib.contextmanager
def keys(handle: Callable[[str], None]) -> Iterator[None]:
    """Inside the block, `handle` is called in a thread with each key that is pressed."""
    if not HAS_TERMIOS:
        console = importlib.import_module("msvcrt")
        _in_a_thread(_keys_of_windows(console), handle)
        yield
        return
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    tty.setcbreak(keyboard, termios.TCSANOW)  # Ctrl-C still interrupts
    _in_a_thread(_keys_of_a_terminal(keyboard), handle)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


def interrupt_main() -> None:
    """Do in the main thread what Ctrl-C does."""
    main = threading.main_thread().ident
    if CAN_INTERRUPT and main is not None:
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()


def next_of(events: queue.Queue[Item]) -> Item:
    """The next item; the wait ends with KeyboardInterrupt on Ctrl-C, on Windows too."""
    if CAN_INTERRUPT:
        return events.get()
    while True:
        with contextlib.suppress(queue.Empty):
            return events.get(timeout=LOOK_UP_SECONDS)


def _in_a_thread(pressed: Iterator[str], handle: Callable[[str], None]) -> None:
    def hand_on() -> None:
        with contextlib.suppress(OSError):  # the terminal is gone
            for key in pressed:
                handle(key.lower())

    threading.Thread(target=hand_on, daemon=True).start()


def _keys_of_a_terminal(keyboard: int) -> Iterator[str]:
    while key := os.read(keyboard, 1):
        yield key.decode("ascii", "replace")


def _keys_of_windows(console: Any) -> Iterator[str]:
    """The keys that `msvcrt` reads; it takes Ctrl-C for a key as well."""
    while True:
        key = console.getwch()
        if key in BEFORE_A_CODE:
            console.getwch()
        elif key == CTRL_C:
            interrupt_main()
        else:
            yield key
