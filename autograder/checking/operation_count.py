"""Vectorised or not is told by counting: what a call has to do must not grow with the number of rows.

Counts are the same on every machine, so that no mark depends on speed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from . import facts
from .verdict import failed

FEW, MANY = 8, 64


class OperationCount(NamedTuple):
    """What one call of a function had to do: operations on tensors, and steps of Python in the code that was called."""

    function: str
    operations: int
    steps: int


def operations_do_not_grow(effort: Callable[[int], OperationCount], *, unit: str = "row") -> None:
    """Fail if a call on many rows does more, one after the other, than the same call on few.

    Nothing is asked of the value. Operations on tensors are counted, and the steps that Python makes in the student's
    own code: a loop in numpy or plain Python shows there. A few more are fine, one more for every row is not.

    Args:
        effort: of a call with that many rows, as `lambda n: student.f.effort(X[:n])`.
        unit: what is counted where it is not rows.
    """
    few, many = effort(FEW), effort(MANY)
    for what, less, more in zip(("tensor operations", "steps of Python"), few[1:], many[1:], strict=True):
        if more - less >= MANY - FEW:
            raise failed(facts.growing(many.function, what, ((FEW, less), (MANY, more)), unit=unit))
