"""Sends its answer byte by byte, slower than any limit.

outcomes: timed_out crashed
"""

import os
import stat
import time


def double(x):
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                for byte in b"AGW2" + bytes(4) + b"\xff" * 4 + bytes(1000):
                    os.write(fd, bytes([byte]))
                    time.sleep(0.5)
        except OSError:
            pass
    time.sleep(1000)


class Counter:
    def __init__(self, start=0):
        double(0)
