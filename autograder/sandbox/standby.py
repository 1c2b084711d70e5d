"""A worker is kept ready: it starts while the submission before is graded, and that one's is cleared away meanwhile.

Starting and ending a worker takes as long as many a check. Neither needs us, so both happen in a thread. Only where no
submission can see another's processes, though: elsewhere one must be gone before the next one's worker exists.
"""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import Future, ThreadPoolExecutor

from ..errors import AutograderError, WorkerError
from ..model import ISOLATION_LEVELS
from .forkserver import START_SECONDS, Jail
from .process import WorkerProcess

STRONGEST = ISOLATION_LEVELS[-1]
_background = ThreadPoolExecutor(1, thread_name_prefix="spare")
_waiting: dict[Jail, Future[WorkerProcess]] = {}


def take(jail: Jail) -> WorkerProcess:
    """A worker that answers; the next one is begun.

    Raises:
        IsolationError: the level cannot be had here.
        WorkerError: it cannot be started.
    """
    if jail.level != STRONGEST:
        return _started(jail)
    spare = _waiting.pop(jail, None)
    for other in list(_waiting):  # an assignment before this one had other limits
        _background.submit(_discard, _waiting.pop(other))
    worker = (_alive(spare) if spare else None) or _started(jail)
    _waiting[jail] = _background.submit(_started, jail)
    return worker


def clear_away(worker: WorkerProcess, jail: Jail) -> None:
    """End a worker and all that it started."""
    if jail.level == STRONGEST:
        _background.submit(worker.kill)
    else:
        worker.kill()


def release() -> None:
    """End the workers that wait for a submission, and wait until everything before is cleared away."""
    for jail in list(_waiting):
        _background.submit(_discard, _waiting.pop(jail))
    _background.submit(lambda: None).result()


def _alive(spare: Future[WorkerProcess]) -> WorkerProcess | None:
    """The worker that was kept ready; None if it died meanwhile, which the next submission must not pay for."""
    with contextlib.suppress(WorkerError):
        worker = spare.result()
        if not worker.hung_up:
            return worker
        _background.submit(worker.kill)
    return None


def _started(jail: Jail) -> WorkerProcess:
    worker = WorkerProcess(jail)
    worker.request({"op": "hello"}, deadline=time.monotonic() + START_SECONDS)
    return worker


def _discard(spare: Future[WorkerProcess]) -> None:
    with contextlib.suppress(AutograderError):
        spare.result().kill()
