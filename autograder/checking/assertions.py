"""The plain assertions of a check: a condition, a bound, an accuracy, inputs left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from . import observations
from .comparing import as_number
from .verdict import Message, failed

if TYPE_CHECKING:
    from .student import Function


def require(condition: Any, message: str, *, redacted: str | None = None) -> None:
    """Fail with `message`, a full sentence, unless the condition holds.

    Args:
        redacted: what hidden checks say instead, if the message shows something of the inputs.
    """
    if bool(condition):
        return
    if redacted is None:
        raise failed(message)
    raise failed(Message(message, redacted))


def at_least(value: Any, target: float, what: str) -> None:
    """Fail unless `value` (a number or [] tensor) is finite and at least `target`."""
    number = as_number(value, what)
    if not number >= target:
        raise failed(observations.bound(what, number, target, "at least"))


def at_most(value: Any, target: float, what: str) -> None:
    """Fail unless `value` (a number or [] tensor) is finite and at most `target`."""
    number = as_number(value, what)
    if not number <= target:
        raise failed(observations.bound(what, number, target, "at most"))


def accuracy(predictions: Any, labels: torch.Tensor) -> float:
    """The share of predictions that equal the labels.

    Args:
        predictions: [n] class indices, as the student returned them; any integer (or whole float) dtype.
        labels: [n] int64 the true classes.
    """
    if not isinstance(predictions, torch.Tensor):
        raise failed(observations.not_a_tensor("the predictions", predictions))
    if predictions.shape != labels.shape:
        raise failed(observations.wrong_shape("the predictions", predictions, labels))
    return (predictions.to(torch.float64) == labels.to(torch.float64)).double().mean().item()


def unchanged(function: Function, *args: Any, **kwargs: Any) -> Any:
    """Call a student's function and fail if it changed one of its inputs in place.

    Returns:
        What the function returned.
    """
    value, changed = function.observe(*args, **kwargs)
    if changed:
        raise failed(observations.input_changed(function.name, changed), changed=changed)
    return value
