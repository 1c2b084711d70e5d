"""The owner of everything about worker processes: the fork server, its zygotes, the worker on standby and the thread
that clears away.

Nothing about processes is global. Whoever grades opens a `Workers` and hands it on. What it started ends with its block
or, should this process be killed, by itself: each process sees that the other end of its socket is gone.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from ..errors import AutograderError
from .forkserver import CAN_FORK, ForkServer, Started, Zygote, ZygoteGone, control_pair, launch_fresh
from .spec import SandboxSpec

if TYPE_CHECKING:
    from .process import WorkerProcess
    from .standby import Standby

# A submission that gets at its zygote may have killed the fork server too, which shows only when that is asked next.
ATTEMPTS = 3

Confined = tuple[str, bool]  # what all workers of a zygote have in common: level, and whether they may use the GPU


class Workers:
    """Starts workers and graders, and ends with its block all that it started.

    Nothing starts before it is needed; `prestart` begins early. It imports torch only once a worker is asked for, so
    that a process that merely hands out tasks does without.

    Args:
        zygotes: sockets to zygotes that are there already.
    """

    def __init__(self, zygotes: Iterable[tuple[Confined, socket.socket]] = ()) -> None:
        self._server: ForkServer | None = None
        self._zygotes: dict[Confined, Zygote] = {}
        self._lock = threading.RLock()  # the thread of the standby starts workers too
        self._standby: Standby | None = None
        for confined, control in zygotes:
            self._zygotes[confined] = Zygote(control)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        # In this order: the thread of the standby still asks zygotes, and the fork server waits for these.
        if self._standby is not None:
            self._standby.close()
        for zygote in self._zygotes.values():
            zygote.close()
        self._zygotes.clear()
        if self._server is not None:
            self._server.close()
        self._server = None

    def prestart(self, spec: SandboxSpec | None = None) -> None:
        """Begin to start the fork server, so that it imports torch while the caller does, and a zygote for a spec."""
        if not CAN_FORK:
            return
        with self._lock:
            if spec is not None:
                self._zygote(spec)
            elif self._server is None:
                self._server = ForkServer()

    def take(self, spec: SandboxSpec) -> WorkerProcess:
        """A worker that answers, which may have been kept on standby; the next one is begun.

        Raises:
            IsolationError: the level cannot be had here.
            WorkerError: it cannot be started.
        """
        return self._kept_ready().take(spec)

    def clear_away(self, worker: WorkerProcess) -> None:
        """End a worker and all that it started, in the background where that is safe."""
        self._kept_ready().clear_away(worker)

    def release(self) -> None:
        """End the worker on standby, and wait until everything before is cleared away."""
        if self._standby is not None:
            self._standby.release()

    def start(self, spec: SandboxSpec) -> WorkerProcess:
        """A fresh worker that answers; whoever asked for it ends it.

        Raises:
            IsolationError: the level cannot be had here.
            WorkerError: it cannot be started.
        """
        from .process import WorkerProcess

        worker = WorkerProcess(spec, self.launch)
        worker.greet()
        return worker

    def launch(self, link: socket.socket, output: int, spec: SandboxSpec) -> Started:
        """Start a worker on a socket and an output pipe.

        Raises:
            IsolationError: the level cannot be had here.
        """
        if not CAN_FORK:
            return launch_fresh(link, output, spec)
        for _ in range(ATTEMPTS - 1):
            zygote = self._zygote(spec)
            try:
                return zygote.fork(link, output, spec)
            except ZygoteGone:  # an earlier submission got at it; this one must not pay for that
                self._drop(zygote)
        return self._zygote(spec).fork(link, output, spec)

    def fork_grader(self, link: socket.socket, module: str, specs: Sequence[SandboxSpec]) -> None:
        """Have a process forked that runs `main` of a module, with a socket and a zygote for each of the specs.

        A grader knows the references, so that its zygotes must not be forks of it: the fork server forks both.

        Raises:
            AutograderError: it cannot be started.
        """
        zygotes = list(dict.fromkeys(_confined(spec) for spec in specs))
        with ExitStack() as handed_over, self._lock:
            controls = [handed_over.enter_context(self._forked_zygote(*confined)) for confined in zygotes]
            self._fork([link, *controls], role="grader", module=module, zygotes=zygotes)

    def _kept_ready(self) -> Standby:
        if self._standby is None:
            from .standby import Standby

            self._standby = Standby(self.start)
        return self._standby

    def _zygote(self, spec: SandboxSpec) -> Zygote:
        confined = _confined(spec)
        with self._lock:
            if confined not in self._zygotes:
                self._zygotes[confined] = Zygote(self._forked_zygote(*confined))
            return self._zygotes[confined]

    def _drop(self, gone: Zygote) -> None:
        """Forget a zygote that does not answer, and a fork server that could not even start it."""
        with self._lock:
            for confined, zygote in list(self._zygotes.items()):
                if zygote is gone:
                    del self._zygotes[confined]
            if not gone.has_answered and self._server is not None:
                self._server.kill()
                self._server = None
        gone.close()

    def _forked_zygote(self, level: str, gpu: bool) -> socket.socket:
        """The socket to a new zygote."""
        ours, theirs = control_pair()
        with theirs:
            self._fork([theirs], role="zygote", level=level, gpu=gpu)
        return ours

    def _fork(self, links: Sequence[socket.socket], **request: object) -> None:
        """Have a process forked, by a fresh fork server if the one before is gone."""
        for _ in range(ATTEMPTS):
            if self._server is None:
                self._server = ForkServer()
            if self._server.fork(links, **request):
                return
            self._server.close()
            self._server = None
        raise AutograderError("The process that starts graders and workers cannot be started.")


def _confined(spec: SandboxSpec) -> Confined:
    return spec.level, spec.gpu
