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
from collections.abc import Iterator

AGAIN = 1.0  # seconds; code that catches every exception in its loop is interrupted again and again


class OutOfTime(Exception):
    """The time was up before the block ended."""


@contextlib.contextmanager
def time_limit(deadline: float) -> Iterator[None]:
    """Interrupt the block at a time on the clock of `time.monotonic`.

    Raises:
        OutOfTime: it was interrupted.
    """
    if deadline == math.inf or threading.current_thread() is not threading.main_thread():
        yield
        return
    alarm = _Alarm(deadline)
    try:
        with _interruptible():
            try:
                alarm.start()  # in here, for a time that is up already rings at once
                yield
            finally:
                alarm.stop()
                time.sleep(0)  # an interrupt on its way arrives here at the latest, so that it cannot hit what follows
    except KeyboardInterrupt:
        alarm.stop()  # again, for it may have come in the middle of that
        if alarm.has_rung:
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
    """Interrupts the main thread when the time is up, until it is stopped."""

    def __init__(self, deadline: float) -> None:
        self.has_rung = False
        self._deadline = deadline
        self._stopped = threading.Event()
        self._ringing = threading.Lock()  # so that nothing rings once `stop` is over

    def start(self) -> None:
        """Wait for the time in a thread."""
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Interrupt no more."""
        self._stopped.set()
        with self._ringing:
            pass

    def _run(self) -> None:
        wait = max(0.0, self._deadline - time.monotonic())
        while not self._stopped.wait(wait):
            with self._ringing:
                if not self._stopped.is_set():
                    self.has_rung = True
                    _thread.interrupt_main()
            wait = AGAIN
