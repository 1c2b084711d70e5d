"""autograder.worker.wire: what is plain arrives as it was sent; whatever else arrives is a WireError."""

from __future__ import annotations

import json
import math
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.model import AttributeRef, FunctionRef, Kept, ObjectRef, Seed
from autograder.values import MAX_DEPTH, NotPlain
from autograder.worker import wire


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two connected sockets."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def sent(value: Any, nonce: str = "n") -> bytes:
    """The bytes of one frame."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(ours, nonce, value)
        return theirs.recv(1 << 20)


def received(frame: bytes) -> Any:
    """What comes out of bytes that are followed by the end of the connection."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(frame)
        theirs.shutdown(socket.SHUT_WR)
        return wire.receive(ours)


def tensors() -> st.SearchStrategy[torch.Tensor]:
    """Tensors of every dtype that travels, with random bits (NaN among them), of 0 to 3 axes, empty ones included."""

    def build(dtype: torch.dtype, shape: list[int], data: bytes) -> torch.Tensor:
        count = math.prod(shape)
        raw = (data * (count * dtype.itemsize // len(data) + 1))[: count * dtype.itemsize]
        if dtype is torch.bool:
            return torch.tensor([byte % 2 == 1 for byte in raw], dtype=dtype).reshape(shape)
        return torch.tensor(list(raw), dtype=torch.uint8).view(dtype).reshape(shape)

    shapes = st.lists(st.integers(0, 3), max_size=3)
    return st.builds(build, st.sampled_from(list(wire.DTYPES.values())), shapes, st.binary(min_size=1, max_size=40))


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
members = st.recursive(  # of sets
    st.none() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | text | st.complex_numbers(allow_nan=False),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=2),
    max_leaves=3,
)
keys = st.recursive(text | st.integers(-(2**40), 2**40), lambda inner: st.tuples(inner, inner), max_leaves=3)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.floats(),
    text,
    tensors(),
    st.builds(ObjectRef, st.integers(0, 2**40), text),
    st.builds(Seed, st.integers(0, 2**63 - 1)),
    st.builds(AttributeRef, st.none() | st.integers(0, 2**40), text),
    st.builds(FunctionRef, st.integers(0, 2**40), text),
    st.complex_numbers(allow_nan=False),
    st.sets(members, max_size=4),
    st.frozensets(members, max_size=4),
    st.sampled_from(list(wire.DTYPES.values())),
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=12,
)


def identical(a: Any, b: Any) -> bool:
    """Whether two values agree in type, structure and every bit."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        raw = [x.reshape(-1).view(torch.uint8) for x in (a, b)]
        return (a.dtype, a.shape) == (b.dtype, b.shape) and torch.equal(*raw)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(identical(a[key], b[key]) for key in a)
    return a == b or (isinstance(a, float) and math.isnan(a) and math.isnan(b))


@given(value=values, nonce=text)
def test_plain_values_make_the_round_trip(value: Any, nonce: str):
    """Nested values of every kind and dtype arrive with the same types, order and bits."""
    echoed, found = received(sent(value, nonce))
    assert echoed == nonce
    assert identical(value, found)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6.0).reshape(2, 3).T,
        torch.arange(10)[::3],
        torch.ones(1, 5)[:, 0],
        torch.ones(1).expand(4),
        torch.ones(2, requires_grad=True),
        torch.tensor([1 + 2j]).conj().imag,
    ],
    ids=["transposed", "strided", "column of one row", "expanded", "with gradient", "negated view"],
)
def test_views_arrive_with_their_entries(tensor: torch.Tensor):
    """The layout in memory does not matter."""
    _, found = received(sent(tensor))
    assert found.tolist() == tensor.tolist()
    assert found.is_contiguous()
    assert not found.requires_grad


class Liar(torch.Tensor):
    """Claims to be close to everything."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func in (torch.allclose, torch.equal, torch.Tensor.eq, torch.Tensor.__eq__):
            return True
        return super().__torch_function__(func, types, args, kwargs or {})


@pytest.mark.parametrize("make", [torch.nn.Parameter, lambda t: t.as_subclass(Liar)], ids=["parameter", "liar"])
def test_subclasses_arrive_plain(make):
    """A tensor with operators of its own loses them on the way."""
    _, found = received(sent([make(torch.ones(2))]))
    assert type(found[0]) is torch.Tensor
    assert not torch.allclose(found[0], torch.zeros(2))


def test_as_deep_as_allowed_travels():
    """The limit itself is fine."""
    assert received(sent(nested(MAX_DEPTH))) == ("n", nested(MAX_DEPTH))


def test_as_many_axes_as_torch_allows_travel():
    """A tensor may have 64 axes."""
    many = torch.ones([1] * 64)
    assert received(sent(many))[1].shape == many.shape


def test_what_stands_for_something_kept_travels_with_its_number():
    """Wherever it stands in an answer."""
    value = [Kept(3, (1, {"a": "b"})), {"cache": Kept(4, {2: [None]})}]
    assert received(sent(value)) == ("n", value)


def test_tensors_of_a_frame_share_no_memory():
    """One tensor sent twice arrives as two."""
    x = torch.ones(2)
    _, (first, second) = received(sent([x, x]))
    first.zero_()
    assert (x.tolist(), second.tolist()) == ([1, 1], [1, 1])


class Text(str):
    """Not quite a string."""


def nested(depth: int) -> list:
    return [nested(depth - 1)] if depth else []


REFUSED = {
    "an object": object(),
    "a function": print,
    "a set with an object in it": {object()},
    "a set with a tensor in it": {torch.ones(1)},
    "a set with a type in it": frozenset({(int,)}),
    "bytes": b"x",
    "a sparse tensor": torch.zeros(2, 2).to_sparse(),
    "a dtype that does not travel": torch.complex32,
    "a subclass of str": Text("x"),
    "an enormous integer": 2**63,
    "a dict with other keys": {(1, 2.5): 3},
    "a dict with an enormous key": {2**63: 3},
    "something inside a list": [1, [object()]],
    "a value nested too deeply": nested(MAX_DEPTH + 1),
}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
def test_other_values_do_not_travel(pair, value: object):
    """They are refused before a byte is sent, so that the connection stays usable."""
    ours, theirs = pair
    with pytest.raises(NotPlain):
        wire.send(ours, "n", value)
    wire.send(ours, "n", "after")
    assert wire.receive(theirs) == ("n", "after")


@pytest.mark.parametrize(
    ("limit", "value"),
    [("MAX_BODY", torch.zeros(200)), ("MAX_HEADER", list(range(200))), ("MAX_TENSORS", 200 * [torch.zeros(1)])],
)
def test_too_large_values_do_not_travel(pair, monkeypatch, limit: str, value: object):
    """What the other side would refuse is not sent, and the connection stays usable."""
    ours, theirs = pair
    monkeypatch.setattr(wire, limit, 100)
    with pytest.raises(NotPlain, match="too large"):
        wire.send(ours, "n", value)
    wire.send(ours, "n", 1)
    assert wire.receive(theirs) == ("n", 1)


def travels(value: Any) -> bool:
    """Whether a value can be sent."""
    try:
        sent(value)
    except NotPlain:
        return False
    return True


def header(value: Any = None, nonce: Any = "n") -> bytes:
    return json.dumps([nonce, value]).encode()


def tensor(*shape: Any, dtype: Any = "uint8") -> list:
    return ["tensor", dtype, *shape]


MALFORMED = {
    "nothing": (b"", b""),
    "no UTF-8": (b'["\xff", 1]', b""),
    "no JSON": (b"{", b""),
    "no list": (b'{"n": 1}', b""),
    "no nonce": (b"[1]", b""),
    "something after the value": (b'["n", 1, 2]', b""),
    "a nonce of another kind": (header(nonce=7), b""),
    "deep JSON": (b"[" * 100_000, b""),
    "deep JSON in the value": (b'["n", ' + b"[" * 5000 + b"]" * 5000 + b"]", b""),
    "tags nested too deeply": (header(json.loads('["list", ' * 30 + "1" + "]" * 30)), b""),
    "dicts nested too deeply": (header(json.loads('{"a": ' * 30 + "1" + "}" * 30)), b""),
    "an integer of 5000 digits": (b'["n", ' + b"9" * 5000 + b"]", b""),
    "an integer of 64 bits": (header(2**63), b""),
    "a negative one": (header(-(2**63)), b""),
    "an enormous key": (header(["dict", [[2**63, 1]]]), b""),
    "a key that is too long": (header({"x" * (wire.MAX_TEXT + 1): 1}), b""),
    "a key in a pair that is too long": (header(["dict", [["x" * (wire.MAX_TEXT + 1), 1]]]), b""),
    "a text that is too long": (header("x" * (wire.MAX_TEXT + 1)), b""),
    "an unknown tag": (header(["pickle", "x"]), b""),
    "no tag": (header([]), b""),
    "a tag of another kind": (header([["list"], 1]), b""),
    "a dict with three in a pair": (header(["dict", [["a", 1, 2]]]), b""),
    "a dict with a boolean key": (header(["dict", [[True, 1]]]), b""),
    "a dict with a list as key": (header(["dict", [[["a"], 1]]]), b""),
    "a dict with nothing": (header(["dict"]), b""),
    "a dict with a tuple of lists as key": (header(["dict", [[["tuple", ["list"]], 1]]]), b""),
    "a dict with an object as key": (header(["dict", [[["object", 1, "A"], 1]]]), b""),
    "a key nested too deeply": (header(["dict", [[json.loads('["tuple", ' * 30 + "1" + "]" * 30), 1]]]), b""),
    "a set with a list in it": (header(["set", ["list"]]), b""),
    "a set with a set in it": (header(["set", ["set"]]), b""),
    "a set with a tensor in it": (header(["frozenset", tensor(1)]), b"1"),
    "a set with an object in a tuple": (header(["set", ["tuple", ["object", 1, "A"]]]), b""),
    "a complex number of integers": (header(["complex", 1, 2]), b""),
    "a complex number with one part": (header(["complex", 1.5]), b""),
    "an attribute of a negative number": (header(["attribute", -1, "f"]), b""),
    "an attribute without a name": (header(["attribute", None]), b""),
    "a function with a name of another kind": (header(["function", 1, 2]), b""),
    "an object without a name": (header(["object", 1]), b""),
    "an object with a negative number": (header(["object", -1, "A"]), b""),
    "an object with a boolean number": (header(["object", True, "A"]), b""),
    "a seed without a number": (header(["seed"]), b""),
    "an enormous seed": (header(["seed", 2**63]), b""),
    "an unknown dtype": (header(["dtype", "object"]), b""),
    "a tensor without dtype": (header(["tensor"]), b""),
    "a tensor of unknown dtype": (header(tensor(1, dtype="object")), b"1"),
    "a tensor of a dtype of another kind": (header(tensor(1, dtype=["uint8"])), b"1"),
    "a shape in a list": (header(tensor([1])), b"1"),
    "a negative shape": (header(tensor(-1)), b"1"),
    "a shape of booleans": (header(tensor(True)), b"1"),
    "too many axes": (header(tensor(*[1] * 65)), b"1"),
    "an enormous shape": (header(tensor(*[2**30] * 8)), b"1"),
    "an enormous shape without entries": (header(tensor(0, 2**30, 2**30, 2**30)), b""),
    "too few bytes": (header(tensor(4, dtype="float32")), b"123"),
    "too few bytes for a second tensor": (header(["list", tensor(3), tensor(3)]), b"12345"),
    "bytes left over": (header(tensor(1)), b"12"),
    "bytes without tensors": (header(), b"1"),
    "too many tensors": (header(["list", *[tensor(0)] * (wire.MAX_TENSORS + 1)]), b""),
}


@pytest.mark.parametrize(("head", "body"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_frame_is_refused(head: bytes, body: bytes):
    """Whatever is wrong with a frame, the error is the one that callers expect."""
    with pytest.raises(wire.WireError):
        wire.decode(head, bytearray(body))


PREFIXES = {
    "another magic": wire.PREFIX.pack(b"AGW1", 2, 0),
    "an enormous header": wire.PREFIX.pack(wire.MAGIC, wire.MAX_HEADER + 1, 0),
    "an enormous body": wire.PREFIX.pack(wire.MAGIC, 2, wire.MAX_BODY + 1),
    "an astronomical body": wire.PREFIX.pack(wire.MAGIC, 2, 2**64 - 1),
    "text": b"Traceback (most recent call last):",
}


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES)
def test_a_wrong_prefix_is_refused_at_once(pair, prefix: bytes):
    """Nothing more is read or allocated, even while the connection stays open."""
    ours, theirs = pair
    theirs.sendall(prefix)
    with pytest.raises(wire.WireError, match="announces too much"):
        wire.receive(ours, deadline=time.monotonic() + 5)


def test_room_is_made_as_data_arrives(pair, monkeypatch):
    """Whoever announces a gigabyte and sends nothing takes no gigabyte of ours."""
    ours, theirs = pair
    sizes: list[int] = []
    with_room = wire._with_room
    monkeypatch.setattr(wire, "_with_room", lambda frame, size: sizes.append(len(frame)) or with_room(frame, size))
    theirs.sendall(wire.PREFIX.pack(wire.MAGIC, 2, wire.MAX_BODY) + bytes(10_000))
    theirs.close()
    with pytest.raises(wire.WireClosed):
        wire.receive(ours, deadline=time.monotonic() + 5)
    assert max(sizes) <= 10_000 + wire.PREFIX.size


def test_memory_that_runs_out_is_the_frames_fault(pair, monkeypatch):
    """And no fault of ours, which would earn points."""
    ours, theirs = pair

    def no_room(frame, size):
        raise MemoryError

    monkeypatch.setattr(wire, "_with_room", no_room)
    theirs.sendall(wire.PREFIX.pack(wire.MAGIC, 2, wire.MAX_BODY) + bytes(10_000))
    with pytest.raises(wire.WireError, match="too large for the memory"):
        wire.receive(ours, deadline=time.monotonic() + 5)


def test_a_reply_may_be_bounded_further(pair):
    """By what a check can expect; up to there it is taken."""
    ours, theirs = pair
    wire.send(theirs, "n", torch.zeros(100))
    assert wire.receive(ours, most=400)[1].shape == (100,)
    wire.send(theirs, "n", torch.zeros(100))
    with pytest.raises(wire.WireError, match="more than can be asked for"):
        wire.receive(ours, most=399)


def test_nothing_is_allocated_for_bytes_that_did_not_come(monkeypatch):
    """A shape is only a claim: without its bytes no tensor is made."""
    monkeypatch.setattr(torch, "zeros", pytest.fail)
    with pytest.raises(wire.WireError, match="need more bytes than there are"):
        wire.decode(header(tensor(2**30)), bytearray())


def test_a_frame_cut_short_anywhere_is_refused():
    """The end of the connection is never the end of a frame."""
    frame = sent({"x": torch.arange(3.0), "y": [1, "two"]})
    for size in range(len(frame)):
        with pytest.raises(wire.WireClosed):
            received(frame[:size])


json_leaves = st.sampled_from(
    [None, True, 0, 1, -1, 2**63, 0.5, "", "list", "tuple", "dict", "tensor", "object", "seed", "float", "dtype"]
)
json_values = st.recursive(
    json_leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=8,
)


def survives(head: bytes, body: bytes) -> bool:
    """Decode a frame that may be malformed; what is accepted must be plain and printable as UTF-8."""
    try:
        nonce, value = wire.decode(head, bytearray(body))
    except wire.WireError:
        return True
    repr(value).encode()
    return isinstance(nonce, str) and travels(value)


@given(json_values, json_values)
def test_any_json_is_a_value_or_refused(value: Any, shape: Any):
    """No structure of a header gets past the reader as something that is not plain."""
    assert survives(header(["list", value, tensor(shape)]), b"1")


@given(st.data(), values)
def test_mutated_frames_are_values_or_refused(data: st.DataObject, value: Any):
    """Whatever bytes of a good frame are changed, the reader returns a plain value or raises WireError."""
    frame = bytearray(sent(value))
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(wire.PREFIX.size, len(frame) - 1))] = data.draw(st.integers(0, 255))
    _, size, _ = wire.PREFIX.unpack(frame[: wire.PREFIX.size])
    assert survives(bytes(frame[wire.PREFIX.size :][:size]), bytes(frame[wire.PREFIX.size + size :]))


@pytest.mark.parametrize(
    "tree",
    ["a\ud800b", ["object", 1, "a\udfffb"], {"a\ud800b": 1}, ["dict", [["a\ud800b", 1]]]],
    ids=["text", "type", "key", "key in a pair"],
)
def test_lone_surrogates_become_printable(tree: Any):
    """JSON lets them through, but they could not be written to a file."""
    _, value = wire.decode(header(tree), bytearray())
    assert "a?b" in repr(value).encode().decode()


def test_booleans_of_other_bytes_are_true():
    """A byte other than 0 and 1 in a bool tensor would be undefined behaviour."""
    _, found = wire.decode(header(tensor(3, dtype="bool")), bytearray([0, 1, 77]))
    assert found.tolist() == [False, True, True]
    assert found.view(torch.uint8).tolist() == [0, 1, 1]


def test_silence_ends_at_the_deadline(pair):
    """Nobody answers."""
    with pytest.raises(wire.WireTimeout):
        wire.receive(pair[0], deadline=time.monotonic() + 0.05)


def test_a_passed_deadline_ends_at_once(pair):
    """Even if a whole frame waits to be read."""
    wire.send(pair[1], "n", 1)
    with pytest.raises(wire.WireTimeout):
        wire.receive(pair[0], deadline=time.monotonic() - 1)


def test_a_slow_trickle_does_not_stretch_the_deadline(pair):
    """The deadline is for the whole frame: a byte now and then buys no time."""
    ours, theirs = pair
    stop = threading.Event()

    def trickle() -> None:
        theirs.send(wire.PREFIX.pack(wire.MAGIC, 1000, 0))
        for _ in range(1000):
            if stop.wait(0.02):
                return
            theirs.send(b"[")

    sender = threading.Thread(target=trickle)
    sender.start()
    try:
        with pytest.raises(wire.WireTimeout):
            wire.receive(ours, deadline=time.monotonic() + 0.2)
    finally:
        stop.set()
        sender.join()


def test_a_reader_that_never_reads_does_not_block_the_sender(pair):
    """More than the socket's buffers hold is not taken."""
    with pytest.raises(wire.WireTimeout):
        wire.send(pair[0], "n", torch.zeros(1 << 22), deadline=time.monotonic() + 0.2)


@pytest.mark.parametrize("use", [lambda s: wire.send(s, "n", 1), wire.receive], ids=["send", "receive"])
def test_the_other_side_may_be_gone(pair, use):
    """A closed connection has an error of its own."""
    pair[1].close()
    with pytest.raises(wire.WireClosed):
        use(pair[0])
