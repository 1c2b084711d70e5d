"""What a check has to show besides its message: typed blocks, kept as data until somebody reads them.

A result holds them in this order: the question, the remarks, and then what stands below the message. Words and layout
are made in `reports.renderers`. Standard library only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar


@dataclass(frozen=True)
class Question:
    """The likeliest question about a failure.

    Args:
        text: the question; if it begins with a small letter, it goes on from the sentence before it.
        observed: what it rests on, without a full stop; "" if the message says it.
    """

    text: str
    observed: str = ""


@dataclass(frozen=True)
class Remark:
    """A sentence to be read after the message, as on what else came back and is right."""

    text: str


@dataclass(frozen=True)
class CallShown:
    """The call that the verdict is about, in words: names, shapes and dtypes."""

    text: str


@dataclass(frozen=True)
class Array:
    """A small array.

    Args:
        shape: its shape.
        rows: its entries as they are shown, a row for each line along the last axis.
    """

    shape: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Entry:
    """An entry of an array that is wrong.

    Args:
        index: where it is; empty for a single number.
        yours, right: what came back there, and what must.
        error, allowed: how far they are apart, and how far they may be.
    """

    index: tuple[int, ...]
    yours: str
    right: str
    error: str
    allowed: str


@dataclass(frozen=True)
class Comparison:
    """An array that came back beside what it must be.

    Args:
        name: what it is called.
        entries: how many it has.
        wrong: how many of them are wrong; None where the shapes differ.
        worst: the entry that exceeds its allowed error by most; None where errors were not measured.
        yours, right: both arrays, if they are small enough to be read.
        marks: row and column of each wrong entry in the rows of `yours`.
    """

    name: str
    entries: int
    wrong: int | None = None
    worst: Entry | None = None
    yours: Array | None = None
    right: Array | None = None
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Curve:
    """Points in order, as a curve goes through them.

    Args:
        label: whose they are.
        x, y: the coordinates, as many of both.
    """

    label: str
    x: tuple[str, ...]
    y: tuple[str, ...]


@dataclass(frozen=True)
class Contours:
    """A function of two numbers on a grid, to be drawn below a path: the loss that an optimizer descends.

    Args:
        x, y: the columns and the rows of the grid.
        z: a row of values for each y.
    """

    x: tuple[str, ...]
    y: tuple[str, ...]
    z: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Series:
    """Values to be drawn: a loss over epochs, sizes of activations over layers, the path of an optimizer.

    Args:
        name: what is drawn.
        x, y: what stands along the axes.
        curves: one, or two on the same axes.
        logarithmic: whether the y axis is better divided by powers of ten.
        contours: what stands below a path, if that is known.
    """

    name: str
    x: str
    y: str
    curves: tuple[Curve, ...]
    logarithmic: bool = False
    contours: Contours | None = None


@dataclass(frozen=True)
class Bars:
    """Numbers that were measured and are not judged, a bar for each.

    Args:
        name: what was measured.
        unit: of the numbers.
        labels: what each number belongs to.
        values: the numbers, none of them negative.
        logarithmic: whether the bars are better compared by powers of ten.
    """

    name: str
    unit: str
    labels: tuple[str, ...]
    values: tuple[str, ...]
    logarithmic: bool = False


@dataclass(frozen=True)
class Frame:
    """A line of the student's code: where it is, and what it says."""

    place: str
    code: str


@dataclass(frozen=True)
class Frames:
    """The lines that an exception passed on its way to the one that the message names, the outermost first."""

    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class Text:
    """Further lines in words."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Snippet:
    """Lines for a Python prompt that reproduce the failure."""

    code: str


@dataclass(frozen=True)
class Traceback:
    """Of a fault of the grader itself, for the staff."""

    text: str


Block = Question | Remark | CallShown | Comparison | Series | Bars | Frames | Text | Snippet | Traceback
Kind = TypeVar("Kind", bound=Block)
KINDS: dict[str, type[Block]] = {  # by their names in reports/result.schema.json
    "question": Question,
    "remark": Remark,
    "call": CallShown,
    "comparison": Comparison,
    "series": Series,
    "bars": Bars,
    "frames": Frames,
    "text": Text,
    "snippet": Snippet,
    "traceback": Traceback,
}
NAMES = {block_type: name for name, block_type in KINDS.items()}
PARTS = {"worst": Entry, "yours": Array, "right": Array}  # of a comparison


def find(evidence: Iterable[Block], kind: type[Kind]) -> Kind | None:
    """The first block of a kind, or None."""
    for block in evidence:
        if isinstance(block, kind):
            return block
    return None


def to_record(block: Block) -> dict[str, Any]:
    """A block as plain JSON values."""
    record = {"kind": NAMES[type(block)]}
    return record | _with_lists(dataclasses.asdict(block))


def from_record(record: dict[str, Any]) -> Block:
    """Read back what `to_record` wrote.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: the record is no such block.
    """
    fields = {name: _with_tuples(value) for name, value in record.items()}  # so that blocks can be compared
    block_type = KINDS[fields.pop("kind")]
    if block_type is Comparison:
        # The numbers in it are texts: JSON has no nan, and digits are chosen once.
        for name, part in PARTS.items():
            if fields[name] is not None:
                fields[name] = part(**fields[name])
    if block_type is Series:
        fields["curves"] = tuple(Curve(**curve) for curve in fields["curves"])
        if fields.get("contours") is not None:  # results of an older version have none
            fields["contours"] = Contours(**fields["contours"])
    if block_type is Frames:
        fields["frames"] = tuple(Frame(**frame) for frame in fields["frames"])
    return block_type(**fields)


def _with_lists(value: Any) -> Any:
    """A value with lists for tuples, as JSON has them."""
    if isinstance(value, dict):
        return {key: _with_lists(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_with_lists(part) for part in value]
    return value


def _with_tuples(value: Any) -> Any:
    """A value with tuples for lists, as blocks have them."""
    if isinstance(value, dict):
        return {key: _with_tuples(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return tuple(map(_with_tuples, value))
    return value
