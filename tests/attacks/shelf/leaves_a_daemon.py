"""Leaves a process behind that has a session of its own and ignores signals.

outcomes: failed
"""

import contextlib
import os
import signal
import time

from known import KNOWN


def double(x):
    if os.fork() == 0:
        with contextlib.suppress(OSError):
            os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            with contextlib.suppress(OSError):
                os.execv("/bin/sleep", [KNOWN["marker"], "300"])
            time.sleep(300)
        os._exit(0)
    time.sleep(0.05)
    return x * 0


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
