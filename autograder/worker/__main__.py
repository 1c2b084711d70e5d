"""Start of a worker, or of what forks workers: `python -P -u -m autograder.worker fresh FD MEMORY_MB` or
`... forkserver FD`.

FD is an inherited socket to the grader.
"""

from __future__ import annotations

import os
import socket
import sys


def main(mode: str, fd: str, *rest: str) -> None:
    """Serve one submission in this process, or fork those who do."""
    sock = socket.socket(fileno=int(fd))
    sock.set_inheritable(False)
    from . import forkserver
    from .confinement import Confinement

    if mode == "forkserver":
        forkserver.serve(sock)
        os._exit(0)  # taking torch apart takes half a second, for which the grader would wait
    (memory_mb,) = rest
    forkserver.warm_up()
    forkserver.become_worker(sock, Confinement("process"), int(memory_mb))


if __name__ == "__main__":
    main(*sys.argv[1:])
