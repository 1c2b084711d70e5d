"""Answers with gigabytes, with millions of entries, and nested without end.

outcomes: error failed crashed timed_out out_of_memory
"""

import torch

calls = 0


def double(x):
    global calls
    calls += 1
    if calls == 1:
        return torch.zeros(1).expand(1 << 33)
    if calls == 2:
        return [0] * 5_000_000
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
