"""Values that a failure shows as a curve: a loss over epochs, or sizes of activations over layers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from ..evidence import Curve, Series
from .verdict import Verdict

MOST_POINTS = 200  # of a curve; a result keeps all of them
YOURS = "yours"
RIGHT = "must be"


@contextlib.contextmanager
def plotted(name: str, values: Any, *, over: str, right: Any = None, logarithmic: bool = False) -> Iterator[None]:
    """Inside a `with` of it, a check that fails also shows these values as a curve, if students can see the check.

    Args:
        name: what the values are.
        values: [n] as they came back from the student; nothing is shown of what is no such tensor or list of numbers.
        over: what they are counted by, from 1 on, such as "layer".
        right: [n] what they must be, where that is known.
        logarithmic: whether they differ by powers of ten.
    """
    try:
        yield
    except Verdict as verdict:
        curves = [_curve(YOURS, values), _curve(RIGHT, right)]
        drawn = tuple(curve for curve in curves if curve is not None)
        if drawn:
            verdict.evidence += (Series(name, over, name, drawn, logarithmic),)
        raise


def _curve(label: str, values: Any) -> Curve | None:
    """Values as a curve; None if they are none."""
    if isinstance(values, list | tuple):
        values = _as_tensor(values)
    if not isinstance(values, torch.Tensor) or values.is_complex():
        return None
    if values.ndim != 1 or not 2 <= len(values) <= MOST_POINTS:
        return None
    places = []
    numbers = []
    for place, value in enumerate(values.double().tolist(), start=1):
        places.append(str(place))
        numbers.append(f"{value:.6g}")
    return Curve(label, tuple(places), tuple(numbers))


def _as_tensor(values: Sequence[Any]) -> torch.Tensor | None:
    """A list of numbers as a tensor; None if it holds anything else."""
    if not all(isinstance(value, int | float) for value in values):
        return None
    try:
        return torch.tensor(values, dtype=torch.float64)
    except (OverflowError, RuntimeError):  # an integer that no float can hold
        return None
