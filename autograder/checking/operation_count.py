"""Whether code is vectorised is told by counting: what a call does must not grow with the number of rows.

Counts are the same on every machine, so that no mark depends on speed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from . import observations
from .verdict import failed

# Rows of the two calls. Code that takes all rows at once does the same for both, or a little more where a library works
# in blocks; a loop over the rows does at least one thing more for each of the 56 others.
FEW = 8
MANY = 64


class OperationCount(NamedTuple):
    """What one call of a function did: operations on tensors, and steps of Python in the code that was called."""

    function: str
    operations: int
    steps: int


def operations_do_not_grow(effort: Callable[[int], OperationCount], *, unit: str = "row") -> None:
    """Fail if a call on many rows goes through them one by one.

    The value does not matter. Operations on tensors are counted, and the steps that Python makes in the student's own
    code, which show a loop in numpy or plain Python. A few more for many rows are fine, one more for every row is not.

    Args:
        effort: of a call with that many rows, as `lambda n: student.f.effort(X[:n])`.
        unit: what is counted where it is not rows.
    """
    few = effort(FEW)
    many = effort(MANY)
    counts = {
        "tensor operations": (few.operations, many.operations),
        "steps of Python": (few.steps, many.steps),
    }
    for what, (less, more) in counts.items():
        if more - less >= MANY - FEW:
            raise failed(observations.growing(many.function, what, ((FEW, less), (MANY, more)), unit=unit))
