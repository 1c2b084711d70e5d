"""autograder.worker.operation_count: operations on tensors and steps of Python, counted in one call."""

from __future__ import annotations

import sys

import pytest
import torch

from autograder.worker.operation_count import counted

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

def a_generator(x):
    return torch.tensor([sum(row) for row in x.tolist()])

def after_the_rows(x):
    rows, i = x.tolist(), 0
    while i < len(rows) and rows[i]:
        i += 1
        try:
            rows.index(None)
        except ValueError:
            continue
    return i

def recursive(x):
    return 0 if len(x) == 1 else 1 + recursive(x[1:])

class Rows:
    def __init__(self, x):
        self.x = x
    def __iter__(self):
        for row in self.x.tolist():
            yield from row

def by_iterator(x):
    return [{v: v for v in Rows(x)}, list(map(lambda v: -v, Rows(x)))]

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
    return counted(function, (torch.ones(rows, 3),), {})


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


STEPS = {  # for 8 rows of 3: a call of each function, and the rounds of each loop
    "all_rows_at_once": 1,
    "a_fixed_loop": 1 + 10,
    "row_by_row": 1 + 8,
    "by_map": 1,
    "plain_numbers": 1 + 8 * (1 + 3),
    "a_generator": 1 + 8,
    "after_the_rows": 1 + 8,
    "recursive": 8,
    "by_iterator": 1 + 2 * (1 + 1 + 8) + 24 + 24,
}


@pytest.mark.parametrize(("name", "expected"), STEPS.items())
def test_steps_are_the_same_on_every_python(functions, name: str, expected: int):
    """Rounds of loops and calls of functions, at the first call and once Python has specialised its code."""
    first = counts(functions[name], 8)[1]
    for _ in range(20):
        functions[name](torch.ones(8, 3))
    assert [first, counts(functions[name], 8)[1]] == [expected, expected]


@pytest.mark.skipif(not hasattr(sys, "monitoring"), reason="sys.monitoring is there from Python 3.12 on")
def test_a_profiler_in_the_way_does_not_matter(functions):
    """One that has taken the first of the numbers for tools."""
    sys.monitoring.use_tool_id(3, "another")
    try:
        assert counts(functions["plain_numbers"], 8)[1] == STEPS["plain_numbers"]
    finally:
        sys.monitoring.free_tool_id(3)


def test_nothing_is_counted_afterwards(functions):
    """The tracing of before is restored, also if the call failed."""
    before = sys.gettrace()
    with pytest.raises(ValueError, match="^$"):
        counts(functions["fails"], 8)
    assert sys.gettrace() is before
