"""Watches how much memory a worker and everything it started hold together, and ends it when that is too much.

Resource limits bound one process; only a watch bounds a tree of them and what they share. It looks every
`PERIOD` seconds, so a fast allocation can overshoot by what fits in between; limits and sized tmpfs bound that.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from pathlib import Path

PERIOD = 0.05  # seconds


class Watchdog:
    """Kills process `pid` when its tree holds more than `limit_mb` beyond what the process holds now."""

    def __init__(self, pid: int, limit_mb: int) -> None:
        self.fired = False
        self._pid = pid
        self._stop = threading.Event()
        self._killing = threading.Lock()
        if sys.platform != "linux":
            return
        # What its fork server holds is shared with it until one of them writes.
        self._inherited = _private_kb(pid)
        self._limit_kb = limit_mb << 10
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Look no more; must be called before the process is reaped and its number given to another."""
        with self._killing:
            self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(PERIOD):
            if self._held_kb() > self._limit_kb:
                self._kill()
                return

    def _kill(self) -> None:
        with self._killing:
            if not self._stop.is_set():
                self.fired = True
                for pid in _tree(self._pid):  # children keep the worker's connection open
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

    def _held_kb(self) -> int:
        """Memory of the tree; pages that forks still share with the first process count once for each of them, and
        are taken off again as far as they were there from the start."""
        held = 0
        for pid in _tree(self._pid):
            held += max(0, _private_kb(pid) - self._inherited)
        return held


def _private_kb(pid: int) -> int:
    """Resident memory that no file backs: anonymous pages and shared memory."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "RssShmem:")))


def _tree(pid: int) -> list[int]:
    """A process and all its descendants, by their numbers here."""
    tree = [pid]
    for parent in tree:  # which grows meanwhile
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                tree += map(int, (task / "children").read_text().split())
    return tree
