"""A process that has imported everything a worker needs and forks one confined worker per submission.

Importing torch costs more than a second; a fork of a process that already did answers within milliseconds. The
zygote holds no secret: it is started by exec, not by forking the grader, and learns nothing but limits.

Requests and answers are JSON packets on a SOCK_SEQPACKET socket. {"op": "fork", "memory_mb": ..., "watched": [...]}
carries the worker's socket and its output pipe and is answered with {"pid": ...}; {"op": "end", "pid": ...} ends a
worker and everything it started and is answered with {"exit": code}, negative for a signal.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Set
from pathlib import Path
from typing import NoReturn

from .confinement import Confinement, kernel

PACKET = 1 << 16
GRACE_SECONDS = 0.5  # a worker that hung up is about to exit by itself; its own exit status tells more than our kill


def warm_up() -> None:
    """Import and use once what every worker uses, on one thread.

    An operation that ran on several OpenMP threads before a fork makes every matrix product after it hang.
    """
    import torch

    from .rehearsal import rehearse

    torch.set_num_threads(1)
    torch.empty(31 << 20, dtype=torch.uint8)  # once freed, malloc keeps what large tensors leave for the next ones
    x = torch.randn(8, 8, generator=torch.Generator().manual_seed(0))
    (x @ x).exp().sum().item()
    x.double().softmax(0).argmax(0)
    torch.randperm(8)
    "zygote".encode("idna")  # loads what a file tree without the standard library could not
    rehearse()


def serve(control: socket.socket, level: str, *, gpu: bool) -> None:
    """Fork workers until the grader hangs up, then end all of them."""
    warm_up()
    assert_single_threaded()
    gc.collect()
    gc.freeze()  # keeps the collector of a fork from touching, and so copying, these pages
    answer_requests(control, level, gpu=gpu)


def answer_requests(control: socket.socket, level: str, *, gpu: bool) -> None:
    """What `serve` does once everything is imported."""
    try:
        confinement = Confinement(level, gpu=gpu)
    except OSError as error:
        with contextlib.suppress(ConnectionError):
            _answer(control, refused=f"{type(error).__name__}: {error}")
        return
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)  # what a worker leaves behind becomes ours to end
    try:
        with contextlib.suppress(ConnectionError):  # the grader is gone, which may happen at any moment
            _answer(control, ready=os.getpid())
            _fork_and_end(control, confinement)
    finally:
        sweep()
        confinement.close()


def _fork_and_end(control: socket.socket, confinement: Confinement) -> None:
    from .rules.runtime import WATCH

    workers: set[int] = set()
    while True:
        packet, fds, _, _ = socket.recv_fds(control, PACKET, 2)
        if not packet:
            return
        request = json.loads(packet)
        if request["op"] == "fork":
            WATCH.observe(request["watched"])  # once here, and not in every worker
            pid = _fork(control, confinement, fds, request)
            workers.add(pid)
            _answer(control, pid=pid)
        else:
            workers.discard(request["pid"])
            code = _end(request["pid"], workers)
            confinement.forget(request["pid"])
            _answer(control, exit=code)


def become_worker(sock: socket.socket, confinement: Confinement, memory_mb: int) -> None:
    """Confine this process and answer the grader's requests until it hangs up."""
    from .host import Host

    confinement.enter(memory_mb)
    Host().serve(sock)


def _answer(control: socket.socket, **answer: object) -> None:
    control.send(json.dumps(answer).encode())


def _fork(control: socket.socket, confinement: Confinement, fds: list[int], request: dict) -> int:
    pid = confinement.fork()
    if pid:
        for fd in fds:
            os.close(fd)
        return pid
    status = 1
    try:
        control.close()
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        link, output = fds
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        become_worker(socket.socket(fileno=link), confinement, request["memory_mb"])
        status = 0
    finally:
        leave(status)


def leave(status: int) -> NoReturn:
    """End without the interpreter's clean-up, which belongs to the zygote."""
    if status:
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    os._exit(status)


def _end(pid: int, others: Set[int]) -> int:
    """Kill what is left of a worker and of all that it started, but no other worker; gives its exit code."""
    deadline = time.monotonic() + GRACE_SECONDS
    done, status = os.waitpid(pid, os.WNOHANG)
    while not done and time.monotonic() < deadline and not _is_running(pid):
        time.sleep(0.005)
        done, status = os.waitpid(pid, os.WNOHANG)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if not done:
        with contextlib.suppress(ProcessLookupError):  # it may not have made its group yet
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    sweep(others)
    return os.waitstatus_to_exitcode(status)


def sweep(spared: Set[int] = frozenset()) -> None:
    """Kill every other process that is left to us, until there is none: daemons, and what they fork meanwhile."""
    for _ in range(1000):
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        left = set(map(int, children)) - spared
        if not left:
            return
        for child in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)


def _is_running(pid: int) -> bool:
    """Whether the process still holds memory; one that is exiting does not."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return file.read().split()[0] != "0"
    except OSError:
        return False


def assert_single_threaded() -> None:
    """Raise RuntimeError if this process runs several threads, of which a fork would have one only."""
    threads = os.listdir("/proc/self/task")
    if len(threads) != 1:
        raise RuntimeError(f"the zygote runs {len(threads)} threads; a fork of it would hang")
