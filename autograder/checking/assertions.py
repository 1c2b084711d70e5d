"""The plain assertions of a check: a condition, a bound, a form, an accuracy, inputs left alone."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from ..values import mapped
from . import observations
from .comparing import THE_RESULT, as_number, close
from .spies import NAMELESS, name_of
from .student import Function, Handle, function_of
from .verdict import Message, NotRaised, Raised, failed

NEARLY_EQUAL = 1e-3  # of scores, relative to them; float32 through six layers of 100 units differs by about 1e-5


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


def like(actual: Any, model: Any, name: str = THE_RESULT, *, names: Sequence[str] | None = None) -> Any:
    """Fail unless `actual` is finite and has the structure, dtype and shape of `model`, whatever its values; return it.

    Args:
        name, names: as those of `close`.
    """
    close(actual, mapped(model, _without_values), atol=math.inf, name=name, names=names)
    return actual


def _without_values(leaf: Any) -> Any:
    """A tensor of zeros for a tensor, which may hold anything: one from `torch.empty` even nan."""
    if isinstance(leaf, torch.Tensor):
        return torch.zeros_like(leaf)
    return leaf


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


def predicted_classes(predictions: Any, scores: torch.Tensor) -> torch.Tensor:
    """The class with the largest of our scores in each row; fails unless a student's predictions are the same.

    What a training reached is judged by the parameters that it returned. A student's own function for predictions could
    look the labels up.

    Args:
        predictions: [n] class indices, as the student returned them.
        scores: [n, k] computed here from the student's parameters.
    Returns:
        [n] int64.
    """
    best, classes = scores.double().max(dim=1)
    if accuracy(predictions, classes) == 1:
        return classes
    # Another order of the same sums can turn scores around that are nearly equal.
    near = scores.double() >= (best - NEARLY_EQUAL * (1 + best.abs()))[:, None]
    indices = predictions.to(torch.float64)[:, None]
    agrees = (near & (indices == torch.arange(scores.shape[1]))).any(dim=1)
    wrong = int((~agrees).sum())
    message = "The predictions are not the classes that the trained parameters give"
    require(wrong == 0, f"{message}, for {wrong} of {len(classes)} rows.", redacted=f"{message}.")
    return classes


def unchanged(function: Function | Handle, *args: Any, **kwargs: Any) -> Any:
    """Call a student's function and fail if it changed one of its inputs in place.

    Returns:
        What the function returned.
    """
    if isinstance(function, Handle):
        function = function_of(function)
    value, changed = function.observe(*args, **kwargs)
    if changed:
        raise failed(observations.input_changed(function.name, changed), changed=changed)
    return value


def raises(kind: type[BaseException], function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Fail unless a student's code raises this kind of exception, a class of Python itself, when it is called.

    Args:
        function: the student's, or one of ours that asks for something: `raises(TypeError, lambda: a + "text")`.
    Raises:
        TypeError: the kind is no exception of Python itself.
    """
    wanted = kind.__name__
    if vars(builtins).get(wanted) is not kind:
        raise TypeError(f"raises({wanted}, ...): only exceptions of Python itself are known on the other side")
    called = name_of(function)
    if called == NAMELESS:
        called = "the call"
    try:
        value = function(*args, **kwargs)
    except Raised as verdict:
        if wanted in verdict.kinds:
            return
        fact = observations.raised_another(called, wanted, verdict.message)
        raise NotRaised(fact, verdict.evidence, wanted=wanted) from verdict
    raise NotRaised(observations.not_raised(called, wanted, value), wanted=wanted)
