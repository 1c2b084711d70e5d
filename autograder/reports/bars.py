"""Numbers as bars of characters, which every terminal and every page can show."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..evidence import Bars

WIDEST = 30  # of a bar, in characters
BAR = "█"


def lines_of_bars(bars: Bars) -> list[str]:
    """A heading, and for each number its label, its bar and itself."""
    lengths = _lengths(list(map(float, bars.values)), logarithmic=bars.logarithmic)
    width = max(map(len, bars.labels))
    heading = f"{bars.name}, in {bars.unit} (not graded"
    if bars.logarithmic:
        heading += ", bars are logarithmic"
    lines = [f"{heading})"]
    for label, value, length in zip(bars.labels, bars.values, lengths, strict=True):
        lines.append(f"{label:<{width}}  {BAR * length} {value}")
    return lines


def _lengths(values: Sequence[float], *, logarithmic: bool) -> list[int]:
    """How long each bar is; the largest number has the widest, and none that is above 0 has no bar at all."""
    if logarithmic:
        values = _decades(values)
    largest = max(values) or 1.0
    return [math.ceil(WIDEST * value / largest) for value in values]


def _decades(values: Sequence[float]) -> list[float]:
    """By how many powers of ten each number exceeds a tenth of the smallest; 0 stays 0."""
    smallest = min((value for value in values if value > 0), default=1.0)
    return [1 + math.log10(value / smallest) if value > 0 else 0.0 for value in values]
