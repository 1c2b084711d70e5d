"""Resource limits: an allocation that fails in a way Python can catch, small files, few descriptors and processes."""

from __future__ import annotations

import sys
from pathlib import Path

MB = 1 << 20
FILE_MB = 64
DESCRIPTORS = 256
PROCESSES = 64
LIBRARIES_MB = 2048  # address space that libraries reserve and never use


def memory(budget_mb: int, *, bounded_address_space: bool) -> None:
    """Bound private memory to what the process has now plus a budget, and forbid core dumps. On Linux only.

    Beyond the bound on private data an allocation fails with an error that torch and Python report. Shared mappings
    are not private data, so the address space is bounded too; CUDA reserves too much of it for a bound to make sense.
    """
    if sys.platform != "linux":
        return
    import resource

    page = resource.getpagesize()
    in_pages = Path("/proc/self/statm").read_text().split()  # proc(5): the first is the address space, the sixth data
    address_space = int(in_pages[0]) * page
    private_data = int(in_pages[5]) * page
    _limit(resource.RLIMIT_DATA, private_data + budget_mb * MB)
    if bounded_address_space:
        _limit(resource.RLIMIT_AS, address_space + (budget_mb + LIBRARIES_MB) * MB)
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
