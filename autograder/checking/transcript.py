"""What a check asked of a module, in order, and what came back: the ground of every explanation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from ..actions import Action, Assign, Call, Operate
from ..values import leaves

NOTHING = object()  # there was no answer, or not yet


@dataclass(eq=False)
class Event:
    """Something that a check asked for.

    Args:
        action: what it asked for.
        words: the same for a reader: names and shapes, no values of tensors.
        answer: what came back, as it came.
        value: the same as the check received it.
        changed: inputs that were written into, if the check asked to observe that.
        calls: what functions of ours were called with meanwhile, as far as the check looks at that.
        raised: the words of the student's exception that came in the place of an answer, or "".
    """

    action: Action
    words: str
    answer: Any = NOTHING
    value: Any = NOTHING
    changed: list[str] = field(default_factory=list)
    calls: list[Any] = field(default_factory=list)
    raised: str = ""
    _versions: list[tuple[torch.Tensor, int]] = field(init=False)

    def __post_init__(self) -> None:
        tensors = (leaf for _, leaf in leaves(self.sent) if isinstance(leaf, torch.Tensor))
        self._versions = [(tensor, tensor._version) for tensor in tensors]

    @property
    def sent(self) -> tuple[Any, ...]:
        """The values that went along."""
        if isinstance(self.action, Call):
            return (*self.action.args, *self.action.kwargs.values())
        if isinstance(self.action, Operate):
            return self.action.args
        if isinstance(self.action, Assign):
            return (self.action.value,)
        return ()

    @property
    def intact(self) -> bool:
        """Whether the check left the tensors that it sent as they were."""
        return all(tensor._version == version for tensor, version in self._versions)


def find(events: Sequence[Event], value: Any) -> tuple[Event, tuple[Any, ...]] | None:
    """The latest event that returned this very value, and the keys that lead to it in the answer."""
    for event in reversed(events):
        if event.value is value:
            return event, ()
        for path, leaf in leaves(event.value):
            if leaf is value:
                return event, path
    return None
