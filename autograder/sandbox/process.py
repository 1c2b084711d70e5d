"""Start, talk to and end the process that holds a student's module."""

from __future__ import annotations

import os
import secrets
import select
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from ..errors import WorkerError
from ..model import Outcome
from ..worker import wire
from .forkserver import START_SECONDS, Started
from .memory_group import group_for
from .spec import SandboxSpec
from .watchdog import Watchdog

KEPT_OUTPUT = 8_000  # bytes for each check: some screens, so that no result grows without bound
CHUNK = 1 << 16
Answering = Callable[[dict[str, Any]], dict[str, Any]]
PIPE_BYTES = 1 << 20  # the most that a pipe can hold by default, /proc/sys/fs/pipe-max-size


class WorkerProcess:
    """The confined process of one submission.

    Args:
        spec: what it is confined to.
        launch: starts it on a socket and an output pipe.
    Raises:
        WorkerError: whenever the process ends, overruns a deadline or breaks the protocol; it is killed then.
    """

    def __init__(self, spec: SandboxSpec, launch: Callable[[socket.socket, int, SandboxSpec], Started]) -> None:
        self.spec = spec
        self._sock, theirs = socket.socketpair()
        reading, writing = os.pipe()
        try:
            self._started = launch(theirs, writing, spec)
        except BaseException:
            self._sock.close()
            os.close(reading)
            raise
        finally:
            theirs.close()
            os.close(writing)
        # Before it is sent anything, so that nothing of the student's has run.
        self._group = group_for(self.pid, spec.memory_mb)
        self._watchdog = Watchdog(self.pid, spec.memory_mb, self._started.scratch, self._group)
        self._output = _Drain(reading)
        self._starved = False  # whether the kernel ended it for want of memory
        self.alive = True

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._started.pid

    def greet(self) -> None:
        """Wait until it answers."""
        self.request({"op": "hello"}, deadline=time.monotonic() + START_SECONDS)

    def request(
        self,
        message: dict[str, Any],
        *,
        deadline: float,
        answering: Answering | None = None,
        most: int = wire.MAX_BODY,
    ) -> dict[str, Any]:
        """Send a request and wait for its reply until `deadline` (on the clock of `time.monotonic`).

        Args:
            most: how many bytes the tensors of the reply may have.
            answering: makes the answer to a call of a function of ours, which may come before the reply. Whatever it
                raises is raised here, and ends the process, since that still waits; a `WireError` means nonsense.
        """
        nonce = secrets.token_hex(8)  # so that no answer that was prepared before belongs to this request
        try:
            wire.send(self._sock, nonce, message, deadline=deadline)
            while True:
                echoed, reply = wire.receive(self._sock, deadline=deadline, most=most)
                if echoed != nonce or not isinstance(reply, dict):
                    raise wire.WireError("the reply does not belong to the request")
                if "function" not in reply:
                    return reply
                if answering is None:
                    raise wire.WireError("it calls a function, but was given none")
                self._answer(answering, reply, nonce, deadline=deadline)
        except wire.WireTimeout as error:
            self.kill()
            raise WorkerError(Outcome.TIMED_OUT, "no answer in time") from error
        except wire.WireClosed as error:
            how = self._exit_in_words()
            if self._watchdog.fired or self._starved:
                raise WorkerError(Outcome.OUT_OF_MEMORY, f"it held more than {self.spec.memory_mb} MB") from error
            raise WorkerError(Outcome.CRASHED, f"the process ended ({how})") from error
        except wire.WireError as error:
            self.kill()
            raise WorkerError(Outcome.CRASHED, f"the process sent something that is not an answer: {error}") from error

    def _answer(self, answering: Answering, call: dict[str, Any], nonce: str, *, deadline: float) -> None:
        """Answer a call of a function of ours."""
        try:
            wire.send(self._sock, nonce, answering(call), deadline=deadline)
        except wire.WireError:
            raise
        except BaseException:
            self.kill()
            raise

    @property
    def hung_up(self) -> bool:
        """Whether it has ended, or closed its connection, without having been asked for anything."""
        try:
            self._sock.setblocking(False)
            return not self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def take_output(self) -> str:
        """What the student's code printed since the last time this was asked."""
        return self._output.take()

    def kill(self) -> int:
        """End the process and everything that it started, wait until it is gone, and return its exit code."""
        if self.alive:
            self.alive = False
            self._sock.close()  # a worker that waits for a request ends by itself then, and its exit code tells
            self._watchdog.stop()
            self._exit_code = self._started.end()
            if self._group is not None:
                self._starved = self._group.has_killed()
                self._group.close()
            self._output.finish()
        return self._exit_code

    def _exit_in_words(self) -> str:
        code = self.kill()
        if code >= 0:
            return f"exit status {code}"
        try:
            return f"signal {signal.Signals(-code).name}"
        except ValueError:  # real-time signals have no name
            return f"signal {-code}"


class _Drain:
    """Reads a pipe to its end in a thread, so that the writer never blocks, and keeps a bounded part."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._kept = bytearray()
        self._lost = 0
        self._open = True
        self._lock = threading.Lock()
        os.set_blocking(fd, False)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while self._open:
            select.select([self._fd], [], [])
            with self._lock:
                self._read()
        os.close(self._fd)

    def _read(self) -> None:
        """Take what the pipe holds now, but no more than it can hold at once: the writer may never pause."""
        for _ in range(PIPE_BYTES // CHUNK):
            try:
                data = os.read(self._fd, CHUNK)
            except BlockingIOError:
                return
            self._open = bool(data)
            room = max(0, KEPT_OUTPUT - len(self._kept))
            self._kept += data[:room]
            self._lost += len(data) - len(data[:room])

    def take(self) -> str:
        """The text so far, all that was written before the writer's last answer included; the next starts afresh."""
        with self._lock:
            if self._open:
                self._read()
            text = self._kept.decode("utf-8", "replace")
            if self._lost:
                text += f"\n... {self._lost} more bytes of output were dropped"
            self._kept.clear()
            self._lost = 0
            return text

    def finish(self) -> None:
        """Wait for the end of the pipe; one that something still holds open is left to the thread."""
        self._thread.join(timeout=1.0)  # seconds; what the worker wrote is in the pipe already
