"""Takes memory in processes whose first thread has ended, which then show no memory at all.

outcomes: out_of_memory crashed timed_out
"""

import ctypes
import os
import threading
import time

EXIT = 60  # on x86-64: ends this thread alone


def double(x):
    for _ in range(8):
        if os.fork() == 0:
            threading.Thread(target=_hold).start()
            ctypes.CDLL(None).syscall(EXIT, 0)
    time.sleep(3)
    return 2 * x


def _hold():
    time.sleep(0.3)
    block = bytearray(100 << 20)
    for page in range(0, len(block), 4096):
        block[page] = 1
    time.sleep(60)


class Counter:
    def __init__(self, start=0):
        raise SystemExit
