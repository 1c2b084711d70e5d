"""`student`: the other end of a check's calls, whatever carries them.

A `Channel` carries calls to a module somewhere; the student's runs in a worker process (`grading.remote`), a trusted
variant of the reference in this one (`checking.local`). Every value that came back is recorded, so that two
modules can be compared by what they answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import torch

from ..model import ObjectRef, Seed


@dataclass(frozen=True)
class Call:
    """A call of a function, class or method. `target` is None for the module itself, or the number of an object."""

    target: int | None
    name: str
    args: tuple
    kwargs: dict
    observe: bool = False


class Channel(Protocol):
    """Carries calls to a module."""

    def call(self, call: Call) -> tuple[Any, list[str]]:
        """Make the call; gives its value and, if asked to observe, which inputs were changed in place."""

    def read(self, target: int, name: str) -> Any:
        """Read an attribute of an object."""

    def assign(self, target: int, name: str, value: Any) -> None:
        """Set an attribute of an object."""


class Student:
    """A module as checks see it: `student.softmax(z)` calls its function `softmax`."""

    def __init__(self, channel: Channel) -> None:
        self._link = _Link(channel)

    def __getattr__(self, name: str) -> Function:
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self._link, None, name)


class _Link:
    """A channel, the calls made over it so far, and the wrapping of what comes back."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.answers: list[Any] = []
        self.last_call = ""

    def wrap(self, value: Any) -> Any:
        self.answers.append(value)
        return self._wrapped(value)

    def _wrapped(self, value: Any) -> Any:
        if isinstance(value, ObjectRef):
            return Handle(self, value)
        if isinstance(value, list | tuple):
            return type(value)(self._wrapped(v) for v in value)
        if isinstance(value, dict):
            return {key: self._wrapped(v) for key, v in value.items()}
        return value


def unwrap(value: Any) -> Any:
    """The argument as a channel takes it: handles become references again."""
    if isinstance(value, Handle):
        return value._ref
    if isinstance(value, list | tuple):
        return type(value)(unwrap(v) for v in value)
    if isinstance(value, dict):
        return {key: unwrap(v) for key, v in value.items()}
    return value


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

    def _call(self, args: tuple, kwargs: dict, *, observe: bool) -> tuple[Any, list[str]]:
        self._link.last_call = describe_call(self.name, args, kwargs)
        call = Call(self._target, self._attribute, unwrap(args), unwrap(kwargs), observe)
        value, changed = self._link.channel.call(call)
        return self._link.wrap(value), changed


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
        self._link.last_call = f"reading {self._ref.type_name}.{name}"
        return self._link.wrap(self._link.channel.read(self._ref.id, name))

    def assign(self, name: str, value: Any) -> None:
        """Set its attribute `name`."""
        self._link.last_call = f"setting {self._ref.type_name}.{name}"
        self._link.channel.assign(self._ref.id, name, unwrap(value))


def answers(student: Student) -> list[Any]:
    """Everything that calls on `student` gave back so far, in order."""
    return student._link.answers


def last_call(student: Student) -> str:
    """The last call in words: names and shapes, no values of tensors."""
    return student._link.last_call


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
