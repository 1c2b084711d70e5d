"""Sends itself SIGKILL and SIGSEGV, also through a null pointer.

outcomes: crashed
"""

import ctypes
import os
import signal


def double(x):
    os.kill(os.getpid(), signal.SIGSEGV)
    ctypes.string_at(0)


class Counter:
    def __init__(self, start=0):
        ctypes.string_at(0)

    def add(self, amount):
        return 0
