"""Doubles its input in place instead of answering.

outcomes: failed
"""


def double(x):
    x.mul_(2)
    return x * 0


class Counter:
    def __init__(self, start=0):
        self.total = 0

    def add(self, amount):
        return None
