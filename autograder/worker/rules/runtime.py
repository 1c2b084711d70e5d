"""Notices when a student's code uses something that is ruled out, however it got hold of it.

Whatever the rules name is replaced, at every address, by a function that looks at its caller and then goes on. Nothing
else is touched, so code that keeps to the rules runs at its own speed. A use counts if the student's code makes it;
torch may use its own parts. The use is recorded and raises an exception, so swallowing the exception does not help.
"""

from __future__ import annotations

import _thread
import ctypes
import gc
import inspect
import os
import sys
import threading
import types
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from os import getpid  # bound before any code of the student's may put something else there
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import numpy
import torch
from torch._ops import OpOverload

from .blinding import BLINDING, KERNEL, LOOKING, is_harmless, is_printing
from .dispatch import Dispatched, is_small
from .genuine import is_genuine
from .names import CALLED_BY_NAME, GRADIENTS, Address, Rules, addresses_of, is_of_derivatives


def _folder(file: str | None, *, above: int = 0) -> str:
    """The folder of a file, or one above it, with a separator at its end."""
    assert file is not None  # only a namespace package has none
    return os.path.join(Path(file).parents[above], "")


LIBRARIES = (_folder(torch.__file__, above=1), _folder(numpy.__file__, above=1))
STANDARD_LIBRARY = _folder(os.__file__)
ENGINE = _folder(__file__, above=2)
TORCH = _folder(torch.__file__)
STAND_IN = f"{ENGINE}hosting.py", "stand_in"  # what a student's code gets in the place of a function of the grader's
GO_BETWEENS = (  # files whose functions call functions of others
    "<frozen ",
    ENGINE,
    f"{TORCH}_compile.py",
    f"{TORCH}_dynamo",
    f"{TORCH}_functorch",
    f"{TORCH}_higher_order_ops",
    f"{TORCH}utils",
)
MAKERS = ("__init__", "__new__")


class RuledOut(Exception):
    """Raised in the code that uses something ruled out."""


@dataclass(frozen=True)
class Use:
    """A use of something ruled out: the rule's number, the full name, and the place (file "" if it is not known)."""

    rule: int
    name: str
    file: str
    line: int


class Watch:
    """Observes in this process what the rules name, and records what breaks those that are in force."""

    def __init__(self) -> None:
        self._observed: set[tuple[int, str]] = set()  # addresses: the owner's identity, and the attribute
        self._names: set[str] = set()  # names with all their addresses observed
        self._classes: list[tuple[Address, type, Any]] = []  # in modules, each with its stand-in, which is no class
        self._rules = Rules([])
        self._in_force: frozenset[int] = frozenset()
        self._is_loading = False
        self._process = 0  # that everything above is about, once it is a worker's
        self._uses: list[Use] = []

    def observe(self, names: Sequence[str]) -> None:
        """Look at every use of what these names stand for, from now on."""
        new = [name for name in names if name not in self._names]
        if not new:
            return
        if not self._observed:
            _switch_compilers_off()
            self._look_at_kernels()
        self._names.update(new)
        for address in addresses_of(new):
            key = id(address.owner), address.attribute
            if key not in self._observed:
                self._observed.add(key)
                original = inspect.getattr_static(address.owner, address.attribute)
                _replace(address, self._observer(address))
                if isinstance(original, type) and isinstance(address.owner, types.ModuleType):
                    self._classes.append((address, original, getattr(address.owner, address.attribute)))

    def look_at_classes(self, *, watched: bool) -> None:
        """Put the stand-ins of classes in their places, or these back: a library that is loaded may need a class."""
        for address, original, stand_in in self._classes:
            setattr(address.owner, address.attribute, stand_in if watched else original)

    def _look_at_kernels(self) -> None:
        """Look at every use of what each operation keeps about itself, which no address leads to."""
        _, _, attribute = KERNEL.rpartition(".")
        address = Address(OpOverload, attribute, KERNEL)

        def kept(overload: OpOverload) -> Callable:
            if self._in_force:
                self._look(address, (), {})
            return vars(overload)[attribute]

        def keep(overload: OpOverload, kernel: Callable) -> None:
            vars(overload)[attribute] = kernel

        setattr(OpOverload, attribute, property(kept, keep))

    def state(self, rules: Rules) -> None:
        """Set the rules of the assignment; none is in force yet."""
        self._rules = rules
        self._in_force = frozenset()
        self.observe(rules.names)

    def enforce(self, numbers: Sequence[int]) -> None:
        """Set which of the rules are in force from now on."""
        self._in_force = frozenset(numbers)
        self._is_loading = False

    def begin_loading(self) -> None:
        """From now until rules are in force, derivatives cannot be worked out where they are ruled out everywhere.

        Whatever an attempt was for, nothing comes of it, so that it is not held against anybody: at the top of a file
        people try things out, and a function that needs what came of it lacks that.
        """
        self.enforce(self._rules.of_derivatives)
        self._is_loading = True  # until the first check: threads of the file's run on

    def looking(self, values: Any) -> AbstractContextManager[Any]:
        """Inside the block, operations are looked at where torch dispatches them, if it is about small inputs."""
        if not self._in_force or not is_small(values):
            return nullcontext()
        in_force = self._in_force
        return Dispatched(lambda name: self._rules.broken_by_operation(name, in_force), self._report_operation)

    def _report_operation(self, rule: int | None, name: str) -> None:
        """Record an operation that is ruled out, by any rule in force where none is named, and raise."""
        if rule is None:
            if not self._in_force:
                return
            rule = min(self._in_force)
        self._record(rule, name, _nearest_place(sys._getframe(2)))  # past this function and the mode

    def _record(self, rule: int, name: str, place: tuple[str, int]) -> NoReturn:
        if name in GRADIENTS:
            name = "torch.autograd"  # which is how a student knows them
        if self._is_loading:
            raise RuledOut(f"{name} is ruled out in every exercise; to try it out here costs nothing")
        self._uses.append(Use(rule, name, *place))
        raise RuledOut(f"{name} is ruled out in this exercise")

    def follow(self) -> None:
        """Have the rules hold in threads and in forks, too, for as long as these live.

        Operations are looked at by a mode of one thread alone, and rules that come into force after a fork would never
        be in force there. From a thread only what is done while a rule is in force counts; in a fork every rule holds.
        """

        self._process = getpid()

        def looked_at(function: Callable) -> Callable:
            def run(*args: Any, **kwargs: Any) -> Any:
                with Dispatched(self._broken_now, self._report_operation, remembers=False):
                    return function(*args, **kwargs)

            return run

        def starting(start: Callable) -> Callable:
            return lambda function, *args, **kwargs: start(looked_at(function), *args, **kwargs)

        for name in ("start_new_thread", "start_new", "start_joinable_thread"):  # the last one since Python 3.13
            if hasattr(_thread, name):
                setattr(_thread, name, starting(getattr(_thread, name)))
        # Those of the module `threading`, which has bound these functions before.
        threading.Thread._bootstrap_inner = looked_at(threading.Thread._bootstrap_inner)  # type: ignore
        os.register_at_fork(after_in_child=self._in_a_fork)

    def _in_a_fork(self) -> None:
        self._process = getpid()
        self._is_loading = False
        self._in_force = frozenset(range(len(self._rules)))
        Dispatched(self._broken_now, self._report_operation, remembers=False).__enter__()

    def _broken_now(self, name: str) -> int | None:
        return None if self._is_loading else self._rules.broken_by_operation(name, self._in_force)

    def take(self) -> Use | None:
        """Return the first use since the last call of this, and forget all."""
        uses = self._uses
        self._uses = []  # a thread of the student's may still write to the other list
        return uses[0] if uses else None

    def _observer(self, address: Address) -> Callable[[Callable], Callable]:
        def observed(original: Callable) -> Callable:
            def stand_in(*args: Any, **kwargs: Any) -> Any:
                if self._process and self._process != getpid():  # a fork that Python knows nothing of
                    self._in_a_fork()
                if self._in_force:
                    self._look(address, args, kwargs)
                return original(*args, **kwargs)

            stand_in.__name__ = stand_in.__qualname__ = address.attribute
            stand_in.__doc__ = original.__doc__
            vars(stand_in).update(getattr(original, "__dict__", {}))  # torch keeps notes there
            return stand_in

        return observed

    def _look(self, address: Address, args: tuple, kwargs: dict) -> None:
        """Record a use and raise, if a rule in force rules it out and the student's code makes it."""
        name = _full_name(address, args)
        broken = self._in_force.intersection(self._rules.broken_by(name))
        if not broken or _switches_off(name, args, kwargs) or (self._is_loading and not is_of_derivatives(name)):
            return
        place = _place_of_use(name, sys._getframe(2))  # past this function and the stand-in
        if place is not None:
            self._record(min(broken), name, place)


WATCH = Watch()


def _full_name(address: Address, args: tuple) -> str:
    """The full name of what is used.

    A class may be used through a subclass, the student's or the library's: then it is the most derived class of the
    library that counts.
    """
    if address.name == CALLED_BY_NAME:
        return f"{CALLED_BY_NAME}.{args[0]}"
    if address.name.endswith(f".{address.attribute}") or not args:
        return address.name
    kind = args[0] if isinstance(args[0], type) else type(args[0])
    library = address.owner.__module__.split(".")[0]
    package = address.name.rpartition(".")[0]
    for base in kind.__mro__:
        if base.__module__.split(".")[0] == library:
            return f"{package}.{base.__name__}"
    return f"{package}.{address.owner.__name__}"


def _switches_off(name: str, args: tuple, kwargs: dict) -> bool:
    """Whether a call is `requires_grad_(False)`, which is harmless."""
    off = kwargs.get("requires_grad") is False or any(arg is False for arg in args[1:])
    return off and name == "torch.Tensor.requires_grad_"


def _place_of_use(name: str, caller: FrameType) -> tuple[str, int] | None:
    """File and line of the student's code that makes a use, or None if it is no affair of the student's."""
    if name in GRADIENTS:  # whichever function of a library has it run
        return _nearest_place(caller)
    if name in BLINDING and is_harmless(name):
        return None
    if name in BLINDING and LOOKING.modes and not is_printing(caller):
        return _nearest_place(caller)
    return _students_place(caller, name)


def _students_place(frame: FrameType | None, name: str = "") -> tuple[str, int] | None:
    """File and line of the student's code that called what has this name, or None if a library called it for itself."""
    while frame is not None and not is_students(frame.f_code.co_filename):
        if _is_librarys_own(frame, name):
            return None
        frame = frame.f_back
    while frame is not None and frame.f_code.co_filename.startswith("<"):  # code in a text; who executes it?
        frame = frame.f_back
    if frame is None or not is_students(frame.f_code.co_filename):
        return "", 0
    return os.path.basename(frame.f_code.co_filename), frame.f_lineno


def _nearest_place(frame: FrameType | None) -> tuple[str, int]:
    """File and line of the student's code that led to a frame, through whatever library; ("", 0) if none did."""
    while frame is not None and not is_students(frame.f_code.co_filename):
        frame = frame.f_back
    place = _students_place(frame)
    return place or ("", 0)


def _is_librarys_own(frame: FrameType, name: str) -> bool:
    """Whether what a frame of ours or of a library calls is the library's own affair, whoever called the frame."""
    file = frame.f_code.co_filename
    if name.startswith("torch.") and _is_library(file) and not file.startswith(TORCH):
        return False  # numpy uses torch for nobody but the student, who had it call a function
    if file.startswith(TORCH) and not is_genuine(frame.f_code):
        return False
    function = frame.f_code.co_name
    if (file, function) == STAND_IN:
        return True
    if _origin(file) == "library":
        return function not in MAKERS  # an object of a subclass of the student's is made through these
    # a part of torch that is being imported just now may try itself out
    return function == "<module>" and _is_library(file)


def is_students(file: str) -> bool:
    """Whether code of this file is the student's."""
    return _origin(file) == "student"


def _is_library(file: str) -> bool:
    return file.startswith(LIBRARIES)


@lru_cache(maxsize=1024)
def _origin(file: str) -> str:
    """Whose code a file holds: "student", "library", or "between" for what calls on behalf of others."""
    if file.startswith(GO_BETWEENS):
        return "between"
    if _is_library(file):  # asked first: packages are often installed below the standard library
        return "library"
    if file.startswith(STANDARD_LIBRARY):
        return "between"
    return "student"


def _replace(address: Address, observed: Callable[[Callable], Callable]) -> None:
    """Put an observed version in the place of what is at an address."""
    original = inspect.getattr_static(address.owner, address.attribute)
    version: Any
    if isinstance(original, types.GetSetDescriptorType):
        version = property(observed(original.__get__))
    elif isinstance(original, classmethod | staticmethod):
        version = type(original)(observed(original.__func__))
    else:
        version = observed(original)
    try:
        setattr(address.owner, address.attribute, version)
    except (AttributeError, TypeError):  # a class in C forbids it; the dictionary behind its proxy does not
        (members,) = gc.get_referents(vars(address.owner))
        members[address.attribute] = version
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(address.owner))


def _switch_compilers_off() -> None:
    """Have compiled functions run as they are written, so that the operations in them are seen."""
    torch.jit._state.disable()
    vars(torch)["compile"] = _uncompiled


def _uncompiled(model: Callable | None = None, **_: Any) -> Any:
    """Stands for `torch.compile`, as a function and as a decorator: returns what it is given."""
    if model is None:
        return _uncompiled
    return model
