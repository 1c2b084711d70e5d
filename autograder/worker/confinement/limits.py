"""Resource limits: memory that fails in a way Python can catch, small files, few descriptors and processes."""

from __future__ import annotations

import sys
from pathlib import Path

MB = 1 << 20
FILE_MB = 64
DESCRIPTORS = 256
PROCESSES = 64


def memory(budget_mb: int, *, bounded_address_space: bool) -> None:
    """Bound private memory to what the process has now plus a budget, and forbid core dumps. On Linux only.

    The bound on private data makes an allocation fail with an error that torch and Python report. Shared mappings pass
    it by, so the address space is bounded too, with room for what libraries reserve; CUDA reserves far more than that.
    """
    if sys.platform != "linux":
        return
    import resource

    pages, page = Path("/proc/self/statm").read_text().split(), resource.getpagesize()
    _limit(resource.RLIMIT_DATA, int(pages[5]) * page + budget_mb * MB)
    if bounded_address_space:
        _limit(resource.RLIMIT_AS, int(pages[0]) * page + (budget_mb + 2048) * MB)
    _limit(resource.RLIMIT_CORE, 0)


def files_and_processes() -> None:
    """Bound the size of a file, the open descriptors, and the processes of this worker's user."""
    import resource

    _limit(resource.RLIMIT_FSIZE, FILE_MB * MB)
    _limit(resource.RLIMIT_NOFILE, DESCRIPTORS)
    _limit(resource.RLIMIT_NPROC, PROCESSES)


def _limit(kind: int, value: int) -> None:
    import resource

    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))
