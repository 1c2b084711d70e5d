"""Several grader processes side by side, each with its own fork servers, fed one task at a time.

A grader process that dies takes nothing with it: its task is given to a fresh one once more, and after a second death
it counts as lost. An exception in it comes home with its traceback and ends no process. Answers reach the caller as
soon as they are there, in any order.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import select
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

from ..errors import AutograderError, UsageError
from .forkserver import CAN_FORK, fork_grader, nursery, use_nursery

Task = TypeVar("Task")
Answer = TypeVar("Answer")
ATTEMPTS = 2


@dataclass(frozen=True)
class Lost(Generic[Task]):
    """A task whose grader process died at every attempt."""

    task: Task


@dataclass(frozen=True)
class Raised:
    """An exception that ended a task, in words that can be sent: it may hold what cannot.

    Args:
        kind: `UsageError` or `AutograderError`, whose message says all there is to say, or None for any other.
        traceback: as Python prints it.
    """

    message: str
    kind: type[AutograderError] | None
    traceback: str

    @classmethod
    def of(cls, error: Exception) -> Raised:
        """The words of an exception."""
        trace = "".join(traceback.format_exception(error))
        for kind in (UsageError, AutograderError):
            if isinstance(error, kind):
                return cls(str(error), kind, trace)
        return cls(f"{type(error).__name__}: {error}", None, trace)


def attempted(work: Callable[[Task], Answer], task: Task) -> Answer | Raised:
    """The answer of a task that is done in this process, or the exception that ended it."""
    try:
        return work(task)
    except Exception as error:
        return Raised.of(error)


def unwrapped(answer: Answer | Lost[Task] | Raised, what: str) -> Answer:
    """The answer of a task without which nothing can go on.

    Args:
        what: the task, as in "the process that graded ana's work".
    Raises:
        UsageError: the task ended with one.
        AutograderError: there is no answer for another reason.
    """
    if isinstance(answer, Lost):
        raise AutograderError(f"{what[0].upper()}{what[1:]} died twice.")
    if isinstance(answer, Raised):
        if answer.kind is not None:
            raise answer.kind(answer.message)
        raise AutograderError(f"{what[0].upper()}{what[1:]} failed:\n{answer.traceback}".rstrip())
    return answer


def prestart() -> None:
    """Begin to start the process that graders are forked from, so that it imports torch while the caller does."""
    if CAN_FORK:
        nursery()


def run_parallel(
    work: Callable[[Task], Answer], tasks: Iterable[Task], processes: int
) -> Iterator[tuple[Task, Answer | Lost[Task] | Raised]]:
    """Do every task in one of several processes; gives each with its answer, in the order in which they end.

    Args:
        work: importable by name, as are tasks and answers.
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
        self.link = _forked() if CAN_FORK else _spawned()
        self._pid = 0  # until it is ready
        self._send(self._work)

    def take(self, task: Task | None) -> bool:
        """Begin a task; False if there is none."""
        if task is None:
            return False
        self._task, self._attempts = task, 1
        self._send(task)
        return True

    def answer(self) -> tuple[Task, Answer | Lost[Task] | Raised] | None:
        """What came of the task; None if there is no answer yet, after a fresh process has begun it anew, say.

        Raises:
            AutograderError: the process could not even start.
        """
        try:
            message = self.link.recv()
            if self._pid:
                return self._task, message
            self._pid = message
            return None
        except (EOFError, OSError) as error:
            self.stop()
            if not self._pid:
                raise AutograderError("A grader process could not start.") from error
            self._start()
            if self._attempts >= ATTEMPTS:
                return self._task, Lost(self._task)
            self._attempts += 1
            self._send(self._task)
            return None

    def stop(self) -> None:
        """End the process, whatever it is doing; its workers go with it."""
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self.link.close()

    def _send(self, message: object) -> None:
        with contextlib.suppress(OSError):  # it has died; `answer` will see that
            self.link.send(message)


def _forked() -> Connection:
    """A grader where forking is safe: the fork of a process that has imported torch and never used it."""
    ours, theirs = socket.socketpair()
    with theirs:
        fork_grader(theirs, __name__)
    return Connection(ours.detach())


def _spawned() -> Connection:
    """A grader elsewhere: a fresh process."""
    context = multiprocessing.get_context("spawn")
    link, theirs = context.Pipe()
    context.Process(target=_serve, args=(theirs,), daemon=True).start()
    theirs.close()
    return link


def main(link: socket.socket, control: socket.socket) -> None:
    """Life of a grader that the nursery forked; `control` leads to a nursery of its own."""
    use_nursery(control)
    _serve(Connection(link.detach()))


def _serve(link: Connection) -> None:
    """Life of a grader: Ctrl-C is the parent's business, and the end of the pipe the end."""
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)  # several processes with many spinning threads each take ten times as long
    link.send(os.getpid())
    if CAN_FORK:
        threading.Thread(target=_end_with_parent, args=(link.fileno(),), daemon=True).start()
    with contextlib.suppress(EOFError):
        work = link.recv()
        while True:
            task = link.recv()
            answer = attempted(work, task)
            try:
                link.send(answer)
            except OSError:  # nobody listens any more
                raise
            except Exception as error:  # it cannot be sent, and nothing of it was
                link.send(Raised.of(error))


def _end_with_parent(link: int) -> None:
    """Stop at once when the other end is gone; nobody waits for the answer."""
    poll = select.poll()
    poll.register(link, 0)  # reports the end alone
    poll.poll()
    os._exit(1)
