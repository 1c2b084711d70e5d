"""Text from a submission, made harmless before it is stored or shown."""

from __future__ import annotations

import unicodedata

LONGEST = 4_000


def clean(text: str) -> str:
    """Drop control characters (terminal escapes, carriage returns, direction overrides) and cut what is too long."""
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    return kept if len(kept) <= LONGEST else f"{kept[:LONGEST]} ... ({len(kept) - LONGEST} more characters)"
