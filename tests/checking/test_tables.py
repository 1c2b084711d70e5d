"""autograder.checking.tables: small arrays side by side, wrong entries marked."""

from __future__ import annotations

import pytest
import torch

from autograder.checking.tables import WIDTH, number, side_by_side


def t(*values: object) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_vectors_stand_one_above_the_other():
    """Columns are aligned, and a wrong entry has a mark behind it."""
    told = side_by_side(t(0.5, -12.25, 3), t(0.5, 1.5, 3), torch.tensor([False, True, False]))
    assert told == "yours  0.5  -12.25 ✗  3\nright  0.5  1.5       3"


def test_matrices_stand_side_by_side():
    """Row by row, in brackets, with aligned columns."""
    actual, expected = t([1, 2], [3, 44]), t([1, 2.5], [3, 4])
    assert side_by_side(actual, expected, actual != expected).splitlines() == [
        "yours        right",
        "[1   2 ✗]    [1  2.5]",
        "[3  44 ✗]    [3    4]",
    ]


def test_wide_matrices_stand_one_below_the_other():
    """Where two do not fit beside each other, right follows yours."""
    wide = torch.arange(24).reshape(2, 12).double() + 0.123456
    lines = side_by_side(wide, wide + 1, wide < 100).splitlines()
    assert [lines[0], lines[3]] == ["yours:", "right:"]


def test_a_long_vector_goes_over_several_lines():
    """No line is too long for a terminal of 80 columns."""
    long = torch.arange(24).double() + 0.123456
    lines = side_by_side(long, long, torch.zeros(24, dtype=torch.bool)).splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= WIDTH


@pytest.mark.parametrize("shapes", [((25,), (25,)), ((), ()), ((1,), (1,)), ((0,), (0,)), ((2, 3), (5, 5))], ids=repr)
def test_arrays_that_nobody_reads_or_needs_are_left_out(shapes: tuple):
    """Large ones, empty ones, and single numbers, which the message itself tells."""
    assert side_by_side(torch.zeros(shapes[0]), torch.zeros(shapes[1])) == ""


def test_arrays_of_unlike_shapes_are_shown_without_marks():
    """The shapes themselves are the news."""
    assert side_by_side(torch.zeros(2), torch.zeros(3)) == "yours  0  0\nright  0  0  0"
    assert side_by_side(torch.zeros(2, 1), torch.zeros(2)).splitlines()[0] == "yours:"


def test_digits_suffice_to_see_the_difference():
    """Numbers that differ in the eighth digit look different."""
    told = side_by_side(t(0.12345678, 1), t(0.12345679, 1), torch.tensor([True, False]))
    assert told == "yours  0.12345678 ✗  1\nright  0.12345679    1"


def test_integers_and_booleans_are_shown_as_they_are():
    """No decimal point where there is none."""
    told = side_by_side(torch.tensor([True, False]), torch.tensor([True, True]), torch.tensor([False, True]))
    assert told == "yours  True  False ✗\nright  True  True"


def test_there_is_no_negative_zero():
    """Nobody needs to see its sign."""
    assert (number(-0.0), number(0.25), number(3)) == ("0", "0.25", "3")
