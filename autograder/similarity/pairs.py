"""The pairs of a class that are more alike than honest texts are."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .fingerprints import Fingerprint, Overlap, Spans, base_of

# Where an assignment has no solutions in several styles. Of those that have, the most similar honest pair has 32 % in
# common, which gives 66 %.
USUAL_SHARE = 0.66
USUAL_SIZE = 200  # characters


@dataclass(frozen=True)
class Limit:
    """From where on a pair is shown.

    Args:
        share: of the shorter text, from 0 to 1.
        size: characters in common.
        honest: the share of the most similar pair of honest texts; None if there is no such pair.
    """

    share: float = USUAL_SHARE
    size: int = USUAL_SIZE
    honest: float | None = None


@dataclass(frozen=True)
class Pair:
    """Two texts that are alike.

    Args:
        lines: the numbers of the lines in common in the one and in the other, from 1.
    """

    one: str
    other: str
    share: float
    lines: tuple[list[int], list[int]]


class Comparison:
    """Compares what students wrote for one assignment.

    Args:
        handed_out: texts that every student has; what they hold does not count.
        honest: right solutions that were written independently of each other.
    """

    def __init__(self, handed_out: Iterable[str], honest: Iterable[str]) -> None:
        self._base = base_of(handed_out)
        self.limit = self._limit([Fingerprint(text, self._base) for text in honest])

    def _limit(self, honest: list[Fingerprint]) -> Limit:
        """Halfway between the most similar of honest pairs and a copy, and more than any such pair has in common."""
        overlaps = [one.overlap(other) for one, other in itertools.combinations(honest, 2)]
        if not overlaps:
            return Limit()
        share = max(overlap.share for overlap in overlaps)
        size = max(overlap.size for overlap in overlaps)
        return Limit((1 + share) / 2, size + 1, share)

    def pairs(self, texts: Mapping[str, str], least: float | None = None) -> list[Pair]:
        """The pairs of texts that are more alike than the limit, the most similar first.

        Args:
            texts: by their owners.
            least: the share from which on a pair is shown, in place of the limit's.
        """
        share = self.limit.share if least is None else least
        pairs = []
        for one, other, overlap in self._overlaps(texts):
            if overlap.share >= share and overlap.size >= self.limit.size:
                lines = lines_of(texts[one], overlap.spans[0]), lines_of(texts[other], overlap.spans[1])
                pairs.append(Pair(one, other, overlap.share, lines))
        return sorted(pairs, key=_most_alike_first)

    def _overlaps(self, texts: Mapping[str, str]) -> Iterator[tuple[str, str, Overlap]]:
        prints = {owner: Fingerprint(text, self._base) for owner, text in texts.items()}
        for one, other in itertools.combinations(prints, 2):
            if prints[one].may_share(prints[other], self.limit.size):
                yield one, other, prints[one].overlap(prints[other])


def _most_alike_first(pair: Pair) -> tuple[float, str, str]:
    return -pair.share, pair.one, pair.other


def lines_of(text: str, spans: Spans) -> list[int]:
    """The numbers of the lines, from 1, of which at least half lies in the spans; blank lines are none of them."""
    numbers = []
    begin = 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        first = begin + len(line) - len(line.lstrip())
        last = begin + len(line.rstrip())
        inside = sum(max(0, min(end, last) - max(start, first)) for start, end in spans)
        if last > first and 2 * inside >= last - first:
            numbers.append(number)
        begin += len(line)
    return numbers
