"""Small arrays as pictures: yours, what it must be, and the difference, entry by entry, as tables of shaded cells.

A table can be read by everybody, a drawing only by some: the shade repeats what the number says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..evidence import Array, Comparison

SHADES = 3
YOURS = "yours"
RIGHT = "must be"
DIFFERENCE = "difference"


@dataclass(frozen=True)
class Cell:
    """An entry.

    Args:
        shade: a letter for the sign (p, m, or z for zero and for what is no finite number) and a digit for the size.
    """

    text: str
    shade: str
    wrong: bool = False


@dataclass(frozen=True)
class Grid:
    """An array."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]


def grids(comparison: Comparison) -> list[Grid]:
    """The arrays of a comparison, and their difference where they are of one shape; nothing if it has no arrays."""
    yours = comparison.yours
    right = comparison.right
    if yours is None or right is None:
        return []
    largest = max(_largest(yours.rows), _largest(right.rows))  # one scale, so that they can be compared
    shown = [_grid(YOURS, yours.rows, largest, comparison.marks), _grid(RIGHT, right.rows, largest)]
    if yours.shape == right.shape:
        differences = _differences(yours, right)
        shown.append(_grid(DIFFERENCE, differences, _largest(differences), comparison.marks))
    return shown


def _grid(title: str, rows: Sequence[Sequence[str]], largest: float, marks: Sequence[tuple[int, int]] = ()) -> Grid:
    cells = []
    for i, row in enumerate(rows):
        cells.append(tuple(Cell(text, _shade(text, largest), (i, j) in marks) for j, text in enumerate(row)))
    return Grid(title, tuple(cells))


def _differences(yours: Array, right: Array) -> list[list[str]]:
    differences = []
    for row, wanted in zip(yours.rows, right.rows, strict=True):
        differences.append([_difference(one, other) for one, other in zip(row, wanted, strict=True)])
    return differences


def _difference(one: str, other: str) -> str:
    """One number less another, as far as their digits tell."""
    if one == other:
        return "0"
    value = _number(one) - _number(other)
    if math.isnan(value):
        return "–"
    return f"{value:+.3g}"


def _largest(rows: Sequence[Sequence[str]]) -> float:
    """The largest size of a finite number in some rows."""
    sizes = []
    for row in rows:
        sizes += [abs(_number(text)) for text in row if math.isfinite(_number(text))]
    return max(sizes, default=0.0)


def _shade(text: str, largest: float) -> str:
    value = _number(text)
    if not math.isfinite(value) or value == 0 or largest == 0:
        return "z0"
    sign = "p" if value > 0 else "m"
    size = math.ceil(SHADES * abs(value) / largest)
    return f"{sign}{min(max(1, size), SHADES)}"  # rounding may lead outside


def _number(text: str) -> float:
    """The number that a text shows; nan for other entries, such as True or a complex number."""
    try:
        return float(text)
    except ValueError:
        return math.nan
