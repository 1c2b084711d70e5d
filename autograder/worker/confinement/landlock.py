"""Landlock: what files this process may touch from now on, whatever its rights (kernel 5.13 and later).

https://docs.kernel.org/userspace-api/landlock.html; later versions of the interface add more to forbid, which is used
where the running kernel knows it.
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
_FS_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}


def version() -> int:
    """The kernel's version of the interface, 0 where there is none."""
    try:
        return kernel.call(kernel.LANDLOCK_CREATE_RULESET, 0, 0, 1)
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Allow reading below some paths and everything below others; forbid all else, TCP, and signals to outside.

    Needs no_new_privs. Raises:
        OSError: the kernel has no Landlock.
    """
    known = version()
    all_fs = (1 << _FS_BITS[min(known, 5)]) - 1 if known else 0
    parts = [all_fs, NET_TCP if known >= 4 else 0, SCOPED if known >= 6 else 0]
    size = 8 if known < 4 else 16 if known < 6 else 24
    attributes = ctypes.create_string_buffer(struct.pack("<QQQ", *parts)[:size], size)
    ruleset = kernel.call(kernel.LANDLOCK_CREATE_RULESET, attributes, size, 0)
    for paths, rights in ((readable, READ), (writable, all_fs)):
        for path in paths:
            _allow(ruleset, path, rights)
    kernel.call(kernel.LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        rights &= FILE_ONLY
    rule = ctypes.create_string_buffer(struct.pack("<Qi", rights, fd), 12)
    kernel.call(kernel.LANDLOCK_ADD_RULE, ruleset, 1, rule, 0)
    os.close(fd)
