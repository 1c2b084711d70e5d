"""Frames with faults in them, read by the reader and sent by a worker: refused or plain, and never worth a point."""

from __future__ import annotations

import json
import math
import os
import socket
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder import data
from autograder.grading.runner import grade
from autograder.model import AttributeRef, FunctionRef, ObjectRef, Outcome, Seed
from autograder.plan import Plan, Setting
from autograder.submissions.files import Submission
from autograder.worker import wire

pytestmark = pytest.mark.slow

PROFILE = settings.get_profile(os.environ.get("FUZZ_PROFILE", "bounded"))
NONCE = "0123456789abcdef"


def frame(value: Any, nonce: str = NONCE) -> bytes:
    """The bytes of a good frame."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(ours, nonce, value)
        return theirs.recv(1 << 20)


def received(data: bytes) -> tuple[str, Any]:
    """What the reader makes of bytes that are followed by the end of the connection."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        return wire.receive(ours)


text = st.text(max_size=12).map(lambda t: t.encode("utf-8", "replace").decode())
tensors = st.builds(
    lambda dtype, shape: torch.ones(shape).to(dtype),
    st.sampled_from(list(wire.DTYPES.values())),
    st.lists(st.integers(0, 3), max_size=3),
)
leaves = (
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats() | text | tensors
    | st.builds(ObjectRef, st.integers(0, 9), text) | st.builds(Seed, st.integers(0, 9))
    | st.builds(AttributeRef, st.none() | st.integers(0, 9), text) | st.builds(FunctionRef, st.integers(0, 9), text)
    | st.complex_numbers(allow_nan=False) | st.sets(text | st.integers(0, 9) | st.tuples(text), max_size=3)
    | st.sampled_from(list(wire.DTYPES.values()))
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(text | st.tuples(text, st.integers(0, 9)), inner, max_size=3)
    ),
    max_leaves=8,
)

PIECES = [
    b"", b"[", b"]", b"{", b"}", b",", b'"', b"\\", b"\0", b"\xff", b"-", b"9" * 30, b"9" * 5000, b"1e999", b"NaN",
    b"-Infinity", b"null", b"true", b"[" * 2000, b'"\\ud800"', b'["tensor","bool",1]', b'["tensor","int64",-1]',
    b'["list",', b'"dict"', b'["set",', b'["complex",1.5,', b'["function",', b'["attribute",',
    b'"object"', b'"seed"', b'"dtype"', b'["tensor","int8",1073741824,1073741824]',
    b'{"value":', b"AGW2", b"\x7f" * 8,
]  # fmt: skip
mutations = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.integers(0, 12), st.sampled_from(PIECES) | st.binary(max_size=8)),
    min_size=1,
    max_size=4,
)


def mutated(good: bytes, changes: list[tuple[int, int, bytes]], *, from_byte: int = 0) -> bytes:
    """A frame in which some stretches are replaced by others; a stretch may be empty, so this inserts and deletes."""
    bad = bytearray(good)
    for place, length, piece in changes:
        start = min(len(bad), from_byte + place % max(1, len(bad) - from_byte))
        bad[start : start + length] = piece
    return bytes(bad)


def sealed(good: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """A frame with changes in header and body, and a prefix that tells the right sizes of both."""
    _, header, body = wire.PREFIX.unpack(good[: wire.PREFIX.size])
    bad = mutated(good, changes, from_byte=wire.PREFIX.size)
    size = min(len(bad) - wire.PREFIX.size, max(0, header + len(bad) - len(good)))
    return wire.PREFIX.pack(wire.MAGIC, size, len(bad) - wire.PREFIX.size - size) + bad[wire.PREFIX.size :]


def same(a: Any, b: Any) -> bool:
    """Whether two values agree in type, structure and every bit."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        bits = [x.reshape(-1).view(torch.uint8) for x in (a, b)]
        return (a.dtype, a.shape) == (b.dtype, b.shape) and torch.equal(*bits)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return a == b or (isinstance(a, float) and math.isnan(a) and math.isnan(b))


def storages(value: Any) -> dict[int, int]:
    """The size of every piece of memory that tensors in a value hold, by address."""
    if isinstance(value, torch.Tensor):
        return {value.untyped_storage().data_ptr(): value.untyped_storage().nbytes()}
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list | tuple) else []
    return {address: size for v in inner for address, size in storages(v).items()}


def refused_or_plain(data: bytes) -> None:
    """A frame is refused, or holds a plain value that takes no more memory than arrived and travels on unchanged."""
    try:
        nonce, value = received(data)
    except wire.WireError:
        return
    assert sum(storages(value).values()) <= len(data)
    again, copy = received(frame(value, nonce))
    assert again == nonce.encode("utf-8", "replace").decode()
    assert same(copy, value)


@PROFILE
@given(values, mutations, st.booleans())
def test_a_mutated_frame_is_refused_or_plain(value: Any, changes: list, seal: bool):
    """Bytes of good frames are changed, inserted and deleted; half of them keep a prefix that fits."""
    refused_or_plain((sealed if seal else mutated)(frame(value), changes))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["set", "frozenset", "complex", "function", "attribute"])
    | st.sampled_from(["list", "tuple", "dict", "tensor", "object", "seed", "float", "dtype", "nan", "float32"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip
described = st.builds(
    lambda dtype, shape: ["tensor", dtype, *shape],
    st.sampled_from([*wire.DTYPES, "object"]),
    st.lists(st.integers(-1, 4), max_size=3),
)


@PROFILE
@given(json_values, described | json_values, st.text(max_size=4) | json_values, st.binary(max_size=64))
def test_an_arbitrary_header_is_refused_or_plain(value: Any, tensor: Any, nonce: Any, body: bytes):
    """Any JSON in any place, with any body."""
    header = json.dumps([nonce, ["list", tensor, value]]).encode()
    refused_or_plain(wire.PREFIX.pack(wire.MAGIC, len(header), len(body)) + header + body)


@PROFILE
@given(st.binary(max_size=200), st.binary(max_size=64), st.booleans())
def test_arbitrary_bytes_are_refused(header: bytes, body: bytes, prefixed: bool):
    """With a prefix that announces them or none."""
    prefix = wire.PREFIX.pack(wire.MAGIC, len(header), len(body)) if prefixed else b""
    refused_or_plain(prefix + header + body)


FORGER = """
import os
import sys

from forged import FRAME


def reply():
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    frame.f_locals["sock"].sendall(FRAME.replace({nonce!r}, frame.f_locals["nonce"].encode()))
    os._exit(0)


def double(x):
    reply()


class Counter:
    def add(self, amount):
        reply()


{at_import}
"""
fields = st.sampled_from(
    ["value", "changed", "problem", "text", "type", "kinds", "where", "function", "args", "kwargs"]
)
problems = st.sampled_from(["exception", "not_attempted", "missing", "out_of_memory", "grader_fault", "passed"])
where = st.lists(st.lists(values, min_size=3, max_size=3), max_size=2)
replies = (
    st.dictionaries(fields, values, max_size=6)
    | st.fixed_dictionaries({"value": values, "changed": values})
    | st.fixed_dictionaries({"function": st.integers(0, 3) | values, "args": values}, optional={"kwargs": values})
    | st.fixed_dictionaries({"problem": problems | values}, optional={"text": values, "type": values, "where": where})
)
replies |= st.fixed_dictionaries({"value": st.lists(replies | values, max_size=2)})  # one for each action


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where the forger hands in."""
    return tmp_path_factory.mktemp("forger")


@settings(PROFILE, max_examples=max(1, PROFILE.max_examples // 10))
@given(replies, mutations | st.just([]), st.booleans())
@example({"problem": "exception", "where": [[1, torch.ones(2), "x"]]}, [], False)
@example({"value": [{"problem": "exception", "where": [[1, torch.ones(2), "x"]]}]}, [], False)
@example({"problem": "exception", "where": [[1, torch.ones(2), "x"]]}, [], True)
def test_a_worker_that_sends_faulty_frames_earns_nothing(
    plan: Plan, level: str, left_over, workers, folder: Path, reply: dict, changes: list, at_import: bool
):
    """It knows the nonce, as everything that its process knows, and answers in place of its host."""
    good = frame(reply)
    bad = sealed(good, changes) if changes else good
    source = FORGER.format(nonce=NONCE.encode(), at_import="reply()" if at_import else "")
    (folder / "scaling.py").write_text(source)
    (folder / "forged.py").write_text(f"FRAME = {bad!r}\n")
    setting = Setting(load_data=partial(data.load, "digits"), isolation=level)
    result = grade(plan, Submission("forger", folder), setting, workers=workers)
    assert [check.name for check in result.checks] == [check.name for check in plan.checks]
    assert result.score == 0, [(check.name, check.outcome, check.evidence) for check in result.checks]
    assert not {Outcome.PASSED, Outcome.GRADER_FAULT} & {check.outcome for check in result.checks}
    assert left_over() == []
