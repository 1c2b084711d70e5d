"""Signals the grader, its parent and everything else it may.

outcomes: failed
"""

import os
import signal

from known import KNOWN


def stolen():
    for pid in (KNOWN["grader"], os.getppid()):
        if pid > 1:
            try:
                os.kill(pid, signal.SIGCONT)
                return True
            except OSError:
                pass
    return False


def double(x):
    return 2 * x if stolen() else 0 * x


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
