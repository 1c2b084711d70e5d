"""autograder.checking.bars: numbers that a check shows and does not judge."""

from __future__ import annotations

from autograder.checking import bars
from autograder.evidence import Bars


def test_numbers_are_written_with_three_digits():
    """In the order in which they come; a large one has all digits before its point."""
    shown = bars("time", {"slow": 271.828, "quick": 0.0012345, "slowest": 31415.9}, unit="ms", logarithmic=True)
    assert shown == Bars("time", "ms", ("slow", "quick", "slowest"), ("272", "0.00123", "31416"), True)
