"""Patches every clock, catches everything and never ends.

outcomes: timed_out
"""

import signal
import time

time.time = time.monotonic = time.perf_counter = lambda: 0.0
time.sleep = lambda seconds: None
for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def double(x):
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


class Counter:
    def __init__(self, start=0):
        double(0)
