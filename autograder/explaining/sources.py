"""The text of a function of ours that was given to a student's code, so that the student can run it."""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch


@dataclass(frozen=True)
class FunctionText:
    """How a function is written.

    Args:
        expression: what stands for it: a lambda, a name of a library, or its own name.
        definition: lines that define this name first, if there must be any.
        variables: what it uses from around it, by name.
    """

    expression: str
    definition: tuple[str, ...] = ()
    variables: dict[str, Any] = field(default_factory=dict)


def text_of(function: Callable[..., Any]) -> FunctionText | None:
    """How a function is written, or None if that cannot be had."""
    name = getattr(function, "__name__", "")
    if vars(builtins).get(name) is function:
        return FunctionText(name)
    if getattr(torch, name, None) is function:
        return FunctionText(f"torch.{name}")
    if not inspect.isfunction(function):
        return None
    try:
        around = inspect.getclosurevars(function)
        variables = {**around.globals, **around.nonlocals}
        if name == "<lambda>":
            expression = _lambda(function)
            return FunctionText(expression, variables=variables) if expression else None
        lines = textwrap.dedent(inspect.getsource(function)).rstrip().splitlines()
    except (OSError, SyntaxError, ValueError):  # it was made of a text; a variable of it has no value yet
        return None
    variables.pop(name, None)  # of a function that calls itself
    return FunctionText(name, tuple(lines), variables)


def _lambda(function: Callable[..., Any]) -> str:
    """The text of a lambda expression; "" if it cannot be told from another in the same line."""
    lines, _ = inspect.findsource(function)
    text = "".join(lines)
    code = function.__code__
    same_line = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno:
            same_line.append(node)
    if len(same_line) > 1:
        places = set(code.co_positions())
        same_line = [node for node in same_line if _place(node.body) in places]
    if len(same_line) != 1:
        return ""
    return ast.get_source_segment(text, same_line[0]) or ""


def _place(node: ast.expr) -> tuple[int | None, ...]:
    """Where an expression stands, as instructions of Python tell it."""
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset
