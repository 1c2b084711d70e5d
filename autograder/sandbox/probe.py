"""Which level of isolation holds on this machine? Found out by really trying to break out of a worker."""

from __future__ import annotations

import os
import re
import socket
import tempfile
import time
from pathlib import Path

from ..actions import Call, asking
from ..errors import WorkerError
from ..model import ISOLATION_LEVELS as LEVELS
from .forkserver import CAN_FORK, START_SECONDS
from .spec import IsolationError, SandboxSpec
from .workers import Workers

ESCAPES = Path(__file__).resolve().parents[1] / "worker" / "confinement" / "escapes.py"
SCOPED_SIGNALS_SINCE = (6, 12)  # kernels from which Landlock keeps signals inside


def choose(wanted: str, required: str | None, *, gpu: bool, workers: Workers) -> str:
    """The level to run at.

    Args:
        wanted: a level, "auto" for the strongest that holds, or "none" for no more than a process of its own.
        required: the weakest level that will do, if any.
    Raises:
        IsolationError: the wanted level does not hold, or the strongest that does is weaker than required.
    """
    if wanted == "auto":
        chosen = _strongest(gpu, workers)
    else:
        chosen = "process" if wanted == "none" else wanted
        reason = escape(chosen, gpu=gpu, workers=workers)
        if reason:
            raise IsolationError(f"Isolation {chosen} cannot be had here: {reason}.")
    if required is not None and LEVELS.index(chosen) < LEVELS.index(required):
        raise IsolationError(f"Isolation {required} is required, but the strongest that holds here is {chosen}.")
    return chosen


def _strongest(gpu: bool, workers: Workers) -> str:
    for level in reversed(LEVELS):
        if not escape(level, gpu=gpu, workers=workers):
            return level
    return LEVELS[0]


def escape(level: str, *, gpu: bool, workers: Workers) -> str:
    """How a worker at this level broke out, in words; "" if nothing that the level forbids succeeded."""
    if level == "process":
        return ""  # it forbids nothing that a probe could try
    if not CAN_FORK:
        return "it needs Linux"
    with tempfile.TemporaryDirectory(prefix="probe-") as home, socket.create_server(("127.0.0.1", 0)) as server:
        canary = Path(home, "canary")
        canary.write_text("secret")
        try:
            return _broke_out(SandboxSpec(level, gpu), canary, server.getsockname()[1], workers)
        except IsolationError as error:
            return str(error)
        except WorkerError as error:
            return f"a worker does not even start at it: {error}"


def _broke_out(spec: SandboxSpec, canary: Path, port: int, workers: Workers) -> str:
    pid = os.getpid()
    written = canary.with_name("written")
    attempts = {
        "it read a file of the grader's": ("reads", str(canary)),
        "it wrote a file": ("writes", str(written)),
        "it reached a server on this machine": ("connects", port),
        "it opened the grader's memory": ("peeks", pid),
    }
    if spec.level != "landlock" or _kernel() >= SCOPED_SIGNALS_SINCE:
        attempts["it could send the grader signals"] = ("signals", pid)
    worker = workers.start(spec)
    deadline = time.monotonic() + START_SECONDS
    try:
        load = {"op": "load", "sources": {"escapes": ESCAPES.read_text()}, "path": "escapes.py", "name": "escapes"}
        worker.request({**load, "device": "cpu", "functions": []}, deadline=deadline)
        for meaning, (name, argument) in attempts.items():
            call = Call(None, name, (argument,), {})
            (reply,) = worker.request(asking(call), deadline=deadline)["value"]
            harmless = name == "writes" and not written.exists()  # into a private folder of the same name
            if reply.get("value") is not False and not harmless:
                return f"{meaning} ({reply.get('text', reply.get('value'))})"
    finally:
        worker.kill()
    return ""


def _kernel() -> tuple[int, int]:
    major, minor = re.findall(r"\d+", os.uname().release)[:2]
    return int(major), int(minor)
