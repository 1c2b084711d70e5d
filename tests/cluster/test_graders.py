"""autograder.cluster.graders: nodes join, refuse, die and answer; every task has one answer. A made-up Dask."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import cloudpickle
import pytest

from autograder.cluster import graders as module
from autograder.cluster.graders import AHEAD, ATTEMPTS, ClusterGraders
from autograder.cluster.messages import Greeting, encoded
from autograder.cluster.proof import Identity, Terms
from autograder.errors import UsageError
from autograder.grading.classroom import Task
from autograder.sandbox.pool import Lost, Raised
from autograder.submissions.files import Submission

IDENTITY = Identity({"torch": "2"}, {"scaling": {"engine": "e"}})
WELCOME = {"isolation": "process", "versions": IDENTITY.versions, "hashes": IDENTITY.hashes}


class MadeUpFuture:
    """An answer that is ready when the client says so."""

    def __init__(self, student: str, node: str) -> None:
        self.student = student
        self.node = node

    def add_done_callback(self, call) -> None:
        self.call = call

    def result(self, timeout: float) -> bytes:
        return encoded(Raised(self.student, None, ""))


class MadeUpClient:
    """A cluster in which something happens whenever somebody looks which nodes are there.

    Args:
        events: functions of the client, one for each look; the last is called again and again.
    """

    def __init__(self, *events) -> None:
        self.events = list(events)
        self.present: set[str] = set()
        self.running: list[MadeUpFuture] = []
        self.most = 0
        self.id = "me"
        self.worker_plugins: dict[str, object] = {}  # of the scheduler
        self.clients = {"me": None, "another": None}

    def run_on_scheduler(self, function) -> list[str]:
        return function(dask_scheduler=self)

    def subscribe_topic(self, name: str, hear) -> None:
        self.hear = hear

    def register_plugin(self, plugin) -> None:
        self.worker_plugins[plugin.name] = plugin
        self.nthreads()

    def unregister_worker_plugin(self, name: str) -> None:
        del self.worker_plugins[name]

    def cancel(self, futures) -> None:
        self.running = [future for future in self.running if future not in futures]

    def submit(self, function, run, parcel, *, workers, **options) -> MadeUpFuture:
        future = MadeUpFuture(parcel.submission.student, workers[0])
        self.running.append(future)
        self.most = max(self.most, len(self.running))
        return future

    def nthreads(self) -> dict[str, int]:
        event = self.events.pop(0) if len(self.events) > 1 else self.events[0]
        event(self)
        return dict.fromkeys(self.present, 1)

    def join(self, *nodes: str, **greeting) -> None:
        for node in nodes:
            self.present.add(node)
            self.hear((0.0, {"greeting": vars(Greeting(node, **(greeting or WELCOME)))}))

    def work(self) -> None:
        done = [future for future in self.running if future.node in self.present]
        for future in done:
            self.running.remove(future)
            future.call(future)

    def die(self, *nodes: str) -> None:
        self.present -= set(nodes)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch) -> None:
    """Nobody waits."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.001)


@pytest.fixture
def todo(tmp_path: Path) -> list[Task]:
    """Five students without work."""
    return [Task(Submission(name, tmp_path / name), "scaling") for name in "abcde"]


def graded(client: MadeUpClient, todo: list[Task]) -> tuple[dict[str, str], list[str]]:
    """The answers by student, and what was told."""
    told: list[str] = []
    terms = Terms(("scaling",), 0, "cpu", "digits")
    graders = ClusterGraders(lambda: nullcontext(client), "tcp://here", terms, IDENTITY, told.append)
    answers = {}
    for task, answer in graders.answers(todo):
        assert task.submission.student not in answers
        answers[task.submission.student] = answer.message if isinstance(answer, Raised) else answer
    return answers, told


EACH = {name: name for name in "abcde"}


def test_every_task_is_answered_and_few_are_on_their_way(todo):
    """However many there are, so that neither side fills its memory."""
    # Whoever is slow looks after each of the two greetings; before the third look both have all that they may have.
    looks = [lambda c: None] * 2
    client = MadeUpClient(lambda c: c.join("one", "two"), *looks, MadeUpClient.work)
    assert graded(client, todo) == (EACH, [])
    assert client.most == 2 * AHEAD


def test_a_node_that_joins_later_takes_part(todo):
    """Also when the first has died with its tasks."""
    client = MadeUpClient(
        lambda c: c.join("one"), lambda c: None, lambda c: c.die("one"), lambda c: c.join("two"), MadeUpClient.work
    )
    assert graded(client, todo) == (EACH, [])


def test_runs_whose_client_is_gone_are_ended(todo):
    """It was killed, and its graders would stay on every node; other runs, and what is not ours, go on."""
    client = MadeUpClient(lambda c: c.join("one"), MadeUpClient.work)
    client.worker_plugins = dict.fromkeys(["autograder-killed", "autograder-another", "shuffle"])
    assert graded(client, todo) == (EACH, [])
    assert list(client.worker_plugins) == ["autograder-another", "shuffle"]


def test_a_scheduler_needs_nothing_of_ours():
    """It may run anywhere, with Dask alone."""
    asked = repr(cloudpickle.dumps(module._left_behind()))
    alone = "import pickle, sys; sys.modules['autograder'] = None; "
    check = f"scheduler = type('', (), dict(worker_plugins=['autograder-x'], clients=[])); pickle.loads({asked})"
    done = subprocess.run([sys.executable, "-c", f"{alone}{check}(scheduler) == ['autograder-x'] or sys.exit(1)"])
    assert done.returncode == 0


def test_a_task_with_which_nodes_die_is_lost_in_the_end(todo):
    """A bounded number of nodes; the others have their answers."""
    numbers = iter(range(100))

    def replaced(client: MadeUpClient) -> None:
        client.die(*client.present)
        client.join(f"node {next(numbers)}")

    client = MadeUpClient(*[replaced, lambda c: None] * ATTEMPTS, replaced, MadeUpClient.work)
    answers, _ = graded(client, todo)
    assert {name: answers[name] for name in "cde"} == {name: name for name in "cde"}
    assert {answers["a"], answers["b"]} == {Lost(todo[0]), Lost(todo[1])}


def test_a_node_that_refuses_is_told_of_and_the_others_work(todo):
    """Once, in a line."""
    first = [lambda c: (c.join("one"), c.join("odd", refusal="It has no course.")), lambda c: None]
    client = MadeUpClient(*first, MadeUpClient.work)
    assert graded(client, todo) == (EACH, ["The node odd cannot take part: It has no course."])


@pytest.mark.parametrize(
    ("greeting", "why"),
    [
        ({"refusal": "It has no course."}, "It has no course."),
        (WELCOME | {"versions": {"torch": "1"}}, "it has torch 1, and here is 2."),
        (WELCOME | {"hashes": {"scaling": {"engine": "f"}}}, "its engine is not the one here."),
    ],
)
def test_where_every_node_refuses_the_run_ends(todo, greeting: dict, why: str):
    """With the reason of one of them."""
    client = MadeUpClient(lambda c: c.join("odd", **greeting), lambda c: None)
    with pytest.raises(UsageError, match=f"^The node odd cannot take part: {why}$"):
        graded(client, todo)


def test_a_run_does_not_wait_for_nodes_for_ever(todo, monkeypatch):
    """It says that it waits, and ends some minutes later."""
    monkeypatch.setattr(module, "SILENT_SECONDS", 0.01)
    monkeypatch.setattr(module, "NODE_SECONDS", 1)
    told: list[str] = []
    client = MadeUpClient(lambda c: None)
    terms = Terms(("scaling",), 0, "cpu", "digits")
    graders = ClusterGraders(lambda: nullcontext(client), "tcp://here", terms, IDENTITY, told.append)
    with pytest.raises(UsageError, match="No node of tcp://here could be used for 1 s; finished results are kept."):
        list(graders.answers(todo))
    assert told == ["Waiting for nodes of tcp://here (0 have joined, none is ready)."]


def test_an_answer_that_is_no_result_of_this_course_ends_the_run(todo, monkeypatch, submit, text):
    """The course of the node was changed while the class was graded."""
    record = {"result": submit(text()).to_dict()}
    monkeypatch.setattr(MadeUpFuture, "result", lambda future, timeout: json.dumps(record).encode())
    client = MadeUpClient(lambda c: c.join("one"), MadeUpClient.work)
    with pytest.raises(UsageError, match="The node one has changed since it joined"):
        graded(client, todo)
