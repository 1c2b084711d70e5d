"""Ends the process with status 0 in every call.

outcomes: crashed
"""

import os


def double(x):
    os._exit(0)


class Counter:
    def __init__(self, start=0):
        os._exit(0)

    def add(self, amount):
        return 0
