"""Processes that have imported torch, know nothing, and fork what else would import it again.

Importing torch takes more than a second and 150 MB; a fork of a process that did shares both and answers within
milliseconds. The fork server forks graders, and a zygote for each of them; a zygote forks one confined worker for each
submission. A grader learns the course's secrets only after its fork, and nothing is ever forked from a grader.

Requests and answers are JSON packets on a SOCK_SEQPACKET socket. A request to fork names a role and carries the sockets
of the new process:

- {"role": "grader", "module": ..., "zygotes": [[level, gpu], ...]}: runs `main` of a module, with the socket of the
  grader and those that lead to its zygotes.
- {"role": "zygote", "level": ..., "gpu": ...}: it gets such requests too, and says {"ready": pid} or {"refused": why}.
- {"role": "worker", "memory_mb": ..., "watched": [...]}: to a zygote, with the worker's socket and its output pipe;
  answered with {"pid": ..., "scratch": its folder or ""}. {"end": pid} ends it and everything it started; answered
  with {"exit": code}, negative for a signal.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any, NoReturn

from .confinement import Confinement, kernel

PACKET = 1 << 16
MOST_FDS = 16  # a socket of its own and one for each level of isolation is the most that a process is given
EXIT_SECONDS = 0.5  # a worker that hung up is about to exit by itself; its own exit status tells more than our kill
GRACE_SECONDS = 5.0  # for zygotes to end their workers and remove their folders


def warm_up() -> None:
    """Import and use once what every worker uses, on one thread.

    An operation that ran on several OpenMP threads before a fork makes every matrix product after it hang.
    """
    import numpy.random  # noqa: F401  # which numpy itself imports with its first use only
    import torch

    from . import host  # noqa: F401  # for the workers, with all that it imports

    torch.set_num_threads(1)
    torch.empty(31 << 20, dtype=torch.uint8)  # once freed, malloc keeps what large tensors leave for the next ones
    x = torch.randn(8, 8, generator=torch.Generator().manual_seed(0))
    (x @ x).exp().sum().item()
    x.double().softmax(0).argmax(0)
    torch.randperm(8)
    "zygote".encode("idna")  # loads what a file tree without the standard library could not


def serve(control: socket.socket) -> None:
    """Import what everybody needs, then fork graders and zygotes until the other side hangs up."""
    warm_up()
    assert_single_threaded()
    gc.collect()
    gc.freeze()  # keeps the collector of a fork from touching, and so copying, these pages
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)  # what a zygote that was killed leaves behind becomes ours to end
    graders = set()
    try:
        for request, fds in _requests(control):
            pid = os.fork()
            if not pid:
                control.close()
                _live(request, fds)
            _close(fds)
            if request["role"] == "grader":
                graders.add(pid)
    finally:
        for pid in graders:  # also of one that has ended, since nobody else is given the number of a zombie
            os.kill(pid, signal.SIGKILL)
        _outlive_children()


def _live(request: dict[str, Any], fds: list[int]) -> NoReturn:
    """The whole life of a fork."""
    status = 1
    try:
        link, *others = [socket.socket(fileno=fd) for fd in fds]
        if request["role"] == "zygote":
            run_zygote(link, request["level"], gpu=request["gpu"])
        else:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            zygotes = list(zip(map(tuple, request["zygotes"]), others, strict=True))
            importlib.import_module(request["module"]).main(link, zygotes)
        status = 0
    finally:
        _leave(status)


def run_zygote(control: socket.socket, level: str, *, gpu: bool) -> None:
    """Fork workers until the grader hangs up, then end all of them."""
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
    for request, fds in _requests(control):
        if "end" in request:
            pid = request["end"]
            workers.discard(pid)
            code = _end(pid, workers)
            confinement.forget(pid)
            _answer(control, exit=code)
        else:
            WATCH.observe(request["watched"])  # once here, and not in every worker
            pid = confinement.fork()
            if not pid:
                control.close()
                _live_confined(fds, confinement, request["memory_mb"])
            _close(fds)
            workers.add(pid)
            _answer(control, pid=pid, scratch=confinement.scratch_of(pid))


def _live_confined(fds: list[int], confinement: Confinement, memory_mb: int) -> NoReturn:
    """The whole life of a worker."""
    status = 1
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        link, output = fds
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        become_worker(socket.socket(fileno=link), confinement, memory_mb)
        status = 0
    finally:
        _leave(status)


def become_worker(sock: socket.socket, confinement: Confinement, memory_mb: int) -> None:
    """Confine this process and answer the grader's requests until it hangs up."""
    from .host import Host
    from .rules.runtime import WATCH

    confinement.enter(memory_mb)
    WATCH.follow()
    Host().serve(sock)


def _requests(control: socket.socket) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """The requests and the descriptors they carry, until the other side hangs up."""
    while True:
        packet, fds, _, _ = socket.recv_fds(control, PACKET, MOST_FDS)
        if not packet:
            return
        yield json.loads(packet), fds


def _answer(control: socket.socket, **answer: object) -> None:
    control.send(json.dumps(answer).encode())


def _close(fds: list[int]) -> None:
    for fd in fds:
        os.close(fd)


def _leave(status: int) -> NoReturn:
    """End without the interpreter's clean-up, which belongs to the process that forked this one."""
    if status:
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    os._exit(status)


def _end(pid: int, others: Set[int]) -> int:
    """Kill what is left of a worker and of all that it started, but no other worker; returns its exit code."""
    deadline = time.monotonic() + EXIT_SECONDS
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


def _outlive_children() -> None:
    """Wait for all that was forked, which ends when its own socket does; kill what does not."""
    end = time.monotonic() + GRACE_SECONDS
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < end:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.005)
    sweep()


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
        raise RuntimeError(f"the fork server runs {len(threads)} threads; a fork of it would hang")
