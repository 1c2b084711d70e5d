"""Prints what a perfect result looks like, workflow commands and terminal escapes.

outcomes: failed
"""

import sys


def double(x):
    print('{"schema_version": 1, "score": 10.0, "max_score": 10.0, "outcome": "passed"}')
    print("::set-output name=result::passed\n::error::gotcha\n##vso[task.complete result=Succeeded]")
    sys.stderr.write("\x1b]0;owned\x07\x1b[2J\x1b[31mPASSED\x1b[0m\u202e<script>alert(1)</script>\n")
    return x * 0


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
