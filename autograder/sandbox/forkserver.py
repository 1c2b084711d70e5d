"""Our end of the fork servers: `worker.zygote` forks a confined worker within milliseconds and ends all that it
started; `worker.nursery` forks graders, and zygotes for them.

Where forking a process that uses torch is not safe (macOS, Windows), each worker is a fresh Python process.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..errors import AutograderError, UsageError

START_SECONDS = 60.0  # importing torch takes 1.5 s; a busy machine may need much longer
PASSED_ON = re.compile(r"(LD_LIBRARY_|PYTHON)?PATH|LANG|LC_\w+|HOME|TMPDIR|TEMP|SYSTEMROOT|PYTHONUTF8|CUDA_\w+")
PACKET = 1 << 16
CAN_FORK = sys.platform == "linux"


class IsolationError(UsageError):
    """A level of isolation cannot be had on this machine."""


@dataclass(frozen=True)
class Jail:
    """What a worker is confined to.

    Args:
        level: one of `model.ISOLATION_LEVELS`.
        gpu: whether it may use the GPU.
        memory_mb: private memory that it may use.
        watched: names in libraries whose use it notices, so that rules can be held to.
    """

    level: str = "process"
    gpu: bool = False
    memory_mb: int = 2048
    watched: tuple[str, ...] = ()


@dataclass(frozen=True)
class Started:
    """A worker that runs: its process id, and the function that ends it with all it started and tells its exit code."""

    pid: int
    end: Callable[[], int]


def prestart(level: str, *, gpu: bool) -> None:
    """Begin to start a fork server, so that it imports torch while the caller does."""
    if CAN_FORK:
        _zygote(level, gpu)


def launch(link: socket.socket, output: int, jail: Jail) -> Started:
    """Start a worker on a socket and an output pipe.

    Raises:
        IsolationError: the level cannot be had here.
    """
    if not CAN_FORK:
        return _launch_fresh(link, output, jail)
    try:
        return _zygote(jail.level, jail.gpu).fork(link, output, jail)
    except _ZygoteGone:  # an earlier submission got at it; this one must not pay for that
        return _zygote(jail.level, jail.gpu).fork(link, output, jail)


def _launch_fresh(link: socket.socket, output: int, jail: Jail) -> Started:
    if jail.level != "process":
        raise IsolationError(f"Isolation {jail.level} needs Linux.")
    process = _start_python(["fresh", str(link.fileno()), str(jail.memory_mb)], link, output)

    def end() -> int:
        _kill_group(process.pid)
        return process.wait()

    return Started(process.pid, end)


class _ZygoteGone(AutograderError):
    """The fork server ended, or does not answer any more; the next `_zygote()` is a fresh one."""


@lru_cache
def _zygote(level: str, gpu: bool) -> _Zygote:
    return _Zygote(level, gpu)


class _Zygote:
    """One fork server; started with the first worker, gone with this process."""

    def __init__(self, level: str, gpu: bool) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            forked = _inherited is not None and _inherited.fork(theirs, role="zygote", level=level, gpu=gpu)
            arguments = ["zygote", str(theirs.fileno()), level, "gpu" if gpu else "cpu"]
            self._process = None if forked else _start_python(arguments, theirs, 2)
        self._lock = threading.Lock()
        self._control.settimeout(START_SECONDS)
        self._pid = 0  # until it is ready
        atexit.register(self.close)

    def fork(self, link: socket.socket, output: int, jail: Jail) -> Started:
        """Have a worker forked."""
        with self._lock:
            self._await_ready(jail.level)
        request = {"op": "fork", "memory_mb": jail.memory_mb, "watched": jail.watched}
        pid = self._request(request, [link.fileno(), output])["pid"]
        return Started(pid, lambda: self._end(pid))

    def close(self) -> None:
        """Hang up, whereupon it ends itself and its workers."""
        self._control.close()
        if self._process is not None:  # else the nursery waits for it
            self._process.wait()

    def _await_ready(self, level: str) -> None:
        answer = {"ready": self._pid} if self._pid else self._answer()
        if "refused" in answer:
            self._drop()
            raise IsolationError(f"This machine does not allow isolation {level} ({answer['refused']}).")
        self._pid = answer["ready"]

    def _end(self, pid: int) -> int:
        try:
            return self._request({"op": "end", "pid": pid})["exit"]
        except _ZygoteGone:  # its workers die with it, but not what they started
            _kill_group(pid)
            return -signal.SIGKILL

    def _request(self, request: dict, fds: Sequence[int] = ()) -> dict:
        with self._lock:
            with contextlib.suppress(OSError):
                socket.send_fds(self._control, [json.dumps(request).encode()], fds)
            return self._answer()

    def _answer(self) -> dict:
        packet = b""
        with contextlib.suppress(OSError):
            packet = self._control.recv(PACKET)
        if packet:
            return json.loads(packet)
        if self._process is not None:
            self._process.kill()
        elif self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._drop()
        raise _ZygoteGone("The process that starts the workers is gone.")

    def _drop(self) -> None:
        _zygote.cache_clear()
        atexit.unregister(self.close)
        self.close()


class Nursery:
    """What forks graders, and zygotes for them; gone with this process."""

    def __init__(self, control: socket.socket, process: subprocess.Popen | None = None) -> None:
        self._control = control
        self._process = process
        atexit.register(self.close)

    def fork(self, link: socket.socket, **request: object) -> bool:
        """Have somebody forked who speaks on `link`; False if it is gone."""
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], [link.fileno()])
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Hang up, and wait until it and all that it forked are gone."""
        atexit.unregister(self.close)
        self._control.close()
        if self._process is not None:
            self._process.wait()


@lru_cache
def nursery() -> Nursery:
    """This process's nursery, which begins to start with the first call."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        return Nursery(ours, _start_python(["nursery", str(theirs.fileno())], theirs, 2))


def fork_grader(link: socket.socket, module: str) -> None:
    """Have a process forked that runs `main` of a module, with a socket and a nursery of its own.

    Raises:
        AutograderError: it cannot be started.
    """
    for _ in range(2):
        if nursery().fork(link, role="grader", module=module):
            return
        nursery().close()
        nursery.cache_clear()
    raise AutograderError("A grader process could not start.")


def use_nursery(control: socket.socket) -> None:
    """Have the zygotes of this process, which was forked from a nursery, forked from one too."""
    global _inherited
    _inherited = Nursery(control)


_inherited: Nursery | None = None


def _start_python(arguments: list[str], link: socket.socket, output: int) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-P", "-u", "-m", "autograder.worker", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=[link.fileno()],
        env=_environment(),
        start_new_session=True,
    )


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """What the worker may know of our environment: no tokens or passwords, one thread for every library."""
    kept = {key: value for key, value in os.environ.items() if PASSED_ON.fullmatch(key)}
    threads = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    return kept | dict.fromkeys(threads, "1") | {"PYTHONIOENCODING": "utf-8:replace"}
