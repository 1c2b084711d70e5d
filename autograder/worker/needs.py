"""Which names of a module its functions use, told by their code."""

from __future__ import annotations

import dis
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType
from typing import Any


def needed_by(names: Iterable[str], module: dict[str, Any]) -> set[str]:
    """These names, and those of the module that their functions use, directly or through others."""
    reached = set(names)
    waiting = list(reached)
    while waiting:
        for code in _codes(module.get(waiting.pop())):
            new = _globals(code, module) - reached
            reached |= new
            waiting += new
    return reached


def _codes(value: object) -> Iterator[CodeType]:
    """The code of a function, or of all methods of a class."""
    value = getattr(value, "__wrapped__", value)  # of a decorated one
    if isinstance(value, FunctionType):
        yield value.__code__
    elif isinstance(value, type):
        for member in vars(value).values():
            function = getattr(member, "__func__", member)
            if isinstance(function, FunctionType):
                yield function.__code__


def _globals(code: CodeType, module: dict[str, Any]) -> set[str]:
    """The names of the module that a piece of code uses, with the functions in it."""
    names = module.keys() & set(code.co_names)  # among which are attributes
    if names:
        names &= {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    for part in code.co_consts:
        if isinstance(part, CodeType):
            names |= _globals(part, module)
    return names
