"""How a wrong array relates to the right one: the exact factor, the sign, the axis. One question for the student.

Each relation is tried in turn; the first that explains every entry is asked about. Nothing is said when none fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch

from . import messages


def diagnose(
    actual: torch.Tensor, expected: torch.Tensor, *, rtol: float, factors: Mapping[str, float]
) -> str:
    """The likeliest question about a wrong array, or "" if no simple relation explains it.

    Args:
        actual, expected: float64, same shape, finite.
        rtol: relative tolerance for a relation to count as exact.
        factors: names of ratios that this call suggests ("n", "1/n", ...).
    """
    if not expected.any() or not torch.isfinite(expected).all():
        return ""

    def same(a: torch.Tensor, b: torch.Tensor) -> bool:
        scale = b.abs().max().item()
        return bool(((a - b).abs() <= rtol * b.abs() + 1e-3 * rtol * scale).all())

    if same(actual, expected):
        return messages.NEARLY
    for relation in (_sign, _factor, _transposed, _offset, _last_rows):
        question = relation(actual, expected, same, factors)
        if question:
            return question
    return ""


Same = Callable[[torch.Tensor, torch.Tensor], bool]
Factors = Mapping[str, float]


def _sign(actual: torch.Tensor, expected: torch.Tensor, same: Same, factors: Factors) -> str:
    return messages.SIGN if same(actual, -expected) else ""


def _factor(actual: torch.Tensor, expected: torch.Tensor, same: Same, factors: Factors) -> str:
    ratio = ((actual * expected).sum() / (expected * expected).sum()).item()
    if ratio == 0 or expected.numel() < 2 or not same(actual, ratio * expected):
        return messages.ALL_ZERO if not actual.any() else ""
    known = {"2": 2.0, "1/2": 0.5} | dict(factors)
    name = next((n for n, value in known.items() if abs(value / ratio - 1) < 1e-4), None)
    return messages.factor(ratio, name)


def _transposed(actual: torch.Tensor, expected: torch.Tensor, same: Same, factors: Factors) -> str:
    square = expected.ndim == 2 and expected.shape[0] == expected.shape[1] > 1
    return messages.TRANSPOSED if square and same(actual, expected.T) else ""


def _offset(actual: torch.Tensor, expected: torch.Tensor, same: Same, factors: Factors) -> str:
    if expected.numel() < 2:
        return ""
    shift = (actual - expected).mean()
    return messages.offset(shift.item()) if same(actual, expected + shift) else ""


def _last_rows(actual: torch.Tensor, expected: torch.Tensor, same: Same, factors: Factors) -> str:
    if expected.ndim == 0 or expected.shape[0] < 3:
        return ""
    rows_right = [same(a, e) for a, e in zip(actual, expected, strict=True)]
    right = rows_right.index(False)
    return messages.only_last_rows(right, len(rows_right)) if 2 * right >= len(rows_right) else ""
