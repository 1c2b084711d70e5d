"""Tells a library's code from code that only claims to stand in one of its files.

Anybody can give code any file name. What really stands in a file has the same name, line and instructions there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import CodeType

Known = tuple[str, int, bytes]


def is_genuine(code: CodeType) -> bool:
    """Whether code stands in the file that it names."""
    return _known(code) in _codes_in(code.co_filename)


@lru_cache(maxsize=64)
def _codes_in(file: str) -> frozenset[Known]:
    """All code in a file, compiled anew; none if that cannot be read."""
    try:
        whole = compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)
    except (OSError, ValueError, SyntaxError):
        return frozenset()
    return frozenset(map(_known, _nested(whole)))


def _known(code: CodeType) -> Known:
    return code.co_qualname, code.co_firstlineno, code.co_code


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)
