"""A worker is kept ready: it starts while the submission before is graded, and that one's is cleared away meanwhile.

Starting and ending a worker takes as long as many a check. Neither needs us, so both happen in a thread. Only where no
submission can see another's processes, though: elsewhere one must be gone before the next one's worker exists.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from ..errors import AutograderError, WorkerError
from ..model import ISOLATION_LEVELS
from .process import WorkerProcess
from .spec import SandboxSpec

STRONGEST = ISOLATION_LEVELS[-1]


class Standby:
    """Hands out workers, and keeps the next one ready.

    Args:
        start: starts a worker that answers.
    """

    def __init__(self, start: Callable[[SandboxSpec], WorkerProcess]) -> None:
        self._start = start
        # One thread, so that a worker is cleared away before the one after next starts: three exist at most.
        self._background = ThreadPoolExecutor(1, thread_name_prefix="standby")
        self._next: Future[WorkerProcess] | None = None
        self._next_spec: SandboxSpec | None = None

    def take(self, spec: SandboxSpec) -> WorkerProcess:
        """A worker that answers; the next one is begun.

        Raises:
            IsolationError: the level cannot be had here.
            WorkerError: it cannot be started.
        """
        # At a weaker level a submission could look at, or end, the process of the next one.
        if spec.level != STRONGEST:
            return self._start(spec)
        worker = self._waiting(spec) or self._start(spec)
        self._next = self._background.submit(self._start, spec)
        self._next_spec = spec
        return worker

    def clear_away(self, worker: WorkerProcess) -> None:
        """End a worker and all that it started."""
        if worker.spec.level == STRONGEST:
            self._background.submit(worker.kill)
        else:
            worker.kill()

    def release(self) -> None:
        """End the worker that waits for a submission, and wait until everything before is cleared away."""
        self._discard()
        self._background.submit(int).result()  # the thread takes one after the other

    def close(self) -> None:
        """End all workers that were cleared away or wait, and the thread."""
        self._discard()
        self._background.shutdown()

    def _waiting(self, spec: SandboxSpec) -> WorkerProcess | None:
        """The worker that was kept ready.

        There is none if it died meanwhile, which this submission must not pay for, or if an assignment before this one
        had other limits.
        """
        if self._next is None or self._next_spec != spec:
            self._discard()
            return None
        begun = self._next
        self._next = None
        with contextlib.suppress(WorkerError):
            worker = begun.result()
            if not worker.hung_up:
                return worker
            self._background.submit(worker.kill)
        return None

    def _discard(self) -> None:
        if self._next is not None:
            self._background.submit(_end, self._next)
            self._next = None


def _end(begun: Future[WorkerProcess]) -> None:
    with contextlib.suppress(AutograderError):
        begun.result().kill()
