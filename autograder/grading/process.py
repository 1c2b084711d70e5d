"""Start, talk to and end the process that holds a student's module."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import lru_cache

from ..errors import AutograderError, WorkerError
from ..model import Outcome
from ..worker import wire

ISOLATION = "process"  # what `worker.confine` achieves: a process of its own, killed with its whole group
START_SECONDS = 60.0  # importing torch takes 1.5 s; a busy machine may need much longer
KEPT_OUTPUT = 8_000
PASSED_ON = re.compile(r"(LD_LIBRARY_|PYTHON)?PATH|LANG|LC_\w+|HOME|TMPDIR|TEMP|SYSTEMROOT|PYTHONUTF8|CUDA_\w+")


class WorkerProcess:
    """The process of one submission, in a process group of its own.

    Args:
        memory_mb: memory that the submission may use.
    Raises:
        WorkerError: whenever the process ends, overruns a deadline or breaks the protocol; it is killed then.
    """

    def __init__(self, memory_mb: int) -> None:
        self._sock, theirs = socket.socketpair()
        reading, writing = os.pipe()
        self._end = _launch(theirs, writing, memory_mb)
        theirs.close()
        os.close(writing)
        self._output = _Drain(reading)
        self.alive = True

    def request(self, message: dict, *, deadline: float) -> dict:
        """Send a request and wait for its reply until `deadline` (on the clock of `time.monotonic`)."""
        nonce = secrets.token_hex(8)
        try:
            wire.send(self._sock, nonce, message, deadline=deadline)
            echoed, reply = wire.receive(self._sock, deadline=deadline)
            if echoed != nonce or not isinstance(reply, dict):
                raise wire.WireError("the reply does not belong to the request")
            return reply
        except wire.WireTimeout as error:
            self.kill()
            raise WorkerError(Outcome.TIMED_OUT, "no answer in time") from error
        except wire.WireClosed as error:
            raise WorkerError(Outcome.CRASHED, f"the process ended ({self._exit_in_words()})") from error
        except wire.WireError as error:
            self.kill()
            raise WorkerError(Outcome.CRASHED, f"the process sent something that is not an answer: {error}") from error

    def take_output(self) -> str:
        """What the student's code printed since the last time this was asked."""
        if self.alive:
            token = secrets.token_hex(16)
            with contextlib.suppress(WorkerError):
                self.request({"op": "mark", "token": token}, deadline=time.monotonic() + 5)
                self._output.wait_for(token.encode())
        return self._output.take()

    def kill(self) -> int:
        """End the process and everything in its group, wait until it is gone, and give its exit code."""
        if self.alive:
            self.alive = False
            self._sock.close()
            self._exit_code = self._end()
            self._output.finish()
        return self._exit_code

    def _exit_in_words(self) -> str:
        code = self.kill()
        if code >= 0:
            return f"exit status {code}"
        known = -code in signal.Signals.__members__.values()  # real-time signals have no name
        return f"signal {signal.Signals(-code).name if known else -code}"


def _launch(link: socket.socket, output: int, memory_mb: int) -> Callable[[], int]:
    """Start a worker on a socket and an output pipe; gives the function that ends it and tells its exit code."""
    if sys.platform == "linux":
        try:
            return _zygote().fork(link, output, memory_mb)
        except _ZygoteGone:  # an earlier submission got at it; this one must not pay for that
            return _zygote().fork(link, output, memory_mb)
    process = _start_python(["fresh", str(link.fileno()), str(memory_mb)], link, output)

    def end() -> int:
        _kill_group(process.pid)
        return process.wait()

    return end


class _ZygoteGone(AutograderError):
    """The fork server ended, or does not answer any more; the next `_zygote()` is a fresh one."""


@lru_cache(maxsize=1)
def _zygote() -> _Zygote:
    return _Zygote()


class _Zygote:
    """Our end of the fork server; started with the first worker, gone with this process."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = _start_python(["zygote", str(theirs.fileno())], theirs, 2)
        theirs.close()
        self._lock = threading.Lock()
        self._control.settimeout(START_SECONDS)
        atexit.register(self.close)
        self._answer()

    def fork(self, link: socket.socket, output: int, memory_mb: int) -> Callable[[], int]:
        """Have a worker forked; gives the function that ends it and tells its exit code."""
        pid = self._request(wire.FORK, memory_mb, [link.fileno(), output])
        return lambda: self._end(pid)

    def close(self) -> None:
        """Hang up, whereupon it ends itself and its workers."""
        self._control.close()
        self._process.wait()

    def _end(self, pid: int) -> int:
        try:
            return self._request(wire.END, pid)
        except _ZygoteGone:  # its workers die with it, but not what they started
            _kill_group(pid)
            return -signal.SIGKILL

    def _request(self, op: bytes, argument: int, fds: Sequence[int] = ()) -> int:
        with self._lock:
            with contextlib.suppress(OSError):
                socket.send_fds(self._control, [wire.FORK_REQUEST.pack(op, argument)], fds)
            return self._answer()

    def _answer(self) -> int:
        packet = b""
        with contextlib.suppress(OSError):
            packet = self._control.recv(wire.FORK_ANSWER.size)
        if packet:
            return wire.FORK_ANSWER.unpack(packet)[0]
        self._process.kill()
        _zygote.cache_clear()
        atexit.unregister(self.close)
        self.close()
        raise _ZygoteGone("The process that starts the workers is gone.")


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


class _Drain:
    """Reads a pipe to its end in a thread, so that the writer never blocks, and keeps a bounded part."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._kept = bytearray()
        self._lost = 0
        self._tail = b""
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                data = os.read(self._fd, 1 << 16)
            except OSError:
                data = b""
            with self._news:
                room = max(0, KEPT_OUTPUT - len(self._kept))
                self._kept += data[:room]
                self._lost += len(data) - len(data[:room])
                self._tail = (self._tail + data)[-64:]
                self._news.notify_all()
            if not data:
                os.close(self._fd)
                return

    def wait_for(self, token: bytes, seconds: float = 5.0) -> None:
        """Wait until the writer has written `token`, and forget the token."""
        with self._news:
            self._news.wait_for(lambda: self._tail.endswith(token) or not self._thread.is_alive(), seconds)
            if self._kept.endswith(token):
                del self._kept[-len(token) :]
            elif self._lost:
                self._lost = max(0, self._lost - len(token))

    def take(self) -> str:
        """The text so far; the next call starts afresh."""
        with self._news:
            text = self._kept.decode("utf-8", "replace")
            if self._lost > 0:
                text += f"\n... {self._lost} more bytes of output were dropped"
            self._kept.clear()
            self._lost = 0
            return text

    def finish(self) -> None:
        """Wait for the end of the pipe; one that something still holds open is left to the thread."""
        self._thread.join(timeout=1.0)


def _environment() -> dict[str, str]:
    """What the worker may know of our environment: no tokens or passwords, one thread for every library."""
    kept = {key: value for key, value in os.environ.items() if PASSED_ON.fullmatch(key)}
    threads = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    return kept | dict.fromkeys(threads, "1") | {"PYTHONIOENCODING": "utf-8:replace"}
