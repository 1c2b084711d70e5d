"""Leaves memory in the buffers of sockets, in several processes, each with few of them.

outcomes: out_of_memory crashed timed_out
"""

import contextlib
import os
import socket
import time

PROCESSES = 14
PAIRS = 100  # of sockets in each, with about 200 kB in either direction


def double(x):
    for _ in range(PROCESSES):
        if os.fork() == 0:
            _fill()
            time.sleep(60)
            os._exit(0)
    time.sleep(60)  # whether a slow machine has filled them earlier or not
    return 2 * x


def _fill():
    pairs = [socket.socketpair() for _ in range(PAIRS)]
    for pair in pairs:
        for one in pair:
            one.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    one.send(bytes(1 << 15))


class Counter:
    def __init__(self, start=0):
        raise SystemExit
