"""autograder.cli.keyboard: keys where there is no termios, as on Windows, with a stand-in for its module."""

from __future__ import annotations

import queue
import sys
import threading
from types import SimpleNamespace

import pytest

from autograder.cli import keyboard

PATIENCE_SECONDS = 60


@pytest.fixture
def windows(monkeypatch):
    """A system without termios and without signals for threads; gives the queue of what is typed."""
    typed: queue.Queue[str | None] = queue.Queue()

    def getwch() -> str:
        key = typed.get(timeout=PATIENCE_SECONDS)
        if key is None:
            raise OSError("the console is gone")
        return key

    monkeypatch.setattr(keyboard, "HAS_TERMIOS", False)
    monkeypatch.setattr(keyboard, "CAN_INTERRUPT", False)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(getwch=getwch))
    yield typed
    typed.put(None)


def test_keys_come_one_by_one_and_in_small_letters(windows):
    """As on other systems."""
    pressed: queue.Queue[str] = queue.Queue()
    with keyboard.keys(pressed.put):
        for key in "hAq":
            windows.put(key)
        assert [pressed.get(timeout=PATIENCE_SECONDS) for _ in range(3)] == ["h", "a", "q"]


def test_arrows_and_function_keys_are_passed_over(windows):
    """Their codes look like letters: that of the left arrow is a K, and that of F5 an A."""
    pressed: queue.Queue[str] = queue.Queue()
    with keyboard.keys(pressed.put):
        for key in ("\xe0", "K", "\0", "A", "l"):
            windows.put(key)
        assert pressed.get(timeout=PATIENCE_SECONDS) == "l"
    assert pressed.empty()


def test_ctrl_c_interrupts_the_wait_for_the_next_event(windows):
    """The main thread waits for keys and saves, and must come back from that."""
    events: queue.Queue[str] = queue.Queue()

    def press_at_last() -> None:
        windows.put("\x03")

    with keyboard.keys(events.put):
        threading.Timer(0.05, press_at_last).start()
        with pytest.raises(KeyboardInterrupt):
            keyboard.next_of(events)


def test_an_event_ends_the_wait(windows):
    """Whichever comes first."""
    events: queue.Queue[str] = queue.Queue()
    threading.Timer(0.05, events.put, ["saved"]).start()
    assert keyboard.next_of(events) == "saved"
