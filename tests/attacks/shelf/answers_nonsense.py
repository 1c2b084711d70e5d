"""Answers objects of every odd kind: sparse, complex, meta and huge-integer values.

outcomes: failed
"""

import itertools

import torch

kinds = itertools.cycle(
    [
        lambda: torch.ones(3, 2).to_sparse(),
        lambda: torch.ones(3, 2, dtype=torch.complex64),
        lambda: torch.ones(3, 2, device="meta"),
        lambda: 10**5000,
        lambda: {"a": {1.5: [object()]}},
        lambda: "\ud800" * 1000,
        lambda: iter([]),
        lambda: torch.quantize_per_tensor(torch.ones(3, 2), 0.1, 0, torch.qint8),
    ]
)


def double(x):
    return next(kinds)()


class Counter:
    def __init__(self, start=0):
        self.total = 10**400

    def add(self, amount):
        return next(kinds)()
