"""The wire: one JSON header and raw tensor bytes per frame, over a stream socket. Never pickle.

    frame   = "AGW2" | header length (u32) | body length (u64) | header | body
    header  = [nonce, value]
    body    = the bytes of the tensors, little-endian and contiguous, in the order of the header

A value is a JSON scalar, an object with the entries of a dict, or a list whose first entry is a tag: ["list", ...],
["tuple", ...], ["set", ...], ["frozenset", ...], ["dict", [[key, value], ...]] for keys that are not all strings,
["complex", real, imaginary], ["tensor", "float32", 2, 3] with its shape, ["object", id, type name],
["kept", id, value], ["attribute", id or null, name], ["function", id, name], ["seed", number], ["dtype", "float32"].

Everything is bounded before it is read, and every frame is rebuilt from scratch: a tensor that arrives is a plain
tensor in this process's own memory. Whatever bytes arrive, `receive` and `decode` raise `WireError` or return.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from typing import Any

import torch

from ..errors import AutograderError
from ..model import AttributeRef, FunctionRef, Kept, ObjectRef, Seed
from ..values import (
    DTYPE_NAMES,
    DTYPES,
    MAX_DEPTH,
    MAX_INTEGER,
    ONE_PIECE,
    SCALARS,
    SETS,
    NotPlain,
    is_plain_tensor,
    raw,
)

MAGIC = b"AGW2"
PREFIX = struct.Struct("<4sIQ")
MAX_HEADER = 4 << 20
MAX_BODY = 1 << 30
FIRST_PIECE = 1 << 12  # most frames are smaller
LARGER = 4  # times: room is made as data arrives, so that nobody takes it by announcing a lot
MAX_TENSORS = 4096
MAX_DIMS = 64  # as torch: a student who broadcasts in a loop gets one axis more in each step
MAX_TEXT = 2_000_000
MAX_TYPE_NAME = 100
SENT_AT_ONCE = 1 << 20  # so that the deadline is looked at in between
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


Bytes = bytes | bytearray | memoryview


class WireError(AutograderError):
    """What arrived is not a frame, is too large, or stopped in the middle."""


class WireClosed(WireError):
    """The other side closed the connection."""


class WireTimeout(WireError):
    """The deadline passed before the frame was complete."""


def send(sock: socket.socket, nonce: str, value: Any, *, deadline: float | None = None) -> None:
    """Send one frame.

    Args:
        nonce: ties a reply to its request.
        value: scalars, strings, lists, tuples, sets, dicts with keys that are strings, integers or tuples of these,
            tensors, dtypes, `Kept`, and whatever is among `values.REFERENCES`.
        deadline: on the clock of `time.monotonic`.
    Raises:
        NotPlain: the value holds something else, or is too large.
        WireError: the connection is gone, or the deadline passed.
    """
    tensors: list[torch.Tensor] = []
    header = _encode([nonce, _pack(value, tensors, 0)]).encode()
    contents = [raw(tensor) for tensor in tensors]
    size = sum(map(len, contents))
    if len(header) > MAX_HEADER or size > MAX_BODY or len(tensors) > MAX_TENSORS:
        raise NotPlain(f"a value of {(len(header) + size) >> 20} MiB in {len(tensors)} tensors, which is too large")
    parts = [PREFIX.pack(MAGIC, len(header), size), header, *contents]
    if size < ONE_PIECE:  # which wakes the receiver only once
        parts = [b"".join(parts)]
    for part in parts:
        _send_all(sock, part, deadline)


def verify(value: Any) -> None:
    """Refuse a value that cannot be sent.

    Raises:
        NotPlain: says what it is, or holds.
    """
    _pack(value, [], 0)


def receive(sock: socket.socket, *, deadline: float | None = None, most: int = MAX_BODY) -> tuple[str, Any]:
    """Receive one frame, and return its nonce and value.

    Requests and replies alternate, so nothing may follow a frame.

    Args:
        most: how many bytes the tensors of the frame may have.
    Raises:
        WireClosed, WireTimeout, WireError: there is no complete, well-formed frame.
    """
    first = memoryview(bytearray(FIRST_PIECE))
    filled = 0
    while filled < PREFIX.size:
        filled += _receive_into(sock, first[filled:], deadline)
    magic, header_size, body_size = PREFIX.unpack_from(first)
    if magic == MAGIC and most < body_size <= MAX_BODY:
        raise WireError(f"tensors of {body_size >> 20} MiB, which is more than can be asked for here")
    if magic != MAGIC or header_size > MAX_HEADER or body_size > MAX_BODY:
        raise WireError("the frame's prefix is wrong or announces too much")
    body_at = PREFIX.size + header_size
    size = body_at + body_size
    if filled > size:
        raise WireError("bytes follow the frame")
    try:
        frame = first
        while filled < size:
            if filled == len(frame):
                frame = _with_room(frame, size)
            filled += _receive_into(sock, frame[filled:size], deadline)
        return decode(frame[PREFIX.size : body_at], frame[body_at:size])
    except MemoryError as error:  # it must not pass for a fault of ours
        raise WireError("the frame is too large for the memory that is left") from error


def _with_room(frame: memoryview, size: int) -> memoryview:
    """A larger piece of memory with the same beginning, no larger than the whole frame."""
    larger = memoryview(bytearray(min(size, LARGER * len(frame))))
    larger[: len(frame)] = frame
    return larger


def decode(header: Bytes, body: Bytes) -> tuple[str, Any]:
    """The nonce and the value of a frame, from its header and its body.

    Raises:
        WireError: they are not well-formed.
    """
    try:
        nonce, tree = json.loads(str(header, "utf-8"))
        reader = _Reader(body)
        value = reader.unpacked(tree, 0)
        reader.finish()
        return _text(nonce), value
    except WireError:
        raise
    except (ValueError, LookupError, TypeError, RuntimeError, OverflowError, AttributeError) as error:
        raise WireError(f"the frame cannot be read ({type(error).__name__})") from error


def _pack(value: Any, tensors: list[torch.Tensor], depth: int) -> Any:
    """The tree of a value, as the header has it; its tensors are added to the list."""
    kind = type(value)
    if kind is str:
        return value[:MAX_TEXT]
    if value is None or kind is bool or kind is float or (kind is int and abs(value) < MAX_INTEGER):
        return value
    if depth > MAX_DEPTH:
        raise NotPlain("a value nested too deeply")
    if isinstance(value, torch.Tensor):
        if not is_plain_tensor(value):
            raise NotPlain(f"a {value.dtype} tensor")
        tensors.append(value)
        return ["tensor", DTYPE_NAMES[value.dtype], *value.shape]
    if kind is list or kind is tuple or (kind in SETS and all(map(_is_member, value))):
        return [kind.__name__, *[_pack(part, tensors, depth + 1) for part in value]]
    if kind is dict:
        return _pack_dict(value, tensors, depth)
    if kind is ObjectRef:
        return ["object", value.id, value.type_name]
    if kind is Kept:
        return ["kept", value.id, _pack(value.value, tensors, depth + 1)]
    if kind is Seed:
        return ["seed", value.value]
    if kind is complex:
        return ["complex", value.real, value.imag]
    if kind is AttributeRef:
        return ["attribute", value.target, value.name]
    if isinstance(value, FunctionRef):
        return ["function", value.id, value.name]
    if kind is torch.dtype and value in DTYPE_NAMES:
        return ["dtype", DTYPE_NAMES[value]]
    raise NotPlain(kind.__name__)


def _pack_dict(value: dict[Any, Any], tensors: list[torch.Tensor], depth: int) -> Any:
    if all(map(_is_text, value)):
        return {key: _pack(part, tensors, depth + 1) for key, part in value.items()}
    if not all(map(_is_key, value)):
        raise NotPlain("dict")
    packed = []
    for key, part in value.items():
        packed.append((_pack(key, tensors, depth + 1), _pack(part, tensors, depth + 1)))
    return ["dict", packed]


class _Reader:
    """Rebuilds a value from its tree and the bytes of its tensors."""

    def __init__(self, body: Bytes) -> None:
        self._body = body
        self._read = 0
        self._tensors = 0

    def unpacked(self, tree: Any, depth: int) -> Any:
        """The value that a tree stands for."""
        kind = type(tree)
        if kind is str:
            return _text(tree)
        if kind is int and abs(tree) >= MAX_INTEGER:
            raise WireError("an integer is too large")
        if kind is not list and kind is not dict:
            return tree
        if depth > MAX_DEPTH:
            raise WireError("a value is nested too deeply")
        if kind is dict:
            return {_text(key): self.unpacked(part, depth + 1) for key, part in tree.items()}
        tag, *rest = tree
        if tag == "tensor":
            return self._tensor(*rest)
        if tag == "list":
            return self._parts(rest, depth)
        if tag == "tuple":
            return tuple(self._parts(rest, depth))
        if tag == "set":
            return set(self._members(rest, depth))
        if tag == "frozenset":
            return frozenset(self._members(rest, depth))
        if tag == "dict":
            (pairs,) = rest
            return {self._key(key, depth): self.unpacked(part, depth + 1) for key, part in pairs}
        if tag == "kept":
            number, kept = rest
            return Kept(_natural(number), self.unpacked(kept, depth + 1))
        return _leaf(tag, *rest)

    def _parts(self, trees: list[Any], depth: int) -> list[Any]:
        return [self.unpacked(tree, depth + 1) for tree in trees]

    def _members(self, trees: list[Any], depth: int) -> list[Any]:
        members = self._parts(trees, depth)
        if not all(map(_is_member, members)):
            raise WireError("a member of a set is malformed")
        return members

    def _key(self, tree: Any, depth: int) -> Any:
        key = self.unpacked(tree, depth + 1)
        if not _is_key(key):
            raise WireError("a key is malformed")
        return key

    def _tensor(self, name: str, *shape: int) -> torch.Tensor:
        dtype = DTYPES[name]
        if len(shape) > MAX_DIMS or not all(map(_is_size, shape)):
            raise WireError("a shape is malformed")
        begin = self._read
        self._read += math.prod(shape) * dtype.itemsize
        if self._read > len(self._body):
            raise WireError("the tensors need more bytes than there are")
        self._tensors += 1
        if self._tensors > MAX_TENSORS:
            raise WireError("too many tensors")
        return _rebuilt(bytearray(self._body[begin : self._read]), dtype, shape)

    def finish(self) -> None:
        """Refuse a body that holds more than the tensors."""
        if self._read != len(self._body):
            raise WireError("bytes are left over")


def _leaf(tag: Any, *rest: Any) -> Any:
    if tag == "object":
        number, name = rest
        return ObjectRef(_natural(number), _text(name)[:MAX_TYPE_NAME])
    if tag == "attribute":
        number, name = rest
        return AttributeRef(None if number is None else _natural(number), _text(name)[:MAX_TYPE_NAME])
    if tag == "function":
        number, name = rest
        return FunctionRef(_natural(number), _text(name)[:MAX_TYPE_NAME])
    if tag == "complex":
        real, imaginary = rest
        return complex(_float(real), _float(imaginary))
    if tag == "seed":
        return Seed(_natural(*rest))
    if tag == "dtype":
        return DTYPES[rest[0]]
    raise WireError("a value has an unknown tag")


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_key(key: Any) -> bool:
    if type(key) is tuple:
        return all(map(_is_key, key))
    return type(key) is str or (type(key) is int and abs(key) < MAX_INTEGER)


def _is_member(member: Any) -> bool:
    """Whether it can be in a set: everything in it is equal to what has the same value."""
    if type(member) is tuple or type(member) is frozenset:
        return all(map(_is_member, member))
    return member is None or type(member) in SCALARS


def _is_size(size: Any) -> bool:
    return type(size) is int and 0 <= size <= MAX_BODY


def _text(text: Any) -> str:
    """A string that can be written as UTF-8 (JSON lets lone surrogates through)."""
    if type(text) is not str or len(text) > MAX_TEXT:
        raise WireError("a text is malformed or too long")
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def _natural(number: Any) -> int:
    if type(number) is int and 0 <= number < MAX_INTEGER:
        return number
    raise WireError("a number is negative, too large or no integer")


def _float(number: Any) -> float:
    if type(number) is float:
        return number
    raise WireError("a part of a complex number is no float")


def _rebuilt(data: bytearray, dtype: torch.dtype, shape: tuple[int, ...]) -> torch.Tensor:
    if not data:
        return torch.zeros(shape, dtype=dtype)
    if dtype is torch.bool:  # a bool tensor with bytes other than 0 and 1 is undefined behaviour
        return (torch.frombuffer(data, dtype=torch.uint8) != 0).reshape(shape)
    return torch.frombuffer(data, dtype=dtype).reshape(shape)


def _send_all(sock: socket.socket, data: bytes | memoryview, deadline: float | None) -> None:
    try:
        rest = memoryview(data).cast("B")
        while rest:
            sock.settimeout(_remaining(deadline))
            sent = sock.send(rest[:SENT_AT_ONCE])
            rest = rest[sent:]
    except TimeoutError as error:
        raise WireTimeout("the other side did not take the frame in time") from error
    except OSError as error:
        raise WireClosed("the other side is gone") from error


def _receive_into(sock: socket.socket, view: memoryview, deadline: float | None) -> int:
    """Wait until something arrives, put it into `view`, and return the number of bytes."""
    try:
        sock.settimeout(_remaining(deadline))
        count = sock.recv_into(view)
    except TimeoutError as error:
        raise WireTimeout("no complete frame arrived in time") from error
    except OSError as error:
        raise WireClosed("the other side is gone") from error
    if not count:
        raise WireClosed("the other side closed the connection")
    return count


def _remaining(deadline: float | None) -> float | None:
    """Seconds left for one socket operation. The deadline is for the whole frame, so a trickle cannot stretch it."""
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
