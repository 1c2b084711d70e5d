"""autograder.worker.effort: operations on tensors and steps of Python, counted in one call."""

from __future__ import annotations

import sys

import pytest
import torch

from autograder.worker.effort import effort_of

SOURCE = """
import math
import numpy as np
import torch

def all_rows_at_once(x):
    return (x - x.mean(0)).square().mean(0).sqrt()

def at_once_in_numpy(x):
    return torch.from_numpy(np.exp(x.numpy()))

def a_fixed_loop(x):
    for _ in range(10):
        x = x * x
    return x

def vmap(x):
    return torch.vmap(lambda row: row / row.sum())(x)

def row_by_row(x):
    return torch.stack([row / row.sum() for row in x])

def by_map(x):
    return torch.stack(list(map(torch.exp, x)))

def rows_in_numpy(x):
    out = x.numpy().copy()
    for i in range(len(out)):
        out[i] = np.exp(out[i])
    return torch.from_numpy(out)

def plain_numbers(x):
    return torch.tensor([[math.exp(v) for v in row] for row in x.tolist()])

def fails(x):
    raise ValueError
"""
GROWING = {"row_by_row": 0, "by_map": 0, "rows_in_numpy": 1, "plain_numbers": 1}  # which of the two counts grows


@pytest.fixture(scope="module")
def functions() -> dict:
    """The functions of `SOURCE`, as a student's."""
    namespace: dict = {}
    exec(compile(SOURCE, "/nowhere/work.py", "exec"), namespace)
    return namespace


def counts(function, rows: int) -> tuple[int, int]:
    return effort_of(function, (torch.ones(rows, 3),), {})


@pytest.mark.parametrize("name", ["all_rows_at_once", "at_once_in_numpy", "a_fixed_loop", "vmap"])
def test_code_for_all_rows_does_not_grow(functions, name: str):
    """Both counts are the same for 8 rows and for 64."""
    assert counts(functions[name], 8) == counts(functions[name], 64)


@pytest.mark.parametrize(("name", "which"), GROWING.items())
def test_a_loop_over_the_rows_grows(functions, name: str, which: int):
    """By one or more for each row: tensor operations, or steps of Python where the loop has left torch."""
    few, many = counts(functions[name], 8), counts(functions[name], 64)
    assert many[which] - few[which] >= 56


def test_the_count_is_exact(functions):
    """Five operations on tensors, whatever they are."""
    assert counts(functions["all_rows_at_once"], 8)[0] == 5


def test_nothing_is_counted_afterwards(functions):
    """The tracing of before is restored, also if the call failed."""
    before = sys.gettrace()
    with pytest.raises(ValueError, match="^$"):
        counts(functions["fails"], 8)
    assert sys.gettrace() is before
