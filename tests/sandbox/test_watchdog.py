"""autograder.sandbox.watchdog: a tree of processes that holds too much is ended, and nothing else is."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from autograder.model import Outcome
from autograder.sandbox import watchdog
from autograder.sandbox.watchdog import Watchdog

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the watchdog reads /proc")

HOLDER = """
import mmap, os, sys
children, private, shared = map(int, sys.argv[1:])
sys.stdin.readline()
for _ in range(children):
    if os.fork() == 0:
        break
held = bytearray(b"x") * (private << 20)
if shared:
    mapped = mmap.mmap(-1, shared << 20)
    mapped.write(bytes(shared << 20))
os.write(1, b"holding\\n")
sys.stdin.readline()
while True:
    os.read(os.pipe()[0], 1)
"""


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen]]:
    """Start a process that, once it is told a first time, takes memory together with children of its own."""
    started: list[subprocess.Popen] = []

    def start(*, children: int = 0, private_mb: int = 0, shared_mb: int = 0) -> subprocess.Popen:
        command = [sys.executable, "-c", HOLDER, *map(str, (children, private_mb, shared_mb))]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)


def take(process: subprocess.Popen) -> None:
    process.stdin.write(b"\n")
    process.stdin.flush()


def wait_for_looks() -> None:
    """Time for a watchdog to look several times."""
    time.sleep(6 * watchdog.PERIOD)


@pytest.mark.parametrize(
    "holding",
    [{"private_mb": 120}, {"shared_mb": 120}, {"children": 3, "private_mb": 40}, {"children": 3, "shared_mb": 40}],
    ids=["private", "shared", "private, in four processes", "shared, in four processes"],
)
def test_a_tree_that_holds_too_much_is_ended(start, holding: dict):
    """Whether one process holds it or several, and whatever kind of memory it is."""
    process = start(**holding)
    guard = Watchdog(process.pid, limit_mb=100)
    take(process)
    assert process.wait(60) == -9
    assert guard.fired


@pytest.mark.parametrize("has_killed", [True, False])
def test_where_the_kernel_ended_one_process_the_rest_goes_with_it(start, has_killed: bool):
    """Else each in turn could hold what the bound of a cgroup allows, and the first one answer as if nothing were."""
    process = start(private_mb=1)
    guard = Watchdog(process.pid, limit_mb=100, group=SimpleNamespace(has_killed=lambda: has_killed))
    wait_for_looks()
    assert guard.fired is has_killed
    guard.stop()


@pytest.mark.parametrize("holding", [{"private_mb": 60}, {"children": 3, "private_mb": 10}], ids=["one", "four"])
def test_a_tree_below_the_limit_is_left_alone(start, holding: dict):
    """While it is looked at again and again."""
    process = start(**holding)
    guard = Watchdog(process.pid, limit_mb=100)
    take(process)
    for _ in range(1 + holding.get("children", 0)):
        assert process.stdout.readline() == b"holding\n"
    wait_for_looks()
    assert (guard.fired, process.poll()) == (False, None)
    guard.stop()


def test_what_a_process_held_before_does_not_count(start):
    """A fork server's pages are no submission's."""
    process = start(private_mb=120)
    take(process)
    assert process.stdout.readline() == b"holding\n"
    guard = Watchdog(process.pid, limit_mb=100)
    wait_for_looks()
    assert (guard.fired, process.poll()) == (False, None)
    guard.stop()


def test_after_a_stop_nothing_is_killed(start):
    """However much is held then."""
    process = start(private_mb=120)
    guard = Watchdog(process.pid, limit_mb=100)
    guard.stop()
    take(process)
    assert process.stdout.readline() == b"holding\n"
    wait_for_looks()
    assert (guard.fired, process.poll()) == (False, None)


def test_a_stop_waits_for_a_kill_that_is_under_way(monkeypatch, start):
    """When it returns, no signal can come any more; the number may be another process's soon."""
    killing, proceed = threading.Event(), threading.Event()

    def kill(*_: int) -> None:
        killing.set()
        assert proceed.wait(60)

    monkeypatch.setattr(watchdog.os, "kill", kill)
    process = start(private_mb=120)
    guard = Watchdog(process.pid, limit_mb=100)
    take(process)
    assert killing.wait(60)
    stopping = threading.Thread(target=guard.stop)
    stopping.start()
    stopping.join(0.1)
    assert stopping.is_alive()
    proceed.set()
    stopping.join(60)
    assert not stopping.is_alive()


def test_a_process_that_is_gone_stops_the_watch_quietly(start):
    """There is nothing to hold memory."""
    process = start()
    guard = Watchdog(process.pid, limit_mb=100)
    process.kill()
    process.wait()
    wait_for_looks()
    assert not guard.fired
    guard.stop()


FORKS = """import os, time
for _ in range(7):
    if os.fork() == 0:
        held = bytearray(b"x") * (40 << 20)
        time.sleep(600)
time.sleep(600)"""


def test_a_submission_whose_tree_holds_too_much_is_out_of_memory(submit, text, limited, by_name):
    """Its check says so, and the others keep their results."""
    checks = by_name(submit(text(FORKS), plan=limited(memory_mb=150)))
    assert checks["doubles_each_entry"].outcome is Outcome.OUT_OF_MEMORY
    assert "more than 150 MB" in checks["doubles_each_entry"].message
    assert checks["adds_up"].outcome is Outcome.PASSED


LEADERLESS = """
import ctypes, os, sys, threading, time
sys.stdin.readline()
def hold():
    held = bytearray(b"x") * (120 << 20)
    os.write(1, b"holding\\n")
    time.sleep(600)
threading.Thread(target=hold).start()
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
"""
FORKING = """
import os, sys, time
sys.stdin.readline()
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        time.sleep(600)
os.write(1, b"forked\\n")
time.sleep(600)
"""


@pytest.fixture
def begin() -> Iterator[Callable[..., subprocess.Popen]]:
    """Start a process that runs a text once it is told."""
    started: list[subprocess.Popen] = []

    def begin(text: str, *words: str) -> subprocess.Popen:
        command = [sys.executable, "-c", text, *words]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True))
        return started[-1]

    yield begin
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)


def test_a_process_without_its_first_thread_is_seen(begin):
    """Its own status shows no memory, that of its other threads does."""
    process = begin(LEADERLESS)
    guard = Watchdog(process.pid, limit_mb=100)
    take(process)
    assert process.wait(60) == -9
    assert guard.fired


@pytest.mark.parametrize(("children", "slower"), [(8, True), (2, False)])
def test_a_crowd_of_processes_has_the_share_of_one(begin, children: int, slower: bool):
    """A few processes, such as those that load data, keep theirs."""
    process = begin(FORKING, str(children))
    before = os.getpriority(os.PRIO_PROCESS, process.pid)
    expected = min(19, before + 10) if slower else before  # 1.25 to the 10th is more than 9 processes
    guard = Watchdog(process.pid, limit_mb=1000)
    take(process)
    assert process.stdout.readline() == b"forked\n"
    deadline = time.monotonic() + 60
    while os.getpriority(os.PRIO_PROCESS, process.pid) != expected and time.monotonic() < deadline:
        time.sleep(watchdog.PERIOD)
    wait_for_looks()
    assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in watchdog._tree(process.pid)} == {expected}
    guard.stop()


@pytest.mark.parametrize(("written_mb", "fires"), [(120, True), (20, False)])
def test_what_is_written_to_a_scratch_folder_counts(begin, tmp_path, written_mb: int, fires: bool):
    """Where no file system of its own bounds it; files that were removed and are still open count too."""
    process = begin("import sys; sys.stdin.readline()")
    guard = Watchdog(process.pid, limit_mb=100, scratch=str(tmp_path))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(bytes(written_mb << 20))
    deadline = time.monotonic() + 60
    while fires and not guard.fired and time.monotonic() < deadline:
        time.sleep(watchdog.PERIOD)
    wait_for_looks()
    assert guard.fired == fires
    guard.stop()
