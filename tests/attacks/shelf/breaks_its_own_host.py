"""Reaches into the worker's own modules to answer in its place.

outcomes: failed crashed error
"""

import sys

host = sys.modules.get("autograder.worker.host")
if host is not None:
    host.Host._answer = lambda self, request: {"value": ["everything", "passed"], "changed": [], "outcome": "passed"}


def double(x):
    return x * 0


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
