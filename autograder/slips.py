"""Slips in names: which known name may be meant to be a missing one."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

SHORTEST = 4  # letters of a name in which a wrong one is noticed; of fewer letters many names are alike


def meant(name: str, known: Iterable[str], required: Collection[str] = ()) -> str:
    """A question, after a blank, about the one known name that looks like a slip for a missing one; "" if none does.

    Args:
        name: what is missing.
        known: what there is.
        required: those of the known names that stand for something else; without them only spelling counts.
    """
    alike = []
    for other in known:
        if other in required or other.startswith("__"):
            continue
        if _is_slip(other, name) or (required and _has_its_words(other, name)):
            alike.append(other)
    if len(alike) != 1:
        return ""
    return f" Is `{alike[0]}` meant to be `{name}`?"


def _is_slip(written: str, wanted: str) -> bool:
    """Whether two names differ only in underscores and capitals, in one letter, or in the order of two."""
    one = written.replace("_", "").lower()
    other = wanted.replace("_", "").lower()
    if one == other:
        return True
    begin = len(os.path.commonprefix([one, other]))
    one = one[begin:]
    other = other[begin:]
    end = len(os.path.commonprefix([one[::-1], other[::-1]]))
    one = one[: len(one) - end]
    other = other[: len(other) - end]
    if begin + end < SHORTEST or not begin or not (one + other).isalpha():  # `dgamma` is no `gamma`, `W1` no `W2`
        return False
    return max(len(one), len(other)) == 1 or (len(one) == 2 and one == other[::-1])


def _has_its_words(written: str, wanted: str) -> bool:
    """Whether a name holds all words of another one and more, or the same words, shortened or not."""
    one = written.lower().split("_")
    other = wanted.lower().split("_")
    if len(one) != len(other):
        return set(other) < set(one)
    for word, full in zip(one, other, strict=True):
        begin = os.path.commonprefix([word, full])
        if len(begin) < SHORTEST - 1 or begin not in (word, full):
            return False
    return True
