"""Start of a worker, or of what forks workers: `python -P -u -m autograder.worker fresh FD MEMORY_MB`,
`... zygote FD LEVEL GPU` or `... nursery FD`.

FD is an inherited socket to the grader.
"""

from __future__ import annotations

import os
import socket
import sys


def main(mode: str, fd: str, *rest: str) -> None:
    """Serve one submission in this process, fork a process for each, or fork those who do."""
    sock = socket.socket(fileno=int(fd))
    sock.set_inheritable(False)
    from . import nursery, zygote
    from .confinement import Confinement

    if mode == "zygote":
        level, gpu = rest
        zygote.serve(sock, level, gpu=gpu == "gpu")
    elif mode == "nursery":
        nursery.serve(sock)
    else:
        (memory_mb,) = rest
        zygote.warm_up()
        zygote.become_worker(sock, Confinement("process"), int(memory_mb))
        return
    os._exit(0)  # taking torch apart takes half a second, for which the grader would wait


if __name__ == "__main__":
    main(*sys.argv[1:])
