"""Fingerprints of answers: enough numbers to tell whether two are the same up to rounding, too few to rebuild one.

A fingerprint is plain data that JSON can hold: a part for each container and for everything in it. Of a tensor it tells
the kind, the shape, the size and a few projections on fixed directions. Two tensors that agree in all of these are the
same unless somebody chose them to agree, and whoever does so fools only themselves.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import torch

from ..checking.comparing import usual_tolerance
from ..model import ObjectRef
from ..values import CONTAINERS, SETS, in_double
from .agreement import SIGMAS

PROJECTIONS = 4
STEP = 1e-6  # in which a projection is told, relative to the size: six digits
# How far two sizes, or two projections relative to the size, may lie apart. Rounding to six digits takes one step at
# most on either side. The rest is for sums in another order: on a network of 784 inputs they change float64 by 5e-12
# and float32 by 8e-7 of the largest entry, see `checking.comparing`.
TOLERANCE = 2.5e-6
TOLERANCE_OF_SINGLE = 3e-4
SINGLE = {"float32", "float16", "bfloat16", "complex64"}
FLOATING = {"float64", "complex128"} | SINGLE
NUMBER = "number"  # the kind of a plain number: it equals the [] tensor of any floating dtype
# An answer of more parts is not compared. The longest list in a check of the six assignments has some 200.
MOST_PARTS = 2_000
MODULUS = 2**31 - 1  # a prime; squares of smaller numbers fit 63 bits

# [kind] of what holds no numbers, else [kind, shape, numbers, which of the entries are finite].
Part = list[Any]
Print = list[Part]


def fingerprint(value: Any) -> Print | None:
    """The fingerprint of nested plain values; None if there are too many of them."""
    nodes = list(islice(_nodes(value), MOST_PARTS + 1))
    if len(nodes) > MOST_PARTS:
        return None
    return list(map(_part, nodes))


def same(one: Print, other: Print) -> bool:
    """Whether two values with these fingerprints are the same up to rounding."""
    return len(one) == len(other) and all(map(_same_part, one, other))


def differ(one: Print, other: Print) -> bool:
    """Whether two values with these fingerprints differ by more than a check would allow.

    Tiny ones may be neither the same nor different: where one code rounds 4e-18 to 0, another does not.
    """
    return len(one) != len(other) or not all(map(_nearly_same_part, one, other))


def outline(value: Any) -> list[float]:
    """A short fingerprint of what was sent along: the number of its numbers, their size and one projection."""
    numbers = [torch.zeros(0, dtype=torch.float64), *_numbers_in(value)]
    together = torch.cat(numbers)
    return [len(together), *_measured(together)[:2]]


def same_outline(one: list[float], other: list[float]) -> bool:
    """Whether two values with these outlines are the same up to the rounding of single precision."""
    return one[0] == other[0] and _near(one[1:], other[1:], TOLERANCE_OF_SINGLE, 0.0)


def could_be_drawn_alike(value: Any, recorded: Print) -> bool:
    """Whether a value may be another draw of the law of one with this fingerprint: structure and size tell, no more."""
    nodes = list(islice(_nodes(value), len(recorded) + 1))
    return len(nodes) == len(recorded) and all(map(_could_be_drawn, nodes, recorded))


def _nodes(value: Any) -> Iterator[Any]:
    """Nested values, each container before what is in it."""
    yield value
    if isinstance(value, CONTAINERS):
        for part in _in_order(value):
            yield from _nodes(part)


def _part(node: Any) -> Part:
    if isinstance(node, CONTAINERS):
        return [_kind_of_container(node)]
    return _of_leaf(node)


def _kind_of_container(value: Any) -> str:
    """A tuple and a list are of one kind, since checks take both."""
    if isinstance(value, dict):
        return f"dict {_hash(sorted(map(repr, value)))}"
    return f"sequence of {len(value)}"


def _in_order(value: Any) -> Iterable[Any]:
    """What is in a container; of a dict in the order of the keys, which may be filled in any order."""
    if isinstance(value, dict):
        return [value[key] for key in sorted(value, key=repr)]
    return list(value)


def _of_leaf(leaf: Any) -> Part:
    entries = _entries(leaf)
    if entries is None:
        return [_kind_without_numbers(leaf)]
    finite = torch.isfinite(entries)
    which = 0
    if not finite.all():
        # They equal each other: the same overflow ends as inf or as nan by the order of operations.
        which = _hash(finite.tolist())
        entries = entries.where(finite, 0.0)
    if not isinstance(leaf, torch.Tensor):
        return [NUMBER, [], _measured(entries), which]
    kind = str(leaf.dtype).removeprefix("torch.")
    return [kind, list(leaf.shape), _measured(entries), which]


def _kind_without_numbers(leaf: Any) -> str:
    if leaf is None:
        return "None"
    if isinstance(leaf, ObjectRef):
        return "object"
    if isinstance(leaf, SETS):  # in whatever order they are shown
        return f"set {_hash(sorted(map(repr, leaf)))}"
    return f"{type(leaf).__name__} {_hash(leaf)}"  # a text may be long


def _hash(value: Any) -> int:
    return zlib.crc32(repr(value).encode("utf-8", "surrogatepass"))


def _numbers_in(value: Any) -> Iterator[torch.Tensor]:
    """The finite entries of everything in nested values."""
    if isinstance(value, CONTAINERS):
        for part in _in_order(value):
            yield from _numbers_in(part)
        return
    entries = _entries(value)
    if entries is not None:
        yield entries[torch.isfinite(entries)]


def _entries(leaf: Any) -> torch.Tensor | None:
    """The entries of a tensor or number one after the other, a complex one as two; None of anything else."""
    if isinstance(leaf, bool | int | float | complex):
        leaf = torch.tensor(leaf, dtype=torch.complex128 if isinstance(leaf, complex) else torch.float64)
    if not isinstance(leaf, torch.Tensor):
        return None
    entries = in_double(leaf.detach()).cpu().flatten()
    if entries.is_complex():
        entries = torch.view_as_real(entries).flatten()
    return entries


def _measured(entries: torch.Tensor) -> list[float]:
    """Size and projections of finite numbers; of a single one itself, and of zeros only the size."""
    if len(entries) == 1:
        return [_six_digits(entries.item())]
    greatest = 0.0
    if len(entries):
        greatest = entries.abs().max().item()
    if greatest == 0.0:
        return [0.0]
    relative = entries / greatest  # so that no square is too large
    length = torch.linalg.vector_norm(relative).item()
    numbers = [_six_digits(greatest * length)]
    for projection in (_directions(len(entries)) @ relative).tolist():
        numbers.append(round(projection / length / STEP))
    return numbers


def _six_digits(size: float) -> float:
    if not math.isfinite(size):  # that of entries close to the greatest number there is
        return 1e308
    return float(f"{size:.6g}")


@lru_cache(maxsize=64)
def _directions(n: int) -> torch.Tensor:
    """The first n entries of each direction, between -1 and 1; made of integers, so the same on every machine."""
    place = torch.arange(1, n + 1, dtype=torch.int64)
    rows = []
    for number in range(1, PROJECTIONS + 1):
        x = (place * 48271 + 69621 * number) % MODULUS
        for _ in range(3):
            x = (x * x + 40014 * number) % MODULUS
        rows.append(x.double() / MODULUS * 2 - 1)
    return torch.stack(rows)


def _same_part(one: Part, other: Part) -> bool:
    return _compared(one, other, exactly=True)


def _nearly_same_part(one: Part, other: Part) -> bool:
    return _compared(one, other, exactly=False)


def _compared(one: Part, other: Part, *, exactly: bool) -> bool:
    if len(one) == 1 or len(other) == 1:
        return one == other
    kinds = {one[0], other[0]}
    if not _comparable(kinds) or one[1] != other[1] or one[3] != other[3]:
        return False
    tolerance = TOLERANCE
    _, allowed = usual_tolerance(torch.float64)
    if not kinds.isdisjoint(SINGLE):
        tolerance = TOLERANCE_OF_SINGLE
        _, allowed = usual_tolerance(torch.float32)
    return _near(one[2], other[2], tolerance, 0.0 if exactly else allowed)


def _could_be_drawn(node: Any, recorded: Part) -> bool:
    own = _part(node)
    if len(own) == 1 or len(recorded) == 1:
        return own == recorded
    if not _comparable({own[0], recorded[0]}) or own[1] != recorded[1]:
        return False
    entries = _entries(node)
    if entries is None or len(entries) < 2 or own[3] or recorded[3]:  # too few, or not all finite
        return True
    squares = entries.square()
    difference = abs(squares.mean().item() - recorded[2][0] ** 2 / len(entries))
    # Of two samples of one law, each with the variance of this one.
    standard_error = math.sqrt(2 * squares.var().item() / len(entries))
    return bool(difference <= SIGMAS * standard_error + TOLERANCE_OF_SINGLE * squares.mean().item())


def _comparable(kinds: set[str]) -> bool:
    """Whether values of these kinds may equal each other: a plain number equals a tensor of floating numbers."""
    return len(kinds) == 1 or (NUMBER in kinds and not kinds.isdisjoint(FLOATING))


def _near(one: list[float], other: list[float], tolerance: float, allowed: float) -> bool:
    """Whether a size, and each projection if there are some, are the same.

    Args:
        tolerance: the error relative to the size.
        allowed: an absolute error.
    """
    size = max(abs(one[0]), abs(other[0]))
    if size <= allowed:
        return True
    if len(one) != len(other) or abs(one[0] - other[0]) > tolerance * size + allowed:
        return False
    for a, b in zip(one[1:], other[1:], strict=True):
        if abs(a - b) * STEP * size > tolerance * size + allowed:
            return False
    return True
