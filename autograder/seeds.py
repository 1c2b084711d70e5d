"""Every random number of a run follows from one seed."""

from __future__ import annotations

import hashlib


def derive(seed: int, *parts: str) -> int:
    """A 63-bit seed of its own for each (student, assignment, check, purpose); one tells nothing about another."""
    text = "\x1f".join([str(seed), *parts])
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()[:8]) >> 1
