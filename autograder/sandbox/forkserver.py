"""Our end of `worker.forkserver`: `ForkServer` forks graders and zygotes, a `Zygote` forks confined workers.

`Workers` owns them. Where forking a process that uses torch is not safe (macOS, Windows), `launch_fresh` starts each
worker as a Python process of its own.
"""

from __future__ import annotations

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
from typing import Any

from ..errors import AutograderError
from .spec import IsolationError, SandboxSpec

START_SECONDS = 60.0  # importing torch takes 1.5 s; a busy machine may need much longer
PASSED_ON = re.compile(r"(LD_LIBRARY_|PYTHON)?PATH|LANG|LC_\w+|HOME|TMPDIR|TEMP|SYSTEMROOT|PYTHONUTF8|CUDA_\w+")
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
PACKET = 1 << 16
CAN_FORK = sys.platform == "linux"


@dataclass(frozen=True)
class Started:
    """A worker that runs.

    Args:
        pid: its process id.
        end: ends it with all that it started, and returns its exit code.
        scratch: the folder that it may write to, if no file system of its own bounds what it writes.
    """

    pid: int
    end: Callable[[], int]
    scratch: str = ""


class ForkServer:
    """The process that has imported torch and forks graders and zygotes."""

    def __init__(self) -> None:
        self._control, theirs = control_pair()
        with theirs:
            self._process = _start_python(["forkserver", str(theirs.fileno())], theirs, 2)

    def fork(self, links: Sequence[socket.socket], **request: object) -> bool:
        """Have a process forked that gets our copies of these sockets; returns False if the fork server is gone."""
        fds = [link.fileno() for link in links]
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], fds)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Hang up, and wait until it and all that it forked are gone."""
        self._control.close()
        try:
            self._process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:  # a submission may have stopped it
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End it at once; its graders die with it, its zygotes go on."""
        self._process.kill()
        self.close()


class ZygoteGone(AutograderError):
    """A zygote ended, or does not answer any more."""


class Zygote:
    """The process that forks the workers of one level."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._control.settimeout(START_SECONDS)
        self._lock = threading.Lock()
        self._greeting: dict[str, Any] = {}  # the first answer: it is ready, or the level is refused

    @property
    def has_answered(self) -> bool:
        """Whether it ever did."""
        return bool(self._greeting)

    def fork(self, link: socket.socket, output: int, spec: SandboxSpec) -> Started:
        """Have a worker forked.

        Raises:
            IsolationError: the level cannot be had here.
            ZygoteGone: another zygote must be asked.
        """
        with self._lock:
            self._greeting = self._greeting or self._answer()
        if "refused" in self._greeting:
            reason = self._greeting["refused"]
            raise IsolationError(f"This machine does not allow isolation {spec.level} ({reason}).")
        request = {"role": "worker", "memory_mb": spec.memory_mb, "watched": spec.watched}
        answer = self._request(request, [link.fileno(), output])
        pid: int = answer["pid"]
        return Started(pid, lambda: self._end(pid), answer["scratch"])

    def close(self) -> None:
        """Hang up, whereupon it ends itself and its workers, and wait until it is gone."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
            with self._lock:
                while self._control.recv(PACKET):
                    pass  # answers that nobody waits for any more
        with self._lock:
            self._control.close()

    def _end(self, pid: int) -> int:
        try:
            code: int = self._request({"end": pid})["exit"]
            return code
        except ZygoteGone:  # its workers die with it, but not what they started
            _kill_group(pid)
            return -signal.SIGKILL

    def _request(self, request: dict[str, Any], fds: Sequence[int] = ()) -> dict[str, Any]:
        with self._lock:
            with contextlib.suppress(OSError):
                socket.send_fds(self._control, [json.dumps(request).encode()], fds)
            return self._answer()

    def _answer(self) -> dict[str, Any]:
        packet = b""
        with contextlib.suppress(OSError):
            packet = self._control.recv(PACKET)
        if packet:
            answer: dict[str, Any] = json.loads(packet)
            return answer
        if "ready" in self._greeting:  # it may hang, and must not come back to life
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._greeting["ready"], signal.SIGKILL)
        raise ZygoteGone("The process that starts the workers is gone.")


def control_pair() -> tuple[socket.socket, socket.socket]:
    """Our end and the other of a socket that a fork server or a zygote gets its requests from."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def launch_fresh(link: socket.socket, output: int, spec: SandboxSpec) -> Started:
    """Start a worker as a Python process of its own.

    Raises:
        IsolationError: the level cannot be had without a fork server.
    """
    if spec.level != "process":
        raise IsolationError(f"Isolation {spec.level} needs Linux.")
    process = _start_python(["fresh", str(link.fileno()), str(spec.memory_mb)], link, output)

    def end() -> int:
        _kill_group(process.pid)
        return process.wait()

    return Started(process.pid, end)


def _start_python(arguments: list[str], link: socket.socket, output: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-u", "-m", "autograder.worker", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=[link.fileno()],
        env=environment(),
        start_new_session=True,
    )


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def environment() -> dict[str, str]:
    """What other processes may know of our environment: no tokens or passwords, one thread for every library."""
    kept = {key: value for key, value in os.environ.items() if PASSED_ON.fullmatch(key)}
    return kept | dict.fromkeys(THREADS, "1") | {"PYTHONIOENCODING": "utf-8:replace"}
