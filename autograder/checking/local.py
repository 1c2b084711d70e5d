"""A channel to a trusted module in this process: the reference, or a known wrong variant of it.

Never for a student's code. It behaves like the worker does: arguments are copies, objects are kept behind numbers,
an exception of the module is a verdict.
"""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import torch

from ..model import ObjectRef, Outcome, Seed
from .effort import Counting
from .record import Call, Read
from .student import Student
from .verdict import Verdict

PLAIN = (type(None), bool, int, float, str, torch.Tensor, torch.dtype)
PIECES = re.compile(r"\n\n\n(?=\S)")


def module_from(source: str, name: str) -> types.ModuleType:
    """A module made afresh of trusted source text; only the compiling is remembered."""
    module = types.ModuleType(name)
    for code in _compiled(source):
        exec(code, module.__dict__)
    return module


def _compiled(source: str) -> list[types.CodeType]:
    """The text compiled piece by piece, since variants of a reference differ from it in one or two functions only."""
    try:
        return [_compiled_piece(piece) for piece in PIECES.split(source)]
    except SyntaxError:  # two empty lines inside of a statement
        return [_compiled_piece(source)]


@lru_cache(maxsize=4096)
def _compiled_piece(source: str) -> types.CodeType:
    return compile(source, "<trusted>", "exec")


def local_student(module: types.ModuleType) -> Student:
    """`module` as checks see a student."""
    return Student(LocalChannel(module))


class LocalChannel:
    """Calls functions of a module in this process.

    Args:
        shift: added to the seed of every generator, for draws other than those of the check.
    """

    def __init__(self, module: types.ModuleType, shift: int = 0) -> None:
        self._module = module
        self._shift = shift
        self._objects: list[Any] = []

    def call(self, call: Call) -> tuple[Any, list[str]]:
        owner = self._module if call.target is None else self._objects[call.target]
        args, kwargs = self._materialise(call.args), self._materialise(call.kwargs)
        value = self._guarded(lambda: getattr(owner, call.name)(*args, **kwargs))
        if not call.observe:
            return self._plain(value), []
        names = self.parameters(call.target, call.name)
        names += [f"number {i + 1}" for i in range(len(names), len(args))]
        labels = [*names[: len(args)], *kwargs]
        before, after = [*call.args, *call.kwargs.values()], [*args, *kwargs.values()]
        changed = [label for label, old, new in zip(labels, before, after, strict=True) if _differs(old, new)]
        return self._plain(value), changed

    def each(self, actions: Sequence[Call | Read]) -> Iterator[Any]:
        for action in actions:
            yield self.read(action.target, action.name) if isinstance(action, Read) else self.call(action)[0]

    def effort(self, call: Call) -> tuple[int, int]:
        with Counting() as counting:
            self.call(call)
        return counting.operations, 0

    def read(self, target: int, name: str) -> Any:
        return self._plain(self._guarded(lambda: getattr(self._objects[target], name)))

    def assign(self, target: int, name: str, value: Any) -> None:
        self._guarded(lambda: setattr(self._objects[target], name, self._materialise(value)))

    def parameters(self, target: int | None, name: str) -> list[str]:
        owner = self._module if target is None else self._objects[target]
        return list(inspect.signature(getattr(owner, name)).parameters)

    def _guarded(self, action: Any) -> Any:
        try:
            return action()
        except Exception as error:
            raise Verdict(Outcome.ERROR, f"{type(error).__name__}: {error}") from error

    def _materialise(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return value.clone()
        if isinstance(value, Seed):
            return torch.Generator().manual_seed(value.value + self._shift)
        if isinstance(value, ObjectRef):
            return self._objects[value.id]
        if isinstance(value, list | tuple):
            return type(value)(self._materialise(v) for v in value)
        if isinstance(value, dict):
            return {key: self._materialise(v) for key, v in value.items()}
        return value

    def _plain(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return value.detach().clone()
        if isinstance(value, PLAIN):
            return value
        if type(value) in (list, tuple):
            return type(value)(self._plain(v) for v in value)
        if type(value) is dict:
            return {key: self._plain(v) for key, v in value.items()}
        if isinstance(value, torch.Generator) and self._shift:
            value.manual_seed(value.initial_seed() + self._shift)
        self._objects.append(value)
        return ObjectRef(len(self._objects) - 1, type(value).__name__)


def _differs(old: Any, new: Any) -> bool:
    """Whether a tensor somewhere in a nested argument was changed."""
    if isinstance(old, torch.Tensor):
        return not (isinstance(new, torch.Tensor) and old.shape == new.shape and torch.equal(old, new))
    if isinstance(old, list | tuple):
        return len(old) != len(new) or any(_differs(a, b) for a, b in zip(old, new, strict=True))
    if isinstance(old, dict):
        return old.keys() != new.keys() or any(_differs(old[key], new[key]) for key in old)
    return False
