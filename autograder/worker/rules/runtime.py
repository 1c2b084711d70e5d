"""Notices when a student's code uses what is ruled out, however it came by it.

Whatever rules name is replaced, at every address, by a function that looks at its caller and goes on. Nothing else is
touched, so that code which keeps to the rules runs at its own speed. A use counts if the student's code makes it; torch
may use its own parts. It is written down, and the code that made it gets an exception: swallowing that does not help.
"""

from __future__ import annotations

import ctypes
import gc
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import numpy
import torch

from .names import CALLED_BY_NAME, Address, Rules, addresses_of


def _folder(module: ModuleType, *, above: int = 0) -> str:
    return os.path.join(Path(module.__file__).parents[above], "")


LIBRARIES = (_folder(torch, above=1), _folder(numpy, above=1))
STANDARD_LIBRARY = _folder(os)
GO_BETWEENS = (  # in whose frames others' functions are called
    "<frozen ",
    os.path.join(Path(__file__).parents[2], ""),
    *(_folder(torch) + part for part in ("_compile.py", "_dynamo", "_functorch", "_higher_order_ops", "utils")),
)
MAKERS = ("__init__", "__new__")


class RuledOut(Exception):
    """Raised in the code that uses something ruled out."""


@dataclass(frozen=True)
class Use:
    """A use of something ruled out: the number of the rule, the full name, and where (no file if it is not known)."""

    rule: int
    name: str
    file: str
    line: int


class Watch:
    """What is observed in this process, and which rules are in force."""

    def __init__(self) -> None:
        self._observed: set[tuple[int, str]] = set()
        self._names: set[str] = set()  # all of whose addresses are observed
        self._rules = Rules([])
        self._in_force: frozenset[int] = frozenset()
        self._uses: list[Use] = []

    def observe(self, names: Sequence[str]) -> None:
        """Look at every use of what these names of rules stand for, from now on."""
        new = [name for name in names if name not in self._names]
        if not new:
            return
        if not self._observed:
            _switch_compilers_off()
        self._names.update(new)
        for address in addresses_of(new):
            key = id(address.owner), address.attribute
            if key not in self._observed:
                self._observed.add(key)
                _replace(address, self._observer(address))

    def state(self, rules: Rules) -> None:
        """Which rules there are; none is in force yet."""
        self._rules, self._in_force = rules, frozenset()
        self.observe(rules.names)

    def enforce(self, numbers: Sequence[int]) -> None:
        """Which of the rules are in force from now on."""
        self._in_force = frozenset(numbers)

    def take(self) -> Use | None:
        """The first use since the last time this was asked."""
        uses, self._uses = self._uses, []
        return uses[0] if uses else None

    def _observer(self, address: Address) -> Callable[[Callable], Callable]:
        def observed(original: Callable) -> Callable:
            def stand_in(*args: Any, **kwargs: Any) -> Any:
                if self._in_force:
                    self._look(address, args, kwargs)
                return original(*args, **kwargs)

            stand_in.__name__ = stand_in.__qualname__ = address.attribute
            stand_in.__doc__ = original.__doc__
            vars(stand_in).update(getattr(original, "__dict__", {}))  # torch keeps notes there
            return stand_in

        return observed

    def _look(self, address: Address, args: tuple, kwargs: dict) -> None:
        """Write a use down and raise, if a rule in force rules it out and the student's code makes it."""
        name = _full_name(address, args)
        broken = self._in_force.intersection(self._rules.broken_by(name))
        if not broken or _is_harmless(name, args, kwargs):
            return
        place = _students_place(sys._getframe(2))
        if place is not None:
            self._uses.append(Use(min(broken), name, *place))
            raise RuledOut(f"{name} is ruled out in this exercise")


WATCH = Watch()


def _full_name(address: Address, args: tuple) -> str:
    """The name of what is used; where it is a class, of the one in the library that the object in use is of."""
    if address.name == CALLED_BY_NAME:
        return f"{CALLED_BY_NAME}.{args[0]}"
    if address.name.endswith(f".{address.attribute}") or not args:
        return address.name
    kind = args[0] if isinstance(args[0], type) else type(args[0])
    library = address.owner.__module__.split(".")[0]
    own = next((c for c in kind.__mro__ if c.__module__.split(".")[0] == library), address.owner)
    return f"{address.name.rpartition('.')[0]}.{own.__name__}"


def _is_harmless(name: str, args: tuple, kwargs: dict) -> bool:
    """Whether a call switches off what would be ruled out."""
    off = kwargs.get("requires_grad") is False or any(arg is False for arg in args[1:])
    return off and name == "torch.Tensor.requires_grad_"


def _students_place(frame: FrameType | None) -> tuple[str, int] | None:
    """File and line of the student's code that wanted a call, or None if a library wanted it for itself."""
    while frame is not None:
        origin = _origin(frame.f_code.co_filename)
        if origin == "library" and frame.f_code.co_name not in MAKERS:
            return None
        if origin == "between" and frame.f_code.co_name == "<module>" and _is_library(frame.f_code.co_filename):
            return None  # a part of torch that is imported just now and tries itself out
        if origin == "student":
            break
        frame = frame.f_back
    while frame is not None and frame.f_code.co_filename.startswith("<"):  # code in a text; who executes it?
        frame = frame.f_back
    if frame is None or _origin(frame.f_code.co_filename) != "student":
        return "", 0
    return os.path.basename(frame.f_code.co_filename), frame.f_lineno


def is_students(file: str) -> bool:
    """Whether code that names this file as its own is the student's."""
    return _origin(file) == "student"


def _is_library(file: str) -> bool:
    return file.startswith(LIBRARIES)


@lru_cache(maxsize=1024)
def _origin(file: str) -> str:
    """Whose code a file holds: "student", "library", or "between" for what calls on behalf of others."""
    if file.startswith(GO_BETWEENS):
        return "between"
    if _is_library(file):
        return "library"
    return "between" if file.startswith(STANDARD_LIBRARY) else "student"


def _replace(address: Address, observed: Callable[[Callable], Callable]) -> None:
    """Put an observed version in the place of what is at an address."""
    original = inspect.getattr_static(address.owner, address.attribute)
    if isinstance(original, classmethod | staticmethod):
        version = type(original)(observed(original.__func__))
    else:
        version = observed(original)
    try:
        setattr(address.owner, address.attribute, version)
    except (AttributeError, TypeError):  # a class in C; its dictionary can be had all the same
        (members,) = gc.get_referents(vars(address.owner))
        members[address.attribute] = version
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(address.owner))


def _switch_compilers_off() -> None:
    """Have compiled functions run as they are written, so that the operations in them are seen."""
    torch.jit._state.disable()
    torch.compile = lambda model=None, **_: (lambda function: function) if model is None else model
