"""autograder.sandbox.standby: a worker is ready when it is asked for, whatever befell it meanwhile."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from autograder.sandbox import standby
from autograder.sandbox.forkserver import Jail
from autograder.sandbox.probe import escape
from autograder.sandbox.process import WorkerProcess

JAIL = Jail("namespaces", memory_mb=300)


def answers(worker: WorkerProcess) -> bool:
    return worker.request({"op": "hello"}, deadline=time.monotonic() + 60) == {"value": None}


@pytest.fixture
def take() -> Iterator:
    """Take workers, which are gone after the test."""
    if escape(JAIL.level, gpu=False):
        pytest.skip(f"isolation {JAIL.level} cannot be had here")
    taken = []

    def one(jail: Jail = JAIL) -> WorkerProcess:
        taken.append(standby.take(jail))
        return taken[-1]

    yield one
    for worker in taken:
        worker.kill()


def test_the_next_worker_is_the_one_that_was_begun(take):
    """It was started while the one before was in use, and both answer."""
    first = take()
    begun = standby._waiting[JAIL].result()
    second = take()
    assert second is begun
    assert answers(first)
    assert answers(second)


def test_a_worker_that_died_while_it_waited_is_replaced(take):
    """Whoever killed it, the next submission gets one that answers."""
    take()
    begun = standby._waiting[JAIL].result()
    os.kill(begun._started.pid, signal.SIGKILL)
    end = time.monotonic() + 60
    while not begun.hung_up and time.monotonic() < end:
        time.sleep(0.01)
    worker = take()
    assert worker is not begun
    assert answers(worker)


def test_a_worker_with_other_limits_is_not_used(take):
    """The spare of another assignment is ended."""
    take()
    begun = standby._waiting[JAIL].result()
    worker = take(Jail("namespaces", memory_mb=301))
    assert worker is not begun
    assert JAIL not in standby._waiting
    standby._background.submit(int).result()  # which comes after the ending
    assert not begun.alive


def test_clearing_away_ends_the_worker(take):
    """It happens in the background, and is over before the one after next is begun."""
    worker = take()
    standby.clear_away(worker, JAIL)
    standby._background.submit(int).result()
    assert not worker.alive


def test_where_submissions_see_each_other_none_waits():
    """At weaker levels a worker is started when it is asked for, and gone before the next one is."""
    jail = Jail("process", memory_mb=300)
    worker = standby.take(jail)
    assert jail not in standby._waiting
    standby.clear_away(worker, jail)
    assert not worker.alive
