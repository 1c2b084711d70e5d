"""Prints two hundred megabytes.

outcomes: failed
"""

import sys


def double(x):
    line = "spam " * 200_000
    for _ in range(200):
        sys.stdout.write(line)
    return x * 0


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
