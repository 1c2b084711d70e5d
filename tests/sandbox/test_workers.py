"""autograder.sandbox.workers: a worker is ready when it is asked for, and nothing outlives its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.sandbox import forkserver
from autograder.sandbox.probe import escape
from autograder.sandbox.process import WorkerProcess
from autograder.sandbox.spec import SandboxSpec
from autograder.sandbox.workers import Workers

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]

SPEC = SandboxSpec("namespaces", memory_mb=300)


def answers(worker: WorkerProcess) -> bool:
    return worker.request({"op": "hello"}, deadline=time.monotonic() + 60) == {"value": None}


def parents_of_all() -> dict[int, int]:
    """The parent of every process."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it ended meanwhile
            continue
    return parents


def descendants(pid: int) -> list[int]:
    """Every process below this one."""
    parents = parents_of_all()
    found: list[int] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        for child in [each for each, its_parent in parents.items() if its_parent == parent]:
            found.append(child)
            waiting.append(child)
    return found


def becomes(condition: Callable[[], bool]) -> bool:
    """Whether something is so within a minute."""
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def is_gone(worker: WorkerProcess) -> bool:
    return not Path(f"/proc/{worker.pid}").exists()


def has_ended(pid: int) -> bool:
    """Whether a process is a zombie, whose sockets are closed, or its parent has waited for it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


@pytest.fixture
def own(workers) -> Iterator[Workers]:
    """Workers of which none is on standby yet; what is taken is of the strongest level."""
    reason = escape(SPEC.level, gpu=False, workers=workers)
    if reason:
        pytest.skip(f"isolation {SPEC.level} cannot be had here: {reason}")
    workers.release()
    yield workers
    workers.release()


def spares(own: Workers, *taken: WorkerProcess) -> list[int]:
    """The processes that stand by: siblings of a worker that was taken, which nobody took."""
    parents = parents_of_all()
    used = {worker.pid for worker in taken}
    zygote = parents[taken[0].pid]
    return [pid for pid, parent in parents.items() if parent == zygote and pid not in used]


def test_the_next_worker_is_the_one_that_was_begun(own):
    """It was started while the one before was in use, and both answer."""
    first = own.take(SPEC)
    assert becomes(lambda: len(spares(own, first)) == 1)
    (begun,) = spares(own, first)
    second = own.take(SPEC)
    assert second.pid == begun
    assert answers(first)
    assert answers(second)
    first.kill()
    second.kill()


def test_a_worker_that_died_while_it_waited_is_replaced(own):
    """Whoever killed it, the next submission gets one that answers."""
    first = own.take(SPEC)
    assert becomes(lambda: len(spares(own, first)) == 1)
    (begun,) = spares(own, first)
    os.kill(begun, signal.SIGKILL)
    assert becomes(lambda: has_ended(begun))
    second = own.take(SPEC)
    assert second.pid != begun
    assert answers(second)
    first.kill()
    second.kill()


def test_a_worker_with_other_limits_is_not_used(own):
    """The spare of another assignment is ended."""
    first = own.take(SPEC)
    assert becomes(lambda: len(spares(own, first)) == 1)
    (begun,) = spares(own, first)
    other = own.take(SandboxSpec("namespaces", memory_mb=301))
    assert other.pid != begun
    assert becomes(lambda: not Path(f"/proc/{begun}").exists())
    first.kill()
    other.kill()


def test_clearing_away_ends_the_worker(own):
    """It happens in the background, and is over when all is released."""
    worker = own.take(SPEC)
    own.clear_away(worker)
    own.release()
    assert is_gone(worker)


def test_where_submissions_see_each_other_none_waits(own):
    """At weaker levels a worker is started when it is asked for, and gone before the next one is."""
    worker = own.take(SandboxSpec("process", memory_mb=300))
    time.sleep(0.2)  # in which a spare would start
    assert spares(own, worker) == []
    own.clear_away(worker)
    assert is_gone(worker)


def test_leaving_ends_every_process_and_thread(own):
    """Whatever runs then: a worker that was taken, one on standby, one that is cleared away, zygotes of two levels."""
    before = set(descendants(os.getpid()))
    threads = set(threading.enumerate())
    with Workers() as left:
        taken = [left.take(SandboxSpec("process")), left.take(SPEC), left.take(SPEC)]
        left.clear_away(taken[-1])
        assert len(set(descendants(os.getpid())) - before) >= 5
    assert set(descendants(os.getpid())) <= before
    for worker in taken:
        worker.kill()
    assert becomes(lambda: set(threading.enumerate()) <= threads)


def test_an_owner_that_needs_nothing_starts_nothing():
    """Entering and leaving is free."""
    before = set(descendants(os.getpid()))
    with Workers():
        assert set(descendants(os.getpid())) <= before


def test_a_fork_server_that_was_stopped_is_ended_too(monkeypatch):
    """Leaving waits for it no longer than for a start."""
    monkeypatch.setattr(forkserver, "START_SECONDS", 0.5)
    before = set(descendants(os.getpid()))
    with Workers() as stopped:
        stopped.prestart()
        (server,) = set(descendants(os.getpid())) - before
        os.kill(server, signal.SIGSTOP)
    assert not Path(f"/proc/{server}").exists()


ENDINGS = {
    "an exception": "1 / 0",
    "a signal": "os.kill(os.getpid(), 9)",
}
STARTS = """
import os
from autograder.sandbox.spec import SandboxSpec
from autograder.sandbox.workers import Workers

workers = Workers()
worker = workers.take(SandboxSpec())
print("started", flush=True)
"""


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_nothing_stays_behind_however_its_process_ends(ending: str, tmp_path: Path):
    """Also where its block was not left: all that it started sees that the other end of a socket is gone."""
    known = os.environ | {"TMPDIR": str(tmp_path)}  # by which all that is started can be told
    run = subprocess.run([sys.executable, "-c", STARTS + ending], env=known, stdout=subprocess.PIPE, timeout=120)
    assert run.stdout == b"started\n"
    assert becomes(lambda: not with_environment(str(tmp_path)))


def with_environment(text: str) -> list[Path]:
    """Processes that know a text by their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if text.encode() in path.read_bytes():
                found.append(path)
        except OSError:  # it ended meanwhile
            continue
    return found
