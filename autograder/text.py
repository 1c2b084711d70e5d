"""Text from a submission, made harmless before it is stored or shown."""

from __future__ import annotations

import unicodedata

LONGEST = 4_000  # characters; more than any message of ours, and little enough to be stored for every check
# Control characters, format characters (among them those that change the direction of writing), halves of surrogate
# pairs, which cannot be encoded, private characters, whose look depends on the font, and ends of lines and paragraphs.
UNWANTED = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols that show nothing, so that two names would look alike


def clean(text: str) -> str:
    """Drop control characters (terminal escapes, carriage returns, direction overrides) and cut a long text."""
    kept = "".join(filter(_is_harmless, text))
    if len(kept) <= LONGEST:
        return kept
    return f"{kept[:LONGEST]} ... ({len(kept) - LONGEST} more characters)"


def _is_harmless(character: str) -> bool:
    if character in BLANK:
        return False
    return character in "\n\t" or unicodedata.category(character) not in UNWANTED
