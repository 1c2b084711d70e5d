"""The seam for confinement: what the worker gives up before it reads a line of a student's code.

Today that is memory, core dumps and the standard input; stronger levels (namespaces, Landlock, seccomp) belong here,
behind the same call.
"""

from __future__ import annotations

import os

OVERHEAD_MB = 1024  # what torch and its libraries need before a student's first tensor


def confine(memory_mb: int) -> None:
    """Give up what a submission does not need.

    Args:
        memory_mb: private memory that the submission may use on top of the libraries.
    """
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    try:
        import resource
    except ImportError:  # Windows has no resource limits; the deadline still holds there
        return
    limit = (memory_mb + OVERHEAD_MB) << 20
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
