"""Whether code is vectorised is told by counting: how what a call does grows with the number of rows, or other sizes.

Counts are the same on every machine, so that no mark depends on speed.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any, NamedTuple

from ..model import Outcome
from . import observations
from .verdict import Verdict, failed

# Rows of the two calls. Code that takes all rows at once does the same for both, or a little more where a library works
# in blocks; a loop over the rows does at least one thing more for each of the 56 others.
FEW = 8
MANY = 64
# Of a size of which a loop is allowed, or asked for: three nested ones do 40 things then. A loop that is asked for does
# at least one thing more for each of the 8 others, and nothing else may do as many more.
SHORT = 2
LONG = 10

Counts = tuple[tuple[int, int], tuple[int, int]]  # of two calls: a size, and what was counted


class OperationCount(NamedTuple):
    """What one call of a function did: operations on tensors, and steps of Python in the code that was called."""

    function: str
    operations: int
    steps: int


def count_of(function: str, counts: Any) -> OperationCount:
    """What a process says that a call did.

    Raises:
        Verdict: it says anything else.
    """
    if not (isinstance(counts, tuple) and [type(count) for count in counts] == [int, int]):
        raise Verdict(Outcome.CRASHED, "The process answered nonsense when its operations were counted.")
    return OperationCount(function, *counts)


def seconds_of(value: Any) -> float:
    """The seconds that a process says that a call took.

    Raises:
        Verdict: it says anything else.
    """
    if not (isinstance(value, float) and 0 <= value < math.inf):
        raise Verdict(Outcome.CRASHED, "The process answered nonsense when it was timed.")
    return value


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


def operations_grow_with(effort: Callable[..., OperationCount], *sizes: str) -> None:
    """Fail unless the tensor operations of a call become more with these sizes, and nothing with its others.

    Each size is raised by itself. Steps of Python count against code that hides a loop from torch. For a loop that is
    asked for they say nothing, since they are not counted everywhere.

    Args:
        effort: of a call with sizes that are its parameters: `lambda n, k: student.f.effort(case.normal(n, k))`.
        sizes: the names of those with which the operations must grow.
    """
    among = list(inspect.signature(effort).parameters)
    short = dict.fromkeys(among, SHORT)
    few = effort(**short)
    for size in among:
        many = effort(**short | {size: LONG})
        operations = (SHORT, few.operations), (LONG, many.operations)
        steps = (SHORT, few.steps), (LONG, many.steps)
        if size in sizes:
            if not _grows(operations):
                raise failed(_not_growing(many.function, size, operations))
            continue
        for what, counts in (("tensor operations", operations), ("steps of Python", steps)):
            if _grows(counts):
                raise failed(_growing_with(many.function, what, size, counts))


def _grows(counts: Counts) -> bool:
    """Whether there is at least one more for each that was added to a size."""
    (short, less), (long, more) = counts
    return more - less >= long - short


def _growing_with(function: str, what: str, size: str, counts: Counts) -> str:
    """For a function that does more the larger a size is."""
    (short, less), (long, more) = counts
    return (
        f"For {size} = {short} your `{function}` makes {less:,} {what}, for {size} = {long} it makes {more:,}. "
        f"Which operation would do without a loop over {size}?"
    )


def _not_growing(function: str, size: str, counts: Counts) -> str:
    """For a function that must go through a size one by one."""
    (short, less), (long, more) = counts
    return (
        f"For {size} = {short} your `{function}` makes {less:,} tensor operations, for {size} = {long} it makes "
        f"{more:,}, but they must become more with {size}. Which loop of the handout is missing?"
    )
