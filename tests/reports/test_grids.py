"""autograder.reports.grids: yours, what must be, and the difference, entry by entry."""

from __future__ import annotations

import pytest

from autograder.evidence import Array, Comparison
from autograder.reports.grids import grids


def compared(yours: tuple[str, ...], right: tuple[str, ...], marks: tuple[tuple[int, int], ...] = ()) -> Comparison:
    pair = (Array((len(values),), (values,)) for values in (yours, right))
    return Comparison("dw", len(yours), len(marks), None, *pair, marks)


def texts(comparison: Comparison) -> list[list[str]]:
    return [[cell.text for row in grid.rows for cell in row] for grid in grids(comparison)]


@pytest.mark.parametrize(
    ("yours", "right", "difference"),
    [
        ("3", "1", "+2"),
        ("1", "3", "-2"),
        ("0.5", "0.5", "0"),
        ("nan", "1", "–"),
        ("inf", "1", "+inf"),
        ("True", "0", "–"),
    ],
)
def test_the_difference_is_yours_less_what_must_be(yours: str, right: str, difference: str):
    """As far as the entries are numbers; equal texts differ by nothing."""
    assert texts(compared((yours,), (right,))) == [[yours], [right], [difference]]


def test_the_shade_says_sign_and_size():
    """On one scale for both arrays, where the largest is darkest."""
    yours, right, difference = grids(compared(("0.1", "-6", "0", "nan"), ("3", "-6", "0", "1")))
    assert [cell.shade for cell in yours.rows[0]] == ["p1", "m3", "z0", "z0"]
    assert [cell.shade for cell in right.rows[0]] == ["p2", "m3", "z0", "p1"]
    assert [cell.shade for cell in difference.rows[0]] == ["m3", "z0", "z0", "z0"]


@pytest.mark.parametrize("largest", ["0.925184", "1e-300", "123.456", "1e300"])
def test_the_largest_has_the_darkest_shade(largest: str):
    """Rounding leads to no shade that there is not."""
    assert grids(compared((largest,), ("0",)))[0].rows[0][0].shade == "p3"


def test_wrong_entries_are_marked():
    """In yours and in the difference, not in what must be."""
    yours, right, difference = grids(compared(("1", "2"), ("1", "3"), ((0, 1),)))
    assert [cell.wrong for cell in yours.rows[0]] == [False, True]
    assert [cell.wrong for cell in right.rows[0]] == [False, False]
    assert [cell.wrong for cell in difference.rows[0]] == [False, True]


def test_other_shapes_have_no_difference():
    """And where no arrays are shown there is nothing."""
    assert len(grids(compared(("1", "2"), ("1",)))) == 2
    assert grids(Comparison("dw", 100, 3)) == []
