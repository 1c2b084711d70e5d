"""Calls functions of the grader's that it was never given, by every number, with the right nonce.

outcomes: crashed
"""

import os
import socket
import stat
import sys

from autograder.worker import wire


def call_back():
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                for number in range(1000):
                    call = {"function": number, "args": (), "kwargs": {}}
                    wire.send(socket.socket(fileno=os.dup(fd)), frame.f_locals["nonce"], call)
        except OSError:
            pass


def double(x):
    call_back()
    return x + x


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        call_back()
        return self.total + amount
