"""Answers NaN and infinity everywhere.

outcomes: failed
"""


class Counter:
    def __init__(self, start=0):
        self.total = float("nan")

    def add(self, amount):
        return float("inf")


def double(x):
    return x * float("nan")
