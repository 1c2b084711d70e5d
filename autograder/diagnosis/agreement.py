"""Whether two answers are the same: up to rounding, or up to chance where both were drawn at random."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from ..checking.comparing import usual_tolerance
from ..model import ObjectRef
from ..values import leaves

SIGMAS = 7.0  # between the moments of two samples of one law: a chance of 3e-12
FALSE_ALARM = 1e-9
ROUNDING = 1e-9  # beside the greatest entry
SCREENED = 200  # entries that are looked at before all are
NUMBERS = (bool, int, float)


def alike(a: Any, b: Any) -> bool:
    """Whether two answers are the same up to rounding.

    What is not finite equals whatever is not finite, because the same overflow ends as inf or as nan by the order of
    operations; a number equals the [] tensor of it; objects equal objects.
    """
    return _same(a, b, _close)


def drawn_alike(a: Any, b: Any) -> bool:
    """Whether two answers may be draws of one law: equal in structure, and in distribution as far as it shows."""
    return _same(a, b, _same_law)


def nowhere_finite(value: Any) -> bool:
    """Whether there are numbers in it, and all of them are inf or nan."""
    found = (leaf for _, leaf in leaves(value) if isinstance(leaf, torch.Tensor | float))
    numbers = [x for leaf in found if (x := _number_as_tensor(leaf, None)).numel()]
    return bool(numbers) and not any(bool(x.isfinite().any()) for x in numbers)


def _same(a: Any, b: Any, tensors_same: Callable[[torch.Tensor, torch.Tensor], bool]) -> bool:
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(_same(x, y, tensors_same) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key], tensors_same) for key in a)
    if isinstance(a, ObjectRef) and isinstance(b, ObjectRef):
        return True
    a, b = _number_as_tensor(a, b), _number_as_tensor(b, a)
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        return a.shape == b.shape and a.dtype == b.dtype and tensors_same(a, b)
    return type(a) is type(b) and a == b


def _number_as_tensor(value: Any, other: Any) -> Any:
    """A plain number as a tensor, in the dtype of what it is compared with."""
    if not isinstance(value, NUMBERS):
        return value
    like = other.dtype if isinstance(other, torch.Tensor) and other.is_floating_point() else torch.float64
    return torch.tensor(float(value), dtype=torch.float64).to(like)


def _close(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Equal up to rounding, which is small beside the greatest entry."""
    if not a.is_floating_point() or not a.numel():
        return torch.equal(a, b)
    x, y = a.flatten(), b.flatten()
    some = slice(None, None, max(1, len(x) // SCREENED))  # most of what differs, differs everywhere
    scale = y.abs().max().item()
    if not math.isfinite(scale):
        scale = torch.nan_to_num(y, nan=0.0, posinf=0.0, neginf=0.0).abs().max().item()
    return _near(x[some], y[some], scale) and _near(x, y, scale)


def _near(x: torch.Tensor, y: torch.Tensor, scale: float) -> bool:
    rtol, atol = usual_tolerance(y.dtype)
    finite = torch.isfinite(y)
    if not torch.equal(finite, torch.isfinite(x)):
        return False
    x, y = x.double(), y.double()
    return bool((((x - y).abs() <= atol * scale + rtol * y.abs()) | ~finite).all())


def _same_law(a: torch.Tensor, b: torch.Tensor) -> bool:
    """No test tells the two samples apart: not by mean, not by spread, not by their distribution."""
    if not a.is_floating_point() or a.numel() < 2:
        return True
    x, y = a.double().flatten(), b.double().flatten()
    if not (torch.isfinite(x).all() and torch.isfinite(y).all()):
        return torch.equal(torch.isfinite(x), torch.isfinite(y))
    n = x.numel()
    squares = zip((x, y), (x.square(), y.square()), strict=True)
    same_moments = all(_means_agree(*pair) for pair in zip(*squares, strict=True))
    return same_moments and _distance(x, y) <= math.sqrt(math.log(2 / FALSE_ALARM) / n)


def _means_agree(x: torch.Tensor, y: torch.Tensor) -> bool:
    error = ((x.var() + y.var()) / x.numel()).sqrt()
    return bool((x.mean() - y.mean()).abs() <= SIGMAS * error + ROUNDING * x.abs().max())


def _distance(x: torch.Tensor, y: torch.Tensor) -> float:
    """Greatest difference of the two empirical distribution functions (Smirnov), values equal up to rounding as one."""
    together, rounding = torch.cat([x, y]), ROUNDING * x.abs().max()

    def share(sample: torch.Tensor, up_to: torch.Tensor) -> torch.Tensor:
        return torch.searchsorted(sample.sort().values, up_to, right=True) / len(sample)

    differences = (share(a, together - rounding) - share(b, together + rounding) for a, b in ((x, y), (y, x)))
    return max(d.max().item() for d in differences)
