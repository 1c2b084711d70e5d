"""autograder.reports.arrays: small arrays side by side, wrong entries marked."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.evidence import Array, Comparison
from autograder.reports.arrays import WIDTH, Line, side_by_side


def vector(*entries: object) -> Array:
    return Array((len(entries),), (tuple(map(str, entries)),))


def matrix(*rows: Sequence[object]) -> Array:
    return Array((len(rows), len(rows[0])), tuple(tuple(map(str, row)) for row in rows))


def shown(yours: Array, right: Array, *marks: tuple[int, int]) -> list[Line]:
    return side_by_side(Comparison("dW", 1, yours=yours, right=right, marks=marks))


def texts(lines: list[Line]) -> list[str]:
    return [line.text for line in lines]


def test_vectors_stand_one_above_the_other():
    """Columns are aligned, and a wrong entry has a mark behind it."""
    lines = shown(vector(0.5, -12.25, 3), vector(0.5, 1.5, 3), (0, 1))
    assert texts(lines) == ["yours  0.5  -12.25 ✗  3", "right  0.5  1.5       3"]


def test_a_wrong_entry_is_a_piece_of_its_own():
    """So that a renderer can colour it, in vectors and in matrices, and nothing of ours reads text again."""
    lines = [*shown(vector(1, 2), vector(1, 3), (0, 1)), *shown(matrix([1, 2]), matrix([1, 3]), (0, 1))]
    assert [piece.text for line in lines for piece in line if piece.wrong] == ["2 ✗", "2 ✗"]


def test_matrices_stand_side_by_side():
    """Row by row, in brackets, with aligned columns."""
    lines = shown(matrix([1, 2], [3, 44]), matrix([1, 2.5], [3, 4]), (0, 1), (1, 1))
    assert texts(lines) == [
        "yours        right",
        "[1   2 ✗]    [1  2.5]",
        "[3  44 ✗]    [3    4]",
    ]


def test_wide_matrices_stand_one_below_the_other():
    """Where two do not fit beside each other, right follows yours."""
    wide = matrix(*[[0.123456] * 12] * 2)
    lines = texts(shown(wide, wide, (0, 0)))
    assert [lines[0], lines[3]] == ["yours:", "right:"]


def test_a_long_vector_goes_over_several_lines():
    """No line is too long for a terminal of 80 columns, and nothing is lost."""
    long = vector(*(f"{i}.123456" for i in range(24)))
    lines = texts(shown(long, long))
    assert len(lines) > 2
    assert max(map(len, lines)) <= WIDTH
    assert " ".join(lines[::2]).replace("yours", "").split() == list(long.rows[0])


def test_arrays_of_unlike_shapes_are_shown_too():
    """The shapes themselves are the news."""
    assert texts(shown(vector(0, 0), vector(0, 0, 0))) == ["yours  0  0", "right  0  0  0"]
    assert texts(shown(matrix([0], [0]), vector(0, 0)))[0] == "yours:"


def test_without_arrays_there_are_no_lines():
    """As for large ones, and single numbers."""
    assert side_by_side(Comparison("dW", 1)) == []
