"""What a text has in common with another, by `copydetect`: names, comments and spaces do not count.

Source: S. Schleimer, D. Wilkerson and A. Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003.
All fingerprints are kept, none is winnowed: what students write here is short.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from copydetect import CodeFingerprint, compare_files
from copydetect.utils import get_token_coverage

# Of code without names, the least that counts as common. Of right solutions in six styles each, the most similar pairs
# have 8 to 32 % in common at 25, and 0 to 23 % at 40; the shorter a part, the harder it is to hide a copy.
SHORTEST = 25  # characters
LONGEST_TEXT = 200_000  # characters; whatever follows is not compared, so that nobody can make it take long
Spans = list[tuple[int, int]]  # from a character of a text to before another one


@dataclass(frozen=True)
class Overlap:
    """What two texts have in common.

    Args:
        size: characters, names and comments not counted.
        share: the part of the shorter text that this is, from 0 to 1.
        spans: where it stands in the one text and in the other.
    """

    size: int
    share: float
    spans: tuple[Spans, Spans]


NOTHING = Overlap(0, 0.0, ([], []))


class Fingerprint:
    """A text as it is compared.

    Args:
        base: what was handed out; what a text has in common with that does not count.
    """

    def __init__(self, text: str, base: frozenset[int] = frozenset()) -> None:
        print_of_code = _print(text)
        for shared in base & print_of_code.hashes:
            del print_of_code.hash_idx[shared]
        # copydetect can leave out a base by itself, but takes repetitions within a text for what is in the base.
        print_of_code.hashes -= base
        print_of_code.token_coverage = get_token_coverage(
            print_of_code.hash_idx, SHORTEST, len(print_of_code.filtered_code)
        )
        self._print = print_of_code

    def may_share(self, other: Fingerprint, size: int) -> bool:
        """Whether two texts may have so much in common; a quick look, which leaves out most pairs."""
        return len(self._print.hashes & other._print.hashes) * SHORTEST >= size

    def overlap(self, other: Fingerprint) -> Overlap:
        """What two texts have in common."""
        size, shares, slices = compare_files(self._print, other._print)
        if not size:
            return NOTHING
        one, two = slices
        return Overlap(int(size), float(min(1.0, max(shares))), (_spans(one), _spans(two)))


def base_of(texts: Iterable[str]) -> frozenset[int]:
    """What was handed out, as `Fingerprint` leaves it out."""
    hashes: set[int] = set()
    for text in texts:
        hashes |= _print(text).hashes
    return frozenset(hashes)


def _print(text: str) -> CodeFingerprint:
    return CodeFingerprint("a.py", SHORTEST, 1, language="python", fp=io.StringIO(text[:LONGEST_TEXT]))


def _spans(slices: Iterable[Iterable[float]]) -> Spans:
    begins, ends = slices
    return [(int(begin), int(end)) for begin, end in zip(begins, ends, strict=True)]
