"""What a check asked for, in words: names and shapes, no values of tensors."""

from __future__ import annotations

from typing import Any

import torch

from ..actions import OPERATIONS
from ..model import Seed
from ..values import CONTAINERS, SETS
from .operators import Operators
from .spies import name_of

FEW_PARTS = 4  # of a list that is described part by part


def describe_call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """A call in words: softmax([2, 3] float64, axis=1)."""
    parts = [_describe(value) for value in args]
    parts += [f"{key}={_describe(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(parts)})"


def describe_operation(name: str, operands: tuple[Any, ...]) -> str:
    """An operation in words: 2 * node."""
    return OPERATIONS[name].format(*map(_describe_operand, operands))


def _describe_operand(value: Any) -> str:
    """A value in an expression; objects as snippets call them."""
    if isinstance(value, Operators):
        return value.type_name.lower()
    return _describe(value)


def _describe(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return f"{list(value.shape)} {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, Operators):
        return value.type_name
    if isinstance(value, Seed):
        return "generator"
    if callable(value):  # a function of the student's or of ours
        return name_of(value)
    if isinstance(value, list | tuple) and len(value) <= FEW_PARTS:
        return f"[{', '.join(map(_describe, value))}]"
    if isinstance(value, CONTAINERS + SETS):
        return f"a {type(value).__name__} of {len(value)}"
    return f"{value!r:.40}"
