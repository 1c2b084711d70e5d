"""What every host of a module does: it executes actions and answers them with plain values.

There are three hosts: a worker (`worker.host`), this process (`checking.local`) and a notebook's kernel
(`grading.namespace`). Each says how arguments become real in it and what an exception means; everything else stands
here, so that the same code answers the same in each of them.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import operator
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from types import CodeType, FrameType, FunctionType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from .actions import CALL, OPERATIONS, Action, Answer, Assign, Call, Operate, Read, Signature
from .model import AttributeRef, FunctionRef, ObjectRef, Seed
from .slips import meant
from .values import CONTAINERS, SCALARS, Objects, copied, is_plain_tensor, mapped, raw

ENGINE = f"{__name__.partition('.')[0]}."
# As they are before rules have them watched, which rule them out.
NO_FUNCTION, NO_DISPATCH = torch._C.DisableTorchFunction, torch._C._DisableTorchDispatch
# A call is timed again while it is quick, since the first one of its kind is slow, and so is one that was disturbed.
LONG_ENOUGH = 0.02  # seconds of all its runs together
MOST_RUNS = 50
# Arguments that are gathered in `*args` have no name of their own.
BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Missing(AttributeError):
    """A name that was asked for does not exist."""


class Stopped(BaseException):
    """Raised in the module when it calls a function of ours and the check is over: our error, or its verdict."""


class Hosting:
    """A module and the objects that were made with it, by number.

    Args:
        module: its attributes are what can be asked for.
        called: the module in a sentence.

    Attributes:
        required: names that the module must define, none of which stands for another one.
    """

    def __init__(self, module: object, called: str = "The module") -> None:
        self.module = module
        self.required: frozenset[str] = frozenset()
        self.objects = Objects()
        self._called = called
        self._stand_ins: dict[int, Callable[..., Any]] = {}  # of functions of ours, by their numbers
        self._replaced: dict[str, object] = {}  # what stood for a name of the module before something took its place

    def forget(self) -> None:
        """Forget the objects of a check, and the functions that it gave."""
        self.objects.clear()
        self._stand_ins.clear()

    def answer(self, action: Action) -> Answer:
        """Execute an action.

        The tensors in the answer may be the module's own: copy them before anything else is asked.

        Raises:
            Missing: what is asked for does not exist.
            BaseException: whatever the module raises.
        """
        match action:
            case Call():
                return self._answer_to_call(action)
            case Read():
                return Answer(self._plain(self._attribute(action.target, action.name)))
            case Assign():
                self._assign(action)
                return Answer()
            case Signature():
                return Answer(list(inspect.signature(self._attribute(action.target, action.name)).parameters))
            case Operate():
                return self._answer_to_operation(action)

    def tensor(self, sent: torch.Tensor) -> torch.Tensor:
        """A tensor as the module gets it."""
        return sent

    def generator(self, seed: int) -> torch.Generator:
        """A generator as the module gets it."""
        return torch.Generator().manual_seed(seed)

    def call_back(self, ref: FunctionRef, args: Any, kwargs: Any) -> Any:
        """What a function of ours returns; arguments and value as they travel."""
        raise NotImplementedError

    def attended(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function that is measured, and what must happen when it returns, before anything else does."""
        return function

    def counted(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, int]:
        """Make a call and count what it has to do: operations on tensors, and steps of Python where they are seen."""
        # Steps would need a tracer, which only a process of its own can have without disturbing others.
        with CountingOperations() as operations:
            function(*args, **kwargs)
        return operations.count, 0

    def _answer_to_call(self, call: Call) -> Answer:
        function = self._attribute(call.target, call.name)
        args = self._real(call.args)
        kwargs = self._real(call.kwargs)
        if call.count:
            return Answer(self.counted(self.attended(function), args, kwargs))
        if call.clock:
            return Answer(_seconds(function, args, kwargs))
        if not call.observe:
            return Answer(self._plain(function(*args, **kwargs)))
        # The arguments as the function gets them: moving one to another device is no change.
        received = [*args, *kwargs.values()]
        before = _fingerprint(received)
        value = self.attended(function)(*args, **kwargs)
        labels = [*_positional_labels(function, len(args)), *kwargs]
        return Answer(self._plain(value), _different(labels, before, _fingerprint(received)))

    def _answer_to_operation(self, operation: Operate) -> Answer:
        operands = self._real(operation.args)
        try:
            if operation.name == "take":
                values, count = operands
                return Answer(self._taken(iter(values), count))
            return Answer(self._plain(_operator(operation.name)(*operands)))
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is not None:  # raised by the module
                raise
            raise TypeError(_lacking(operation.name, operands, error)) from None

    def _assign(self, assign: Assign) -> None:
        """Set an attribute, or "Class.method", also where there is no such class yet."""
        owner = self._owner(assign.target)
        of_class, _, name = assign.name.rpartition(".")
        if of_class:
            if not hasattr(owner, of_class):
                setattr(owner, of_class, type(of_class, (), {}))
            owner = getattr(owner, of_class)
        value = self._real(assign.value)
        if owner is self.module and not of_class:
            # Remembered, for what stands there in the next check is what was put there in this one.
            own = self._replaced.setdefault(name, getattr(owner, name, None))
            if isinstance(own, FunctionType):
                _have_it_call(own, value)
        setattr(owner, name, value)

    def _taken(self, values: Iterator[Any], count: int) -> list[Any]:
        """At most so many of the values that come one after the other."""
        taken = []
        for value in islice(values, count):
            taken.append(copied(self._plain(value)))  # the next step may write into what this one gave
        return taken

    def _stand_in(self, ref: FunctionRef) -> Callable[..., Any]:
        """What the module gets in the place of a function of ours; always the same for the same."""
        if ref.id in self._stand_ins:
            return self._stand_ins[ref.id]

        def stand_in(*args: Any, **kwargs: Any) -> Any:
            if self._stand_ins.get(ref.id) is not stand_in:
                raise RuntimeError(f"{ref.name} was given to an earlier check, and cannot be called any more")
            with unseen():
                sent = self._plain(args), self._plain(kwargs)
            value = self.call_back(ref, *sent)
            with unseen():
                return self._real(value)

        stand_in.__name__ = stand_in.__qualname__ = ref.name
        self._stand_ins[ref.id] = stand_in
        return stand_in

    def _owner(self, target: int | None) -> Any:
        if target is None:
            return self.module
        return self.objects[target]

    def _attribute(self, target: int | None, name: str) -> Any:
        owner = self._owner(target)
        if name == CALL and callable(owner):
            return owner
        try:
            return getattr(owner, name)
        except AttributeError:  # which a property that fails in this way raises too, as for `hasattr`
            if name == CALL:
                raise Missing(f"{type(owner).__name__} objects cannot be called.") from None
            says = f"{type(owner).__name__} objects have no `{name}`."
            if target is None:
                says = f"{self._called} defines no `{name}`."
            raise Missing(f"{says}{meant(name, dir(owner), self.required)}") from None

    def _plain(self, value: Any) -> Any:
        """A result as it travels; what is no plain value is kept here."""
        return self.objects.outgoing(value)

    def _real(self, value: Any) -> Any:
        """An argument as the module gets it, with the objects and generators that it stands for."""
        return mapped(value, self._real_leaf)

    def _real_leaf(self, leaf: Any) -> Any:
        if isinstance(leaf, torch.Tensor):
            return self.tensor(leaf)
        if isinstance(leaf, Seed):
            return self.generator(leaf.value)
        if isinstance(leaf, ObjectRef):
            return self.objects[leaf.id]
        if isinstance(leaf, FunctionRef):
            return self._stand_in(leaf)
        if isinstance(leaf, AttributeRef):
            return self._attribute(leaf.target, leaf.name)
        return leaf


class CountingOperations(TorchFunctionMode):
    """Counts the operations on tensors inside of a `with` block."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Count an operation and do it."""
        self.count += 1
        return function(*args, **(kwargs or {}))


def is_stub(function: ast.FunctionDef) -> bool:
    """Whether a function does nothing but raise NotImplementedError."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    if isinstance(raised, ast.Call):
        raised = raised.func
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def is_in_stub(code: CodeType, line: int) -> bool:
    """Whether the function that a line of code stands in does nothing else, as far as its text can be seen."""
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    inmost = None
    for node in ast.walk(tree):  # outer functions come before those in them
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0):
            inmost = node
    return inmost is None or is_stub(inmost)


def _seconds(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    """The seconds of the quickest of some calls."""
    runs: list[float] = []
    while sum(runs) < LONG_ENOUGH and len(runs) < MOST_RUNS:
        begun = time.perf_counter()
        function(*args, **kwargs)
        runs.append(time.perf_counter() - begun)
    return min(runs)


@contextmanager
def unseen() -> Iterator[None]:
    """Inside the block operations on tensors are our own, and are neither counted nor looked at; for nobody else."""
    if not _is_ours(sys._getframe(2)):  # past this function and what makes it a block
        yield
        return
    with NO_FUNCTION(), NO_DISPATCH():
        yield


def _is_ours(frame: FrameType) -> bool:
    """Whether a frame runs code of a module of ours."""
    name = str(frame.f_globals.get("__name__"))
    module = sys.modules.get(name)
    return name.startswith(ENGINE) and module is not None and vars(module) is frame.f_globals


def kinds_of(error: BaseException) -> list[str]:
    """Names of the built-in exceptions that an exception is one of, the closest first."""
    kinds = []
    for kind in type(error).__mro__:
        if issubclass(kind, BaseException) and vars(builtins).get(kind.__name__) is kind:
            kinds.append(kind.__name__)
    return kinds


def _have_it_call(function: FunctionType, other: Callable[..., Any]) -> None:
    """Have whoever holds a function in a table, or as a default, get another one that took its place."""
    if function.__code__.co_freevars:  # the code of a closure fits no other function
        return
    function.__code__ = _calling.__code__
    function.__defaults__ = None
    function.__kwdefaults__ = {"other": other}


def _calling(*args: Any, other: Callable[..., Any], **kwargs: Any) -> Any:
    return other(*args, **kwargs)


def _operator(name: str) -> Callable[..., Any]:
    """The function that does an operation."""
    if name not in OPERATIONS:
        raise ValueError(f"there is no operation {name!r}")
    if name == "len":
        return _length
    if name == "iter":
        return iter
    function: Callable[..., Any] = getattr(operator, name)
    return function


def _length(value: Any) -> int | None:
    """The length of a value, or None if its class tells none."""
    if not hasattr(type(value), "__len__"):
        return None
    return len(value)


def _lacking(name: str, operands: tuple[Any, ...], error: TypeError) -> str:
    """The words of an operation that Python itself refused: what was computed, and the method that is missing."""
    owner = operands[0]
    if name == "take":
        name = "iter"
        operands = (owner,)
    method = f"__{name}__"
    if isinstance(owner, (*SCALARS, *CONTAINERS, torch.Tensor)):
        owner = operands[-1]
        method = f"__r{name}__"
    words = f"`{OPERATIONS[name].format(*map(_operand, operands))}`: {error}"
    if hasattr(type(owner), method):
        return words
    return f"{words}. Does the class {type(owner).__name__} define `{method}`?"


def _operand(value: Any) -> str:
    """A value in an expression: a number itself, of anything else what it is."""
    if isinstance(value, int | float | complex):
        return f"{value!r:.20}"
    return type(value).__name__.lower()


def _fingerprint(received: list[Any]) -> list[Any]:
    """The tensors in arguments as bytes, so that a change in place shows; NaN equals NaN."""
    return mapped(received, _fingerprint_of_leaf)


def _fingerprint_of_leaf(leaf: Any) -> Any:
    if is_plain_tensor(leaf):  # others have no bytes to look at
        return tuple(leaf.shape), leaf.dtype, bytes(raw(leaf))
    return None


def _different(labels: list[str], before: list[Any], after: list[Any]) -> list[str]:
    """The labels at whose places two lists differ."""
    changed = []
    for label, old, new in zip(labels, before, after, strict=True):
        if old != new:
            changed.append(label)
    return changed


def _positional_labels(function: Callable[..., Any], count: int) -> list[str]:
    """Names of the first `count` positional parameters, or their numbers where the signature does not tell."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [parameter.name for parameter in parameters if parameter.kind in BY_POSITION]
    numbers = [f"number {i + 1}" for i in range(len(names), count)]
    return [*names[:count], *numbers]
