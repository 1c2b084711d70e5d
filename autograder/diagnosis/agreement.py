"""Whether two answers are the same: up to rounding, or up to chance where both were drawn at random.

And what is in one answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from ..checking.comparing import usual_tolerance
from ..model import ObjectRef
from ..values import in_double, leaves

# How many standard errors two means of one law may lie apart: a normal deviate exceeds 7 with a chance of 3e-12, far
# below FALSE_ALARM, because means of a few skewed draws are normal only roughly.
SIGMAS = 7.0
# The chance that two samples of one law are told apart by their distribution; the same as in `checking.statistics`.
FALSE_ALARM = 1e-9
# Draws with so few different values, at most, are a mask: each of its values is one of the law's.
FEW_VALUES = 3
# Entries that are compared before all are. Code that is wrong is wrong nearly everywhere, so most pairs end here; any
# number does, it only saves time.
SCREENED = 200
NUMBERS = (bool, int, float, complex)


def alike(a: Any, b: Any) -> bool:
    """Whether two answers are the same up to rounding.

    Any value that is not finite equals any other, because the same overflow ends as inf or as nan by the order of
    operations. A number equals the [] tensor of it. An object equals every object.
    """
    return _same(a, b, _close)


def drawn_alike(a: Any, b: Any) -> bool:
    """Whether two answers may be draws of one law: equal in structure, and in distribution as far as it shows."""
    return _same(a, b, _same_law)


def repeats(value: Any) -> list[int]:
    """The axes of a tensor along which nothing changes: one draw was used for all that lies there."""
    if not isinstance(value, torch.Tensor):
        return []
    same = []
    for axis, size in enumerate(value.shape):
        if size > 1 and bool((value == value.narrow(axis, 0, 1)).all()):
            same.append(axis)
    return same


def has_other_values(value: Any, drawn: Sequence[Any]) -> bool:
    """Whether a mask has a value that no mask of several has: of few entries other tests tell little.

    Masks of a law have the same few values. Where these depend on what was drawn, as steps do, nothing is known.
    """
    masks = [each for each in drawn if isinstance(each, torch.Tensor) and each.is_floating_point()]
    if not isinstance(value, torch.Tensor) or not value.is_floating_point() or not masks:
        return False
    if value.numel() <= FEW_VALUES:
        return False
    values = torch.unique(in_double(value))
    seen = torch.unique(torch.cat([in_double(each).flatten() for each in masks]))
    if max(len(values), len(seen)) > FEW_VALUES or not torch.isfinite(torch.cat([values, seen])).all():
        return False
    rtol, rounding = usual_tolerance(value.dtype)
    allowed = rtol * values.abs() + rounding * values.abs().max()
    nearest = (values[:, None] - seen).abs().amin(dim=1)
    return bool((nearest > allowed).any())


def holds(value: Any, *kinds: type) -> bool:
    """Whether a value of these types is somewhere in nested lists, tuples and dicts."""
    return any(isinstance(leaf, kinds) for _, leaf in leaves(value))


def tells_something(answer: Any, right: Any, sent: Any) -> bool:
    """Whether a wrong answer is one that few mistakes give: some wrong value in it is not degenerate.

    Args:
        answer: the wrong one.
        right: what the reference answers.
        sent: the arguments.
    """
    right_leaves = dict(leaves(right))
    inputs = [leaf for _, leaf in leaves(sent)]
    for path, leaf in leaves(answer):
        is_right = path in right_leaves and alike(leaf, right_leaves[path])
        if not is_right and not is_degenerate(leaf, inputs):
            return True
    return False


def is_degenerate(value: Any, inputs: Sequence[Any]) -> bool:
    """Whether many kinds of mistakes give a value: 0, nan, inf, the same in all entries, or one of the inputs.

    A lone number other than 0 is not degenerate, nor are texts and objects with a wrong type.
    """
    if isinstance(value, ObjectRef) or value is None:
        return True
    if isinstance(value, str | torch.dtype):
        return False
    numbers = _number_as_tensor(value, beside=None)
    if not isinstance(numbers, torch.Tensor):
        return False
    if not numbers.numel() or not torch.isfinite(numbers).any() or not numbers.any():
        return True
    if numbers.numel() > 1 and bool((numbers == numbers.flatten()[0]).all()):
        return True
    return any(alike(value, given) for given in inputs)


def _same(a: Any, b: Any, tensors_same: Callable[[torch.Tensor, torch.Tensor], bool]) -> bool:
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(_same(x, y, tensors_same) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key], tensors_same) for key in a)
    if isinstance(a, ObjectRef) and isinstance(b, ObjectRef):
        return True
    x = _number_as_tensor(a, beside=b)
    y = _number_as_tensor(b, beside=a)
    if isinstance(x, torch.Tensor) and isinstance(y, torch.Tensor):
        return x.shape == y.shape and x.dtype == y.dtype and tensors_same(x, y)
    return type(x) is type(y) and bool(x == y)


def _number_as_tensor(value: Any, *, beside: Any) -> Any:
    """A plain number as a [] tensor, in the dtype of what it is compared with; anything else as it is."""
    if not isinstance(value, NUMBERS):
        return value
    number = torch.tensor(value, dtype=torch.complex128 if isinstance(value, complex) else torch.float64)
    if isinstance(beside, torch.Tensor) and (beside.is_floating_point() or beside.is_complex()):
        if beside.is_complex() or not number.is_complex():
            return number.to(beside.dtype)
    return number


def _close(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether each entry equals the other's up to rounding.

    The tolerances are those of `close` in a check, but the absolute one is relative to the greatest entry here. A check
    knows how large its values are; a student's answer may be tiny everywhere, and then two of them still differ.
    """
    if not (a.is_floating_point() or a.is_complex()) or not a.numel():
        return torch.equal(a, b)
    x = a.flatten()
    y = b.flatten()
    scale = _greatest(y)
    step = len(x) // SCREENED
    if step > 1 and not _near(x[::step], y[::step], scale):
        return False
    return _near(x, y, scale)


def _near(x: torch.Tensor, y: torch.Tensor, scale: float) -> bool:
    finite = torch.isfinite(y)
    if not torch.equal(finite, torch.isfinite(x)):
        return False
    rtol, rounding = usual_tolerance(y.dtype)
    allowed = rounding * scale + rtol * in_double(y).abs()
    near = (in_double(x) - in_double(y)).abs() <= allowed
    return bool((near | ~finite).all())


def _greatest(x: torch.Tensor) -> float:
    """The greatest magnitude among the finite entries."""
    greatest = x.abs().max().item()
    if not math.isfinite(greatest):
        greatest = torch.nan_to_num(x.abs(), nan=0.0, posinf=0.0).max().item()
    return greatest


def _same_law(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether no test tells the two samples apart: not by mean, not by spread, not by their distribution."""
    if a.is_complex():
        return all(_same_law(part(a), part(b)) for part in (torch.real, torch.imag))
    if not a.is_floating_point() or a.numel() < 2:
        return True
    x = a.double().flatten()
    y = b.double().flatten()
    if not (torch.isfinite(x).all() and torch.isfinite(y).all()):
        return torch.equal(torch.isfinite(x), torch.isfinite(y))
    # Two samples share no order, so no entry has its own tolerance: only what is relative to the greatest is rounding.
    _, rounding = usual_tolerance(a.dtype)
    if not _means_agree(x, y, rounding) or not _means_agree(x.square(), y.square(), rounding):
        return False
    return _distance(x, y, rounding) <= _greatest_distance_of_one_law(x.numel())


def _means_agree(x: torch.Tensor, y: torch.Tensor, rounding: float) -> bool:
    standard_error = ((x.var() + y.var()) / x.numel()).sqrt()
    allowed = SIGMAS * standard_error + rounding * x.abs().max()
    return bool((x.mean() - y.mean()).abs() <= allowed)


def _greatest_distance_of_one_law(n: int) -> float:
    """What the distance of two samples of one law, n draws each, exceeds with a chance of FALSE_ALARM at most.

    P(sup |F_n - G_n| > d) <= 2 exp(-n d^2) for n >= 458: the Dvoretzky-Kiefer-Wolfowitz inequality for two samples of
    equal size, with the constant of Massart (Wei and Dudley 2012, "Two-sample Dvoretzky-Kiefer-Wolfowitz inequalities",
    Statistics and Probability Letters 82, 636-644). For fewer draws that constant is slightly too small, but the chance
    at this distance, counted exactly for each n, stays below FALSE_ALARM.
    """
    return math.sqrt(math.log(2 / FALSE_ALARM) / n)


def _distance(x: torch.Tensor, y: torch.Tensor, rounding: float) -> float:
    """The greatest difference of the two empirical distribution functions (Kolmogorov-Smirnov).

    Values that differ by rounding count as one: a mask that is scaled in two ways has the same few values.
    """
    slack = rounding * x.abs().max()
    x = x.sort().values
    y = y.sort().values
    values = torch.cat([x, y]).sort().values  # in order they are found ten times as fast
    x_before_y = _share_up_to(values, x) - _share_up_to(values + slack, y)
    y_before_x = _share_up_to(values, y) - _share_up_to(values + slack, x)
    return max(x_before_y.max().item(), y_before_x.max().item())


def _share_up_to(limits: torch.Tensor, sample: torch.Tensor) -> torch.Tensor:
    """For each limit the share of a sorted sample that is at most as great."""
    return torch.searchsorted(sample, limits, right=True) / len(sample)
