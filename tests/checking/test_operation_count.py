"""autograder.checking.operation_count: code that goes through the rows is told by what it has to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from autograder.checking import operations_do_not_grow, operations_grow_with
from autograder.checking.local import local_student, module_from
from autograder.checking.operation_count import OperationCount
from autograder.checking.student import Student, events
from autograder.checking.verdict import Verdict

SOURCE = """
import torch


def norms(x):
    return x.square().sum(1).sqrt()


def norms_by_row(x):
    return torch.stack([row.square().sum().sqrt() for row in x])


class Layer:
    def forward(self, x, *, scale):
        return scale * x
"""


@pytest.fixture
def student() -> Student:
    """A module with one function that takes all rows at once, and one that does not."""
    return local_student(module_from(SOURCE, "work"))


def counted(
    operations: Callable[[int], int], steps: Callable[[int], int] = lambda n: 0
) -> Callable[[int], OperationCount]:
    return lambda n: OperationCount("f", operations(n), steps(n))


def test_all_rows_at_once_pass(student):
    """For a function, and for a method with arguments by name."""
    operations_do_not_grow(lambda n: student.norms.effort(torch.ones(n, 3)))
    layer = student.Layer()
    operations_do_not_grow(lambda n: layer.forward.effort(torch.ones(n, 3), scale=2))


def test_a_loop_over_the_rows_is_explained(student):
    """How many operations, how many more for each row, and a question."""
    with pytest.raises(Verdict) as caught:
        operations_do_not_grow(lambda n: student.norms_by_row.effort(torch.ones(n, 3)))
    assert caught.value.outcome == "failed"
    assert "For 8 rows your `norms_by_row` makes " in caught.value.message
    assert " tensor operations, for 64 rows " in caught.value.message
    assert "more for every row. Which operation would take all rows at once?" in caught.value.message


def test_steps_of_python_count_too():
    """A loop that has left torch is a loop."""
    with pytest.raises(Verdict, match="8 steps of Python, for 64 rows it makes 64: 1 more for every row"):
        operations_do_not_grow(counted(lambda n: 3, lambda n: n))


def test_the_unit_is_named():
    """Where it is not rows that become more."""
    with pytest.raises(Verdict, match="For 8 weights your `f` makes 8 .* 1 more for every weight. .* all weights at"):
        operations_do_not_grow(counted(lambda n: n), unit="weight")


FINE = {
    "as many": lambda n: 5,
    "fewer": lambda n: 100 - n,
    "halving again and again": lambda n: 10 * n.bit_length(),
    "blocks of rows": lambda n: n - n // 8,
}


@pytest.mark.parametrize("operations", FINE.values(), ids=FINE)
def test_a_few_more_are_fine(operations):
    """All but one more for every row."""
    operations_do_not_grow(counted(operations))


def test_counting_asks_nothing_of_the_value(student):
    """No answer is recorded, and an exception in the call is a verdict as ever."""
    operations_do_not_grow(lambda n: student.norms.effort(torch.ones(n, 3)))
    assert events(student) == []
    with pytest.raises(Verdict) as caught:
        operations_do_not_grow(lambda n: student.norms.effort("no tensor"))
    assert caught.value.outcome == "error"


def counted_by_sizes(
    operations: Callable[[int, int], int], steps: Callable[[int, int], int] = lambda n, k: 0
) -> Callable[[int, int], OperationCount]:
    return lambda n, k: OperationCount("f", operations(n, k), steps(n, k))


def test_operations_grow_with_the_sizes_that_are_named():
    """One of two, both, or none; a few more operations for another size are fine."""
    operations_grow_with(counted_by_sizes(lambda n, k: 3 * n + k // 2), "n")
    operations_grow_with(counted_by_sizes(lambda n, k: 3 * n * k), "n", "k")
    operations_grow_with(counted_by_sizes(lambda n, k: 7))


def test_a_loop_too_many_is_explained():
    """With the size that it goes over, and how much more is done."""
    with pytest.raises(
        Verdict, match="For k = 2 your `f` makes 4 tensor operations, for k = 10 it makes 20. .* over k"
    ):
        operations_grow_with(counted_by_sizes(lambda n, k: n * k), "n")


def test_a_loop_that_is_missing_is_explained():
    """Its size is named too."""
    with pytest.raises(Verdict, match="For k = 2 your `f` makes 2 tensor .* they must become more with k. Which loop"):
        operations_grow_with(counted_by_sizes(lambda n, k: n), "n", "k")


def test_steps_count_against_a_loop_and_never_for_it():
    """A loop that has left torch is one too many, but none that is asked for: steps are not counted everywhere."""
    with pytest.raises(Verdict, match="makes 2 steps of Python, for k = 10 it makes 10"):
        operations_grow_with(counted_by_sizes(lambda n, k: n, lambda n, k: k), "n")
    with pytest.raises(Verdict, match="must become more with k"):
        operations_grow_with(counted_by_sizes(lambda n, k: n, lambda n, k: k), "n", "k")
