"""Output that every terminal can show: what its encoding lacks is written in ASCII."""

from __future__ import annotations

import codecs
import unicodedata
from typing import TextIO

HANDLER = "autograder.in_ascii"
IN_ASCII = {  # each of our symbols as another sign, so that they are told apart without colours too
    "✓": "+", "✗": "x", "·": ".", "⊘": "/", "⧖": "~", "▣": "#", "»": ">",
    "→": "->", "…": "...", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "≤": "<=", "≥": ">=", "×": "x",
}  # fmt: skip


def tolerate_every_character(*streams: TextIO) -> None:
    """From now on, write a character that a stream's encoding lacks as its nearest ASCII, or as "?"."""
    codecs.register_error(HANDLER, _in_ascii)
    for stream in streams:
        if hasattr(stream, "reconfigure"):  # not in a notebook, nor where a test put a stream of its own
            stream.reconfigure(errors=HANDLER)


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_nearest, error.object[error.start : error.end])), error.end


def _nearest(character: str) -> str:
    if character in IN_ASCII:
        return IN_ASCII[character]
    # For example "é" is "e" and an accent, of which the "e" remains.
    decomposed = unicodedata.normalize("NFKD", character)
    return decomposed.encode("ascii", "ignore").decode() or "?"
