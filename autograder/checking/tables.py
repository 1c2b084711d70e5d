"""Numbers as students read them."""

from __future__ import annotations

import torch

FEWEST_DIGITS = 6
MOST_DIGITS = 17  # tell any two floats apart


def enough_digits(actual: torch.Tensor, expected: torch.Tensor, wrong: torch.Tensor | None) -> int:
    """So many significant digits that wrong entries look different from right ones, at least 6."""
    if wrong is None:
        return FEWEST_DIGITS
    pairs = list(zip(actual[wrong].tolist(), expected[wrong].tolist(), strict=True))
    for digits in range(FEWEST_DIGITS, MOST_DIGITS):
        if all(number(a, digits) != number(b, digits) for a, b in pairs):
            return digits
    return MOST_DIGITS


def number(value: float | int | bool, digits: int = FEWEST_DIGITS) -> str:
    """A number with at most so many significant digits."""
    if isinstance(value, float):
        return f"{value + 0.0:.{digits}g}"  # + 0.0 makes 0 of -0
    return str(value)
