"""Pages about texts that are alike: a list of pairs, and each pair side by side."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from .pages import filled


@dataclass(frozen=True)
class PairPage:
    """Two texts that are alike, as the list of pairs shows them.

    Args:
        file: name of the page that shows them side by side.
        owners: whose they are.
        share: the part of the shorter one that they have in common, from 0 to 1.
        lines: the numbers of the lines in common in the one and in the other, from 1.
    """

    file: str
    slug: str
    owners: tuple[str, str]
    share: float
    lines: tuple[Collection[int], Collection[int]]


def similar_page(pairs: Sequence[PairPage]) -> str:
    """The list of all pairs as HTML."""
    return filled("similar.html", title="Texts that are alike", pairs=pairs)


def pair_page(pair: PairPage, texts: tuple[str, str]) -> str:
    """Two texts side by side as HTML, with the lines that they have in common marked."""
    sides = []
    for owner, text, lines in zip(pair.owners, texts, pair.lines, strict=True):
        sides.append({"owner": owner, "lines": _marked(text, lines)})
    one, other = pair.owners
    return filled("pair.html", title=f"{pair.slug}: {one} and {other}", pair=pair, sides=sides)


def _marked(text: str, lines: Collection[int]) -> list[dict[str, Any]]:
    """The lines of a text, with their numbers and whether they are marked."""
    common = set(lines)
    marked = []
    for number, line in enumerate(text.splitlines(), start=1):
        marked.append({"number": number, "text": line, "is_common": number in common})
    return marked
