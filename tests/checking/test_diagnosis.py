"""autograder.checking.diagnosis: the likeliest question about a wrong array."""

from __future__ import annotations

import pytest
import torch

from autograder.checking import close
from autograder.checking.diagnosis import diagnose

RIGHT = torch.tensor([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0], [7.5, 8.0, 9.0], [0.5, -1.5, 2.5]], dtype=torch.float64)


def altered(*rows: int) -> torch.Tensor:
    wrong = RIGHT.clone()
    wrong[list(rows)] = wrong[list(rows)] ** 2 + 1
    return wrong


QUESTIONS = {
    "opposite sign": (-RIGHT, "Every entry has the opposite sign"),
    "never filled in": (0 * RIGHT, "Every entry is zero"),
    "twice too large": (2 * RIGHT, "exactly 2 times what they must be: which factor"),
    "half": (RIGHT / 2, "exactly 0.5 times what they must be, and here 0.5 is 1/2"),
    "summed over 64 rows": (64 * RIGHT, "exactly 64 times what they must be, and here 64 is n"),
    "averaged twice": (RIGHT / 64, "exactly 0.015625 times what they must be, and here 0.015625 is 1/n"),
    "a factor without a name": (-0.3 * RIGHT, "exactly -0.3 times what they must be: which factor"),
    "off by a constant": (RIGHT + 0.25, "off by the same amount, 0.25"),
    "wrong in the last row": (altered(3), "The first 3 of 4 rows are right"),
    "wrong in the last half": (altered(2, 3), "The first 2 of 4 rows are right"),
    "hardly wrong": (RIGHT * (1 + 5e-7 * torch.tensor([1.0, -1.0, 0.5])), "It is nearly right"),
}


@pytest.mark.parametrize(("wrong", "question"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_relation_is_asked_about(refused, wrong: torch.Tensor, question: str):
    """A relation that explains every entry ends the message with its question."""
    assert question in refused(close, wrong, RIGHT, factors={"n": 64, "1/n": 1 / 64}).message


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_a_transposed_square_is_recognised(refused, dtype: torch.dtype):
    """A square matrix has the right shape either way round, so its values must tell."""
    square = RIGHT[:3].to(dtype)
    assert "It is the transpose" in refused(close, square.T, square).message


def test_a_factor_is_seen_through_rounding(refused):
    """In float32 a ratio is exact only up to rounding."""
    right = RIGHT.float() / 3
    assert "exactly 64 times" in refused(close, (right.double() * 64).float() * (1 + 1e-7), right).message


@pytest.mark.parametrize(
    "wrong", [altered(0, 1, 2, 3), altered(0), altered(1, 3), RIGHT.flip(0)], ids=["all", "first", "some", "flipped"]
)
def test_nothing_is_asked_without_a_relation(wrong: torch.Tensor):
    """A question that does not fit would mislead, so there is none."""
    assert diagnose(wrong, RIGHT, rtol=1e-6, factors={"n": 64}) == ""


@pytest.mark.parametrize("right", [torch.zeros(2), torch.tensor([1.0, float("inf")])], ids=["zero", "infinite"])
def test_nothing_is_asked_about_degenerate_answers(right: torch.Tensor):
    """Zeros and infinities fit any factor, so they say nothing."""
    assert diagnose(torch.ones(2), right, rtol=1e-6, factors={}) == ""


def test_a_single_number_has_no_factor():
    """Any two numbers are related by a factor, so a single one is not asked about."""
    assert diagnose(torch.tensor(6.0), torch.tensor(2.0), rtol=1e-6, factors={}) == ""
