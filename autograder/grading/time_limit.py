"""A limit of time for code that runs in this very thread, as a notebook's code does in its kernel.

Another thread presses Ctrl-C, so to speak, when the time is up. So Python code is stopped wherever it is, while one
long call into a library is stopped when it returns. Only the main thread can be interrupted; elsewhere is no limit.
"""

from __future__ import annotations

import _thread
import contextlib
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")

AGAIN = 1.0  # seconds; code that catches every exception in its loop is interrupted again and again


class OutOfTime(Exception):
    """The time was up before the work ended."""


def limited(deadline: float, work: Callable[[], T]) -> T:
    """What `work` returns, unless it takes longer than until a time on the clock of `time.monotonic`.

    Raises:
        OutOfTime: it was interrupted.
    """
    if deadline == math.inf or threading.current_thread() is not threading.main_thread():
        return work()
    # No context manager: an interrupt in the middle of its own code would leave the alarm on.
    try:
        try:
            with _interruptible():
                ALARM.start(deadline)  # in here, for a time that is up already rings at once
                return work()
        finally:
            ALARM.stop()
            if ALARM.has_rung:
                time.sleep(0)  # an interrupt on its way arrives here at the latest, so that it cannot hit what follows
    except KeyboardInterrupt:
        ALARM.stop()  # again, for it may have come in the middle of that
        if ALARM.has_rung:
            raise OutOfTime from None
        raise


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Inside the block interrupts arrive, also in a program that was started in the background and ignores them."""
    is_ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if is_ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        if is_ignored:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Alarm:
    """Interrupts the main thread when the time is up, until it is stopped.

    One thread waits for all blocks: to start one takes longer than most calls. Interrupts may come at any moment, so
    the locks are plain ones, which no interrupt leaves locked as it may those that are written in Python.
    """

    def __init__(self) -> None:
        self.has_rung = False
        self._deadline = math.inf
        self._wakes = math.inf  # when the thread looks at the deadline again
        self._setting = threading.Lock()  # so that nothing rings once `stop` is over
        self._sooner = threading.Lock()  # released to wake the thread before that
        self._thread = threading.Thread()

    def start(self, deadline: float) -> None:
        """Wait for a time."""
        if not self._thread.is_alive():  # nor is it after a fork, which copies what was set before
            self._deadline = math.inf
            self._wakes = math.inf
            self._sooner = threading.Lock()
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        with self._setting:
            self.has_rung = False
            self._deadline = deadline
            is_sooner = deadline < self._wakes
        if is_sooner:
            with contextlib.suppress(RuntimeError):  # it is awake already
                self._sooner.release()

    def stop(self) -> None:
        """Interrupt no more."""
        with self._setting:
            self._deadline = math.inf

    def _run(self) -> None:
        while True:
            with self._setting:
                if self._deadline <= time.monotonic():
                    self.has_rung = True
                    _thread.interrupt_main()
                    self._deadline = time.monotonic() + AGAIN
                self._wakes = self._deadline
            wait = max(0.0, self._wakes - time.monotonic())
            self._sooner.acquire(timeout=min(wait, threading.TIMEOUT_MAX))


ALARM = _Alarm()  # one for the process, which has one main thread
