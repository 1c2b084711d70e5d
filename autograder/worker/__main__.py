"""Start of a worker: `python -P -u -m autograder.worker fresh FD MEMORY_MB` or `... zygote FD LEVEL GPU`.

FD is an inherited socket to the grader.
"""

from __future__ import annotations

import os
import socket
import sys


def main(mode: str, fd: str, *rest: str) -> None:
    """Serve one submission in this process, or fork a process for each."""
    sock = socket.socket(fileno=int(fd))
    sock.set_inheritable(False)
    from . import zygote
    from .confinement import Confinement

    if mode == "zygote":
        level, gpu = rest
        zygote.serve(sock, level, gpu=gpu == "gpu")
        os._exit(0)  # taking torch apart takes half a second, for which the grader would wait
    else:
        (memory_mb,) = rest
        zygote.warm_up()
        zygote.become_worker(sock, Confinement("process"), int(memory_mb))


if __name__ == "__main__":
    main(*sys.argv[1:])
