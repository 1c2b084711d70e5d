"""Sends itself SIGSTOP, so that it neither answers nor ends.

outcomes: timed_out crashed failed
"""

import os
import signal
import time


def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(1000)


class Counter:
    def __init__(self, start=0):
        double(0)
