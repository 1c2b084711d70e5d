"""autograder.checking.tables: numbers as students read them."""

from __future__ import annotations

import math

import torch

from autograder.checking.tables import enough_digits, number


def t(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_there_is_no_negative_zero():
    """Nobody needs to see its sign."""
    assert (number(-0.0), number(0.25), number(3)) == ("0", "0.25", "3")


def test_integers_and_booleans_are_shown_as_they_are():
    """No decimal point where there is none."""
    assert (number(12_345_678), number(True)) == ("12345678", "True")


def test_digits_suffice_to_see_the_difference():
    """Six, or as many as it takes for every wrong entry to look different from the right one."""
    wrong = torch.tensor([True, False])
    assert enough_digits(t(0.5, 1), t(0.25, 1), wrong) == 6
    assert enough_digits(t(0.12345678, 1), t(0.12345679, 1), wrong) == 8
    assert enough_digits(t(1.0), t(math.nextafter(1.0, 2.0)), torch.tensor([True])) == 17
    assert enough_digits(t(1.0), t(1.0, 2.0), None) == 6


def test_a_complex_number_has_two_parts():
    """Each with its digits."""
    assert (number(1 - 2.5j), number(1 / 3 + 0j, 3)) == ("1-2.5j", "0.333+0j")
