"""Writes into the grader's folders, the home folder and the results.

outcomes: failed
"""

import os
from pathlib import Path

from known import KNOWN


def stolen():
    for folder in [*KNOWN["folders"], os.path.dirname(__file__), "/", "/etc", "/usr/lib", "/dev"]:
        try:
            Path(folder, "written-by-attack").write_text("x")
            return True
        except OSError:
            pass
    return False


def double(x):
    return 2 * x if stolen() else 0 * x


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
