"""A channel to a trusted module in this process: the reference, or a known wrong variant of it.

Never for a student's code. It behaves like the worker does: arguments are copies, objects are kept behind numbers,
an exception of the module is a verdict.
"""

from __future__ import annotations
import __future__

import builtins
import contextlib
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import torch

from ..actions import Action, Answer, with_values
from ..hosting import Hosting, Missing, Stopped, kinds_of, unseen
from ..model import FunctionRef, ObjectRef, Outcome
from ..values import Originals, copied, leaves
from .spies import Callbacks, Given
from .student import Student
from .verdict import Raised, Verdict

TRUSTED = "<trusted>"  # the file that such code says it is in
PIECES = re.compile(r"\n\n\n(?=\S)")
POSTPONED = re.compile(r"^from __future__ import .*\bannotations\b", re.MULTILINE)


class _Beside:
    """Trusted modules that others may import by name, each made when the first of them does."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._modules: dict[str, types.ModuleType] = {}

    def import_(self, name: str, names: Any = None, scope: Any = None, wanted: Any = (), level: int = 0) -> Any:
        """What `__import__` does, for modules that see these."""
        if level or name not in self._sources:
            return builtins.__import__(name, names, scope, wanted, level)
        if name not in self._modules:
            self._modules[name] = module_from(self._sources[name], name)
        return self._modules[name]


# No argument of `module_from`: the diagnosis makes modules of bare texts in many places, and knows nothing of courses.
_BESIDE: ContextVar[_Beside] = ContextVar("_BESIDE")


@contextlib.contextmanager
def beside(sources: Mapping[str, str]) -> Iterator[None]:
    """Inside the block, trusted modules that are made find others of these texts by name, as files in a folder do.

    Elsewhere they find installed libraries only.
    """
    token = _BESIDE.set(_neighbours(tuple(sources.items())))
    try:
        yield
    finally:
        _BESIDE.reset(token)


@lru_cache(maxsize=16)
def _neighbours(sources: tuple[tuple[str, str], ...]) -> _Beside:
    """The same modules each time: they keep nothing from call to call, and making them takes as long as a check."""
    return _Beside(dict(sources))


def module_from(source: str, name: str) -> types.ModuleType:
    """A module made afresh of trusted source text; only the compiling is remembered."""
    module = empty_module(name)
    for code in _compiled(source):
        exec(code, module.__dict__)
    return module


def empty_module(name: str) -> types.ModuleType:
    """A module for trusted code, which finds those `beside` it."""
    module = types.ModuleType(name)
    neighbours = _BESIDE.get(None)
    if neighbours is not None:
        module.__dict__["__builtins__"] = vars(builtins) | {"__import__": neighbours.import_}
    return module


@lru_cache(maxsize=256)
def _compiled(source: str) -> tuple[types.CodeType, ...]:
    """The text compiled piece by piece, since variants of a reference differ from it in one or two functions only."""
    flags = __future__.annotations.compiler_flag if POSTPONED.search(source) else 0  # it holds for every piece
    try:
        return tuple(_compiled_piece(piece, flags) for piece in PIECES.split(source))
    except SyntaxError:  # two empty lines inside of a statement
        return (_compiled_piece(source, flags),)


@lru_cache(maxsize=4096)
def _compiled_piece(source: str, flags: int) -> types.CodeType:
    return compile(source, TRUSTED, "exec", flags, dont_inherit=True)


def local_student(module: object) -> Student:
    """`module` as checks see a student."""
    return Student(LocalChannel(module))


class LocalChannel:
    """Asks a module in this process.

    Args:
        shift: added to the seed of every generator, for draws other than those of the check.
        called: the module in a sentence.
    """

    def __init__(self, module: object, shift: int = 0, *, called: str = "The module") -> None:
        self._shift = shift
        self._originals = Originals()
        self._callbacks = Callbacks(self)
        self._hosting = _HostingOfCopies(module, called, shift, self._call_back)

    def give(self, function: Given) -> None:
        """Nothing: a function of ours is called where it is."""

    def ask(self, actions: Sequence[Action]) -> Iterator[Answer]:
        """Do one after the other, and return the answer to each."""
        for action in actions:
            answer = self._answer(with_values(action, self._originals.outgoing))
            if self._shift:
                # Before the answer is handed on, since the next call may draw.
                self._reseed(answer.value)
            value = self._originals.incoming(copied(answer.value))
            yield Answer(value, answer.changed, self._callbacks.take_calls())

    def _answer(self, action: Action) -> Answer:
        try:
            answer = self._hosting.answer(action)
        except (Exception, SystemExit, Stopped) as error:
            self._callbacks.end()
            raise self._meaning(error) from error
        self._callbacks.end()
        return answer

    def _call_back(self, given: Given, args: Any, kwargs: Any) -> Any:
        """What a function of ours returns to the module."""
        with unseen():
            own_args, own_kwargs = self._originals.incoming(copied([args, kwargs]))
            value = self._callbacks.answer(given, own_args, own_kwargs)
        return self._originals.outgoing(value)

    def _meaning(self, error: BaseException) -> Verdict:
        """The verdict that an exception means."""
        if isinstance(error, Missing):
            return Verdict(Outcome.FAILED, str(error))
        return Raised(f"{type(error).__name__}: {error}", kinds=kinds_of(error))

    def _reseed(self, sent: Any) -> None:
        """Shift the seeds of generators that the module made by itself."""
        for _, leaf in leaves(sent):
            if not isinstance(leaf, ObjectRef):
                continue
            kept = self._hosting.objects[leaf.id]
            if isinstance(kept, torch.Generator):
                kept.manual_seed(kept.initial_seed() + self._shift)


class _HostingOfCopies(Hosting):
    """Hosts a module that gets copies of tensors, and generators with shifted seeds."""

    def __init__(self, module: object, called: str, shift: int, call_back: Callable[[Given, Any, Any], Any]) -> None:
        super().__init__(module, called)
        self._shift = shift
        self._call_back = call_back

    def tensor(self, sent: torch.Tensor) -> torch.Tensor:
        return sent.clone()

    def call_back(self, ref: FunctionRef, args: Any, kwargs: Any) -> Any:
        assert isinstance(ref, Given)  # only the wire knows other ones
        return self._call_back(ref, args, kwargs)

    def generator(self, seed: int) -> torch.Generator:
        return super().generator(seed + self._shift)
