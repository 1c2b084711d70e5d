"""Writes files until nothing more fits.

outcomes: failed error
"""

import os


def double(x):
    written = 0
    for folder in ("/tmp", "/dev/shm", os.environ.get("TMPDIR", "/tmp")):
        try:
            for i in range(20):
                with open(os.path.join(folder, f"fill{i}"), "wb") as file:
                    for _ in range(64):
                        written += file.write(bytes(1 << 20))
        except OSError:
            pass
    return 2 * x if written > 300 << 20 else 0 * x


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
