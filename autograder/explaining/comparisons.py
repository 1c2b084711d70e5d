"""A wrong value beside what it must be, as evidence: the worst entry, and both arrays where they can be read."""

from __future__ import annotations

import torch

from ..checking.observations import longer_axes
from ..checking.tables import enough_digits, number
from ..checking.verdict import Difference
from ..evidence import Array, Comparison, Entry
from ..values import in_double

SHOWN_ENTRIES = 24  # of an array; more than that nobody reads


def comparison_of(difference: Difference) -> Comparison | None:
    """The comparison that a verdict rests on; None if it shows nothing that the message does not say."""
    actual = as_tensor(difference.actual)
    expected = as_tensor(difference.expected)
    if actual is None or expected is None:
        return None
    if difference.wrong is None:
        return _of_shapes(difference)
    yours, right = _arrays(actual, expected, difference.wrong)
    worst = worst_entry(actual, expected, difference)
    if yours is None and worst is None:
        return None
    return Comparison(
        name=difference.name,
        entries=actual.numel(),
        wrong=int(difference.wrong.sum()),
        worst=worst,
        yours=yours,
        right=right,
        marks=_marks(difference.wrong) if yours is not None else (),
    )


def _of_shapes(difference: Difference) -> Comparison | None:
    """Two arrays of different shapes, if they are small."""
    actual = difference.actual
    expected = difference.expected
    if not isinstance(actual, torch.Tensor) or not isinstance(expected, torch.Tensor):
        return None
    if actual.shape == expected.shape or actual.dtype != expected.dtype:
        return None
    if longer_axes(actual.shape) == longer_axes(expected.shape):  # [[2, 20]] and [2, 20] would look alike
        return None
    yours, right = _arrays(actual, expected, None)
    if yours is None:
        return None
    return Comparison(difference.name, actual.numel(), yours=yours, right=right)


def as_tensor(value: object) -> torch.Tensor | None:
    """A tensor, or a number as a tensor; None if it is neither."""
    if isinstance(value, torch.Tensor):
        return value
    if isinstance(value, complex):
        return torch.tensor(value, dtype=torch.complex128)
    if isinstance(value, int | float):
        return torch.tensor(value, dtype=torch.float64)  # so that a Python float loses no digit
    return None


def worst_entry(actual: torch.Tensor, expected: torch.Tensor, difference: Difference) -> Entry | None:
    """The wrong entry that exceeds its allowed error by most, where errors were measured."""
    wrong = difference.wrong
    limit = difference.limit
    if wrong is None or limit is None:
        return None
    got = in_double(actual)
    want = in_double(expected)
    error = torch.nan_to_num((got - want).abs(), nan=torch.inf)  # nan beside a number is as wrong as can be
    excess = torch.where(wrong, error - limit, -1.0)
    index = tuple((excess == excess.max()).nonzero()[0].tolist())  # torch.unravel_index would import sympy: 1 s
    digits = enough_digits(got, want, wrong)
    return Entry(
        index=index,
        yours=number(got[index].item(), digits),
        right=number(want[index].item(), digits),
        error=f"{(got[index] - want[index]).abs().item():.2g}",
        allowed=f"{limit[index].item():.2g}",
    )


def _arrays(
    actual: torch.Tensor, expected: torch.Tensor, wrong: torch.Tensor | None
) -> tuple[Array, Array] | tuple[None, None]:
    """Both arrays, if they are small and more than single numbers, which the message tells."""
    sizes = (actual.numel(), expected.numel())
    if 0 in sizes or sizes == (1, 1) or max(sizes) > SHOWN_ENTRIES:
        return None, None
    digits = enough_digits(actual, expected, wrong)  # the same for both, so that columns can be compared
    return _array(actual, digits), _array(expected, digits)


def _array(x: torch.Tensor, digits: int) -> Array:
    rows = []
    for row in _in_rows(x).tolist():
        rows.append(tuple(number(value, digits) for value in row))
    return Array(tuple(x.shape), tuple(rows))


def _marks(wrong: torch.Tensor) -> tuple[tuple[int, int], ...]:
    """Row and column of each wrong entry."""
    return tuple((row, column) for row, column in _in_rows(wrong).nonzero().tolist())


def _in_rows(x: torch.Tensor) -> torch.Tensor:
    """An array as a matrix whose rows are the lines along its last axis."""
    return x.reshape(-1, x.shape[-1]) if x.ndim else x.reshape(1, 1)
