"""Start of a worker: `python -P -u -m autograder.worker fresh FD MEMORY_MB` or `... zygote FD`.

FD is an inherited socket to the grader.
"""

from __future__ import annotations

import socket
import sys


def main(mode: str, fd: int, memory_mb: int = 0) -> None:
    """Serve one submission in this process, or fork a process for each."""
    sock = socket.socket(fileno=fd)
    sock.set_inheritable(False)
    from . import zygote

    if mode == "zygote":
        zygote.serve(sock)
    else:
        zygote.warm_up()
        zygote.become_worker(sock, memory_mb)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
