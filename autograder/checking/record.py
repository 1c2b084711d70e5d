"""What a check asked of a module, in order, and what came back: the ground of every explanation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

NOTHING = object()  # there was no answer, or not yet


@dataclass(frozen=True)
class Call:
    """A call of a function, class or method. `target` is None for the module itself, or the number of an object."""

    target: int | None
    name: str
    args: tuple
    kwargs: dict
    observe: bool = False


@dataclass(frozen=True)
class Read:
    """Reading an attribute of an object."""

    target: int
    name: str


@dataclass(frozen=True)
class Assign:
    """Setting an attribute of an object."""

    target: int
    name: str
    value: Any


@dataclass(eq=False)
class Event:
    """Something that a check asked for.

    Args:
        action: what it asked for.
        words: the same for a reader: names and shapes, no values of tensors.
        answer: what came back, as it came.
        value: the same as the check received it.
        changed: inputs that were written into, if the check asked to observe that.
    """

    action: Call | Read | Assign
    words: str
    answer: Any = NOTHING
    value: Any = NOTHING
    changed: list[str] = field(default_factory=list)
    _versions: list[tuple[torch.Tensor, int]] = field(init=False)

    def __post_init__(self) -> None:
        self._versions = [(x, x._version) for _, x in leaves(self.sent) if isinstance(x, torch.Tensor)]

    @property
    def sent(self) -> tuple:
        """The values that went along."""
        if isinstance(self.action, Call):
            return (*self.action.args, *self.action.kwargs.values())
        return (self.action.value,) if isinstance(self.action, Assign) else ()

    @property
    def intact(self) -> bool:
        """Whether the check left the tensors that it sent as they were."""
        return all(x._version == version for x, version in self._versions)


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple[tuple, Any]]:
    """Every value in nested lists, tuples and dicts, with the keys that lead to it."""
    if isinstance(value, list | tuple):
        for i, part in enumerate(value):
            yield from leaves(part, (*path, i))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    else:
        yield path, value


def find(events: list[Event], value: Any) -> tuple[Event, tuple] | None:
    """The latest event that gave this very value, and the keys that lead to it in the answer."""
    for event in reversed(events):
        if event.value is value:
            return event, ()
        for path, leaf in leaves(event.value):
            if leaf is value:
                return event, path
    return None
