"""autograder.reports.bars: numbers as bars of characters."""

from __future__ import annotations

from autograder.evidence import Bars
from autograder.reports.bars import BAR, WIDEST, lines_of_bars


def lengths(*values: str, logarithmic: bool = False) -> list[int]:
    """How long the bars of some numbers are."""
    labels = tuple(f"f{number}" for number in range(len(values)))
    _, *lines = lines_of_bars(Bars("time", "ms", labels, values, logarithmic))
    return [line.count(BAR) for line in lines]


def test_labels_and_numbers_stand_beside_the_bars():
    """Under a heading that says what was measured, and that it is not graded."""
    assert lines_of_bars(Bars("time", "ms", ("long", "f"), ("1", "0"))) == [
        "time, in ms (not graded)",
        f"long  {WIDEST * BAR} 1",
        "f      0",
    ]


def test_bars_are_as_long_as_their_numbers():
    """The largest is the widest; what is above 0 can be seen."""
    assert lengths("10", "5", "0.001", "0") == [WIDEST, WIDEST // 2, 1, 0]
    assert lengths("0", "0") == [0, 0]


def test_logarithmic_bars_grow_by_powers_of_ten():
    """The heading says so, and the smallest has a bar."""
    assert lengths("100", "10", "1", logarithmic=True) == [WIDEST, 2 * WIDEST // 3, WIDEST // 3]
    assert lengths("0", "5", logarithmic=True) == [0, WIDEST]
    heading = lines_of_bars(Bars("time", "ms", ("f",), ("1",), True))[0]
    assert heading == "time, in ms (not graded, bars are logarithmic)"
