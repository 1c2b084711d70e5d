"""What a failure shows as a curve: a loss over epochs, sizes of activations over layers, a path of parameters."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from ..evidence import Contours, Curve, Series
from .verdict import Verdict

MOST_POINTS = 200  # of a curve; a result keeps all of them
GRID = 17  # points along each side of contours, enough for smooth lines and few enough for a result
MARGIN = 0.5  # of what a path spans, around it
YOURS = "yours"
RIGHT = "must be"


@contextlib.contextmanager
def plotted(
    name: str, values: Any, *, over: str, right: Any = None, logarithmic: bool = False, per: Any = None
) -> Iterator[None]:
    """Inside a `with` of it, a check that fails also shows these values as a curve, if students can see the check.

    Args:
        name: what the values are.
        values: [n] as they came back from the student; nothing is shown of what is no such tensor or list of numbers.
            A function that asks for them is called once the check has failed.
        over: what they are counted by, from 1 on, such as "layer".
        right: [n] what they must be, or a function that says so, where that is known.
        logarithmic: whether they differ by powers of ten.
        per: a tensor; values and right are tensors of its shape then, and shown is by which factor of it they are.
    """
    try:
        yield
    except Verdict as verdict:
        drawn = []
        for label, numbers in ((YOURS, _asked_for(values)), (RIGHT, _asked_for(right))):
            if per is not None:
                numbers = _factors(numbers, per)
            curve = _curve(label, numbers)
            if curve is not None:
                drawn.append(curve)
        if drawn:
            verdict.evidence += (Series(name, over, name, tuple(drawn), logarithmic),)
        raise


@contextlib.contextmanager
def walked(
    name: str,
    positions: Any,
    *,
    right: Sequence[Any],
    loss: Callable[[float, float], torch.Tensor] | None = None,
    axes: tuple[str, str] = ("first number", "second number"),
) -> Iterator[None]:
    """Inside a `with` of it, a check that fails also shows the way of two parameters, on the contours of their loss.

    Args:
        name: what goes this way.
        positions: the parameters after each step, as they came back; the first two numbers of each are shown, and
            nothing of what has none.
        right: the parameters as they must be.
        loss: of two numbers, where there are no more parameters.
        axes: what the two numbers are.
    """
    try:
        yield
    except Verdict as verdict:
        ways = [_way(YOURS, positions), _way(RIGHT, right)]
        drawn = tuple(way for way in ways if way is not None)
        if drawn:
            contours = None if loss is None else _contours(loss, drawn)
            verdict.evidence += (Series(name, axes[0], axes[1], drawn, contours=contours),)
        raise


def _asked_for(values: Any) -> Any:
    """Values, or what a function makes of them; None if it fails at something of the student's."""
    if not callable(values):
        return values
    try:
        return values()
    except Verdict:
        return None


def _curve(label: str, values: Any) -> Curve | None:
    """Values as a curve; None if they are none."""
    if isinstance(values, list | tuple):
        values = _as_tensor(values)
    if not isinstance(values, torch.Tensor) or values.is_complex():
        return None
    if values.ndim != 1 or not 2 <= len(values) <= MOST_POINTS:
        return None
    places = tuple(map(str, range(1, len(values) + 1)))
    return Curve(label, places, tuple(map(_shown, values.double().tolist())))


def _factors(values: Any, per: torch.Tensor) -> torch.Tensor | None:
    """Entry by entry how many times a tensor some values are, in a row; None if they are of another shape."""
    if not isinstance(values, torch.Tensor) or values.shape != per.shape:
        return None
    return (values / per).flatten()


def _way(label: str, positions: Any) -> Curve | None:
    """The first two numbers of each position; None if one of them has none."""
    if not isinstance(positions, list | tuple) or not 2 <= len(positions) <= MOST_POINTS:
        return None
    pairs = []
    for position in positions:
        numbers = _numbers(position)
        if len(numbers) < 2:
            return None
        pairs.append(numbers[:2])
    xs, ys = zip(*pairs, strict=True)
    return Curve(label, tuple(map(_shown, xs)), tuple(map(_shown, ys)))


def _numbers(position: Any) -> list[float]:
    """The numbers of one tensor or of several, in a row; none of anything else."""
    if isinstance(position, torch.Tensor):
        return [] if position.is_complex() else position.double().flatten().tolist()
    if isinstance(position, float | int):
        return [float(position)]
    if not isinstance(position, list | tuple):
        return []
    numbers = []
    for part in position:
        numbers += _numbers(part)
    return numbers


def _contours(loss: Callable[[float, float], torch.Tensor], ways: Sequence[Curve]) -> Contours | None:
    """The loss around some ways; None where they lead nowhere."""
    xs = _around([x for way in ways for x in way.x])
    ys = _around([y for way in ways for y in way.y])
    if not xs or not ys:
        return None
    rows = [tuple(_shown(float(loss(x, y))) for x in xs) for y in ys]
    return Contours(tuple(map(_shown, xs)), tuple(map(_shown, ys)), tuple(rows))


def _around(texts: Sequence[str]) -> list[float]:
    """The side of a grid that holds these numbers; empty if none of them is finite."""
    values = [value for value in map(float, texts) if math.isfinite(value)]
    if not values:
        return []
    span = max(values) - min(values) or 1.0
    low = min(values) - MARGIN * span
    step = (1 + 2 * MARGIN) * span / (GRID - 1)
    return [low + step * place for place in range(GRID)]


def _shown(value: float) -> str:
    return f"{value + 0.0:.6g}"  # -0 is 0


def _as_tensor(values: Sequence[Any]) -> torch.Tensor | None:
    """A list of numbers as a tensor; None if it holds anything else."""
    if not all(isinstance(value, int | float) for value in values):
        return None
    try:
        return torch.tensor(values, dtype=torch.float64)
    except (OverflowError, RuntimeError):  # an integer that no float can hold
        return None
