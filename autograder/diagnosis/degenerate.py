"""What a function returns that is unfinished, or wrong in one of countless ways: zeros, nan, or what it was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ..checking.transcript import NOTHING, Event
from ..values import leaves
from .agreement import alike
from .check_run import CheckRun
from .replay import is_small


def kinds_of(run: CheckRun, function: str) -> list[str]:
    """The kinds of which everything is that a function answered in a check; none if it answered nothing."""
    answered = []
    for event, asked in zip(run.events, run.functions, strict=True):
        if asked == function and event.intact and is_small(event):
            answered.append(event)
    if not answered:
        return []
    return [kind for kind, is_of_kind in KINDS.items() if all(map(is_of_kind, answered))]


def _is_zeros(event: Event) -> bool:
    return _all_entries(event, lambda entries: not entries.any())


def _is_nowhere_finite(event: Event) -> bool:
    """The same overflow ends as inf or as nan by the order of operations, and so they count as one."""
    return _all_entries(event, lambda entries: not entries.isfinite().any())


def _is_input(event: Event) -> bool:
    """Whether an answer is the first of the numbers that were sent."""
    if event.answer is NOTHING:
        return False
    for _, leaf in leaves(event.sent):
        if isinstance(leaf, torch.Tensor | float):
            return alike(event.answer, leaf)
    return False


def _all_entries(event: Event, holds: Callable[[torch.Tensor], Any]) -> bool:
    """Whether an answer is made of numbers, and something holds for those of each part."""
    if event.answer is NOTHING:
        return False
    parts = [leaf for _, leaf in leaves(event.answer)]
    for part in parts:
        if not isinstance(part, torch.Tensor | float | int) or not holds(torch.as_tensor(part)):
            return False
    return bool(parts)


KINDS: dict[str, Callable[[Event], bool]] = {"zeros": _is_zeros, "nan": _is_nowhere_finite, "its input": _is_input}
