"""Sends frames with nested, huge-number and not-quite JSON.

outcomes: crashed failed
"""

import os
import stat

from autograder.worker import wire

nested, huge = b"[" * 100_000, b'{"nonce":' + b"9" * 100_000 + b"}"
poisons = [nested, huge, b"\xff\xfe", b'{"nonce":"x"}', b'{"a":1e99999}', b"nul"]
calls = 0


def double(x):
    global calls
    poison = poisons[calls % len(poisons)]
    calls += 1
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, wire.PREFIX.pack(wire.MAGIC, len(poison), 0) + poison)
        except OSError:
            pass
    return x * 0


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
