"""What a check can ask of a module, as records, and the answer to one of them.

A new kind of action touches three files: its record stands here, what a host does about it in `hosting`, and the word
for it in `checking.student`. Whatever lies between them carries every action alike.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, get_args


@dataclass(frozen=True)
class Call:
    """A call of a function, class or method.

    Args:
        target: the number of an object, or None for the module itself.
        observe: whether the answer tells the arguments that were changed in place.
        count: whether the answer is what the call had to do, a pair of numbers, and not what it returned.
        clock: whether the answer is the seconds that the call took, and not what it returned.
    """

    target: int | None
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    observe: bool = False
    count: bool = False
    clock: bool = False


@dataclass(frozen=True)
class Read:
    """Reading an attribute of an object."""

    target: int | None
    name: str


@dataclass(frozen=True)
class Assign:
    """Setting an attribute of an object."""

    target: int | None
    name: str
    value: Any


@dataclass(frozen=True)
class Signature:
    """The names of a function's parameters."""

    target: int | None
    name: str


@dataclass(frozen=True)
class Operate:
    """An operator of Python, or a function that is written like one, applied to values.

    Args:
        name: one of `OPERATIONS`.
    """

    name: str
    args: tuple[Any, ...]
    target: ClassVar[None] = None  # the objects are among the values, on whichever side they stand


# By name, how an operation is written. Those that are no functions of the module `operator` stand at the end.
OPERATIONS = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "truediv": "{} / {}",
    "pow": "{} ** {}",
    "matmul": "{} @ {}",
    "neg": "-{}",
    "getitem": "{}[{}]",
    "len": "len({})",
    "iter": "iter({})",
    "take": "list(itertools.islice({}, {}))",
}
CALL = "__call__"  # the name under which an object itself is called

# Everything else that is about all kinds of actions, the wire too, is derived from this union.
Action = Call | Read | Assign | Signature | Operate
KINDS: dict[str, type[Action]] = {kind.__name__: kind for kind in get_args(Action)}
_FIELDS = {kind: tuple(field.name for field in dataclasses.fields(kind)) for kind in KINDS.values()}
# The fields in which values travel: those that may hold anything.
_VALUES = {kind: tuple(each.name for each in dataclasses.fields(kind) if "Any" in str(each.type)) for kind in _FIELDS}


@dataclass(frozen=True)
class Answer:
    """What came back.

    Args:
        changed: labels of the arguments that were changed in place.
        calls: what functions of ours were called with meanwhile, as far as a check looks at that.
    """

    value: Any = None
    changed: list[str] = field(default_factory=list)
    calls: list[Any] = field(default_factory=list)


def asking(*actions: Action) -> dict[str, Any]:
    """The request for some actions, as it travels to a worker: of each its kind, then its fields in order."""
    return {"op": "ask", "actions": [[type(action).__name__, *_fields(action).values()] for action in actions]}


def unpacked(parts: Sequence[Any]) -> Action:
    """The action that a request holds."""
    kind, *fields = parts
    return KINDS[kind](*fields)


def with_values(action: Action, change: Callable[[Any], Any]) -> Action:
    """The action with a function applied to the values that it carries."""
    changed = {name: change(getattr(action, name)) for name in _VALUES[type(action)]}
    if not changed:
        return action
    return type(action)(**(_fields(action) | changed))


def _fields(action: Action) -> dict[str, Any]:
    # `dataclasses.asdict` would copy every tensor.
    return {name: getattr(action, name) for name in _FIELDS[type(action)]}
