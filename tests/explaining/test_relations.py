"""autograder.explaining.relations: the likeliest question about a wrong array, none where chance may be the reason."""

from __future__ import annotations

import math

import pytest
import torch

from autograder.actions import Call
from autograder.explaining.quantities import Quantities
from autograder.explaining.relations import diagnose

X = torch.tensor([[0.31, -1.27, 0.83], [2.19, 0.47, -0.71], [-0.93, 1.61, 0.17], [1.13, -0.29, 0.59]]).double()
W = torch.tensor([0.37, 1.91, -0.67]).double()
RIGHT = torch.tensor([[0.83, -1.94, 2.71], [3.3, 4.17, -5.9], [7.13, 6.61, 8.69], [0.47, -1.39, 2.23]]).double()
CALL = Call(None, "f", (X, W), {"p": 0.3, "lr": 0.05, "betas": (0.6, 0.9)})


def given(*tensors: torch.Tensor, **factors: float) -> Quantities:
    """The quantities of a call f(X, w, p=0.3, lr=0.05, betas=(0.6, 0.9))."""
    call = Call(None, "f", tensors, {}) if tensors else CALL
    return Quantities.of([(call, ["X", "w"])], factors)


def asked(wrong: torch.Tensor, right: torch.Tensor = RIGHT, about: Quantities | None = None, **more: float) -> str:
    """The question in full; "" if there is none."""
    flags = (wrong - right).abs() > 1e-7 * right.abs() + 1e-9
    question = diagnose(wrong, right, flags, about or given(), **more)
    return question.wording.full if question else ""


def altered(*rows: int, column: int | None = None) -> torch.Tensor:
    wrong = RIGHT.clone()
    at = (list(rows),) if column is None else (slice(None), column)
    wrong[at] = wrong[at] ** 2 + torch.arange(wrong[at].numel()).reshape(wrong[at].shape)
    return wrong


HARDLY = RIGHT * (1 + 5e-6 * torch.tensor([1.0, -1.0, 0.5]))
ROWS = torch.tensor([[1.7], [0.3], [-0.9], [2.3]]).double()
SQUARE = RIGHT[:3]
CUBE = torch.arange(27).reshape(3, 3, 3).double().exp().log1p()
QUESTIONS = {
    "opposite sign": (-RIGHT, "Every entry has the opposite sign: is a minus missing"),
    "never filled in": (0 * RIGHT, "Every entry is zero: is the result ever filled in?"),
    "twice too large": (2 * RIGHT, "exactly twice what it must be: which factor is missing, or is there one too many?"),
    "half": (RIGHT / 2, "Every entry is exactly half of what it must be: which factor"),
    "summed": (4 * RIGHT, "4 times what it must be, and 4 is the number of rows of X: is something summed that"),
    "summed, and turned": (-4 * RIGHT, "exactly -4 times what it must be, and 4 is the number of rows of X: is"),
    "averaged": (RIGHT / 3, "exactly 1/3 of what it must be, and 3 is the number of columns of X: is something"),
    "over all entries": (RIGHT * 12, "and 12 is the number of entries of X: is something summed that should be"),
    "1 - p": (RIGHT * 0.7, "and 0.7 is 1 - p: is that one factor too many, or is 1 / (1 - p) missing?"),
    "1 / (1 - p)": (RIGHT / 0.7, "and 1.42857 is 1 / (1 - p): is that one factor too many, or is 1 - p missing?"),
    "lr": (RIGHT * 0.05, "and 0.05 is lr: is that one factor too many, or is 1 / lr missing?"),
    "an entry of betas": (RIGHT / 0.6, "1.66667 is 1 / betas[0]: is that one factor too many, or is betas[0] missing?"),
    "unbiased": (RIGHT * 4 / 3, "and 1.33333 is n / (n - 1), n being the number of rows of X: is that one factor"),
    "unbiased spread": (RIGHT * math.sqrt(3 / 4), "is the root of (n - 1) / n, n being the number of rows of X"),
    "log2": (RIGHT / math.log(2), "and 1.4427 is 1 / log(2), as for a logarithm to base 2"),
    "confused": (RIGHT * 0.3 / 0.7, "is p / (1 - p): is that one factor too many, or is (1 - p) / p missing?"),
    "no name": (-0.377 * RIGHT, "Every entry is exactly -0.377 times what it must be: which factor is missing"),
    "off by a constant": (RIGHT + 0.25, "Every entry is off by the same amount, 0.25: is a term missing"),
    "the input": (X, "It equals the X that your function was given"),
    "a term too many": (RIGHT + W, "It is too large by exactly w: is w added where it should not be"),
    "a term missing": (RIGHT - X, "It is too small by exactly X: is X not added"),
    "a factor too many": (RIGHT * W, "It is what it must be, times w: is w one factor too many"),
    "a factor missing": (RIGHT / X, "It is what it must be, divided by X: is a factor X missing"),
    "squared": (RIGHT**2, "Every entry is the square of what it must be: is a root missing?"),
    "inverted": (1 / RIGHT, "Every entry is 1 divided by what it must be"),
    "opposite chance": (1 - RIGHT, "Every entry is 1 minus what it must be"),
    "magnitudes": (RIGHT.abs(), "Only negative entries are wrong, and only in their sign"),
    "a term of each row": (RIGHT + ROWS, "In each row all entries are off by the same amount"),
    "a factor of each row": (RIGHT * ROWS, "In each row all entries are off by the same factor"),
    "a term of each column": (RIGHT + torch.tensor([0.3, 1.1, -2]), "In each column all entries are off by"),
    "turned upside down": (RIGHT.flip(0), "The numbers are right, but in another order"),
    "wrong in the last row": (altered(3), "Only row 3, the last one, is wrong, all others are right"),
    "wrong in the last half": (altered(2, 3), "The first 2 of 4 rows are right, all after them are wrong"),
    "wrong in the first row": (altered(0), "Only row 0 is wrong, all others are right"),
    "wrong in one column": (altered(column=1), "Only column 1 is wrong, all others are right"),
    "a constant in the wrong place": (HARDLY, "It is nearly right: does a small constant such as eps stand in the"),
}  # fmt: skip


@pytest.mark.parametrize(("wrong", "question"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_relation_is_asked_about(wrong: torch.Tensor, question: str):
    """A relation that explains every entry is told with its question, in the names of the call."""
    assert question in asked(wrong)


def test_lower_precision_is_asked_about_only_where_it_can_be_the_reason():
    """Rounding errs by less than a constant that is in the wrong place, and to both sides."""
    both = torch.tensor([1.0, -1.0, 0.5])
    assert asked(RIGHT * (1 + 3e-7 * both)).endswith("or does a step run in lower precision?")
    assert "precision" not in asked(RIGHT * (1 + 5e-6 * both))
    assert "precision" not in asked(RIGHT * (1 + 3e-7 * both.abs()))
    assert "precision" not in asked(RIGHT.float() * (1 + 1.5e-4 * both).float(), RIGHT.float())
    rounded = RIGHT.sin().float().double()
    assert "eps" not in asked(rounded, RIGHT.sin())
    assert asked(torch.tensor(2.0).double(), torch.tensor(2.00001).double()).endswith("in the wrong place?")


def test_a_single_row_or_column_has_no_factor_without_a_name():
    """Any mistake in the one number that it is multiplied by would give such a factor."""
    for one in (RIGHT[:1], RIGHT[:, :1]):
        assert asked(0.377 * one, one) == ""
        assert "exactly 4 times what it must be, and 4 is the number of rows" in asked(4 * one, one)
    assert "exactly 0.377 times" in asked(0.377 * RIGHT[0], RIGHT[0])
    assert "exactly 0.377 times" in asked(0.377 * RIGHT[:2], RIGHT[:2])


def test_an_input_times_a_wrong_number_is_told_as_that():
    """A gradient of one row has the direction of the row, whatever else is wrong."""
    row = X[:1]
    told = asked(0.377 * row[0], 0.9 * row[0], given(row))
    assert told.startswith("It is X times one number, as it must be, and only that number is wrong: what must X")
    assert "exactly half of what it must be" in asked(0.45 * row[0], 0.9 * row[0], given(row))
    assert "exactly 0.377 times" in asked(0.377 * row[0], row[0], given(RIGHT[:1]))
    assert "exactly 0.377 times" in asked(0.377 * X, X, given(X))


@pytest.mark.parametrize("wrong", [-RIGHT, 4 * RIGHT, RIGHT / 0.7, -0.377 * RIGHT, RIGHT + 0.25, altered(3), X])
def test_hidden_checks_get_the_question_without_numbers(wrong: torch.Tensor):
    """What is said where inputs are hidden has no digit, except in formulas of the course."""
    told = diagnose(wrong, RIGHT, wrong != RIGHT, given()).wording.redacted
    assert told
    assert not any(c in told.replace("1 / (1 - p)", "").replace("1 - p", "") for c in "023456789.")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_a_transposed_square_is_recognised(dtype: torch.dtype):
    """A square matrix has the right shape either way round, so its values must tell."""
    assert "It is the transpose" in asked(SQUARE.to(dtype).T, SQUARE.to(dtype))


def test_permuted_axes_are_recognised():
    """Of more than two axes the order that would be right is told."""
    assert "right with its axes in the order [1, 2, 0]" in asked(CUBE.permute(1, 2, 0), CUBE)


def test_a_quotient_that_a_check_names_is_turned_upside_down():
    """What may be missing reads as it would be written."""
    about = given(X, W, **{"(1 - m) / m": 9.0})
    assert asked(9 * RIGHT, about=about).endswith("is that one factor too many, or is m / (1 - m) missing?")


def test_a_step_in_the_wrong_length_or_direction_is_measured_from_where_it_began():
    """An update of parameters is explained by its step, since the whole value has no simple relation."""
    moved = W - 0.05 * RIGHT[0]
    told = asked(W - 0.2 * RIGHT[0], moved, given(X, W))
    assert "The step from w to your result is exactly 4 times what it must be, and 4 is the number of rows of X" in told
    assert "The step from w to your result has the opposite sign" in asked(W + 0.05 * RIGHT[0], moved, given(X, W))


def test_two_quantities_that_explain_the_same_are_both_told():
    """For p = 0.2 and four rows nobody can tell (1 - p) / p from the number of rows."""
    call = Call(None, "f", (X,), {"p": 0.2})
    told = asked(4 * RIGHT, about=Quantities.of([(call, ["X"])], {}))
    assert "4 is the number of rows of X and also (1 - p) / p: which factor is missing, or is there" in told


def test_a_check_can_name_a_factor():
    """A ratio that no argument shows goes by the name that the check gives it."""
    assert "and 9 is (1 - momentum) / momentum" in asked(9 * RIGHT, about=given(**{"(1 - momentum) / momentum": 9}))


def test_a_factor_is_seen_through_rounding():
    """In float32 a ratio is exact only up to rounding."""
    right = RIGHT.float() / 3
    assert "exactly 4 times" in asked((right.double() * 4).float() * (1 + 1e-7), right)


def test_a_relation_is_seen_as_precisely_as_the_answer_is_known():
    """Where a check expects an approximation, a relation holds to its precision only."""
    about = RIGHT * (1 + 3e-4 * torch.tensor([1.0, -1.0, 0.5]))
    assert "opposite sign" not in asked(-about)
    assert "opposite sign" in asked(-about, rtol=1e-3)


def test_a_single_number_is_related_by_what_has_a_name_only():
    """Any two numbers are related by some factor, so only one that the call suggests is evidence."""
    right = torch.tensor(1.2345678).double()
    assert "It is exactly 4 times what it must be, and 4 is the number of rows of X" in asked(4 * right, right)
    assert asked(3.21 * right, right) == ""
    assert asked(right + 0.25, right) == ""


@pytest.mark.parametrize(("wrong", "right"), [(1.0, 0.5), (2.0, 1.0), (0.25, 0.5), (4.0, 2.0), (-1.0, 1.0)], ids=repr)
def test_a_round_number_is_no_evidence(wrong: float, right: float):
    """Many mistakes turn one half into one, so nothing is concluded."""
    assert asked(torch.tensor(wrong).double(), torch.tensor(right).double()) == ""


CONSTANT = torch.full((3, 3), 0.618).double()
SYMMETRIC = SQUARE + SQUARE.T


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (CONSTANT * 0 + 1.7, CONSTANT),
        (SYMMETRIC.T + torch.eye(3) * torch.tensor([0.1, 0.2, 0.3]), SYMMETRIC),
        (torch.tensor([1.0, 0.0, 1.0, 0.0]).double(), torch.tensor([0.0, 1.0, 1.0, 1.0]).double()),
        (torch.ones(2).double(), torch.zeros(2).double()),
        (torch.ones(2).double(), torch.tensor([1.0, math.inf]).double()),
        (torch.tensor([1.0, math.nan]).double(), torch.ones(2).double()),
        (torch.zeros(0).double(), torch.zeros(0).double()),
        (torch.tensor([0.0, 0.0]).double(), torch.tensor([0.0, 1.81]).double()),
    ],
    ids=["all equal", "symmetric", "bits", "zeros", "infinite", "nan", "empty", "one zero too many"],
)
def test_nothing_is_asked_where_many_relations_fit(wrong: torch.Tensor, right: torch.Tensor):
    """Numbers that are all alike, zeros and infinities are no evidence for any relation."""
    assert asked(wrong, right) == ""


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_nothing_is_asked_about_arrays_that_have_nothing_to_do_with_each_other(dtype: torch.dtype):
    """Of 600 unrelated pairs, small and large, none gets a question that rests on chance."""
    generator, told = torch.Generator().manual_seed(3), []
    for _ in range(200):
        for shape in ((), (2,), (3, 2)):
            wrong, right, x = (torch.randn(shape, generator=generator, dtype=dtype) for _ in range(3))
            told.append(asked(wrong, right, given(x, W)))
    assert set(told) == {""}
