"""Commands as a user types them, in processes that need not import torch or nbgrader first.

A command of ours imports torch twice, in its own process and in its fork server, and that takes most of the time of a
test that merely runs it on the miniature course. Here both are forks of one process, which holds what a fork server
imports and nothing else. One of nbgrader's commands is a fork of a process that holds nbgrader. All that follows is as
ever: a process of its own for each command, with its folder, environment and streams.

`python tests/warm.py KIND PATH FD` is such a process. It listens at PATH until the other end of FD is gone.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

from autograder.sandbox import forkserver

COMMANDS = {  # scripts, with the modules and functions that they run
    "autograder": ("autograder.cli", "main"),
    "grade": ("autograder.cli", "grade_main"),
    "nbgrader": ("nbgrader.apps.nbgraderapp", "main"),
}
FORK_SERVER = "fork server"  # what else can be asked for
PACKET = 1 << 17
MOST_FDS = 4  # three streams and the socket of a fork server


def run_afresh(
    words: Sequence[str], folder: Path, environment: Mapping[str, str], *, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, in a Python that starts for it, and wait for its end."""
    script, *arguments = words
    return subprocess.run(
        [Path(sys.executable).with_name(script), *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",  # a test may ask for output in another encoding
        timeout=timeout,
    )


class Warm:
    """The process that is forked, and what it is asked for.

    Args:
        path: where it will listen.
        kind: "torch" or "nbgrader", by what it imports.
    """

    def __init__(self, path: Path, kind: str = "torch") -> None:
        self._path = path
        self._lifeline, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-u", __file__, kind, path, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                env=forkserver.environment(),  # a fork server shows its first environment to what it forks
            )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def close(self) -> None:
        """Have it end."""
        self._lifeline.close()
        self._process.communicate()

    def run(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], *, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """The same in a fork of the process."""
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors, open(os.devnull, "rb") as nothing:
            request = {"words": list(words), "folder": str(folder), "environment": dict(environment)}
            started = Forked(self._path, request, [nothing.fileno(), output.fileno(), errors.fileno()])
            try:
                code = started.wait(timeout)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()
                raise
            return subprocess.CompletedProcess(words, code, _text(output), _text(errors))


class Forked:
    """A process that was asked for, with the part of `subprocess.Popen` that a fork server needs."""

    def __init__(self, path: Path, request: dict[str, Any], fds: Sequence[int]) -> None:
        self._link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._link.connect(str(path))
        socket.send_fds(self._link, [json.dumps(request).encode()], fds)
        self.pid: int = json.loads(self._link.recv(PACKET))["pid"]
        self._code: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, negative for a signal."""
        if self._code is None:
            self._link.settimeout(timeout)
            try:
                self._code = json.loads(self._link.recv(PACKET))["exit"]
            except TimeoutError:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0) from None
            self._link.close()
        return self._code

    def kill(self) -> None:
        """End it at once."""
        if self._code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", errors="backslashreplace").replace("\r\n", "\n").replace("\r", "\n")


def prepare(kind: str) -> None:
    """Import what every fork would import."""
    if kind == "nbgrader":
        importlib.import_module("nbgrader.apps.nbgraderapp")
    else:
        importlib.import_module("autograder.worker.forkserver").warm_up()


def serve(path: str, lifeline: socket.socket) -> None:
    """Fork what is asked for, until the other end of the lifeline is gone."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    listener.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the keepers
    print("ready", flush=True)
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(lifeline, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is lifeline:
                    os._exit(0)
                link, _ = listener.accept()
                if not os.fork():
                    selector.close()
                    listener.close()
                    lifeline.close()
                    _keep(link, path)
                link.close()


def _keep(link: socket.socket, path: str) -> NoReturn:
    """Fork the process, wait for it, and tell its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    packet, fds, _, _ = socket.recv_fds(link, PACKET, MOST_FDS)
    request = json.loads(packet)
    pid = os.fork()
    if not pid:
        link.close()
        _live(request, fds, path)
    for fd in fds:
        os.close(fd)
    with contextlib.suppress(OSError):  # whoever asked is gone
        link.send(json.dumps({"pid": pid}).encode())
        _, status = os.waitpid(pid, 0)
        link.send(json.dumps({"exit": os.waitstatus_to_exitcode(status)}).encode())
    os._exit(0)


def _live(request: dict[str, Any], fds: list[int], path: str) -> NoReturn:
    """The whole life of the process that was asked for."""
    for number, fd in enumerate(fds[:3]):
        os.dup2(fd, number)
        os.close(fd)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    script, *arguments = request["words"]
    code = 1
    try:
        if request.get("own_group"):
            os.setsid()
        if script == FORK_SERVER:
            _function("autograder.worker.__main__", "main")("forkserver", str(fds[3]))
        else:
            forkserver._start_python = _start_from(path)
            _make_streams_as_usual()
            sys.argv = [str(Path(sys.executable).with_name(script)), *arguments]
            _function(*COMMANDS[script])()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        _leave(code)


def _function(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def _start_from(path: str) -> Any:
    """What stands in for `_start_python` in a command."""

    def start(arguments: list[str], link: socket.socket, output: int) -> Forked:
        assert arguments[0] == "forkserver"
        request = {"words": [FORK_SERVER], "folder": os.getcwd(), "environment": forkserver.environment()}
        request["own_group"] = True
        with open(os.devnull, "rb") as nothing:
            return Forked(Path(path), request, [nothing.fileno(), output, output, link.fileno()])

    return start


def _make_streams_as_usual() -> None:
    """As Python opens them where nothing is said of an encoding; a fork server has those of `python -u`."""
    sys.stdout = open(1, "w", encoding="utf-8", errors="strict", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)


def _leave(code: int) -> NoReturn:
    """End as the interpreter does, but without taking torch apart."""
    threading._shutdown()
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    prepare(sys.argv[1])
    serve(sys.argv[2], socket.socket(fileno=int(sys.argv[3])))
