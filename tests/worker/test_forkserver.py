"""autograder.worker.forkserver: when the grader is gone, however it went, so is everything else."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.errors import WorkerError
from autograder.sandbox.spec import IsolationError, SandboxSpec
from autograder.sandbox.workers import Workers

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a fork server")]

STUBBORN = """
import ctypes, os, signal, time

ctypes.CDLL(None).prctl(1, 0)  # not to be told of the parent's death
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
scratch = os.environ["TMPDIR"]
os.makedirs(scratch + "/a/b")
open(scratch + "/a/b/c", "w").close()
os.chmod(scratch + "/a", 0)
if os.fork() == 0:
    try:
        os.setsid()  # refused where a worker is confined
    except OSError:
        pass
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(1, 0)
        ctypes.CDLL(None).prctl(15, b"MARKER", 0, 0, 0)  # its name
        time.sleep(600)
    os._exit(0)
"""


@pytest.fixture
def temporary(monkeypatch) -> Iterator[Path]:
    """A folder for temporary files that other users may pass through, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="zygote-test-"))
    folder.chmod(0o755)
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    for left in folder.iterdir():  # a worker that is not confined leaves a folder that only root may enter
        left.chmod(0o700)
    shutil.rmtree(folder)


def running(marker: str) -> list[str]:
    """Names of processes that hold a marker."""
    found = []
    for path in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):
            found.append(path.read_text(errors="replace"))
    return [line for line in found if marker in line]


def becomes(condition: Callable[[], bool]) -> bool:
    """Whether something is so within a minute."""
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize("level", ["process", "landlock", "uid", "namespaces"])
def test_nothing_outlives_the_grader(temporary, level: str):
    """A worker that does all it can to stay, its daemon, its files and the fork server go when the grader hangs up."""
    marker = uuid.uuid4().hex[:15]  # as long as the name of a process can be
    with Workers() as workers:
        try:
            worker = workers.start(SandboxSpec(level, memory_mb=256))
        except IsolationError as error:
            pytest.skip(str(error))
        load = {"op": "load", "sources": {"x": STUBBORN.replace("MARKER", marker)}, "path": "x.py", "name": "x"}
        worker.request(load | {"device": "cpu", "functions": []}, deadline=time.monotonic() + 60)
        assert becomes(lambda: len(running(marker)) == 1)
        assert level == "process" or len(list(temporary.iterdir())) == 1

    assert not running(marker)
    assert not Path(f"/proc/{worker.pid}").exists()
    assert list(temporary.iterdir()) == [] or level == "process"  # which has no folder of its own to write to
    with pytest.raises(WorkerError):
        worker.request({"op": "hello", "seed": 0}, deadline=time.monotonic() + 60)


GONE_EARLY = """
import os, sys
from autograder.sandbox.spec import SandboxSpec
from autograder.sandbox.workers import Workers

Workers().prestart(SandboxSpec(sys.argv[1]))
os._exit(0)
"""


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_a_grader_that_is_gone_early_is_no_error(temporary, level: str):
    """Killed before its zygote was ready, it leaves no folder, and nobody is told about a broken pipe."""
    command = [sys.executable, "-c", GONE_EARLY, level]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)  # until nobody can say anything
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert list(temporary.iterdir()) == []
