"""A group of the kernel's own for a worker and all that it starts, where this process may make one: a cgroup.

Resource limits bound one process, and the watchdog looks now and then; a cgroup bounds all that a tree holds, mapped or
not, at any moment. Many machines lend none to ordinary users or containers. Then the other means are what there is.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# A folder of cgroup v2 in which groups may be made and bounded, such as one that an administrator has delegated.
FOLDER_VARIABLE = "AUTOGRADER_CGROUP"
PREFIX = "autograder-"
MOUNTED = Path("/sys/fs/cgroup")
# Beyond the limit of the watchdog, so that limits which Python can report act first: what a worker holds of the kernel,
# and what can be taken in between two looks.
ROOM_MB = 96
# By version of cgroups: the file of the limit, those of other limits, and where it is told how many were killed.
FILES = {
    2: ("memory.max", {"memory.swap.max": "0", "memory.oom.group": "1"}, "memory.events"),
    1: ("memory.limit_in_bytes", {}, "memory.oom_control"),
}
_numbers = itertools.count()


class MemoryGroup:
    """A group that holds a process and bounds its memory.

    Raises:
        OSError: there can be none.
    """

    def __init__(self, parent: Path, limit_mb: int, pid: int) -> None:
        self._folder = parent / f"{PREFIX}{os.getpid()}-{next(_numbers)}"
        limit, others, self._events = FILES[_version(parent)]
        self._folder.mkdir()
        try:
            (self._folder / limit).write_text(str((limit_mb + ROOM_MB) << 20))
            for name, value in others.items():
                with contextlib.suppress(OSError):  # a kernel without swap has no limit of it
                    (self._folder / name).write_text(value)
            (self._folder / "cgroup.procs").write_text(str(pid))
        except OSError:
            self.close()
            raise

    def has_killed(self) -> bool:
        """Whether the kernel has ended something in it for want of memory."""
        try:
            lines = (self._folder / self._events).read_text().splitlines()
        except OSError:
            return False
        return any(line.startswith("oom_kill ") and not line.endswith(" 0") for line in lines)

    def close(self) -> None:
        """Remove it; nothing runs in it any more."""
        with contextlib.suppress(OSError):
            self._folder.rmdir()


def group_for(pid: int, limit_mb: int) -> MemoryGroup | None:
    """A group for a worker; None if there can be none here."""
    parent = _parent()
    if parent is None:
        return None
    try:
        return MemoryGroup(parent, limit_mb, pid)
    except OSError:
        return None


def bounds() -> str:
    """What bounds the memory of all that a submission starts, in words."""
    if _parent() is None:
        return "a watchdog and limits of each process"
    return "a cgroup"


@cache
def _parent() -> Path | None:
    """The folder in which groups can be made that bound memory; None if there is none."""
    for folder in _candidates():
        _remove_left_over(folder)
        trial = folder / f"{PREFIX}{os.getpid()}-trial"
        try:
            trial.mkdir()
        except OSError:
            continue
        can_limit = os.access(trial / FILES[_version(folder)][0], os.W_OK)
        trial.rmdir()
        if can_limit:
            return folder
    return None


def _candidates() -> Iterator[Path]:
    """Where groups might be made: what the environment names, and the groups that this process is in."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        yield Path(named)
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "memory":
            yield MOUNTED / "memory" / path.strip("/")
        elif not controllers and (MOUNTED / "cgroup.controllers").exists():
            yield MOUNTED / path.strip("/")


def _version(folder: Path) -> int:
    return 2 if (folder / "cgroup.controllers").exists() else 1


def _remove_left_over(folder: Path) -> None:
    """Remove groups of graders that were killed."""
    with contextlib.suppress(OSError):
        for left in folder.glob(f"{PREFIX}*-*"):
            owner = left.name.removeprefix(PREFIX).partition("-")[0]
            if not Path("/proc", owner).exists():
                with contextlib.suppress(OSError):
                    left.rmdir()
