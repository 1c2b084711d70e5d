"""`close` and `equal`: is the student's value the expected one, and if not, how does it differ?

Nothing that came back is trusted: type, dtype, shape and finiteness are settled before any value is compared (allclose
broadcasts (1,) against (4,), and `not (diff > tol).any()` lets NaN pass).
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch

from ..values import in_double
from . import observations
from .grammar import entry
from .verdict import Difference, Message, Verdict, failed

THE_RESULT = "the result"  # what a value is called where a check says nothing better
# By dtype, the relative and the absolute error: room for sums in another order, far below any real mistake. Measured on
# a network of 784 inputs and its gradients over 256 rows, with pixels and rows in another order: float64 differs by
# 5e-12 of an entry, float32 by 8e-7 of the largest one. The short dtypes are met in small examples only, and have room
# for about ten roundings.
TOLERANCES = {
    torch.float64: (1e-7, 1e-9),
    torch.float32: (1e-4, 1e-5),
    torch.bfloat16: (3e-2, 3e-2),
    torch.float16: (5e-3, 5e-3),
    torch.complex64: (1e-4, 1e-5),
}
_single_precision: ContextVar[bool] = ContextVar("single_precision", default=False)
_collected: ContextVar[list[Verdict] | None] = ContextVar("collected", default=None)


@contextmanager
def single_precision(active: bool = True) -> Iterator[None]:
    """Inside the block double-precision comparisons allow single-precision errors (for devices without float64)."""
    token = _single_precision.set(active)
    try:
        yield
    finally:
        _single_precision.reset(token)


@contextmanager
def collected() -> Iterator[list[Verdict]]:
    """Inside the block verdicts on wrong values are gathered in a list, and what compared them goes on."""
    verdicts: list[Verdict] = []
    token = _collected.set(verdicts)
    try:
        yield verdicts
    finally:
        _collected.reset(token)


def usual_tolerance(dtype: torch.dtype) -> tuple[float, float]:
    """The relative and the absolute error that a comparison in this dtype allows."""
    rtol, atol = TOLERANCES.get(dtype, TOLERANCES[torch.float64])
    return _widened(rtol, atol)


def _widened(rtol: float, atol: float) -> tuple[float, float]:
    """Tolerances, never below those of single precision if nothing better can be had."""
    if not _single_precision.get():
        return rtol, atol
    least_rtol, least_atol = TOLERANCES[torch.float32]
    return max(rtol, least_rtol), max(atol, least_atol)


def close(
    actual: Any,
    expected: Any,
    rtol: float | None = None,
    atol: float | None = None,
    name: str = THE_RESULT,
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
        factors: exact ratios that the message may name; those of the call's sizes and numbers are known without.
    """
    tolerance = _Tolerance(rtol, atol)
    known = factors or {}
    _judge(_leaves(actual, expected, name, names), lambda leaf: _compare_closely(leaf, tolerance, known))


def equal(actual: Any, expected: Any, name: str = THE_RESULT, *, names: Sequence[str] | None = None) -> None:
    """Fail unless `actual` is exactly `expected`: integers, booleans, strings, shapes, index tensors, nested or not.

    Args:
        name, names: as those of `close`.
    """
    _judge(_leaves(actual, expected, name, names), _compare_exactly)


def as_number(value: Any, name: str, difference: Difference | None = None) -> float:
    """A finite float from a number or a [] tensor, or the verdict that it is none, resting on `difference`."""
    value = _without_tensor(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise failed(observations.not_a_number(name, value), difference=difference)
    if not math.isfinite(value):
        raise failed(observations.not_finite_number(name, value), difference=difference)
    return float(value)


def checked_sample(sample: Any, name: str) -> torch.Tensor:
    """A random sample as a flat float64 tensor, or the verdict that it is not a finite tensor with two entries."""
    if not isinstance(sample, torch.Tensor):
        raise failed(observations.not_a_tensor(name, sample))
    if sample.numel() < 2:
        raise failed(observations.too_few(name, sample))
    flat = sample.to(torch.float64).reshape(-1)
    if not torch.isfinite(flat).all():
        raise failed(observations.not_finite(name, sample))
    return flat


def _without_tensor(value: Any) -> Any:
    """The number inside a [] tensor; anything else as it is."""
    if isinstance(value, torch.Tensor) and value.ndim == 0:
        return value.item()
    return value


@dataclass(frozen=True)
class _Tolerance:
    """Tolerances as the check stated them, or None for those of the dtype that is compared."""

    rtol: float | None
    atol: float | None

    def of(self, dtype: torch.dtype) -> tuple[float, float]:
        """The relative and the absolute error that are allowed in this dtype."""
        rtol, atol = usual_tolerance(dtype)
        if self.rtol is not None:
            rtol = self.rtol
        if self.atol is not None:
            atol = self.atol
        return _widened(rtol, atol)  # a device without float64 cannot keep what a check demands of float64


@dataclass(frozen=True)
class _Leaf:
    """A value of nested ones beside the expected one. `group` is the entry of the outermost structure it belongs to."""

    name: str
    actual: Any
    expected: Any
    group: str

    def difference(self, **more: Any) -> Difference:
        """What a verdict on this leaf rests on."""
        return Difference(self.name, self.actual, self.expected, **more)


def _leaves(
    actual: Any, expected: Any, name: str, names: Sequence[str] | None = None, *, group: str = ""
) -> list[_Leaf]:
    """Pair the leaves of two nested values, or raise the verdict that their structure differs."""
    pairs: list[tuple[str, Any, Any]] = []
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping) or set(actual) != set(expected):
            fact = observations.wrong_keys(name, actual, list(expected))
            raise failed(fact, difference=Difference(name, actual, expected))
        for key, right in expected.items():
            pairs.append((entry(name, key), actual[key], right))
    elif isinstance(expected, list | tuple):
        if not isinstance(actual, list | tuple) or len(actual) != len(expected):
            fact = observations.wrong_length(name, actual, names or len(expected))
            raise failed(fact, difference=Difference(name, actual, expected))
        labels = names or [entry(name, i) for i in range(len(expected))]
        pairs += zip(labels, actual, expected, strict=True)
    else:
        return [_Leaf(name, actual, expected, group or name)]
    leaves = []
    for label, yours, right in pairs:
        leaves += _leaves(yours, right, label, group=group or label)
    return leaves


def _judge(leaves: list[_Leaf], compare: Callable[[_Leaf], None]) -> None:
    """Compare every leaf, and raise the verdict on the first that is wrong, with a word on the others."""
    verdicts: dict[str, Verdict] = {}
    for leaf in leaves:
        try:
            compare(leaf)
        except Verdict as verdict:
            verdicts[leaf.name] = verdict
    if not verdicts:
        return
    wrong = list(verdicts)
    first = verdicts[wrong[0]]
    if len(leaves) > 1:
        first = _in_company(first, leaves, wrong)
    gathered = _collected.get()
    if gathered is None or first.difference is None or first.difference.wrong is None:
        raise first
    gathered.append(first)


def _in_company(verdict: Verdict, leaves: list[_Leaf], wrong: list[str]) -> Verdict:
    """The verdict on the first of the wrong values, with which of the others are right."""
    right = _right_names(leaves, wrong)
    difference = verdict.difference
    if difference is None:
        return failed(verdict.fact, company=observations.right_and_wrong(right, wrong[1:]))
    value = _without_tensor(difference.actual)
    if len(wrong) == 1 and isinstance(value, float) and not math.isfinite(value):
        return failed(observations.only_it_is_not_finite(wrong[0], value, right), difference=difference)
    fact = verdict.fact
    others = wrong[1:]
    swapped = _swapped(leaves, wrong)
    if swapped is not None:  # then it is known what is wrong with the others, and with the shape
        difference = dataclasses.replace(difference, question=swapped)
        others = []
        fact = without_a_guess(difference) or fact
    company = observations.right_and_wrong(right, others)
    return failed(fact, difference=difference, company=company)


def without_a_guess(difference: Difference) -> Message | None:
    """What is said of a wrong shape where the reason is known; None if something else is wrong."""
    actual = difference.actual
    expected = difference.expected
    if not isinstance(actual, torch.Tensor) or not isinstance(expected, torch.Tensor):
        return None
    if actual.dtype != expected.dtype or actual.shape == expected.shape:
        return None
    return observations.wrong_shape(difference.name, actual, expected, guessing=False)


def _right_names(leaves: list[_Leaf], wrong: list[str]) -> list[str]:
    """Names of the values that are right; a whole entry of the outermost structure goes by its own name."""
    partly_wrong = {leaf.group for leaf in leaves if leaf.name in wrong}
    names: dict[str, None] = {}  # as a set that keeps the order
    for leaf in leaves:
        if leaf.group not in partly_wrong:
            names[leaf.group] = None
        elif leaf.name not in wrong:
            names[leaf.name] = None
    return list(names)


def _swapped(leaves: list[_Leaf], wrong: list[str]) -> Message | None:
    """A question about two wrong values, each of which is what the other must be."""
    suspects = [leaf for leaf in leaves if leaf.name in wrong]
    for one, other in itertools.combinations(suspects, 2):
        if agree(one.actual, other.expected) and agree(other.actual, one.expected):
            return observations.swapped(one.name, other.name)
    return None


def agree(actual: Any, expected: Any) -> bool:
    """Whether two values are the same, and not only because both are zero."""
    if isinstance(actual, torch.Tensor) and isinstance(expected, torch.Tensor):
        alike = actual.shape == expected.shape and actual.dtype == expected.dtype
        # No absolute error: small gradients would all agree with each other.
        return alike and bool(actual.any()) and torch.allclose(actual, expected, rtol=1e-6, atol=0.0)
    return type(actual) is type(expected) and not isinstance(actual, torch.Tensor) and bool(actual == expected)


def _compare_exactly(leaf: _Leaf) -> None:
    if isinstance(leaf.expected, torch.Tensor):
        _compare_tensors_exactly(leaf, _as_tensor(leaf), leaf.expected)
        return
    value = _without_tensor(leaf.actual)
    # A tensor with entries has no single truth value, and True == 1 in Python.
    same_kind = not isinstance(value, torch.Tensor) and isinstance(value, bool) == isinstance(leaf.expected, bool)
    if not same_kind or value != leaf.expected:
        raise failed(observations.not_equal(leaf.name, value, leaf.expected), difference=leaf.difference())


def _compare_tensors_exactly(leaf: _Leaf, actual: torch.Tensor, expected: torch.Tensor) -> None:
    if actual.shape != expected.shape:
        raise failed(observations.wrong_shape(leaf.name, actual, expected), difference=leaf.difference())
    # The dtype may differ: indices are right as int32 and as int64.
    wrong = in_double(actual) != in_double(expected)
    if wrong.any():
        fact = observations.not_equal(leaf.name, actual, expected)
        raise failed(fact, difference=leaf.difference(wrong=wrong))


def _as_tensor(leaf: _Leaf) -> torch.Tensor:
    """What came back as a tensor; a number stands for a [] tensor."""
    actual = leaf.actual
    expected = leaf.expected
    if isinstance(actual, torch.Tensor):
        return actual
    same_kind = isinstance(actual, int | float) and isinstance(actual, bool) == (expected.dtype is torch.bool)
    if isinstance(actual, complex):
        same_kind = expected.is_complex()
    if not same_kind or expected.ndim:
        raise failed(observations.not_a_tensor(leaf.name, actual), difference=leaf.difference())
    if expected.is_complex():
        return torch.tensor(actual, dtype=expected.dtype)
    exact = torch.tensor(float(actual), dtype=torch.float64)
    cast = exact.to(expected.dtype)
    if expected.is_floating_point() or cast == exact:
        return cast
    return exact  # the cast would make 1 of 1.5, and 1 of 257 in int8


def _as_complex(leaf: _Leaf, difference: Difference) -> torch.Tensor:
    """What came back as a complex [] tensor; any number is one."""
    value = _without_tensor(leaf.actual)
    if isinstance(value, bool) or not isinstance(value, int | float | complex):
        raise failed(observations.not_a_number(leaf.name, value), difference=difference)
    return torch.tensor(complex(value), dtype=torch.complex128)


def _compare_closely(leaf: _Leaf, tolerance: _Tolerance, factors: Mapping[str, float]) -> None:
    difference = leaf.difference(factors=factors)
    if isinstance(leaf.expected, torch.Tensor):
        expected = leaf.expected
        actual = _as_tensor(leaf)
    elif isinstance(leaf.expected, complex):
        actual = _as_complex(leaf, difference)
        expected = torch.tensor(leaf.expected, dtype=torch.complex128)
    else:
        actual = torch.tensor(as_number(leaf.actual, leaf.name, difference), dtype=torch.float64)
        expected = torch.tensor(float(leaf.expected), dtype=torch.float64)
    if actual.dtype != expected.dtype:
        raise failed(observations.wrong_dtype(leaf.name, actual, expected), difference=difference)
    if actual.shape != expected.shape:
        raise failed(observations.wrong_shape(leaf.name, actual, expected), difference=difference)
    _compare_values(actual, expected, tolerance.of(expected.dtype), difference)


def _compare_values(
    actual: torch.Tensor, expected: torch.Tensor, allowed: tuple[float, float], difference: Difference
) -> None:
    """Raise the verdict that values differ by more than `allowed` (relative, absolute), if they do."""
    rtol, atol = allowed
    yours = in_double(actual)
    right = in_double(expected)
    # The usual case in few steps. Nothing that is not finite passes here, since inf - inf is nan.
    if math.isfinite(atol) and ((yours - right).abs() - rtol * right.abs() <= atol).all():
        return
    limit = atol + rtol * torch.nan_to_num(right.abs(), nan=0.0, posinf=0.0)
    near = torch.isfinite(right) & ((yours - right).abs() <= limit)
    wrong = ~(near | (yours == right))  # an expected infinity must be met exactly
    if torch.isfinite(right).all() and not torch.isfinite(yours).all():
        wrong |= ~torch.isfinite(yours)  # also where a check takes any finite value: atol is infinite then
        fact = observations.not_finite(difference.name, yours)
        raise failed(fact, difference=dataclasses.replace(difference, wrong=wrong, rtol=rtol))
    if wrong.any():
        fact = observations.wrong_entries(difference.name, yours, right, wrong=wrong)
        raise failed(fact, difference=dataclasses.replace(difference, wrong=wrong, limit=limit, rtol=rtol))
