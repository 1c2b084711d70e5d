"""Our part in a worker process of Dask: it proves what it is, and grades the parcels that it gets, one at a time.

Everything is computed in a grader process, as with `--jobs`, so that no submission and no memory that a check needs
can bring down the worker process itself.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Generator, Iterator
from functools import partial

from distributed import Worker, WorkerPlugin, get_worker

from ..grading.classroom import Task
from ..model import ISOLATION_LEVELS
from ..sandbox.pool import Lost, Raised, run_parallel, unwrapped
from ..sandbox.spec import SandboxSpec
from ..sandbox.workers import Workers
from .messages import Greeting, encoded, graded
from .parcels import Parcel, unpacked
from .proof import Proof, Terms, proof

Answers = Generator[tuple[Task, bytes | Lost[Task] | Raised], None, None]


class Node(WorkerPlugin):
    """What a run adds to every worker process of a cluster, also to those that join later.

    Args:
        run: a name that no other run has.
        terms: what the run asks for.
    """

    def __init__(self, run: str, terms: Terms) -> None:
        self.name = run
        self._terms = terms

    def setup(self, worker: Worker) -> None:
        """Begin to prove what this is, in a thread, since the process must go on answering meanwhile."""
        self._graders = _Graders(self._terms)
        threading.Thread(target=self._greet, args=(worker,), daemon=True).start()

    def teardown(self, worker: Worker) -> None:
        """End the graders, once the parcel that they have is done."""
        threading.Thread(target=self._graders.close, daemon=True).start()

    def grade(self, parcel: Parcel) -> bytes:
        """The answer to a parcel."""
        return self._graders.grade(parcel)

    def _greet(self, worker: Worker) -> None:
        try:
            greeting = Greeting.of(worker.address, self._graders.prove())
        except Exception as error:  # whatever it is, the run must be told, and other nodes may do
            greeting = Greeting(worker.address, refusal=str(error))
        worker.log_event(self.name, {"greeting": dataclasses.asdict(greeting)})


def grade_parcel(run: str, parcel: Parcel) -> bytes:
    """The task that Dask carries: grade a parcel where this is called, and return the answer as JSON."""
    node: Node = get_worker().plugins[run]
    return node.grade(parcel)


class _Graders:
    """The grader process of this node, and the fork server that it came from."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms.at_home()
        self._workers = Workers()
        self._proof: Proof | None = None
        self._answers: Answers | None = None
        self._alone = threading.Lock()  # with a second thread, the next parcel is unpacked while one is graded

    def prove(self) -> Proof:
        """What this machine is.

        Raises:
            UsageError: it will not do.
        """
        gpu = self._terms.device == "cuda"
        specs = [SandboxSpec(level, gpu) for level in ISOLATION_LEVELS]  # any of them may be tried
        with self._alone:
            found = run_parallel(proof, [self._terms], processes=1, workers=self._workers, specs=specs)
            ((_, answer),) = found
            self._proof = unwrapped(answer, "the process that tried to confine another")
            return self._proof

    def grade(self, parcel: Parcel) -> bytes:
        """The answer to a parcel."""
        try:
            with unpacked(parcel) as task, self._alone:
                return encoded(self._answer(task))
        except Exception as error:
            return encoded(Raised.of(error))

    def _answer(self, task: Task) -> bytes | Lost[Task] | Raised:
        self._task = task
        if self._answers is None:
            self._answers = self._started()
        try:
            _, answer = next(self._answers)
        except Exception:  # no grader process can be started, say; another one may, for the next task
            self._stop()
            raise
        return answer

    def _started(self) -> Answers:
        assert self._proof is not None  # no parcel is sent to a node that has not proven what it is
        setting = self._terms.setting(self._proof.isolation)
        return run_parallel(
            partial(graded, self._proof.course, setting),
            self._tasks(),
            processes=1,
            workers=self._workers,
            specs=[SandboxSpec(setting.isolation, setting.gpu)],
        )

    def _tasks(self) -> Iterator[Task]:
        """The task of the moment, whenever the pool asks for the next one."""
        while True:
            yield self._task

    def close(self) -> None:
        """End what was started."""
        with self._alone, self._workers:
            self._stop()

    def _stop(self) -> None:
        if self._answers is not None:
            self._answers.close()
        self._answers = None
