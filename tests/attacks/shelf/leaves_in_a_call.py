"""Raises SystemExit(0) in every call.

outcomes: error
"""


def double(x):
    raise SystemExit(0)


class Counter:
    def __init__(self, start=0):
        raise SystemExit(0)

    def add(self, amount):
        return 0
