"""Two small arrays side by side, wrong entries marked, as aligned lines of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..evidence import Array, Comparison

WIDTH = 72  # of a line, so that it fits a terminal of 80 columns with its indent
MARK = " ✗"
YOURS = "yours"
RIGHT = "right"
GAP = "  "  # between columns
APART = 4  # columns between two matrices


@dataclass(frozen=True)
class Piece:
    """A piece of a line; `wrong` is one to be marked by colour too."""

    text: str
    wrong: bool = False


class Line(list[Piece]):
    """A line in pieces."""

    @property
    def text(self) -> str:
        """The line without colours."""
        return "".join(piece.text for piece in self).rstrip()

    def padded(self, width: int) -> Line:
        """The line, filled up to a width with blanks."""
        return Line([*self, Piece(" " * (width - len(self.text)))])


@dataclass(frozen=True)
class _Cell:
    """An entry of an array as it is shown."""

    text: str
    wrong: bool

    @property
    def piece(self) -> Piece:
        if self.wrong:
            return Piece(self.text + MARK, wrong=True)
        return Piece(self.text)

    @property
    def width(self) -> int:
        return len(self.piece.text)


def side_by_side(comparison: Comparison) -> list[Line]:
    """The arrays of a comparison, if it has them."""
    if comparison.yours is None or comparison.right is None:
        return []
    yours = _cells(comparison.yours, comparison.marks)
    right = _cells(comparison.right, ())
    if max(len(comparison.yours.shape), len(comparison.right.shape)) < 2:
        return _vectors(yours[0], right[0])
    return _matrices(_block(yours), _block(right))


def _cells(array: Array, marks: tuple[tuple[int, int], ...]) -> list[list[_Cell]]:
    """The rows of an array, with its wrong entries."""
    rows = []
    for i, row in enumerate(array.rows):
        cells = []
        for j, text in enumerate(row):
            cells.append(_Cell(text, wrong=(i, j) in marks))
        rows.append(cells)
    return rows


def _matrices(left: list[Line], other: list[Line]) -> list[Line]:
    """Two blocks beside each other, or one below the other where they do not fit."""
    begin = len(left[0].text) + APART  # all lines of a block are of one length
    if len(left) != len(other) or begin + len(other[0].text) > WIDTH:
        return [Line([Piece(f"{YOURS}:")]), *left, Line([Piece(f"{RIGHT}:")]), *other]
    lines = [Line([Piece(f"{YOURS:<{begin}}{RIGHT}")])]
    for one, two in zip(left, other, strict=True):
        lines.append(Line([*one.padded(begin), *two]))
    return lines


def _block(rows: list[list[_Cell]]) -> list[Line]:
    """Rows with aligned columns, in brackets."""
    lines = [Line([Piece("[")]) for _ in rows]
    gap = ""
    for column in zip(*rows, strict=True):
        for line, pieces in zip(lines, _aligned(column), strict=True):
            line += [Piece(gap), *pieces]
        gap = GAP
    for line in lines:
        line.append(Piece("]"))
    return lines


def _aligned(column: Sequence[_Cell]) -> Iterator[list[Piece]]:
    """The cells of a column, flush right; if one has a mark, there is room for one behind each."""
    width = max(len(cell.text) for cell in column)
    marked = any(cell.wrong for cell in column)
    for cell in column:
        pieces = [Piece(" " * (width - len(cell.text))), cell.piece]
        if marked and not cell.wrong:
            pieces.append(Piece(" " * len(MARK)))
        yield pieces


def _vectors(yours: list[_Cell], right: list[_Cell]) -> list[Line]:
    """Two vectors one above the other with aligned columns, over as many lines as the width asks for."""
    if len(yours) != len(right):
        return [_row(YOURS, yours, [0] * len(yours)), _row(RIGHT, right, [0] * len(right))]
    widths = [max(one.width, other.width) for one, other in zip(yours, right, strict=True)]
    lines = []
    begin = 0
    for end in _breaks(widths):
        lines.append(_row(YOURS, yours[begin:end], widths[begin:end]))
        lines.append(_row(RIGHT, right[begin:end], widths[begin:end]))
        begin = end
    return lines


def _breaks(widths: list[int]) -> list[int]:
    """Where lines end that hold as many columns of these widths as fit."""
    ends = []
    used = 0
    for i, width in enumerate(widths):
        if i and len(YOURS) + used + len(GAP) + width > WIDTH:
            ends.append(i)
            used = 0
        used += len(GAP) + width
    return [*ends, len(widths)]


def _row(label: str, cells: list[_Cell], widths: list[int]) -> Line:
    """A label and cells, each filled up to its width."""
    line = Line([Piece(label)])
    for cell, width in zip(cells, widths, strict=True):
        line += [Piece(GAP), cell.piece, Piece(" " * (width - cell.width))]
    return line
