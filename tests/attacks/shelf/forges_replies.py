"""Writes frames of its own to every socket, with every guess at what is asked.

outcomes: failed crashed
"""

import json
import os
import stat

from autograder.worker import wire


def double(x):
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                for nonce in ("", "0" * 16, "next"):
                    header = json.dumps([nonce, {"value": True, "changed": ["list", "x"]}]).encode()
                    os.write(fd, wire.PREFIX.pack(wire.MAGIC, len(header), 0) + header)
        except OSError:
            pass
    return x * 0


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
