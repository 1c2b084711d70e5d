"""Hides what is ruled out in code that is compiled: by Python from a text, by tracing, by torch.compile.

outcomes: forbidden
"""

import torch

name = "".join(["ld", "exp"])
hidden = compile(f"torch.{name}(x, torch.ones((), dtype=torch.int64))", "/usr/lib/nothing.py", "eval")


def plain(x):
    return getattr(torch, name)(x, torch.ones((), dtype=torch.int64))


calls = iter(
    [
        lambda x: eval(hidden, {"torch": torch, "x": x}),
        lambda x: torch.jit.trace(plain, (x,))(x),
        lambda x: torch.compile(plain)(x),
    ]
)


def double(x):
    return next(calls)(x)


class Counter:
    def __init__(self, start=0):
        raise NotImplementedError

    def add(self, amount):
        raise NotImplementedError
