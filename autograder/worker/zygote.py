"""A process that has imported everything a worker needs and forks one worker per submission.

Importing torch costs more than a second; a fork of a process that already did answers within milliseconds. The
zygote holds no secret: it is started by exec, not by forking the grader, and learns nothing but memory limits.

Requests are the fixed packets of `wire.FORK_REQUEST` on a SOCK_SEQPACKET socket: FORK (argument: memory in MB; carries
the worker's socket and its output pipe) is answered with the pid, END (argument: pid) ends the worker's process
group and is answered with its exit code, negative for a signal.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import socket
import sys
import time
from typing import NoReturn

from .wire import FORK, FORK_ANSWER, FORK_REQUEST

GRACE_SECONDS = 0.5  # a worker that hung up is about to exit by itself; its own exit status tells more than our kill


def warm_up() -> None:
    """Import and use once what every worker uses, on one thread.

    An operation that ran on several OpenMP threads before a fork makes every matrix product after it hang.
    """
    import torch

    from . import host  # noqa: F401  imported now so that forks have it

    torch.set_num_threads(1)
    x = torch.randn(8, 8, generator=torch.Generator().manual_seed(0))
    (x @ x).exp().sum().item()
    x.double().softmax(0).argmax(0)
    torch.randperm(8)


def serve(control: socket.socket) -> None:
    """Fork workers until the grader hangs up, then end all of them."""
    warm_up()
    _assert_single_threaded()
    gc.collect()
    gc.freeze()  # keeps the collector of a fork from touching, and so copying, these pages
    control.send(FORK_ANSWER.pack(os.getpid()))
    living: set[int] = set()
    while True:
        packet, fds, _, _ = socket.recv_fds(control, FORK_REQUEST.size, 2)
        if not packet:
            break
        op, argument = FORK_REQUEST.unpack(packet)
        if op == FORK:
            pid = _fork(control, fds, argument)
            living.add(pid)
            control.send(FORK_ANSWER.pack(pid))
        else:
            living.discard(argument)
            control.send(FORK_ANSWER.pack(_end(argument)))
    for pid in living:
        _end(pid)


def become_worker(sock: socket.socket, memory_mb: int) -> None:
    """Confine this process and answer the grader's requests until it hangs up."""
    from .confine import confine
    from .host import Host

    confine(memory_mb)
    Host().serve(sock)


def _fork(control: socket.socket, fds: list[int], memory_mb: int) -> int:
    pid = os.fork()
    if pid:
        for fd in fds:
            os.close(fd)
        return pid
    status = 1
    try:
        control.close()
        _die_with_parent()
        os.setsid()
        link, output = fds
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        become_worker(socket.socket(fileno=link), memory_mb)
        status = 0
    finally:
        _leave(status)


def _leave(status: int) -> NoReturn:
    """End without the interpreter's clean-up, which belongs to the zygote."""
    sys.stdout.flush()
    os._exit(status)


def _end(pid: int) -> int:
    """Kill what is left of a worker's process group; gives its exit code."""
    deadline = time.monotonic() + GRACE_SECONDS
    done, status = os.waitpid(pid, os.WNOHANG)
    while not done and time.monotonic() < deadline and not _is_running(pid):
        time.sleep(0.005)
        done, status = os.waitpid(pid, os.WNOHANG)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if not done:
        _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _is_running(pid: int) -> bool:
    """Whether the process still holds memory; one that is exiting does not."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return file.read().split()[0] != "0"
    except OSError:
        return False


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _assert_single_threaded() -> None:
    threads = os.listdir("/proc/self/task")
    if len(threads) != 1:
        raise RuntimeError(f"the zygote runs {len(threads)} threads; a fork of it would hang")
