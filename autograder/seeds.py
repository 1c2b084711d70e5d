"""Every random number of a run follows from one seed."""

from __future__ import annotations

import hashlib


def derive(seed: int, *parts: str) -> int:
    """Return a 63-bit seed for these parts (student, assignment, check, purpose).

    A seed reveals nothing about the seed of other parts.
    """
    # The separator cannot occur in a name, so ("ab", "c") and ("a", "bc") have different seeds.
    text = "\x1f".join([str(seed), *parts])
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8]) >> 1  # torch takes a signed 64-bit seed
