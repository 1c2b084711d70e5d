"""autograder.diagnosis.agreement: equal up to rounding, and equal up to chance."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.diagnosis.agreement import alike, drawn_alike, is_degenerate, tells_something
from autograder.model import ObjectRef

INF, NAN = float("inf"), float("nan")


def t(*values: float, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.tensor(values, dtype=dtype)


ALIKE = {
    "rounding": (t(1.0), t(1 + 1e-9)),
    "rounding in float32": (t(1.0, dtype=torch.float32), t(1 + 1e-5, dtype=torch.float32)),
    "cancellation beside a large entry": (t(1.0, 1e-17), t(1.0, 0.0)),
    "NaN": (t(NAN), t(NAN)),
    "one overflow in two ways": (t(NAN, 1.0), t(-INF, 1.0)),
    "list and tuple": ([t(1), 2], (t(1), 2)),
    "dicts": ({"a": t(1)}, {"a": t(1)}),
    "numbers": (1, 1.0),
    "a number and the [] tensor of it": (torch.tensor(0.5, dtype=torch.float64), 0.5),
    "a number and the [] tensor of it in float32": (torch.tensor(0.1), 0.1),
    "two objects": (ObjectRef(0, "Layer"), ObjectRef(3, "Other")),
    "texts": ("relu", "relu"),
    "nothing": (None, None),
    "no entries": (torch.zeros(0, 2), torch.zeros(0, 2)),
    "complex rounding": (torch.tensor([1j, 2]), torch.tensor([1j + 1e-6, 2])),
    "a complex number and the [] tensor of it": (torch.tensor(1j, dtype=torch.complex128), 1j),
    "a complex overflow": (torch.tensor([complex(INF, 0)]), torch.tensor([complex(0, NAN)])),
    "sets": ({1, (2, "a")}, {(2, "a"), 1}),
}
DIFFERENT = {
    "values": (t(1.0), t(1.0001)),
    "one value of many": (torch.arange(1000.0), torch.arange(1000.0) + (torch.arange(1000) == 501)),
    "tiny values": (t(1e-30), t(2e-30)),
    "infinity and a number": (t(INF), t(1.0)),
    "shapes": (t(1), t(1, 1)),
    "dtypes": (t(1), t(1, dtype=torch.float32)),
    "integers": (torch.tensor([1, 2]), torch.tensor([1, 3])),
    "lengths": ([1], [1, 2]),
    "keys": ({"a": 1}, {"b": 1}),
    "a value of a dict": ({"a": 1}, {"a": 2}),
    "numbers": (1, 2),
    "a tensor with an axis and a number": (t(1), 1),
    "texts": ("relu", "tanh"),
    "nothing and something": (None, 0),
    "complex entries": (torch.tensor([1j, 2]), torch.tensor([-1j, 2])),
    "complex numbers": (1j, 1 + 1j),
    "a complex and a real number": (torch.tensor([1 + 0j]), torch.tensor([1.0])),
    "sets": ({1}, {1, 2}),
    "a set and a frozen one": ({1}, frozenset({1})),
}


@pytest.mark.parametrize(("a", "b"), ALIKE.values(), ids=ALIKE)
def test_answers_are_alike(a: object, b: object):
    """The same up to rounding, either way round."""
    assert alike(a, b)
    assert alike(b, a)


@pytest.mark.parametrize(("a", "b"), DIFFERENT.values(), ids=DIFFERENT)
def test_answers_differ(a: object, b: object):
    """In kind, shape or value, either way round."""
    assert not alike(a, b)
    assert not alike(b, a)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_numbers_are_alike_up_to_rounding_only(a: float, b: float):
    """A relative difference of 1e-6 is never rounding, one of 1e-8 always is."""
    scale = max(abs(a), abs(b))
    if abs(a - b) > 1e-6 * scale:
        assert not alike(a, b)
    elif abs(a - b) < 1e-8 * scale:
        assert alike(a, b)


DEGENERATE = {  # a value, and whether it is degenerate beside the input [1, 2]
    "zeros": (t(0.0, 0.0), True),
    "a lone 0": (0.0, True),
    "an infinity": (t(INF), True),
    "nothing finite": (t(INF, NAN), True),
    "one finite number beside an infinity": (t(INF, 2.0), False),
    "the same everywhere": (t(3.0, 3.0), True),
    "two that differ": (t(3.0, 4.0), False),
    "a lone number": (3.0, False),
    "a tensor with one entry": (t(3.0), False),
    "the input": (t(1.0, 2.0), True),
    "the input, in part": (t(1.0), False),
    "no entries": (torch.zeros(0, 3), True),
    "nothing": (None, True),
    "a text": ("text", False),
    "an object": (ObjectRef(1, "Layer"), True),
}


@pytest.mark.parametrize(("value", "degenerate"), DEGENERATE.values(), ids=DEGENERATE)
def test_a_value_that_many_mistakes_give_is_degenerate(value: object, degenerate: bool):
    """It is 0, not finite, the same everywhere, one of the inputs, or no value at all."""
    assert is_degenerate(value, [t(1.0, 2.0)]) == degenerate


def test_one_telling_wrong_value_is_enough():
    """Of several values only the wrong ones count, and one of them must not be degenerate."""
    zero, right, other = t(0.0, 0.0), t(1.0, 2.0), t(5.0, 7.0)
    assert not tells_something((zero, right), (right, right), ())
    assert tells_something((zero, other), (right, right), ())
    assert not tells_something((zero, other), (right, other), ())


def normal(seed: int, n: int = 10_000) -> torch.Tensor:
    return torch.randn(n // 10, 10, generator=torch.Generator().manual_seed(seed))


OTHER_LAW = {
    "wider by a tenth": lambda x: 1.1 * x,
    "moved": lambda x: x + 0.2,
    "uniform of the same spread": lambda x: 3**0.5 * (2 * torch.rand(x.shape, generator=torch.Generator()) - 1),
    "absolute values": lambda x: x.abs(),
    "half of it zero": lambda x: x * 2**0.5 * (normal(99) > 0),
    "another shape": lambda x: x.T,
    "another dtype": lambda x: x.double(),
    "overflow": lambda x: x / 0,
    "one overflow": lambda x: torch.where(x == x.max(), INF, x),
    "a fixed value": torch.zeros_like,
    "one of its draws everywhere": lambda x: torch.full_like(x, x[0, 0].item()),
}


@pytest.mark.parametrize("seed", range(50))
def test_draws_of_one_law_are_alike(seed: int):
    """Whatever the seeds, and also a few draws only."""
    assert drawn_alike(normal(seed), normal(seed + 1000))
    assert drawn_alike((normal(seed, 30), 1), [normal(seed + 1000, 30), 1])


@pytest.mark.parametrize("change", OTHER_LAW.values(), ids=OTHER_LAW)
def test_draws_of_another_law_differ(change):
    """With ten thousand entries each of these shows."""
    assert not drawn_alike(normal(1), change(normal(2)))
    assert not drawn_alike(change(normal(2)), normal(1))


def test_rounding_does_not_tell_draws_apart():
    """A mask that is scaled in two ways has two values which differ by rounding, or one fixed value does."""
    kept = [(normal(seed) > 0).double() for seed in (1, 2)]
    assert drawn_alike(kept[0] / 0.3, kept[1] * (1 / 0.3 + 1e-15))
    assert drawn_alike(torch.full((99,), 0.1 + 0.2, dtype=torch.float64), torch.full((99,), 0.3, dtype=torch.float64))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_rounding_is_that_of_the_dtype(dtype: torch.dtype):
    """A fixed value, or the values of a mask, may differ by a last digit, however many digits there are."""
    one_up = 1 + torch.finfo(dtype).eps
    fixed = torch.full((99,), 0.3, dtype=dtype)
    assert not torch.equal(fixed, fixed * one_up)
    assert drawn_alike(fixed, fixed * one_up)
    kept = [(normal(seed) > 0).to(dtype) for seed in (1, 2)]
    assert drawn_alike(kept[0], kept[1] * one_up)
    assert drawn_alike(kept[0] * one_up, kept[1])


def test_values_that_are_few_must_be_the_same_ones():
    """A mask whose ones are 1.001 has nearly the same mean and spread, but no draw in common with a mask of ones."""
    kept = [(normal(seed) > 0).double() for seed in (1, 2)]
    assert not drawn_alike(kept[0], kept[1] * 1.001)
    assert not drawn_alike(kept[0] * 1.001, kept[1])


def test_complex_draws_of_one_law_are_alike():
    """The real parts and the imaginary parts each follow theirs."""
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.randn(500, generator=generator, dtype=torch.complex128) for _ in range(2))
    assert drawn_alike(x, y)
    assert not drawn_alike(x, 2 * y)
    assert not drawn_alike(x, y.real + 0j)
