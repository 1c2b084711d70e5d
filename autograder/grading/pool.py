"""Several grader processes side by side, each with its own fork server, fed one task at a time.

A grader process that dies takes nothing with it: its task is given to a fresh one once more, and after a second death
it counts as lost. Answers reach the caller as soon as they are there, in any order.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.util import get_temp_dir
from typing import Generic, TypeVar

from ..errors import AutograderError
from .forkserver import CAN_FORK

Task = TypeVar("Task")
Answer = TypeVar("Answer")
ATTEMPTS = 2


@dataclass(frozen=True)
class Lost(Generic[Task]):
    """A task whose grader process died at every attempt."""

    task: Task


def prestart() -> None:
    """Begin to start the process that graders are forked from, so that it imports torch while the caller does."""
    if CAN_FORK:
        _context()
        forkserver.ensure_running()


def run_parallel(
    work: Callable[[Task], Answer], tasks: Iterable[Task], processes: int
) -> Iterator[tuple[Task, Answer | Lost[Task]]]:
    """Do every task in one of several processes; gives each with its answer, in the order in which they end.

    Args:
        work: importable by name, as are tasks and answers; it must not raise.
        tasks: taken one by one as processes become free, so that any number fits in memory.
    """
    waiting = iter(tasks)
    members = [_Member(work) for _ in range(processes)]
    try:
        busy = [member for member in members if member.take(next(waiting, None))]
        while busy:
            for ready in wait([member.link for member in busy]):
                member = next(m for m in busy if m.link is ready)
                done = member.answer()
                if done is not None:
                    yield done
                    if not member.take(next(waiting, None)):
                        busy.remove(member)
    finally:
        for member in members:
            member.stop()


class _Member(Generic[Task, Answer]):
    """One process and the task that it has."""

    def __init__(self, work: Callable[[Task], Answer]) -> None:
        self._work = work
        self._task: Task | None = None
        self._attempts = 0
        self._start()

    def _start(self) -> None:
        context = _context()
        self.link, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._work, get_temp_dir()), daemon=True)
        self._process.start()
        self._ready = False
        theirs.close()

    def take(self, task: Task | None) -> bool:
        """Begin a task; False if there is none."""
        if task is None:
            return False
        self._task, self._attempts = task, 1
        self._send()
        return True

    def answer(self) -> tuple[Task, Answer | Lost[Task]] | None:
        """What came of the task; None if there is no answer yet, after a fresh process has begun it anew, say.

        Raises:
            AutograderError: the process could not even start.
        """
        try:
            message = self.link.recv()
            if self._ready:
                return self._task, message
            self._ready = True
            return None
        except (EOFError, OSError) as error:
            self.stop()
            if not self._ready:
                raise AutograderError("A grader process could not start.") from error
            self._start()
            if self._attempts >= ATTEMPTS:
                return self._task, Lost(self._task)
            self._attempts += 1
            self._send()
            return None

    def stop(self) -> None:
        """End the process, whatever it is doing; its workers go with it."""
        self.link.close()
        self._process.kill()
        self._process.join()

    def _send(self) -> None:
        try:
            self.link.send(self._task)
        except OSError:  # it has died; `answer` will see that
            pass


@lru_cache
def _context() -> BaseContext:
    """Where forking is safe, graders are forks of a process that has imported torch and never used it."""
    if not CAN_FORK:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"{__package__}.classroom"])
    return context


def _serve(link: Connection, work: Callable, sockets: str) -> None:
    """Life of a member: Ctrl-C is the parent's business, and the end of the pipe the end."""
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)  # several processes with many spinning threads each take ten times as long
    threading.Thread(target=_end_with_parent, args=(sockets,), daemon=True).start()
    link.send("ready")
    while True:
        try:
            task = link.recv()
        except EOFError:
            return
        link.send(work(task))


def _end_with_parent(sockets: str) -> None:
    """Stop at once when the parent was killed; nobody waits for the answer, or clears away its folder of sockets."""
    multiprocessing.parent_process().join()
    shutil.rmtree(sockets, ignore_errors=True)
    os._exit(1)
