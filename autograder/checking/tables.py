"""Two small arrays side by side, wrong entries marked, as aligned lines of plain text."""

from __future__ import annotations

import torch

SHOWN_ENTRIES = 24
WIDTH = 72  # of a line, so that it fits a terminal of 80 columns with its indent
MARK = "✗"
LABELS = ("yours", "right")


def side_by_side(actual: torch.Tensor, expected: torch.Tensor, wrong: torch.Tensor | None = None) -> str:
    """Both arrays, if they are small enough to be read.

    Args:
        actual, expected: of any shapes and dtypes.
        wrong: bool, of their shape; which entries to mark. Without it the shapes may differ, and nothing is marked.
    """
    sizes = actual.numel(), expected.numel()
    if 0 in sizes or sizes == (1, 1) or max(sizes) > SHOWN_ENTRIES:
        return ""
    digits = enough_digits(actual, expected, wrong)
    marks = torch.zeros(actual.shape, dtype=torch.bool) if wrong is None else wrong
    yours, right = _cells(actual, digits, marks), _cells(expected, digits, None)
    if max(actual.ndim, expected.ndim) < 2:
        return _one_above_the_other(yours[0], right[0])
    left, other = _block(yours), _block(right)
    if len(left[0]) + len(other[0]) + 4 <= WIDTH and len(left) == len(other):
        lines = [f"{LABELS[0]:<{len(left[0]) + 4}}{LABELS[1]}"]
        lines += [f"{a:<{len(left[0]) + 4}}{b}" for a, b in zip(left, other, strict=True)]
    else:
        lines = [f"{LABELS[0]}:", *left, f"{LABELS[1]}:", *other]
    return "\n".join(line.rstrip() for line in lines)


def enough_digits(actual: torch.Tensor, expected: torch.Tensor, wrong: torch.Tensor | None) -> int:
    """So many significant digits that wrong entries look different from right ones, at least 6."""
    if wrong is None:
        return 6
    pairs = list(zip(actual[wrong].tolist(), expected[wrong].tolist(), strict=True))
    clear = (d for d in range(6, 18) if all(number(a, d) != number(b, d) for a, b in pairs))
    return next(clear, 17)


def number(value: float | int | bool, digits: int = 6) -> str:
    """A number with at most so many significant digits."""
    return f"{value + 0.0:.{digits}g}" if isinstance(value, float) else str(value)  # + 0.0 makes 0 of -0


def _cells(x: torch.Tensor, digits: int, marks: torch.Tensor | None) -> list[list[str]]:
    """The rows of an array as texts, a mark behind each entry that has a flag."""
    rows = x.reshape(-1, x.shape[-1]) if x.ndim else x.reshape(1, 1)
    flags = torch.zeros_like(rows, dtype=torch.bool) if marks is None else marks.reshape(rows.shape)
    return [
        [number(value, digits) + (f" {MARK}" if flag else "") for value, flag in zip(*pair, strict=True)]
        for pair in zip(rows.tolist(), flags.tolist(), strict=True)
    ]


def _block(rows: list[list[str]]) -> list[str]:
    """Rows with aligned columns, in brackets."""
    plain = [[cell.removesuffix(f" {MARK}") for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*plain, strict=True)]
    marked = [any(cell.endswith(MARK) for cell in column) for column in zip(*rows, strict=True)]
    return [f"[{'  '.join(map(_padded, row, widths, marked))}]" for row in rows]


def _padded(cell: str, width: int, marked: bool) -> str:
    """A cell right-aligned in its column, with room for a mark if the column has one."""
    text = cell.removesuffix(f" {MARK}")
    mark = (f" {MARK}" if cell != text else "  ") if marked else ""
    return f"{text:>{width}}{mark}"


def _one_above_the_other(yours: list[str], right: list[str]) -> str:
    """Two vectors as two lines with aligned columns, in as many pieces as the width asks for."""
    if len(yours) != len(right):
        lines = [f"{label}  {'  '.join(cells)}" for label, cells in zip(LABELS, (yours, right), strict=True)]
        return "\n".join(lines)
    pieces, columns = [["", ""]], list(zip(yours, right, strict=True))
    for pair in columns:
        width = max(len(cell) for cell in pair)
        if pieces[-1][0] and len(pieces[-1][0]) + 2 + width > WIDTH - 5:
            pieces.append(["", ""])
        pieces[-1] = [f"{line}  {cell:<{width}}" for line, cell in zip(pieces[-1], pair, strict=True)]
    lines = [f"{label}{line}".rstrip() for piece in pieces for label, line in zip(LABELS, piece, strict=True)]
    return "\n".join(lines)
