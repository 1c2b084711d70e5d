"""The nodes of a cluster as graders: few parcels at a time go to each, and answers are handed on as they come.

The tasks of a node that is gone are given to others, a bounded number of times. All state is here, so that a run that
is killed leaves nothing behind that counts: the next one goes on from the results folder.
"""

from __future__ import annotations

import contextlib
import dataclasses
import queue
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from distributed import CancelledError, Client, Future, KilledWorker

from ..errors import UsageError
from ..grading.classroom import Answer, Task
from ..model import Result
from ..sandbox.pool import Lost, Raised
from .messages import Greeting, decoded
from .node import Node, grade_parcel
from .parcels import packed
from .proof import Identity, Terms

RUNS = "autograder-"  # begins the name of a run, which goes on with its client's
AHEAD = 2  # parcels of a node: one that is graded, and one that waits there, so that it never waits for us
ATTEMPTS = 3  # a node that dies is nobody's fault at first; later the submission may be to blame
LOOK_SECONDS = 2.0
ANSWER_SECONDS = 60.0  # for an answer to arrive that is ready; else its node is gone
NODE_SECONDS = 300.0  # without any node; a batch system may take long to give one
SILENT_SECONDS = 30.0  # before it is told that there is none


def _left_behind() -> Callable[..., list[str]]:
    """What a scheduler answers with the names of runs whose client is gone; it needs nothing of ours for that."""
    runs = RUNS
    return lambda dask_scheduler: [
        name
        for name in dask_scheduler.worker_plugins
        if name.startswith(runs) and name.removeprefix(runs) not in dask_scheduler.clients
    ]


@dataclass
class _Errand:
    """A task on its way, and how often a node died with it."""

    task: Task
    deaths: int = 0


@dataclass
class _Member:
    """A node that takes part, with the answers that it owes."""

    greeting: Greeting
    owes: dict[Future, _Errand] = field(default_factory=dict)


@dataclass
class ClusterGraders:
    """Graders on the nodes of a cluster.

    Args:
        connect: gives a client of the cluster.
        address: what messages call it.
        terms: what every node is asked for.
        identity: what every node must be.
        tell: says a sentence to the staff at once.
    """

    connect: Callable[[], AbstractContextManager[Client]]
    address: str
    terms: Terms
    identity: Identity
    tell: Callable[[str], None]
    levels: list[str] = field(default_factory=list)

    def answers(self, todo: Sequence[Task], *, secret: str = "") -> Iterator[tuple[Task, Answer]]:
        """Grade every task; yields each with its answer, in the order in which they end.

        Args:
            secret: what the inputs of hidden checks follow from besides the seed.
        Raises:
            UsageError: the cluster cannot be reached, or none of its nodes will do.
        """
        with self.connect() as client:
            graders = dataclasses.replace(self, terms=dataclasses.replace(self.terms, secret=secret))
            run = _Run(graders, client, todo)
            try:
                run.begin()
                yield from run.answers()
            finally:
                run.end()


class _Run:
    """One run over the tasks."""

    def __init__(self, graders: ClusterGraders, client: Client, todo: Sequence[Task]) -> None:
        self._graders = graders
        self._client = client
        self._name = f"{RUNS}{client.id}"
        self._waiting = deque(map(_Errand, todo))
        self._members: dict[str, _Member] = {}
        self._refusals: dict[str, str] = {}  # by the node's address
        self._untold: list[str] = []
        self._inbox: queue.SimpleQueue[Greeting | Future] = queue.SimpleQueue()
        self._looked = time.monotonic()
        self._alone_since = self._looked
        self._has_complained = False

    def begin(self) -> None:
        """Ask every node to prove what it is, also those that join later."""
        # A client that was killed could not leave its nodes, where its graders would stay for ever.
        for name in self._client.run_on_scheduler(_left_behind()):
            self._client.unregister_worker_plugin(name)
        self._client.subscribe_topic(self._name, self._hear)
        self._client.register_plugin(Node(self._name, self._graders.terms))

    def _hear(self, event: tuple[float, dict[str, Any]]) -> None:
        """Take the greeting of a node, in a thread of Dask's."""
        _, message = event
        self._inbox.put(Greeting(**message["greeting"]))

    def end(self) -> None:
        """Leave the nodes as they were."""
        self._tell_refusals()
        # What is being graded ends by itself; its answer goes nowhere.
        for member in self._members.values():
            self._client.cancel(list(member.owes))
        with contextlib.suppress(Exception):  # the cluster may be gone, and with it what should leave it
            self._client.unregister_worker_plugin(self._name)

    def answers(self) -> Iterator[tuple[Task, Answer]]:
        """Every task with its answer."""
        while self._waiting or any(member.owes for member in self._members.values()):
            yield from self._hand_out()
            yield from self._arrived()
            if time.monotonic() - self._looked > LOOK_SECONDS:
                yield from self._look()

    def _hand_out(self) -> Iterator[tuple[Task, Answer]]:
        """Keep every node busy; yields the tasks that cannot be sent."""
        for _ in range(AHEAD):
            for member in self._members.values():
                if self._waiting and len(member.owes) < AHEAD:
                    errand = self._waiting.popleft()
                    try:
                        self._send(errand, member)
                    except OSError as error:
                        yield errand.task, Raised.of(error)

    def _send(self, errand: _Errand, member: _Member) -> None:
        node = member.greeting.node
        parcel = packed(errand.task)
        # Only to this node: Dask cannot know which of them have proven what they are.
        key = f"{self._name}-{secrets.token_hex(8)}"
        future = self._client.submit(grade_parcel, self._name, parcel, key=key, pure=False, workers=[node])
        member.owes[future] = errand
        future.add_done_callback(self._inbox.put)

    def _arrived(self) -> Iterator[tuple[Task, Answer]]:
        """What the next message brings, if one comes soon."""
        try:
            message = self._inbox.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            return
        if isinstance(message, Greeting):
            self._meet(message)
            return
        for member in self._members.values():
            if message in member.owes:  # else its task was given to somebody else since
                yield from self._answered(message, member.owes.pop(message), member.greeting)
                return

    def _meet(self, greeting: Greeting) -> None:
        """A node has said what it is: let it take part, or remember why not."""
        reason = greeting.refusal
        if not reason:
            difference = self._graders.identity.difference(greeting.identity)
            if difference:
                reason = f"{difference}."
        if reason:
            self._refusals[greeting.node] = f"The node {greeting.node} cannot take part: {reason}"
            self._untold.append(greeting.node)
            return
        self._members[greeting.node] = _Member(greeting)

    def _answered(self, future: Future, errand: _Errand, greeting: Greeting) -> Iterator[tuple[Task, Answer]]:
        """The answer that is ready; none if it was lost on its way and the task is given to another node."""
        try:
            text = future.result(timeout=ANSWER_SECONDS)
        except CancelledError as error:
            raise self._gone() from error
        except (KilledWorker, TimeoutError):
            yield from self._orphaned(errand)
        except Exception as error:
            yield errand.task, Raised.of(error)
        else:
            yield errand.task, self._verified(text, errand.task, greeting)

    def _verified(self, text: bytes, task: Task, greeting: Greeting) -> Answer:
        """An answer that was formed with what its node has shown.

        Raises:
            UsageError: it was not.
        """
        answer = decoded(text, task)
        if not isinstance(answer, Result):
            return answer
        if answer.run.isolation != greeting.isolation or not self._graders.identity.is_that_of(answer):
            raise UsageError(f"The node {greeting.node} has changed since it joined: restart it, and run this again.")
        if greeting.isolation not in self._graders.levels:
            self._graders.levels.append(greeting.isolation)
        return answer

    def _look(self) -> Iterator[tuple[Task, Answer]]:
        """Look which nodes are there; yields the tasks that too many of them died with.

        Raises:
            UsageError: nobody is left who could grade.
        """
        self._looked = time.monotonic()
        # Dask would wait for ever for a node of the same address, since a task was sent to that alone.
        try:
            present = self._client.nthreads()
        except OSError as error:
            raise self._gone() from error
        for node in set(self._members).difference(present):
            member = self._members.pop(node)
            self._client.cancel(list(member.owes))
            for errand in member.owes.values():
                yield from self._orphaned(errand)
        if self._members:
            self._alone_since = self._looked
            self._tell_refusals()
        else:
            self._complain(list(present))

    def _orphaned(self, errand: _Errand) -> Iterator[tuple[Task, Answer]]:
        """Give a task whose node died to another one, unless that has happened too often."""
        errand.deaths += 1
        if errand.deaths < ATTEMPTS:
            self._waiting.appendleft(errand)
        else:
            yield errand.task, Lost(errand.task)

    def _tell_refusals(self) -> None:
        """Say which nodes cannot take part, where others can."""
        if self._members:
            for node in self._untold:
                self._graders.tell(self._refusals[node])
            self._untold.clear()

    def _complain(self, present: list[str]) -> None:
        """Say that nobody takes part.

        Raises:
            UsageError: nobody will.
        """
        address = self._graders.address
        reasons = [self._refusals[node] for node in present if node in self._refusals]
        if reasons and len(reasons) == len(present):
            raise UsageError(reasons[0])
        seconds = self._looked - self._alone_since
        if seconds > NODE_SECONDS:
            raise UsageError(f"No node of {address} could be used for {NODE_SECONDS:g} s; finished results are kept.")
        if seconds > SILENT_SECONDS and not self._has_complained:
            self._has_complained = True
            self._graders.tell(f"Waiting for nodes of {address} ({len(present)} have joined, none is ready).")

    def _gone(self) -> UsageError:
        return UsageError(f"The scheduler of {self._graders.address} is gone; finished results are kept.")
