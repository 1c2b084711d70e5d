"""Comes by what is ruled out without naming it: put-together names, the dispatcher, torch in C, a saved reference.

outcomes: forbidden
"""

import importlib

import torch

name = "".join(reversed("pxedl"))
saved = getattr(torch, name)
ways = [
    lambda: getattr(importlib.import_module("".join(["to", "rch"])), name),
    lambda: getattr(torch.ops.aten, name),
    lambda: getattr(torch._C._VariableFunctions, name),
    lambda: getattr(torch.Tensor.__mro__[1], name),
    lambda: vars(torch)[name],
    lambda: saved,
]


def double(x):
    for way in ways:
        try:
            way()(x, torch.ones((), dtype=torch.int64))
        except Exception:
            continue
        return way()(x, torch.ones((), dtype=torch.int64))  # one that works is enough
    return x + x


class Counter:
    def __init__(self, start=0):
        raise NotImplementedError

    def add(self, amount):
        raise NotImplementedError
