"""Generated files whose bytes depend on the version of a library: a stamp in each tells whether it is up to date.

The stamp is a hash of everything that the file was made from and of all that it holds. While both are as they were, the
file stays, whatever another version of a library or another machine would make of the same; so a kit can be compared
byte by byte everywhere. A file that somebody has edited has no valid stamp.
"""

from __future__ import annotations

import hashlib
import re

NONE_YET = "made-from:none"  # stands once in a file that is to be stamped
STAMP = re.compile(rb"made-from:(?:none|[0-9a-f]{64})")


def stamped(text: str, origin: str) -> bytes:
    """A file with its stamp.

    Args:
        text: holds `NONE_YET` before any other stamp.
        origin: a hash of what the file was made from.
    """
    data = text.encode()
    hashed = hashlib.sha256(origin.encode() + data).hexdigest()
    return data.replace(NONE_YET.encode(), f"made-from:{hashed}".encode(), 1)


def is_current(data: bytes, origin: str) -> bool:
    """Whether a file is as it was made, and made from this."""
    plain = STAMP.sub(NONE_YET.encode(), data, count=1)
    try:
        return plain != data and stamped(plain.decode(), origin) == data
    except UnicodeDecodeError:
        return False
