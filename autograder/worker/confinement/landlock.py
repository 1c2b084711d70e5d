"""Landlock: limit which files this process may touch, whatever rights its user has (kernel 5.13 and later).

See https://docs.kernel.org/userspace-api/landlock.html. Later versions of the interface can forbid more; each part is
used where the running kernel knows it.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from . import kernel

READ = 1 << 0 | 1 << 2 | 1 << 3  # execute, read files, list folders
FILE_ONLY = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # rights that can be given on a file that is no folder
NET_TCP = 1 << 0 | 1 << 1  # bind, connect
SCOPED = 1 << 0 | 1 << 1  # abstract sockets and signals to processes outside
_FS_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many rights on files each version knows
_NET_SINCE = 4
_SCOPED_SINCE = 6
_ASK_VERSION = 1  # a flag of landlock_create_ruleset
_PATH_BENEATH = 1  # a type of rule


def version() -> int:
    """The kernel's version of the interface, 0 where there is none."""
    try:
        return kernel.call(kernel.LANDLOCK_CREATE_RULESET, 0, 0, _ASK_VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Allow reading below some paths and everything below others; forbid all else, TCP, and signals to outside.

    Needs no_new_privs.

    Raises:
        OSError: the kernel has no Landlock.
    """
    known = version()
    every_right = _rights_on_files(known)
    handled = [every_right]  # a ruleset forbids what it handles, and older kernels refuse a longer structure
    if known >= _NET_SINCE:
        handled.append(NET_TCP)
    if known >= _SCOPED_SINCE:
        handled.append(SCOPED)
    attributes = struct.pack(f"<{len(handled)}Q", *handled)
    ruleset = kernel.call(kernel.LANDLOCK_CREATE_RULESET, _buffer(attributes), len(attributes), 0)
    for path in readable:
        _allow(ruleset, path, READ)
    for path in writable:
        _allow(ruleset, path, every_right)
    kernel.call(kernel.LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _rights_on_files(known: int) -> int:
    """Every right on files that a version of the interface knows; a bit each."""
    if not known:
        return 0
    newest = max(_FS_BITS)
    return (1 << _FS_BITS[min(known, newest)]) - 1


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Add a rule for a path; one that does not exist needs none."""
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        rights &= FILE_ONLY
    rule = _buffer(struct.pack("<Qi", rights, fd))
    kernel.call(kernel.LANDLOCK_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    os.close(fd)


def _buffer(data: bytes) -> ctypes.Array[ctypes.c_char]:
    """Bytes in memory that the kernel can be pointed at."""
    return ctypes.create_string_buffer(data, len(data))
