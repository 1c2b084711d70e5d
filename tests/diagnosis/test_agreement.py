"""autograder.diagnosis.agreement: equal up to rounding, and equal up to chance."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.diagnosis.agreement import alike, drawn_alike, nowhere_finite
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


NOWHERE_FINITE = {
    "a tensor": (t(INF, NAN), True),
    "a number": (-INF, True),
    "several, beside a text": ({"loss": NAN, "of": ["text", t(INF)]}, True),
    "one finite entry": (t(INF, 1.0), False),
    "one finite number": ([t(INF), 0.0], False),
    "a number too large for float32": (1e200, False),
    "integers": (torch.tensor([1, 2]), False),
    "no numbers": (["text", None], False),
    "an empty tensor": (torch.zeros(0, 3), False),
    "an empty tensor beside an overflow": ([torch.zeros(0), t(INF)], True),
}


@pytest.mark.parametrize(("value", "overflowed"), NOWHERE_FINITE.values(), ids=NOWHERE_FINITE)
def test_an_overflow_leaves_nothing_finite(value: object, overflowed: bool):
    """One finite number, or none at all, is no overflow."""
    assert nowhere_finite(value) == overflowed


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
