"""A process that has imported torch, knows nothing, and forks what else would import it again: graders and zygotes.

A class is graded by several graders, each with a zygote of its own. Importing torch takes each of them more than a
second and 150 MB; forks of one process share both. A grader learns the course's secrets only after its fork, and its
zygote is no fork of the grader, but of a copy of the nursery that it takes with it.

Requests are JSON packets on a SOCK_SEQPACKET socket. Each carries the socket of what is to be forked, which is
{"role": "zygote", "level": ..., "gpu": ...} or {"role": "grader", "module": ...}, whose `main` gets that socket and one
to its own copy of the nursery. None is answered: who is forked speaks for itself.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import time
from pathlib import Path

from . import zygote
from .confinement import kernel

GRACE_SECONDS = 5.0  # for zygotes to end their workers and remove their folders


def serve(control: socket.socket) -> None:
    """Import what everybody needs, then fork until the other side hangs up."""
    zygote.warm_up()
    zygote.assert_single_threaded()
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    gc.collect()
    gc.freeze()  # keeps the collector of a fork from touching, and so copying, these pages
    _let_go_of_machine_code()
    _answer_requests(control)


def _let_go_of_machine_code() -> None:
    """Unmap what importing has run of the libraries, 70 MB: forks do not inherit it, and it will not run here again."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, mode, _, _, inode, *_ = line.split()
        if mode == "r-xp" and inode != "0":
            start, end = (int(address, 16) for address in addresses.split("-"))
            kernel.let_go_of(start, end - start)


def _answer_requests(control: socket.socket) -> None:
    try:
        while True:
            packet, fds, _, _ = socket.recv_fds(control, zygote.PACKET, 1)
            if not packet:
                return
            link = socket.socket(fileno=fds[0])
            if not os.fork():
                _live(control, link, json.loads(packet))
            link.close()
    finally:
        _outlive_children()


def _live(control: socket.socket, link: socket.socket, request: dict) -> None:
    """The whole life of a fork."""
    status = 1
    try:
        control.close()
        if request["role"] == "zygote":
            zygote.answer_requests(link, request["level"], gpu=request["gpu"])
        else:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            nursery = _copy(link)  # first, as long as nothing is known here
            importlib.import_module(request["module"]).main(link, nursery)
        status = 0
    finally:
        zygote.leave(status)


def _copy(link: socket.socket) -> socket.socket:
    """Fork this process once more, as it still is; gives the socket to it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if not os.fork():
        status = 1
        try:
            link.close()
            ours.close()
            _answer_requests(theirs)
            status = 0
        finally:
            zygote.leave(status)
    theirs.close()
    return ours


def _outlive_children() -> None:
    """Wait for all that was forked, which ends when its own socket does; kill what does not."""
    end = time.monotonic() + GRACE_SECONDS
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < end:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.005)
    zygote.sweep()
