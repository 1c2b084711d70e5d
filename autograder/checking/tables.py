"""Numbers as students read them."""

from __future__ import annotations

import torch

DIGITS = 6  # significant ones, where they tell a wrong entry from a right one
MOST_DIGITS = 17  # with so many, two float64 that differ look different


def enough_digits(actual: torch.Tensor, expected: torch.Tensor, wrong: torch.Tensor | None) -> int:
    """The number of significant digits, at least 6, with which each wrong entry looks different from the right one."""
    if wrong is None:
        return DIGITS
    pairs = list(zip(actual[wrong].tolist(), expected[wrong].tolist(), strict=True))
    for digits in range(DIGITS, MOST_DIGITS):
        if all(number(yours, digits) != number(right, digits) for yours, right in pairs):
            return digits
    return MOST_DIGITS


def number(value: complex, digits: int = DIGITS) -> str:
    """A number with at most so many significant digits, or a complex one with twice as many."""
    if isinstance(value, complex):
        return f"{value + 0.0:.{digits}g}"
    if not isinstance(value, float):
        return str(value)
    return f"{value + 0.0:.{digits}g}"  # adding 0.0 turns -0.0 into 0.0
