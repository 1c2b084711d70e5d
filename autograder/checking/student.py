"""`student`: the other end of a check's calls, whatever carries them.

A `Channel` carries calls to a module somewhere; the student's runs in a worker process (`grading.remote`), a trusted
variant of the reference in this one (`checking.local`). Every value that came back is recorded, so that two
modules can be compared by what they answered.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import torch

from ..model import ObjectRef, Seed
from ..values import CONTAINERS, contents_of, mapped, rebuilt
from .effort import Effort
from .record import NOTHING, Assign, Call, Event, Read


class Channel(Protocol):
    """Carries calls to a module."""

    def call(self, call: Call) -> tuple[Any, list[str]]:
        """Make the call; gives its value and, if asked to observe, which inputs were changed in place."""

    def read(self, target: int, name: str) -> Any:
        """Read an attribute of an object."""

    def assign(self, target: int, name: str, value: Any) -> None:
        """Set an attribute of an object, at the latest before anything else is asked; what goes wrong is told then."""

    def each(self, actions: Sequence[Call | Read]) -> Iterator[Any]:
        """Do one after the other; gives the value of each."""

    def effort(self, call: Call) -> tuple[int, int]:
        """Make the call; gives the number of operations on tensors, and of steps of Python in the module."""

    def parameters(self, target: int | None, name: str) -> list[str]:
        """Names of a function's parameters, as far as they can be told."""


class Student:
    """A module as checks see it: `student.softmax(z)` calls its function `softmax`."""

    def __init__(self, channel: Channel) -> None:
        self._link = _Link(channel)

    def __getattr__(self, name: str) -> Function:
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self._link, None, name)


class _Link:
    """A channel, what was asked over it so far, and the wrapping of what comes back."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.events: list[Event] = []
        self._came: dict[int, tuple[Any, Any]] = {}  # by id: a container with handles in it, and what it was made of

    def ask(self, action: Call | Read | Assign, words: str, exchange: Callable[[], Any]) -> Event:
        """Make an exchange over the channel and note what it was and what came back."""
        event = Event(_as_it_is(action), words)
        self.events.append(event)
        answer = exchange()
        event.answer = mapped(answer, _same)
        event.value = self._wrapped(answer)
        return event

    def unwrapped(self, value: Any) -> Any:
        """The argument as a channel takes it: handles become references again.

        A container that came from the channel and has not changed is the very one that came, since the channel may know
        what it stands for.
        """
        if isinstance(value, Handle):
            return value._ref
        if not isinstance(value, CONTAINERS):
            return value
        found = rebuilt(value, self.unwrapped)
        made, came = self._came.get(id(value), (None, None))
        if made is value and contents_of(found) == contents_of(came):
            return came
        return found

    def _wrapped(self, value: Any) -> Any:
        if isinstance(value, ObjectRef):
            return Handle(self, value)
        if not isinstance(value, CONTAINERS):
            return value
        found = rebuilt(value, self._wrapped)
        if found is not value:
            self._came[id(found)] = found, value
        return found


def _as_it_is(action: Call | Read | Assign) -> Call | Read | Assign:
    """The action with containers of its own, into which the check can write nothing any more."""
    if isinstance(action, Call):
        return dataclasses.replace(action, args=mapped(action.args, _same), kwargs=mapped(action.kwargs, _same))
    if isinstance(action, Assign):
        return dataclasses.replace(action, value=mapped(action.value, _same))
    return action


def _same(leaf: Any) -> Any:
    return leaf


class Arguments(NamedTuple):
    """The arguments of one of many calls."""

    args: tuple
    kwargs: dict[str, Any]


def args(*positional: Any, **named: Any) -> Arguments:
    """The arguments of one call, for `Function.each`."""
    return Arguments(positional, named)


class Function:
    """A function, class or method on the other side."""

    def __init__(self, link: _Link, target: int | None, name: str, owner: str = "") -> None:
        self._link = link
        self._target = target
        self._attribute = name
        self.name = f"{owner}.{name}" if owner else name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(args, kwargs, observe=False)[0]

    def observe(self, *args: Any, **kwargs: Any) -> tuple[Any, list[str]]:
        """Call it; gives the value and the inputs that it changed in place."""
        return self._call(args, kwargs, observe=True)

    def each(self, arguments: Iterable[Arguments], *, reading: str = "") -> Iterator[Any]:
        """Call it with these `args(...)`, one after the other; gives the values in turn.

        All calls go in one message, when the first value is taken, which costs a fraction of as many messages.

        Args:
            reading: an attribute of the method's object that is read after each call, and given instead.
        """
        steps: list[tuple[Call | Read, str]] = []
        for args, kwargs in arguments:
            call = Call(self._target, self._attribute, self._link.unwrapped(args), self._link.unwrapped(kwargs))
            steps.append((call, describe_call(self.name, args, kwargs)))
            if reading:
                steps.append((Read(self._target, reading), f"reading {self.name.partition('.')[0]}.{reading}"))
        coming = self._link.channel.each([action for action, _ in steps])
        for action, words in steps:
            event = self._link.ask(action, words, lambda: next(coming))
            if not reading or isinstance(action, Read):
                yield event.value

    def effort(self, *args: Any, **kwargs: Any) -> Effort:
        """Call it; gives what it had to do, and forgets what it answered."""
        call = Call(self._target, self._attribute, self._link.unwrapped(args), self._link.unwrapped(kwargs))
        counts = self._link.channel.effort(call)
        return Effort(self.name, *counts)

    def _call(self, args: tuple, kwargs: dict, *, observe: bool) -> tuple[Any, list[str]]:
        call = Call(self._target, self._attribute, self._link.unwrapped(args), self._link.unwrapped(kwargs), observe)
        changed: list[str] = []

        def exchange() -> Any:
            answer, names = self._link.channel.call(call)
            changed.extend(names)
            return answer

        event = self._link.ask(call, describe_call(self.name, args, kwargs), exchange)
        event.changed = changed
        return event.value, changed


class Handle:
    """An object that lives on the other side: `handle.forward(x)` calls its method."""

    def __init__(self, link: _Link, ref: ObjectRef) -> None:
        self._link = link
        self._ref = ref
        self.type_name = ref.type_name

    def __getattr__(self, name: str) -> Function:
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self._link, self._ref.id, name, owner=self._ref.type_name)

    def value(self, name: str) -> Any:
        """Read its attribute `name`."""
        read, channel = Read(self._ref.id, name), self._link.channel
        words = f"reading {self._ref.type_name}.{name}"
        return self._link.ask(read, words, lambda: channel.read(read.target, name)).value

    def assign(self, name: str, value: Any) -> None:
        """Set its attribute `name`."""
        assign, channel = Assign(self._ref.id, name, self._link.unwrapped(value)), self._link.channel
        words = f"setting {self._ref.type_name}.{name}"

        def exchange() -> object:
            channel.assign(assign.target, name, assign.value)
            return NOTHING

        self._link.ask(assign, words, exchange)


def events(student: Student) -> list[Event]:
    """Everything that a check asked of `student` so far, in order."""
    return student._link.events


def answers(student: Student) -> list[Any]:
    """Everything that came back so far, in order."""
    return [event.answer for event in student._link.events if event.answer is not NOTHING]


def parameters(student: Student, call: Call) -> list[str]:
    """Names of the called function's parameters, as far as they can be told."""
    return student._link.channel.parameters(call.target, call.name)


def describe_call(name: str, args: tuple, kwargs: dict) -> str:
    """A call in words: softmax([2, 3] float64, axis=1)."""
    parts = [_describe(a) for a in args] + [f"{key}={_describe(v)}" for key, v in kwargs.items()]
    return f"{name}({', '.join(parts)})"


def _describe(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return f"{list(value.shape)} {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, Handle):
        return value.type_name
    if isinstance(value, Seed):
        return "generator"
    if isinstance(value, list | tuple) and len(value) <= 4:
        return f"[{', '.join(_describe(v) for v in value)}]"
    return f"a {type(value).__name__} of {len(value)}" if isinstance(value, list | tuple | dict) else f"{value!r:.40}"
