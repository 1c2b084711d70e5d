"""Where a result is nan or infinite: what its inputs are there, and which reasons they leave open."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from ..checking.transcript import Event
from ..checking.verdict import NOTHING_SAID, Difference, Message
from ..values import in_double, leaves
from . import questions
from .comparisons import as_tensor
from .quantities import Quantities
from .questions import Asked

# Of the largest number that `exp` can take: what an exponent is made of, sums and products of inputs, is larger.
MODERATE = 0.1


def reason(difference: Difference, made: Sequence[Event]) -> Asked | None:
    """A question about a value that is not finite, where nothing that was sent can have led to an overflow."""
    actual = as_tensor(difference.actual)
    if actual is None or actual.is_complex() or not actual.is_floating_point() or torch.isfinite(actual).all():
        return None
    bound = MODERATE * math.log(torch.finfo(actual.dtype).max)
    for event in made:
        if not all(_is_moderate(leaf, bound) for _, leaf in leaves(event.sent)):
            return None
    return questions.divides_by_zero(nan=bool(actual.isnan().any()))


def _is_moderate(sent: object, bound: float) -> bool:
    """Whether nothing that is computed from a value overflows, short of many steps."""
    if isinstance(sent, torch.Tensor):
        return not sent.is_floating_point() or not bool((in_double(sent).abs() > bound).any())
    if isinstance(sent, bool):
        return True
    if isinstance(sent, int):  # as a number of steps it lets anything grow
        return sent <= 1
    return not isinstance(sent, float) or abs(sent) <= bound


def inputs_there(difference: Difference, given: Quantities) -> Message:
    """What the inputs are where the result is nan or infinite, if they have an entry for each of its entries."""
    actual = difference.actual
    if not isinstance(actual, torch.Tensor) or torch.isfinite(actual).all() or difference.wrong is None:
        return NOTHING_SAID
    at = tuple((~torch.isfinite(actual)).nonzero()[0].tolist())
    alike = {}
    for name, x in given.tensors.items():
        if x.ndim and x.shape == actual.shape:
            alike[name] = x[at].item()
    return questions.there(alike, at if actual.numel() > 1 else None)
