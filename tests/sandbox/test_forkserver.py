"""autograder.sandbox.forkserver: what a worker gets to know of our environment, and a fork server that is lost."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator

import pytest

from autograder.model import Outcome
from autograder.sandbox import workers as workers_module
from autograder.sandbox.forkserver import Started, environment
from autograder.sandbox.spec import IsolationError, SandboxSpec
from autograder.sandbox.workers import Workers


@pytest.fixture(scope="module")
def workers(_secret_in_the_environment) -> Iterator[Workers]:
    """Workers of this file's own, since tests here kill their fork server."""
    with Workers() as own:
        yield own


@pytest.mark.slow
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
    assert (name in environment()) == passed_on


KILLS_ITS_PARENTS = """
import os, pathlib, signal

zygote = os.getppid()
server = int(pathlib.Path(f"/proc/{zygote}/stat").read_text().rpartition(")")[2].split()[1])
for pid in VICTIMS:
    os.kill(pid, signal.SIGKILL)
os._exit(1)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
@pytest.mark.parametrize("victims", ["zygote,", "server, zygote"])
def test_a_fork_server_that_is_killed_harms_nobody_else(submit, text, victims: str):
    """A submission that gets at its parent, or at the parent of that, crashes; the next one is graded as ever."""
    first = submit(text(top=KILLS_ITS_PARENTS.replace("VICTIMS", f"({victims})")), student="ana")
    assert {check.outcome for check in first.checks} == {Outcome.CRASHED}
    assert submit(text(), student="ben").score == 10


@pytest.mark.slow
def test_a_fork_server_that_died_is_replaced(submit, text):
    """The next submission gets a fresh one, whatever became of the old one meanwhile."""
    parent = submit(text("import os; print(os.getppid()); return x + x")).checks[0].output
    os.kill(int(parent), signal.SIGKILL)
    assert submit(text(), student="ben").score == 10


@pytest.fixture
def launch(monkeypatch) -> Callable[[SandboxSpec], Started]:
    """Start a worker where forking is not safe, as on macOS and Windows."""
    monkeypatch.setattr(workers_module, "CAN_FORK", False)

    def start(spec: SandboxSpec) -> Started:
        ours, theirs = socket.socketpair()
        with ours, theirs, open(os.devnull, "w") as output, Workers() as fresh:
            return fresh.launch(theirs, output.fileno(), spec)

    return start


def test_where_forking_is_not_safe_a_worker_is_a_fresh_process(launch):
    """It is started and ended like any other; killed before it is ready, it tells the signal."""
    assert launch(SandboxSpec()).end() in (0, -9)


def test_where_forking_is_not_safe_only_a_process_can_be_had(launch):
    """A stronger level is an error, never a weaker run."""
    with pytest.raises(IsolationError, match="Isolation namespaces needs Linux"):
        launch(SandboxSpec("namespaces"))
