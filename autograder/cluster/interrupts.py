"""Loaded into the processes that we start on this machine: Ctrl-C reaches them too, and is the client's business."""

from __future__ import annotations

import signal

from distributed import Worker


def dask_setup(worker: Worker) -> None:
    """Called by Dask when the process starts, in its main thread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
