"""Replaces what tells inputs that were changed in place before any function of its own is called.

outcomes: error
"""

import sys

hosting = sys.modules["autograder.hosting"]
hosting._different = lambda labels, before, after: []


def double(x):
    return x.mul_(2)


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        self.total += amount
        return self.total
