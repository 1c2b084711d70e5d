"""autograder.explaining.comparisons: a wrong value beside what it must be, as data."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from autograder.checking import close, equal
from autograder.checking.verdict import Verdict
from autograder.evidence import Array, Comparison, Entry
from autograder.explaining.comparisons import comparison_of


def t(*values: object) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def compared(actual: Any, expected: Any, word=close, **more: Any) -> Comparison | None:
    """What a check has to show that was refused these two."""
    with pytest.raises(Verdict) as caught:
        word(actual, expected, **more)
    return comparison_of(caught.value.difference)


def test_small_arrays_are_shown_in_full():
    """Both, with the places of the wrong entries, and the one that is worst in comparison with what is allowed."""
    actual, expected = t([1, 2], [3, 44]), t([1, 2.5], [3, 4])
    assert compared(actual, expected, name="dW") == Comparison(
        name="dW",
        entries=4,
        wrong=2,
        worst=Entry((1, 1), "44", "4", "40", "4e-07"),
        yours=Array((2, 2), (("1", "2"), ("3", "44"))),
        right=Array((2, 2), (("1", "2.5"), ("3", "4"))),
        marks=((0, 1), (1, 1)),
    )


def test_the_worst_entry_is_not_the_first():
    """It is the one that exceeds its allowed error by most, in an array of any number of axes."""
    actual, expected = torch.zeros(2, 3, 5), torch.zeros(2, 3, 5)
    actual[0, 1, 2], actual[1, 2, 3] = 1, 5
    told = compared(actual, expected)
    assert told.worst == Entry((1, 2, 3), "5", "0", "5", "1e-05")
    assert (told.entries, told.wrong, told.yours, told.marks) == (30, 2, None, ())


def test_a_single_number_has_an_error_and_no_array():
    """The message tells the number itself."""
    told = compared(0.75, 0.5)
    assert (told.worst.index, told.worst.error, told.yours) == ((), "0.25", None)


@pytest.mark.parametrize("shapes", [((25,), (25,)), ((1,), (1,)), ((2, 3), (5, 5)), ((0,), (3,))], ids=repr)
def test_arrays_that_nobody_reads_or_needs_are_left_out(shapes: tuple):
    """Large ones, empty ones, and single numbers."""
    told = compared(torch.zeros(shapes[0]), torch.ones(shapes[1]))
    assert told is None or told.yours is None


def test_arrays_of_unlike_shapes_are_shown_without_marks():
    """The shapes themselves are the news, so that no entry is called wrong."""
    told = compared(torch.zeros(2), torch.zeros(3))
    assert (told.yours, told.right) == (Array((2,), (("0", "0"),)), Array((3,), (("0", "0", "0"),)))
    assert (told.wrong, told.worst, told.marks) == (None, None, ())


def test_values_that_are_not_finite_have_no_error():
    """How far nan is from a number cannot be said."""
    told = compared(t(1, float("nan")), t(1, 2))
    assert (told.worst, told.marks, told.yours.rows) == (None, ((0, 1),), (("1", "nan"),))


def test_indices_are_compared_without_tolerance():
    """There is no allowed error to tell."""
    told = compared(torch.tensor([True, False]), torch.tensor([True, True]), equal)
    assert (told.worst, told.marks, told.yours.rows) == (None, ((0, 1),), (("True", "False"),))


@pytest.mark.parametrize(
    ("actual", "expected"),
    [(None, t(1)), (t(1).float(), t(1)), ([t(1)], (t(1), t(2))), (t(1, 2), 3.0), ("a", 1.0)],
    ids=["nothing", "a dtype", "a length", "an array for a number", "text"],
)
def test_other_refusals_are_told_by_the_message_alone(actual: Any, expected: Any):
    """No numbers were compared."""
    assert compared(actual, expected) is None


def test_complex_arrays_are_shown_too():
    """With the magnitude of the error."""
    told = compared(torch.tensor([1j, 2]), torch.tensor([1j, 2 + 3j]))
    assert (told.worst.yours, told.worst.right, told.worst.error) == ("2+0j", "2+3j", "3")
    assert told.right == Array((2,), (("0+1j", "2+3j"),))
