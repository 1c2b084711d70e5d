"""`close` and `equal`: is what the student returned what it must be, and if not, how does it differ?

Nothing that came back is trusted: type, dtype, shape and finiteness are settled before any value is compared (allclose
broadcasts (1,) against (4,), and `not (diff > tol).any()` lets NaN pass).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch

from . import messages
from .diagnosis import diagnose
from .verdict import failed

TOLERANCES = {  # (relative, absolute): room for another order of summation, far below any real mistake
    torch.float64: (1e-7, 1e-9),
    torch.float32: (1e-4, 1e-5),
    torch.bfloat16: (3e-2, 3e-2),
    torch.float16: (5e-3, 5e-3),
}
_single_precision: ContextVar[bool] = ContextVar("single_precision", default=False)


@contextmanager
def single_precision(active: bool = True) -> Iterator[None]:
    """Inside the block double-precision comparisons allow single-precision errors (for devices without float64)."""
    token = _single_precision.set(active)
    try:
        yield
    finally:
        _single_precision.reset(token)


def close(
    actual: Any,
    expected: Any,
    rtol: float | None = None,
    atol: float | None = None,
    name: str = "the result",
    *,
    names: Sequence[str] | None = None,
    factors: Mapping[str, float] | None = None,
) -> None:
    """Fail unless `actual` has the structure, dtype, shape and (within tolerance) values of `expected`.

    Args:
        actual: what the student returned.
        expected: a tensor, a number, or a list, tuple or dict of such; lists and tuples are interchangeable.
        rtol, atol: |actual - expected| <= atol + rtol |expected| must hold for every entry; by dtype if not given.
        name: what the student's value is called in the message.
        names: what its entries are called, if `expected` is a list or tuple.
        factors: exact ratios that the message may name, for instance {"n": 64, "1/n": 1 / 64}.
    """
    for label, got, want in _leaves(actual, expected, name, names):
        _close_leaf(got, want, label, _Tolerance(rtol, atol), factors or {})


def equal(actual: Any, expected: Any, name: str = "the result") -> None:
    """Fail unless `actual` is exactly `expected`: integers, booleans, strings, shapes, index tensors, nested or not."""
    for label, got, want in _leaves(actual, expected, name, None):
        if isinstance(want, torch.Tensor):
            got = _as_tensor(got, want, label)
            if got.shape != want.shape:
                raise failed(messages.wrong_shape(label, got, want))
            if not torch.equal(got.to(torch.float64), want.to(torch.float64)):
                raise failed(messages.not_equal(label, got, want), messages.side_by_side(got, want))
        else:
            plain = got.item() if isinstance(got, torch.Tensor) and got.ndim == 0 else got
            same_kind = not isinstance(plain, torch.Tensor) and isinstance(plain, bool) == isinstance(want, bool)
            if not same_kind or plain != want:
                raise failed(messages.not_equal(label, plain, want))


def as_number(value: Any, name: str) -> float:
    """A finite float from a number or a [] tensor, or the verdict that it is none."""
    if isinstance(value, torch.Tensor) and value.numel() == 1 and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise failed(messages.not_a_number(name, value))
    if not math.isfinite(value):
        raise failed(messages.not_finite_number(name, value))
    return float(value)


def checked_sample(sample: Any, name: str) -> torch.Tensor:
    """A random sample as a flat float64 tensor, or the verdict that it is no finite tensor of at least two entries."""
    if not isinstance(sample, torch.Tensor):
        raise failed(messages.not_a_tensor(name, sample))
    if sample.numel() < 2:
        raise failed(messages.too_few(name, sample))
    flat = sample.to(torch.float64).reshape(-1)
    if not torch.isfinite(flat).all():
        raise failed(messages.not_finite(name, sample))
    return flat


class _Tolerance:
    """Tolerances as the check gave them, or those of the dtype that is compared."""

    def __init__(self, rtol: float | None, atol: float | None) -> None:
        self.given = (rtol, atol)

    def of(self, dtype: torch.dtype) -> tuple[float, float]:
        usual = TOLERANCES.get(dtype, TOLERANCES[torch.float64])
        rtol, atol = (u if g is None else g for g, u in zip(self.given, usual, strict=True))
        if _single_precision.get():
            floor = TOLERANCES[torch.float32]
            return max(rtol, floor[0]), max(atol, floor[1])
        return rtol, atol


def _leaves(
    actual: Any, expected: Any, name: str, names: Sequence[str] | None
) -> Iterator[tuple[str, Any, Any]]:
    """Pair the leaves of two nested values, or raise the verdict that their structure differs."""
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping) or set(actual) != set(expected):
            raise failed(messages.wrong_keys(name, actual, list(expected)))
        pairs = [(f"{name}[{key!r}]", actual[key], want) for key, want in expected.items()]
    elif isinstance(expected, list | tuple):
        if not isinstance(actual, list | tuple) or len(actual) != len(expected):
            raise failed(messages.wrong_length(name, actual, names or len(expected)))
        labels = names or [f"{name}[{i}]" for i in range(len(expected))]
        pairs = list(zip(labels, actual, expected, strict=True))
    else:
        yield name, actual, expected
        return
    for label, got, want in pairs:
        yield from _leaves(got, want, label, None)


def _as_tensor(actual: Any, expected: torch.Tensor, name: str) -> torch.Tensor:
    if isinstance(actual, torch.Tensor):
        return actual
    same_kind = isinstance(actual, int | float) and isinstance(actual, bool) == (expected.dtype is torch.bool)
    if not same_kind or expected.ndim:
        raise failed(messages.not_a_tensor(name, actual))
    exact = torch.tensor(float(actual), dtype=torch.float64)
    cast = exact.to(expected.dtype)
    return cast if expected.is_floating_point() or cast == exact else exact


def _close_leaf(
    actual: Any, expected: Any, name: str, tolerance: _Tolerance, factors: Mapping[str, float]
) -> None:
    if not isinstance(expected, torch.Tensor):
        found = as_number(actual, name)
        actual, expected = (torch.tensor(v, dtype=torch.float64) for v in (found, float(expected)))
    actual = _as_tensor(actual, expected, name)
    if actual.dtype != expected.dtype:
        raise failed(messages.wrong_dtype(name, actual, expected))
    if actual.shape != expected.shape:
        raise failed(messages.wrong_shape(name, actual, expected), messages.side_by_side(actual, expected))
    rtol, atol = tolerance.of(expected.dtype)
    got, want = actual.to(torch.float64), expected.to(torch.float64)
    if torch.isfinite(want).all() and not torch.isfinite(got).all():
        raise failed(messages.not_finite(name, got), messages.side_by_side(actual, expected))
    near = torch.isfinite(want) & ((got - want).abs() <= atol + rtol * want.abs())
    wrong = ~(near | (got == want))
    if wrong.any():
        question = diagnose(got, want, rtol=max(rtol, 1e-6), factors=factors)
        message = messages.differs(name, got, want, wrong, allowed=(rtol, atol))
        raise failed(f"{message} {question}".strip(), messages.side_by_side(actual, expected))
