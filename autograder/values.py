"""Plain values: what travels between a module that is asked and whoever asks, the same in every host.

Numbers, texts, dtypes, tensors, and lists, tuples and dicts of these travel as what they are. A value of another type
that is a kind of these (a namedtuple, an OrderedDict, what `torch.max` returns, a number of numpy) travels as what it
is a kind of, so that a check need not know it; what it really is stays behind under a number, and is found again when
the check hands it back. Everything else is an object: only its number travels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from .model import Kept, ObjectRef

MAX_DEPTH = 24
MAX_INTEGER = 2**63  # larger ones do not fit a tensor and break float()
DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float64, torch.float32, torch.float16, torch.bfloat16,
        torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
    )
}  # fmt: skip
DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}
SCALARS = (bool, int, float, str)
CONTAINERS = (list, tuple, dict)


class NotPlain(TypeError):
    """A value is no plain one and no kind of one, or it is too large to travel."""


def mapped(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """Nested lists, tuples and dicts anew, with a function applied to everything in them that is none of these."""
    if isinstance(value, list):
        return [mapped(part, leaf) for part in value]
    if isinstance(value, tuple):
        return tuple([mapped(part, leaf) for part in value])
    if isinstance(value, dict):
        return {key: mapped(part, leaf) for key, part in value.items()}
    if isinstance(value, Kept):
        return Kept(value.id, mapped(value.value, leaf))
    return leaf(value)


def rebuilt(value: list | tuple | dict, part_for: Callable[[Any], Any]) -> list | tuple | dict:
    """A container with other parts; the very same where no part changes."""
    if isinstance(value, dict):
        found = {key: part_for(part) for key, part in value.items()}
        return value if all(found[key] is part for key, part in value.items()) else found
    parts = [part_for(part) for part in value]
    if all(new is old for new, old in zip(parts, value, strict=True)):
        return value
    return parts if isinstance(value, list) else tuple(parts)


def is_plain_tensor(value: Any) -> bool:
    """Whether it is a tensor of numbers that are all there: not complex, quantised, sparse or without storage."""
    if not isinstance(value, torch.Tensor):
        return False
    return value.dtype in DTYPE_NAMES and value.layout == torch.strided and not value.is_meta


def _plain_leaf(value: Any) -> Any:
    """The plain value that a value is, or is a kind of, if it is no list, tuple or dict.

    Raises:
        NotPlain: it is neither.
    """
    if value is None or is_plain_tensor(value) or (isinstance(value, torch.dtype) and value in DTYPE_NAMES):
        return value
    if isinstance(value, np.generic):
        value = value.item()
    kind = next((kind for kind in SCALARS if isinstance(value, kind)), None)
    if kind is None:
        raise NotPlain(type(value).__name__)
    if kind is int and abs(value) >= MAX_INTEGER:
        raise NotPlain("an integer that fits no tensor")
    return kind(value)


def _plain_key(key: Any) -> str | int:
    if isinstance(key, str | int | np.integer | np.str_) and not isinstance(key, bool):
        return _plain_leaf(key)
    raise NotPlain(f"a dict with a key that is a {type(key).__name__}")


class Objects:
    """What stays in a host, by number."""

    def __init__(self) -> None:
        self._all: list[Any] = []

    def __getitem__(self, number: int) -> Any:
        return self._all[number]

    def clear(self) -> None:
        """Forget all of them."""
        self._all.clear()

    def outgoing(self, value: Any, depth: int = 0) -> Any:
        """A result as it travels: plain values, `Kept` ones that are a kind of these, and numbers of objects."""
        kind = type(value)
        if kind is Kept or kind is ObjectRef:  # in the answers to several requests, which were made ready one by one
            return value
        try:
            if not isinstance(value, list | tuple | dict):
                return _plain_leaf(value)
            if kind in CONTAINERS and not _holds_a_kind_of_scalar(value):
                return self._contents(value, depth)
            return Kept(self._number(value), self._contents(value, depth + 1))
        except NotPlain:
            return ObjectRef(self._number(value), kind.__name__)

    def _contents(self, value: list | tuple | dict, depth: int) -> list | tuple | dict:
        """A plain container with the same in it."""
        if depth > MAX_DEPTH:
            raise NotPlain("a value nested too deeply")
        if isinstance(value, list):
            return [self.outgoing(part, depth + 1) for part in value]
        if isinstance(value, tuple):
            return tuple([self.outgoing(part, depth + 1) for part in value])
        return {_plain_key(key): self.outgoing(part, depth + 1) for key, part in value.items()}

    def _number(self, value: Any) -> int:
        self._all.append(value)
        return len(self._all) - 1


def _holds_a_kind_of_scalar(value: list | tuple | dict) -> bool:
    """Whether a number or a text in it is of another type, and so would not be found again by itself."""
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, np.generic) or (isinstance(part, SCALARS) and type(part) not in SCALARS):
            return True
    return False


class Originals:
    """Which of the plain values that came from a host stand for something that it kept."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, tuple, int]] = {}  # by id: the value, what was in it, its number

    def clear(self) -> None:
        """Forget all of them."""
        self._known.clear()

    def incoming(self, value: Any) -> Any:
        """A value from the host, with the plain value in the place of each `Kept` one."""
        if isinstance(value, Kept):
            found = self.incoming(value.value)
            if isinstance(found, CONTAINERS) and found != ():  # Python has only one empty tuple
                self._known[id(found)] = found, contents_of(found), value.id
            return found
        if isinstance(value, list):
            return [self.incoming(part) for part in value]
        if isinstance(value, tuple):
            return tuple([self.incoming(part) for part in value])
        if isinstance(value, dict):
            return {key: self.incoming(part) for key, part in value.items()}
        return value

    def outgoing(self, value: Any) -> Any:
        """An argument for the host, with the number of what it kept in the place of what stands for that, unchanged."""
        if not self._known or not isinstance(value, CONTAINERS):
            return value
        known = self._known.get(id(value))
        if known is not None and known[1] == contents_of(value):
            return ObjectRef(known[2], type(value).__name__)
        if isinstance(value, list):
            return [self.outgoing(part) for part in value]
        if isinstance(value, tuple):
            return tuple([self.outgoing(part) for part in value])
        return {key: self.outgoing(part) for key, part in value.items()}


def contents_of(value: Any) -> tuple:
    """What is in a value, to compare: equal as long as nothing in it was replaced and no tensor written into."""
    if isinstance(value, torch.Tensor):
        return id(value), value._version
    if isinstance(value, list | tuple):
        return type(value).__name__, *map(contents_of, value)
    if isinstance(value, dict):
        return "dict", *((key, contents_of(part)) for key, part in value.items())
    return type(value).__name__, repr(value)
