"""A channel to a trusted module in this process: the reference, or a known wrong variant of it.

Never for a student's code. It behaves like the worker does: arguments are copies, objects are kept behind numbers,
an exception of the module is a verdict.
"""

from __future__ import annotations
import __future__

import inspect
import re
import types
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import torch

from ..model import ObjectRef, Outcome, Seed
from ..values import Objects, Originals, mapped
from .effort import Counting
from .record import Call, Read, leaves
from .student import Student
from .verdict import Verdict

PIECES = re.compile(r"\n\n\n(?=\S)")
POSTPONED = re.compile(r"^from __future__ import .*\bannotations\b", re.MULTILINE)


def module_from(source: str, name: str) -> types.ModuleType:
    """A module made afresh of trusted source text; only the compiling is remembered."""
    module = types.ModuleType(name)
    for code in _compiled(source):
        exec(code, module.__dict__)
    return module


def _compiled(source: str) -> list[types.CodeType]:
    """The text compiled piece by piece, since variants of a reference differ from it in one or two functions only."""
    flags = __future__.annotations.compiler_flag if POSTPONED.search(source) else 0  # it holds for every piece
    try:
        return [_compiled_piece(piece, flags) for piece in PIECES.split(source)]
    except SyntaxError:  # two empty lines inside of a statement
        return [_compiled_piece(source, flags)]


@lru_cache(maxsize=4096)
def _compiled_piece(source: str, flags: int) -> types.CodeType:
    return compile(source, "<trusted>", "exec", flags, dont_inherit=True)


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
        self._objects = Objects()
        self._originals = Originals()

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
        try:
            return list(inspect.signature(getattr(owner, name)).parameters)
        except (TypeError, ValueError, AttributeError):  # it has none that can be told
            return []

    def _guarded(self, action: Any) -> Any:
        try:
            return action()
        except Exception as error:
            raise Verdict(Outcome.ERROR, f"{type(error).__name__}: {error}") from error

    def _materialise(self, value: Any) -> Any:
        """An argument as the module gets it: tensors are copies, objects and generators real."""
        return mapped(self._originals.outgoing(value), self._real)

    def _real(self, leaf: Any) -> Any:
        if isinstance(leaf, torch.Tensor):
            return leaf.clone()
        if isinstance(leaf, Seed):
            return torch.Generator().manual_seed(leaf.value + self._shift)
        if isinstance(leaf, ObjectRef):
            return self._objects[leaf.id]
        return leaf

    def _plain(self, value: Any) -> Any:
        """A result as a check gets it: what is no plain value is kept here."""
        sent = self._objects.outgoing(value)
        if self._shift:
            self._reseed(sent)
        return self._originals.incoming(mapped(sent, _copied))

    def _reseed(self, sent: Any) -> None:
        """Shift the seeds of generators that the module made by itself."""
        for _, leaf in leaves(sent):
            kept = self._objects[leaf.id] if isinstance(leaf, ObjectRef) else None
            if isinstance(kept, torch.Generator):
                kept.manual_seed(kept.initial_seed() + self._shift)


def _copied(leaf: Any) -> Any:
    return leaf.detach().clone() if isinstance(leaf, torch.Tensor) else leaf


def _differs(old: Any, new: Any) -> bool:
    """Whether a tensor somewhere in a nested argument was changed."""
    if isinstance(old, torch.Tensor):
        return not (isinstance(new, torch.Tensor) and old.shape == new.shape and torch.equal(old, new))
    if isinstance(old, list | tuple):
        return len(old) != len(new) or any(_differs(a, b) for a, b in zip(old, new, strict=True))
    if isinstance(old, dict):
        return old.keys() != new.keys() or any(_differs(old[key], new[key]) for key in old)
    return False
