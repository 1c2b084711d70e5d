"""Two small arrays side by side, wrong entries marked, as aligned lines of plain text."""

from __future__ import annotations

from dataclasses import dataclass

import torch

SHOWN_ENTRIES = 24  # more are not read; 24 are a matrix of 4 by 6
WIDTH = 72  # of a line, so that it fits a terminal of 80 columns with its indent
DIGITS = 6  # significant ones, where they tell a wrong entry from a right one
MOST_DIGITS = 17  # with so many, two float64 that differ look different
GAP = "  "  # between two columns
BETWEEN = 4  # blanks between two matrices
MARK = " ✗"
NO_MARK = " " * len(MARK)
YOURS = "yours"
RIGHT = "right"


@dataclass(frozen=True)
class _Cell:
    """An entry of an array as it is shown."""

    text: str
    marked: bool

    def __str__(self) -> str:
        return self.text + MARK if self.marked else self.text


Row = list[_Cell]


def side_by_side(actual: torch.Tensor, expected: torch.Tensor, wrong: torch.Tensor | None = None) -> str:
    """Both arrays, if they are small enough to be read.

    Args:
        actual, expected: of any shapes and dtypes.
        wrong: bool, of their shape; which entries to mark. Without it the shapes may differ, and nothing is marked.
    """
    if not _is_worth_showing(actual, expected):
        return ""
    digits = enough_digits(actual, expected, wrong)
    yours = _rows(actual, digits, wrong)
    right = _rows(expected, digits)
    if max(actual.ndim, expected.ndim) < 2:
        lines = _two_vectors(yours[0], right[0])
    else:
        lines = _two_matrices(_aligned(yours), _aligned(right))
    return "\n".join(line.rstrip() for line in lines)


def _is_worth_showing(actual: torch.Tensor, expected: torch.Tensor) -> bool:
    """Whether there is something to read, which the message has not said, and not too much."""
    larger = max(actual.numel(), expected.numel())
    smaller = min(actual.numel(), expected.numel())
    return smaller > 0 and 1 < larger <= SHOWN_ENTRIES


def enough_digits(actual: torch.Tensor, expected: torch.Tensor, wrong: torch.Tensor | None) -> int:
    """The number of significant digits, at least 6, with which each wrong entry looks different from the right one."""
    if wrong is None:
        return DIGITS
    pairs = list(zip(actual[wrong].tolist(), expected[wrong].tolist(), strict=True))
    for digits in range(DIGITS, MOST_DIGITS):
        if all(number(yours, digits) != number(right, digits) for yours, right in pairs):
            return digits
    return MOST_DIGITS


def number(value: float | int | bool, digits: int = DIGITS) -> str:
    """A number with at most so many significant digits."""
    if not isinstance(value, float):
        return str(value)
    return f"{value + 0.0:.{digits}g}"  # adding 0.0 turns -0.0 into 0.0


def _rows(x: torch.Tensor, digits: int, wrong: torch.Tensor | None = None) -> list[Row]:
    """The rows of an array of any shape as cells."""
    if wrong is None:
        wrong = torch.zeros_like(x, dtype=torch.bool)
    width = x.shape[-1] if x.ndim else 1
    rows = []
    for values, flags in zip(x.reshape(-1, width).tolist(), wrong.reshape(-1, width).tolist(), strict=True):
        row = []
        for value, flag in zip(values, flags, strict=True):
            row.append(_Cell(number(value, digits), flag))
        rows.append(row)
    return rows


def _aligned(rows: list[Row]) -> list[str]:
    """Rows in brackets, their columns aligned at the right, with room for a mark in the columns that have one."""
    columns = [_column(cells) for cells in zip(*rows, strict=True)]
    return [f"[{GAP.join(texts)}]" for texts in zip(*columns, strict=True)]


def _column(cells: tuple[_Cell, ...]) -> list[str]:
    width = max(len(cell.text) for cell in cells)
    has_marks = any(cell.marked for cell in cells)
    texts = []
    for cell in cells:
        text = cell.text.rjust(width)
        if has_marks:
            text += MARK if cell.marked else NO_MARK
        texts.append(text)
    return texts


def _two_matrices(yours: list[str], right: list[str]) -> list[str]:
    """Lines of two matrices: beside each other where they fit, else one below the other."""
    indent = len(yours[0]) + BETWEEN
    if len(yours) != len(right) or indent + len(right[0]) > WIDTH:
        return [f"{YOURS}:", *yours, f"{RIGHT}:", *right]
    lines = [YOURS.ljust(indent) + RIGHT]
    for one, other in zip(yours, right, strict=True):
        lines.append(one.ljust(indent) + other)
    return lines


def _two_vectors(yours: Row, right: Row) -> list[str]:
    """Lines of two vectors, one above the other with aligned columns, in as many pieces as the width asks for."""
    if len(yours) != len(right):
        return [_joined(YOURS, yours), _joined(RIGHT, right)]
    lines = []
    above = YOURS
    below = RIGHT
    for one, other in zip(yours, right, strict=True):
        width = max(len(str(one)), len(str(other)))
        if len(above) + len(GAP) + width > WIDTH and above != YOURS:
            lines += [above, below]
            above = YOURS
            below = RIGHT
        above += GAP + str(one).ljust(width)
        below += GAP + str(other).ljust(width)
    return [*lines, above, below]


def _joined(label: str, cells: Row) -> str:
    return GAP.join([label, *map(str, cells)])
