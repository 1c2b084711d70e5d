"""`close` and `equal`: is what the student returned what it must be, and if not, how does it differ?

Nothing that came back is trusted: type, dtype, shape and finiteness are settled before any value is compared (allclose
broadcasts (1,) against (4,), and `not (diff > tol).any()` lets NaN pass).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch

from . import facts
from .verdict import Difference, Verdict, Wording, failed

THE_RESULT = "the result"  # what a value is called where a check says nothing better
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


def usual_tolerance(dtype: torch.dtype) -> tuple[float, float]:
    """The relative and the absolute error that a comparison in this dtype allows."""
    rtol, atol = TOLERANCES.get(dtype, TOLERANCES[torch.float64])
    if _single_precision.get():
        floor = TOLERANCES[torch.float32]
        return max(rtol, floor[0]), max(atol, floor[1])
    return rtol, atol


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
    _judge(list(_leaves(actual, expected, name, names)), lambda leaf: _close_leaf(leaf, tolerance, known))


def equal(actual: Any, expected: Any, name: str = THE_RESULT, *, names: Sequence[str] | None = None) -> None:
    """Fail unless `actual` is exactly `expected`: integers, booleans, strings, shapes, index tensors, nested or not.

    Args:
        name, names: as those of `close`.
    """
    _judge(list(_leaves(actual, expected, name, names)), _equal_leaf)


def as_number(value: Any, name: str, difference: Difference | None = None) -> float:
    """A finite float from a number or a [] tensor, or the verdict that it is none, resting on `difference`."""
    if isinstance(value, torch.Tensor) and value.numel() == 1 and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise failed(facts.not_a_number(name, value), difference=difference)
    if not math.isfinite(value):
        raise failed(facts.not_finite_number(name, value), difference=difference)
    return float(value)


def checked_sample(sample: Any, name: str) -> torch.Tensor:
    """A random sample as a flat float64 tensor, or the verdict that it is no finite tensor of at least two entries."""
    if not isinstance(sample, torch.Tensor):
        raise failed(facts.not_a_tensor(name, sample))
    if sample.numel() < 2:
        raise failed(facts.too_few(name, sample))
    flat = sample.to(torch.float64).reshape(-1)
    if not torch.isfinite(flat).all():
        raise failed(facts.not_finite(name, sample))
    return flat


class _Tolerance:
    """Tolerances as the check gave them, or those of the dtype that is compared, which are only ever widened."""

    def __init__(self, rtol: float | None, atol: float | None) -> None:
        self.given = (rtol, atol)

    def of(self, dtype: torch.dtype) -> tuple[float, float]:
        usual = usual_tolerance(dtype)
        rtol, atol = (u if g is None else g for g, u in zip(self.given, usual, strict=True))
        floor = usual_tolerance(torch.float32) if _single_precision.get() else (0.0, 0.0)
        return max(rtol, floor[0]), max(atol, floor[1])


@dataclass(frozen=True)
class _Leaf:
    """A value of nested ones beside what it must be. `group` is the entry of the outermost structure it belongs to."""

    name: str
    actual: Any
    expected: Any
    group: str


def _leaves(actual: Any, expected: Any, name: str, names: Sequence[str] | None, group: str = "") -> Iterator[_Leaf]:
    """Pair the leaves of two nested values, or raise the verdict that their structure differs."""
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping) or set(actual) != set(expected):
            difference = Difference(name, actual, expected)
            raise failed(facts.wrong_keys(name, actual, list(expected)), difference=difference)
        pairs = [(facts.entry(name, key), actual[key], want) for key, want in expected.items()]
    elif isinstance(expected, list | tuple):
        if not isinstance(actual, list | tuple) or len(actual) != len(expected):
            difference = Difference(name, actual, expected)
            raise failed(facts.wrong_length(name, actual, names or len(expected)), difference=difference)
        labels = names or [facts.entry(name, i) for i in range(len(expected))]
        pairs = list(zip(labels, actual, expected, strict=True))
    else:
        yield _Leaf(name, actual, expected, group or name)
        return
    for label, got, want in pairs:
        yield from _leaves(got, want, label, None, group or label)


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
    name, verdict = next(iter(verdicts.items()))
    if len(leaves) > 1:
        verdict = _in_company(name, verdict, leaves, list(verdicts))
    raise verdict


def _in_company(name: str, verdict: Verdict, leaves: list[_Leaf], wrong: list[str]) -> Verdict:
    """The verdict on one of several values, with which of the others are right."""
    right = _right_names(leaves, wrong)
    found = verdict.difference.found if verdict.difference else None
    value = found.item() if isinstance(found, torch.Tensor) and found.ndim == 0 else found
    if len(wrong) == 1 and isinstance(value, float) and not math.isfinite(value):
        return failed(facts.only_it_is_not_finite(name, value, right), difference=verdict.difference)
    difference, swapped = verdict.difference, _swapped(leaves, wrong)
    if difference and swapped:
        difference = dataclasses.replace(difference, question=swapped)
    company = facts.right_and_wrong(right, [name for name in wrong[1:] if not swapped])
    return failed(verdict.fact, difference=difference, company=company)


def _right_names(leaves: list[_Leaf], wrong: list[str]) -> list[str]:
    """Names of the values that are right; a whole entry of the outermost structure goes by its own name."""
    bad = {leaf.group for leaf in leaves if leaf.name in wrong}
    names = [leaf.name if leaf.group in bad else leaf.group for leaf in leaves if leaf.name not in wrong]
    return list(dict.fromkeys(names))


def _swapped(leaves: list[_Leaf], wrong: list[str]) -> Wording | None:
    """A word on two values that stand in each other's place, if there are such."""
    bad = [leaf for leaf in leaves if leaf.name in wrong]
    for i, one in enumerate(bad):
        for other in bad[i + 1 :]:
            if _agree(one.actual, other.expected) and _agree(other.actual, one.expected):
                return facts.swapped(one.name, other.name)
    return None


def _agree(actual: Any, expected: Any) -> bool:
    """Whether two values are the same, and not only because both are nothing."""
    if isinstance(actual, torch.Tensor) and isinstance(expected, torch.Tensor):
        alike = actual.shape == expected.shape and actual.dtype == expected.dtype
        return alike and bool(actual.any()) and torch.allclose(actual, expected, 1e-6, 0.0)
    return type(actual) is type(expected) and not isinstance(actual, torch.Tensor) and actual == expected


def _equal_leaf(leaf: _Leaf) -> None:
    want, difference = leaf.expected, Difference(leaf.name, leaf.actual, leaf.expected)
    if isinstance(want, torch.Tensor):
        got = _as_tensor(leaf)
        if got.shape != want.shape:
            raise failed(facts.wrong_shape(leaf.name, got, want), difference=difference)
        wrong = got.to(torch.float64) != want.to(torch.float64)
        if wrong.any():
            difference = dataclasses.replace(difference, wrong=wrong)
            raise failed(facts.not_equal(leaf.name, got, want), difference=difference)
        return
    actual = leaf.actual
    value = actual.item() if isinstance(actual, torch.Tensor) and actual.ndim == 0 else actual
    same_kind = not isinstance(value, torch.Tensor) and isinstance(value, bool) == isinstance(want, bool)
    if not same_kind or value != want:
        raise failed(facts.not_equal(leaf.name, value, want), difference=difference)


def _as_tensor(leaf: _Leaf) -> torch.Tensor:
    actual, expected = leaf.actual, leaf.expected
    if isinstance(actual, torch.Tensor):
        return actual
    same_kind = isinstance(actual, int | float) and isinstance(actual, bool) == (expected.dtype is torch.bool)
    if not same_kind or expected.ndim:
        raise failed(facts.not_a_tensor(leaf.name, actual), difference=Difference(leaf.name, actual, expected))
    exact = torch.tensor(float(actual), dtype=torch.float64)
    cast = exact.to(expected.dtype)
    return cast if expected.is_floating_point() or cast == exact else exact


def _close_leaf(leaf: _Leaf, tolerance: _Tolerance, factors: Mapping[str, float]) -> None:
    difference = Difference(leaf.name, leaf.actual, leaf.expected, factors)
    if not isinstance(leaf.expected, torch.Tensor):
        found = as_number(leaf.actual, leaf.name, difference)
        numbers = [torch.tensor(v, dtype=torch.float64) for v in (found, float(leaf.expected))]
        leaf = _Leaf(leaf.name, *numbers, leaf.group)
    actual, expected = _as_tensor(leaf), leaf.expected
    if actual.dtype != expected.dtype:
        raise failed(facts.wrong_dtype(leaf.name, actual, expected), difference=difference)
    if actual.shape != expected.shape:
        raise failed(facts.wrong_shape(leaf.name, actual, expected), difference=difference)
    _close_values(leaf.name, actual, expected, tolerance.of(expected.dtype), difference)


def _close_values(
    name: str, actual: torch.Tensor, expected: torch.Tensor, allowed: tuple[float, float], difference: Difference
) -> None:
    got, want = actual.to(torch.float64), expected.to(torch.float64)
    if math.isfinite(allowed[1]) and ((got - want).abs() - allowed[0] * want.abs() <= allowed[1]).all():
        return  # as nearly always; nothing that is not finite gets here, since inf - inf is nan
    limit = allowed[1] + allowed[0] * torch.nan_to_num(want.abs(), nan=0.0, posinf=0.0)
    wrong = ~((torch.isfinite(want) & ((got - want).abs() <= limit)) | (got == want))
    if torch.isfinite(want).all() and not torch.isfinite(got).all():
        wrong |= ~torch.isfinite(got)  # also where any finite value would do
        message = facts.not_finite(name, got)
        raise failed(message, difference=dataclasses.replace(difference, wrong=wrong, rtol=allowed[0]))
    if wrong.any():
        message = facts.wrong_entries(name, got, want, wrong=wrong)
        difference = dataclasses.replace(difference, wrong=wrong, limit=limit, rtol=allowed[0])
        raise failed(message, difference=difference)
