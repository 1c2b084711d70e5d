"""Answers requests as a worker does, before any worker is forked.

What a fork touches first costs it a page, and Python specialises the code of a function once it was called eight
times; both is done here once, and not in every worker again.
"""

from __future__ import annotations

import socket
import sys

import torch

from ..actions import Assign, Call, Read, asking
from . import host, loader, wire
from .rules import static
from .rules.names import Rules

TIMES = 10
TEXT = """
import torch
from torch import nn


class Line:
    def __init__(self, slope, *, lr=0.1):
        self.slope = slope
        self.lr = lr

    def step(self, x):
        residuals = [row @ self.slope - float(i) for i, row in enumerate(x) if i >= 0]
        if len(residuals) > 9:
            raise ValueError(f"torch.nn has {len(residuals)}")
        for residual in residuals:
            self.slope = self.slope - self.lr * residual * x.mean(dim=0)
        return self.slope, {"residuals": residuals}


def loss(x, y):
    return ((x - y) ** 2).sum(dim=-1, keepdim=True).mean()
"""
SOURCES = {"rehearsal": TEXT}
FUNCTIONS = ["Line.step", "loss"]


def rehearse() -> list[dict]:
    """Load a small file and call what is in it, some times; gives the replies."""
    worker, (ours, theirs) = host.Host(), socket.socketpair()
    rules, replies = Rules([{"names": ["torch.nn"], "allow": []}]), []
    with ours, theirs:
        for _ in range(TIMES):
            loader.parsed.cache_clear()
            static.inspect_text(SOURCES, "rehearsal", FUNCTIONS, rules)  # the request would observe torch.nn
            for request in _requests():
                wire.send(ours, "", request)
                worker.answer(theirs)
                replies.append(wire.receive(ours)[1])
            del sys.modules["rehearsal"], sys.meta_path[-1]
    return replies


def _requests() -> list[dict]:
    file = {"sources": SOURCES, "path": "rehearsal.py", "name": "rehearsal", "functions": FUNCTIONS}
    x = torch.ones(2, 3)
    step, slope = Call(0, "step", (x,), {}), Read(0, "slope")
    return [
        {"op": "inspect", **file, "stated": []},
        {"op": "load", **file, "device": "cpu"},
        {**asking(Call(None, "Line", (x[0],), {})), "seed": 0},
        asking(Call(0, "step", (x,), {}, observe=True)),
        asking(Assign(0, "lr", 0.2), step, slope),
        asking(Call(None, "loss", (x, x), {})),
    ]
