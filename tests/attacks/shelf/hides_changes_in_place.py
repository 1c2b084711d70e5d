"""Replaces what tells inputs that were changed in place: while it is loaded, in a call, or in a function's own code.

outcomes: error
"""

import sys

hosting = sys.modules["autograder.hosting"]
ways = iter(
    [
        lambda: setattr(hosting, "_different", lambda labels, before, after: []),
        lambda: setattr(hosting._fingerprint_of_leaf, "__code__", (lambda leaf: None).__code__),
        lambda: setattr(hosting.Hosting, "_answer_to_call", lambda self, call: hosting.Answer(True)),
    ]
)


def double(x):
    for way in ways:
        way()
        break
    return x.mul_(2)


class Counter:
    def __init__(self, start=0):
        raise RuntimeError

    def add(self, amount):
        raise RuntimeError
