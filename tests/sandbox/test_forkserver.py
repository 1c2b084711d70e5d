"""autograder.sandbox.forkserver: what a worker gets to know of our environment, and a fork server that is lost."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable

import pytest

from autograder.model import Outcome
from autograder.sandbox import forkserver
from autograder.sandbox.forkserver import IsolationError, Jail, Started


def test_secrets_of_our_environment_stay_here(submit, text):
    """The worker knows its path and number of threads, and no token of ours (conftest puts one there)."""
    result = submit(text("import os; print(dict(os.environ)); return x + x"))
    assert "AUTOGRADER_TEST_TOKEN" in os.environ
    assert "OMP_NUM_THREADS" in result.checks[0].output
    assert "TOKEN" not in result.checks[0].output


@pytest.mark.parametrize(
    ("name", "passed_on"),
    [
        ("PATH", True),
        ("LC_ALL", True),
        ("CUDA_VISIBLE_DEVICES", True),
        ("GITHUB_TOKEN", False),
        ("AWS_SECRET_ACCESS_KEY", False),
        ("PYTHONSTARTUP", False),
        ("LD_PRELOAD", False),
        ("MY_PATH", False),
    ],
)
def test_only_harmless_variables_are_passed_on(monkeypatch, name: str, passed_on: bool):
    """A list of what is allowed, so that what nobody thought of is not."""
    monkeypatch.setenv(name, "x")
    assert (name in forkserver._environment()) == passed_on


def test_a_fork_server_that_is_killed_harms_nobody_else(submit, text):
    """A submission that gets at its parent has crashed; the next one is graded as ever."""
    first = submit(text(top="import os, signal; os.kill(os.getppid(), signal.SIGKILL); os._exit(1)"), student="ana")
    assert {check.outcome for check in first.checks} == {Outcome.CRASHED}
    assert submit(text(), student="ben").score == 10


def test_a_fork_server_that_died_is_replaced(submit, text):
    """The next submission gets a fresh one, whatever became of the old one meanwhile."""
    parent = submit(text("import os; print(os.getppid()); return x + x")).checks[0].output
    os.kill(int(parent), signal.SIGKILL)
    assert submit(text(), student="ben").score == 10


@pytest.fixture
def launch(monkeypatch) -> Callable[[Jail], Started]:
    """Start a worker where forking is not safe, as on macOS and Windows."""
    monkeypatch.setattr(forkserver, "CAN_FORK", False)

    def start(jail: Jail) -> Started:
        ours, theirs = socket.socketpair()
        with ours, theirs, open(os.devnull, "w") as output:
            return forkserver.launch(theirs, output.fileno(), jail)

    return start


def test_where_forking_is_not_safe_a_worker_is_a_fresh_process(launch):
    """It is started and ended like any other; killed before it is ready, it tells the signal."""
    assert launch(Jail()).end() in (0, -9)


def test_where_forking_is_not_safe_only_a_process_can_be_had(launch):
    """A stronger level is an error, never a weaker run."""
    with pytest.raises(IsolationError, match="Isolation namespaces needs Linux"):
        launch(Jail("namespaces"))
