"""Words and lines for what a check found: the same evidence for a terminal, a notebook and nbgrader.

`paragraph` is what is read first, `lines_below` what stands below it, `snippet_of` what can be copied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..evidence import (
    Bars,
    Block,
    CallShown,
    Comparison,
    Curve,
    Frames,
    Question,
    Remark,
    Series,
    Snippet,
    Text,
    Traceback,
    find,
)
from ..model import CheckResult, Outcome
from .arrays import Line, Piece, side_by_side
from .bars import lines_of_bars

SHOWN_VALUES = 8  # of a curve in a line of text


def as_told(record: Mapping[str, Any]) -> CheckResult:
    """A check in a result's version for its student; what that lacks is empty."""
    return CheckResult.from_dict({**record, "name": record["name"] or "", "misconception": "", "seconds": 0.0})


def paragraph(check: CheckResult) -> str:
    """What is wrong, in sentences: a known mistake by its own, or else the likeliest question or the worst entry."""
    return in_sentences(check.message, check.evidence, mistake=check.mistake)


def in_sentences(message: str, evidence: Sequence[Block], *, mistake: str = "") -> str:
    """A message with the sentences that its evidence adds; a known mistake comes first, and nothing is asked then."""
    question = find(evidence, Question)
    sentences = [mistake, message]
    if question is not None and not mistake:
        sentences = [_asking(message, question)]  # the question says more than the worst entry would
    else:
        sentences.append(_worst(find(evidence, Comparison)))
    remark = find(evidence, Remark)
    if remark is not None:
        sentences.append(remark.text)
    return " ".join(filter(None, sentences))


def lines_below(evidence: Sequence[Block]) -> list[Line]:
    """What stands below a message, line by line."""
    lines = []
    for block in evidence:
        lines += _lines(block)
    return lines


def shown_of(check: CheckResult) -> list[Block]:
    """What there is to show of a check; of one that passed only what was measured in it."""
    if check.outcome is not Outcome.PASSED:
        return list(check.evidence)
    return [block for block in check.evidence if isinstance(block, Bars)]


def text_below(evidence: Sequence[Block]) -> str:
    """The same as text."""
    return "\n".join(line.text for line in lines_below(evidence))


def snippet_of(evidence: Sequence[Block]) -> str:
    """Lines for a Python prompt that reproduce a failure, or ""."""
    snippet = find(evidence, Snippet)
    if snippet is None:
        return ""
    return snippet.code


def points(curve: Curve) -> tuple[str, ...]:
    """The points of a curve as people read them: those of a path as pairs, others are counted."""
    if curve.x == tuple(map(str, range(1, len(curve.x) + 1))):
        return curve.y
    return tuple(f"({x}, {y})" for x, y in zip(curve.x, curve.y, strict=True))


def _asking(message: str, question: Question) -> str:
    """A message and its question, which may go on from the message's last sentence."""
    if question.observed:
        return f"{message} {question.observed}: {question.text}"
    if question.text[:1].islower():
        return f"{message.removesuffix('.')}: {question.text}"
    return f"{message} {question.text}"


def _worst(comparison: Comparison | None) -> str:
    """A sentence on the worst entry of an array."""
    if comparison is None or comparison.worst is None or comparison.entries == 1:
        return ""
    worst = comparison.worst
    return f"The worst is at {list(worst.index)}: {worst.yours} instead of {worst.right}."


def _lines(block: Block) -> list[Line]:
    match block:
        case CallShown(text):
            return [_plain_line(f"called: {text}")]
        case Comparison():
            return [*side_by_side(block), *_error(block)]
        case Series():
            return [_plain_line(f"{block.name}, {curve.label}: {_in_short(points(curve))}") for curve in block.curves]
        case Bars():
            return list(map(_plain_line, lines_of_bars(block)))
        case Frames(frames):
            return [_plain_line(f"{frame.place}: {frame.code}") for frame in frames]
        case Text(lines):
            return list(map(_plain_line, lines))
        case Traceback(text):
            return list(map(_plain_line, text.splitlines()))
        case Question() | Remark() | Snippet():  # read before, or copied
            return []


def _error(comparison: Comparison) -> list[Line]:
    """How far the worst entry is off, and how far it may be."""
    if comparison.worst is None:
        return []
    worst = comparison.worst
    where = ""
    if comparison.entries > 1:
        where = f" at {list(worst.index)}"
    return [_plain_line(f"error{where}: {worst.error} (allowed: {worst.allowed})")]


def _in_short(values: Sequence[str]) -> str:
    """The values of a curve, without the middle of a long one."""
    if len(values) > SHOWN_VALUES:
        values = [*values[: SHOWN_VALUES // 2], "...", *values[-SHOWN_VALUES // 2 :]]
    return ", ".join(values)


def _plain_line(text: str) -> Line:
    return Line([Piece(text)])
