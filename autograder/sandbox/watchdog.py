"""Watches how much memory a worker and everything it started hold together, and ends it when that is too much.

Resource limits bound one process; only a watch bounds a tree of them and what they share. It looks every
`PERIOD` seconds, so a fast allocation can overshoot by what fits in between; limits and sized tmpfs bound that.

A tree of many processes or threads also gets no more of the processors than a single one where others want them. That
costs correct code only time, and on a busy machine alone.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import stat
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from .memory_group import MemoryGroup

PERIOD = 0.05  # seconds
# Processes and threads of a tree that compete with others on equal terms; correct code runs one, or a few to load data.
EQUAL_TASKS = 4
WEIGHT = 1.25  # times as much of a processor for each step of niceness less, sched(7)
NICEST = 19
# What the kernel may hold for a socket that nobody reads from, /proc/sys/net/core/wmem_default; no process shows it.
SOCKET_KB = 208
MOST_ENTRIES = 4096  # of a scratch folder, as many as a file system of its own has inodes
TOO_MUCH_KB = 1 << 40
BLOCKS_PER_KB = 2  # stat(2): blocks have 512 bytes
COUNTED = ("RssAnon:", "RssShmem:", "VmSwap:", "VmPTE:")


class Watchdog:
    """Kills process `pid` when its tree holds more than `limit_mb` beyond what the process holds now.

    Args:
        scratch: a folder that only it writes to; files there, and removed ones that are open, count as held.
        group: bounds the memory of the tree as well. Where the kernel ends one process of it, the rest goes with it.
    """

    def __init__(self, pid: int, limit_mb: int, scratch: str = "", group: MemoryGroup | None = None) -> None:
        self.fired = False
        self._group = group
        self._pid = pid
        self._scratch = scratch
        self._stop = threading.Event()
        self._killing = threading.Lock()
        if sys.platform != "linux":
            return
        # What its fork server holds is shared with it until one of them writes.
        self._inherited = _private_kb(pid)
        self._has_own_network = _network(pid) not in ("", _network(os.getpid()))
        self._sockets = self._count_sockets()
        self._niceness = os.getpriority(os.PRIO_PROCESS, 0)
        self._limit_kb = limit_mb << 10
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Look no more; must be called before the process is reaped and its number given to another."""
        with self._killing:
            self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(PERIOD):
            tree = _tree(self._pid)
            if self._held_kb(tree) > self._limit_kb or self._has_starved():
                self._kill()
                return
            self._make_way(tree)

    def _has_starved(self) -> bool:
        return self._group is not None and self._group.has_killed()

    def _kill(self) -> None:
        with self._killing:
            if not self._stop.is_set():
                self.fired = True
                for pid in _tree(self._pid):  # children keep the worker's connection open
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

    def _make_way(self, tree: Sequence[int]) -> None:
        """Make all processes and threads of a large tree together weigh as much as a single one."""
        tasks = [task for pid in tree for task in _tasks(pid)]
        if len(tasks) <= EQUAL_TASKS:
            return
        niceness = min(NICEST, self._niceness + math.ceil(math.log(len(tasks), WEIGHT)))
        with self._killing:
            if self._stop.is_set():  # the numbers may be those of others by now
                return
            for task in tasks:  # what they start from now on inherits it
                with contextlib.suppress(OSError):
                    if os.getpriority(os.PRIO_PROCESS, task) < niceness:
                        os.setpriority(os.PRIO_PROCESS, task, niceness)

    def _held_kb(self, tree: Sequence[int]) -> int:
        """Memory of the tree; pages that forks still share with the first process count once for each of them, and
        are taken off again as far as they were there from the start."""
        held = SOCKET_KB * (self._count_sockets() - self._sockets)
        for pid in tree:
            held += max(0, _private_kb(pid) - self._inherited)
            if self._scratch:
                held += _removed_kb(pid)
        if self._scratch:
            held += _written_kb(self._scratch)
        return held

    def _count_sockets(self) -> int:
        """How many sockets the tree has, also those that are on their way from one process to another."""
        if not self._has_own_network:  # then those of the whole machine would be counted
            return 0
        try:
            first = Path(f"/proc/{self._pid}/net/sockstat").read_text().split("\n", 1)[0]
        except OSError:
            return 0
        return int(first.split()[-1])


def _private_kb(pid: int) -> int:
    """Memory of a process that no file backs: anonymous pages, shared memory, and the tables of its pages."""
    held = _counted_kb(f"/proc/{pid}/status")
    if held:
        return held
    # Its first thread has ended, and shows nothing; the others live on.
    return max((_counted_kb(f"/proc/{pid}/task/{task}/status") for task in _tasks(pid)), default=0)


def _counted_kb(status: str) -> int:
    try:
        lines = Path(status).read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(COUNTED))


def _network(pid: int) -> str:
    """The network namespace of a process, "" if that cannot be told."""
    try:
        return os.readlink(f"/proc/{pid}/ns/net")
    except OSError:
        return ""


def _tasks(pid: int) -> list[int]:
    """The threads of a process, by their numbers here."""
    try:
        return list(map(int, os.listdir(f"/proc/{pid}/task")))
    except OSError:
        return []


def _tree(pid: int) -> list[int]:
    """A process and all its descendants, by their numbers here."""
    tree = [pid]
    for parent in tree:  # which grows meanwhile
        for task in _tasks(parent):
            with contextlib.suppress(OSError):
                tree += map(int, Path(f"/proc/{parent}/task/{task}/children").read_text().split())
    return tree


def _written_kb(folder: str) -> int:
    """What the files below a folder take; far too much if it cannot be told."""
    size = 0
    entries = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as inside:
                for entry in inside:
                    entries += 1
                    size += entry.stat(follow_symlinks=False).st_blocks // BLOCKS_PER_KB
                    if entries > MOST_ENTRIES:
                        return TOO_MUCH_KB
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except FileNotFoundError:  # it was removed meanwhile
            continue
        except OSError:
            return TOO_MUCH_KB
    return size


def _removed_kb(pid: int) -> int:
    """What the files take that a process holds open and nobody can find any more."""
    size = 0
    folder = f"/proc/{pid}/fd"
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            with contextlib.suppress(OSError):
                status = os.stat(f"{folder}/{name}")
                if stat.S_ISREG(status.st_mode) and not status.st_nlink:
                    size += status.st_blocks // BLOCKS_PER_KB
    return size
