"""Notices that a student's code has put something else in the place of what measures it, in its own process.

Functions and classes of the engine are compared with what they were before any of the student's code ran. Whoever
undoes a change in time, or changes memory, is not noticed: in one process nothing can prevent that. Lines that do such
things are flagged (`grading/flags.py`).
"""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

ENGINE = __name__.partition(".")[0]
# What measuring calls of Python itself; others, such as `print`, are the student's own affair.
OF_PYTHON = (
    *("any", "bytes", "dict", "enumerate", "float", "getattr", "hasattr", "int", "isinstance", "issubclass", "len"),
    *("list", "map", "max", "memoryview", "min", "range", "set", "setattr", "sorted", "str", "sum", "tuple", "type"),
    *("vars", "zip"),
)


class Changed(BaseException):
    """Raised where the engine's own functions are no longer what they were."""


class Seal:
    """What the engine's modules in this process consist of at the moment."""

    def __init__(self) -> None:
        self._members: list[tuple[Mapping[str, Any], str, Any]] = []
        self._codes: list[tuple[types.FunctionType, types.CodeType]] = []
        self._noted: set[int] = set()  # by identity: modules import from each other
        self._note(vars(builtins), OF_PYTHON)
        self._note(vars(sys), ("settrace", "gettrace", "monitoring", "_getframe"))
        for kind in (TorchFunctionMode, TorchDispatchMode):
            self._note(vars(kind), list(vars(kind)))
        for module in _modules():
            self._note(vars(module), list(vars(module)))

    def check(self) -> None:
        """Raise if anything is not what it was.

        Raises:
            Changed: with the name of what was changed.
        """
        for owner, name, value in self._members:
            if owner.get(name) is not value:
                raise Changed(f"`{name}` of the grader was changed in the process that your code runs in")
        for function, code in self._codes:
            if function.__code__ is not code:
                raise Changed(f"`{function.__name__}` of the grader was changed in the process that your code runs in")

    def checked(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, after which this seal is checked."""
        check = self.check  # found now: after the call something else may be in its place

        def checked(*args: Any, **kwargs: Any) -> Any:
            value = function(*args, **kwargs)
            check()
            return value

        return checked

    def _note(self, owner: Mapping[str, Any], names: Any) -> None:
        """Remember the functions and classes among the members of something, and what these consist of."""
        for name in names:
            value = owner.get(name)
            if not isinstance(value, types.FunctionType | types.BuiltinFunctionType | type | property | staticmethod):
                continue
            self._members.append((owner, name, value))
            if not _is_ours(value) or id(value) in self._noted:
                continue
            self._noted.add(id(value))
            if isinstance(value, types.FunctionType):
                self._codes.append((value, value.__code__))
            elif isinstance(value, type):
                self._note(vars(value), list(vars(value)))


def _modules() -> Iterator[types.ModuleType]:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == ENGINE and isinstance(module, types.ModuleType):
            yield module


def _is_ours(value: Any) -> bool:
    return str(getattr(value, "__module__", "")).partition(".")[0] == ENGINE
