"""Plain values: what travels between a module that is asked and whoever asks, the same in every host.

Numbers, texts, dtypes, tensors, and lists, tuples and dicts of these travel as what they are, and so do sets of
numbers, texts and tuples. A value of another type that is a kind of these (a namedtuple, an OrderedDict, what
`torch.max` returns, a number of numpy) travels as what it is a kind of, so that a check need not know it; what it
really is stays behind under a number, and is found again when the check hands it back. Everything else is an object:
only its number travels, the same one whenever it is the same object.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch

from .model import AttributeRef, FunctionRef, Kept, ObjectRef, Seed

MAX_DEPTH = 24
MAX_INTEGER = 2**63  # larger ones do not fit a tensor and break float()
DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float64, torch.float32, torch.float16, torch.bfloat16,
        torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool, torch.complex64, torch.complex128,
    )
}  # fmt: skip
DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}
SCALARS = (bool, int, float, complex, str)
CONTAINERS = (list, tuple, dict)
SETS = (set, frozenset)  # no containers: they have no order, and hold nothing that could be an object
REFERENCES = (ObjectRef, AttributeRef, FunctionRef, Seed)  # what stands for something else on the other side
Container = list[Any] | tuple[Any, ...] | dict[Any, Any]
ONE_PIECE = 1 << 16  # bytes; fewer are copied at once
LEAF_BYTES = 100  # of a number with its place in a list, or of a tensor without its entries


class NotPlain(TypeError):
    """A value is no plain one and no kind of one, or it is too large to travel."""


def with_parts(container: Container, replace: Callable[[Any], Any]) -> Any:
    """A plain container of the same kind, with something else in the place of each part.

    Every walk over nested values that makes new ones descends by this function; those that only look use `parts_of`.
    """
    if isinstance(container, dict):
        return {key: replace(part) for key, part in container.items()}
    parts = [replace(part) for part in container]
    if isinstance(container, list):
        return parts
    return tuple(parts)


def parts_of(container: Container) -> Iterable[tuple[Any, Any]]:
    """What is in a container, each part with its key."""
    if isinstance(container, dict):
        return container.items()
    return enumerate(container)


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Nested lists, tuples and dicts anew, with a function applied to everything in them that is none of these."""
    if isinstance(value, CONTAINERS):
        return with_parts(value, lambda part: mapped(part, change))
    if isinstance(value, Kept):
        return Kept(value.id, mapped(value.value, change))
    return change(value)


def own_containers(value: Any) -> Any:
    """A value in containers of its own, into which nobody else can write."""
    return mapped(value, _same)


def _same(leaf: Any) -> Any:
    return leaf


def copied(value: Any) -> Any:
    """A plain value with containers and tensors of its own, into which no other code can write."""
    return mapped(value, _copied_leaf)


def _copied_leaf(leaf: Any) -> Any:
    if isinstance(leaf, torch.Tensor):
        return leaf.detach().as_subclass(torch.Tensor).clone()
    return leaf


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Everything in nested lists, tuples and dicts that is none of these, with the keys that lead to it."""
    if not isinstance(value, CONTAINERS):
        yield path, value
        return
    for key, part in parts_of(value):
        yield from leaves(part, (*path, key))


def size_of(value: Any) -> int:
    """About how many bytes of memory a plain value takes."""
    size = 0
    waiting = [value]  # not by `leaves`, which tells the place of each: every message is measured
    while waiting:
        part = waiting.pop()
        if isinstance(part, CONTAINERS):
            waiting += part.values() if isinstance(part, dict) else part
            continue
        size += LEAF_BYTES
        if isinstance(part, torch.Tensor):
            size += part.nbytes
    return size


def rebuilt(container: Container, replace: Callable[[Any], Any]) -> Any:
    """A container with other parts; the very same where no part changes."""
    new = with_parts(container, replace)
    pairs = zip(parts_of(new), parts_of(container), strict=True)
    if all(after is before for (_, after), (_, before) in pairs):
        return container
    return new


def is_plain_tensor(value: Any) -> bool:
    """Whether it is a tensor of numbers that are all there: not quantised, sparse or without storage."""
    if not isinstance(value, torch.Tensor):
        return False
    return value.dtype in DTYPE_NAMES and value.layout == torch.strided and not value.is_meta


def in_double(x: torch.Tensor) -> torch.Tensor:
    """A tensor in double precision, complex if it is so."""
    return x.to(torch.complex128 if x.is_complex() else torch.float64)


def raw(tensor: torch.Tensor) -> bytes | memoryview:
    """The bytes of a tensor's entries, in order; those of a large one are not copied."""
    plain = type(tensor) is torch.Tensor and tensor.is_cpu and not tensor.is_neg() and not tensor.is_conj()
    if not plain or not tensor.is_contiguous():
        tensor = tensor.detach().as_subclass(torch.Tensor).to("cpu").resolve_conj().resolve_neg().contiguous()
    if tensor.nbytes < ONE_PIECE:
        return ctypes.string_at(tensor.data_ptr(), tensor.nbytes)
    return tensor.detach().view(-1).view(torch.uint8).numpy().data


def _plain_leaf(value: Any) -> Any:
    """The plain value that a value is, or is a kind of, if it is no list, tuple or dict.

    Raises:
        NotPlain: it is neither.
    """
    if value is None or is_plain_tensor(value) or (isinstance(value, torch.dtype) and value in DTYPE_NAMES):
        return value
    if isinstance(value, SETS):
        return _plain_set(value, 0)
    if isinstance(value, np.generic):
        value = value.item()
    kind = next((kind for kind in SCALARS if isinstance(value, kind)), None)
    if kind is None:
        raise NotPlain(type(value).__name__)
    if kind is int and abs(value) >= MAX_INTEGER:
        raise NotPlain("an integer that fits no tensor")
    return kind(value)


def _plain_set(value: set[Any] | frozenset[Any], depth: int) -> Any:
    members = [_plain_member(member, depth + 1) for member in value]
    if isinstance(value, set):
        return set(members)
    return frozenset(members)


def _plain_member(member: Any, depth: int) -> Any:
    """A member of a set: a number, a text, None, or a tuple or frozenset of such."""
    if depth > MAX_DEPTH:
        raise NotPlain("a value nested too deeply")
    if isinstance(member, tuple):
        return tuple(_plain_member(part, depth + 1) for part in member)
    if isinstance(member, frozenset):
        return _plain_set(member, depth)
    if isinstance(member, torch.Tensor | torch.dtype):  # two tensors with the same entries are two members
        raise NotPlain(f"a set with a {type(member).__name__} in it")
    return _plain_leaf(member)


def _plain_key(key: Any, depth: int = 0) -> Any:
    """A key of a dict: a text, an integer, or a tuple of such."""
    if isinstance(key, tuple) and depth <= MAX_DEPTH:
        return tuple(_plain_key(part, depth + 1) for part in key)
    if isinstance(key, str | int | np.integer | np.str_) and not isinstance(key, bool):
        return _plain_leaf(key)
    raise NotPlain(f"a dict with a key that is a {type(key).__name__}")


def plain(value: Any) -> Any:
    """A value of ours as it travels.

    Raises:
        NotPlain: it is no plain value and no kind of one.
    """
    if isinstance(value, REFERENCES):
        return value
    if not isinstance(value, CONTAINERS):
        return _plain_leaf(value)
    if isinstance(value, dict):
        value = {_plain_key(key): part for key, part in value.items()}
    return with_parts(value, plain)


class Objects:
    """What stays in a host, by number."""

    def __init__(self) -> None:
        self._all: list[Any] = []
        self._numbers: dict[int, int] = {}  # by id

    def __getitem__(self, number: int) -> Any:
        return self._all[number]

    def clear(self) -> None:
        """Forget all of them."""
        self._all.clear()
        self._numbers.clear()

    def outgoing(self, value: Any, depth: int = 0) -> Any:
        """A result as it travels: plain values, `Kept` ones that are a kind of these, and numbers of objects."""
        kind = type(value)
        try:
            if not isinstance(value, CONTAINERS):
                return _plain_leaf(value)
            if kind in CONTAINERS and not _holds_a_kind_of_scalar(value):
                return self._contents(value, depth)
            return Kept(self._number(value), self._contents(value, depth + 1))
        except NotPlain:
            return ObjectRef(self._number(value), _called(value))

    def _contents(self, value: Container, depth: int) -> Any:
        """A plain container with the same in it."""
        if depth > MAX_DEPTH:
            raise NotPlain("a value nested too deeply")
        if isinstance(value, dict):
            value = {_plain_key(key): part for key, part in value.items()}
        return with_parts(value, lambda part: self.outgoing(part, depth + 1))

    def _number(self, value: Any) -> int:
        """Its number, which tells one object from another: whoever returns it twice returns the same number."""
        number = self._numbers.setdefault(id(value), len(self._all))
        if number == len(self._all):
            self._all.append(value)
        return number


def _called(value: Any) -> str:
    """What kind of object a value is: its class, or how a tensor differs from an ordinary one."""
    if not isinstance(value, torch.Tensor):
        return type(value).__name__
    if value.is_meta:
        return "meta tensor"
    if value.layout != torch.strided:
        return "sparse tensor"
    if value.is_quantized:
        return "quantised tensor"
    return f"{value.dtype} tensor".removeprefix("torch.")


def _holds_a_kind_of_scalar(value: Container) -> bool:
    """Whether a number or a text in it is of another type, and so would not be found again by itself."""
    return any(_is_a_kind_of_scalar(part) for _, part in parts_of(value))


def _is_a_kind_of_scalar(value: Any) -> bool:
    if isinstance(value, np.generic):
        return True
    return isinstance(value, SCALARS) and type(value) not in SCALARS


class Originals:
    """Which of the plain values that came from a host stand for something that it kept."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, tuple[Any, ...], int]] = {}  # by id: the value, what was in it, its number

    def clear(self) -> None:
        """Forget all of them."""
        self._known.clear()

    def incoming(self, value: Any) -> Any:
        """A value from the host, with the plain value in the place of each `Kept` one."""
        if isinstance(value, CONTAINERS):
            return with_parts(value, self.incoming)
        if not isinstance(value, Kept):
            return value
        plain = self.incoming(value.value)
        if isinstance(plain, CONTAINERS) and plain != ():  # Python has only one empty tuple
            self._known[id(plain)] = plain, contents_of(plain), value.id
        return plain

    def outgoing(self, value: Any) -> Any:
        """An argument for the host, with the number of what it kept in the place of what stands for that, unchanged."""
        if not self._known or not isinstance(value, CONTAINERS):
            return value
        known = self._known.get(id(value))
        if known is not None:
            _, contents, number = known
            if contents == contents_of(value):
                return ObjectRef(number, type(value).__name__)
        return with_parts(value, self.outgoing)


def contents_of(value: Any) -> tuple[Any, ...]:
    """What is in a value, to compare: equal as long as nothing in it was replaced and no tensor written into."""
    if isinstance(value, torch.Tensor):
        return id(value), value._version
    if isinstance(value, CONTAINERS):
        return type(value).__name__, *((key, contents_of(part)) for key, part in parts_of(value))
    return type(value).__name__, repr(value)
