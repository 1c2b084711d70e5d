"""Forks until it is not allowed to any more (300 at most), and every child sleeps.

outcomes: failed error crashed timed_out
"""

import os
import time


def double(x):
    for _ in range(300):
        try:
            if os.fork() == 0:
                time.sleep(120)
                os._exit(0)
        except OSError:
            break
    return x * 0


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
