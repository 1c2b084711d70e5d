"""Wrong code to compare a student's with: the reference with known mistakes in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..checking.local import module_from
from ..checking.registry import Misconception

Mistakes = tuple[Misconception, ...]


@dataclass(frozen=True)
class Variant:
    """A wrong module.

    Args:
        mistakes: those that are in it, whatever the form.
        source: its text.
    """

    mistakes: Mistakes
    source: str


def single_variants(known: Iterable[Misconception], reference: str) -> list[Variant]:
    """The reference with each mistake alone, in all of its forms."""
    variants = []
    for mistake in known:
        for form in mistake.written():
            source = _edited(reference, form)
            if source is not None:
                variants.append(Variant((mistake,), source))
    return variants


def paired_variants(pairs: Iterable[tuple[Misconception, Misconception]], reference: str) -> list[Variant]:
    """The reference with two mistakes at once, for each of the pairs that go together."""
    variants = []
    for pair in pairs:
        source = _edited(reference, *pair)
        if source is not None:
            variants.append(Variant(pair, source))
    return variants


def _edited(reference: str, *mistakes: Misconception) -> str | None:
    """The reference with these mistakes; None if they do not go together, or at all (`validate` tells the author)."""
    source = reference
    try:
        for mistake in mistakes:
            source = mistake.apply(source)
        module_from(source, "variant")
    except Exception:
        return None
    return source
