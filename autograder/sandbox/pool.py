"""Several grader processes side by side, each with zygotes of its own, fed one task at a time.

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
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from ..errors import AutograderError, UsageError
from .forkserver import CAN_FORK
from .spec import SandboxSpec
from .workers import Workers

Task = TypeVar("Task")
Answer = TypeVar("Answer")
ATTEMPTS = 2  # a first death may have been an accident of the machine, such as a lack of memory


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


def attempted(work: Callable[[Task, Workers], Answer], task: Task, workers: Workers) -> Answer | Raised:
    """The answer of a task that is done in this process, or the exception that ended it."""
    try:
        return work(task, workers)
    except Exception as error:
        return Raised.of(error)


def unwrapped(answer: Answer | Lost[Any] | Raised, what: str) -> Answer:
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


def run_parallel(
    work: Callable[[Task, Workers], Answer],
    tasks: Iterable[Task],
    *,
    processes: int,
    workers: Workers,
    specs: Sequence[SandboxSpec] = (),
) -> Generator[tuple[Task, Answer | Lost[Task] | Raised], None, None]:
    """Do every task in one of several processes; yields each with its answer, in the order in which they end.

    Args:
        work: gets a task, and the workers of its process; importable by name, as are tasks and answers.
        tasks: taken one by one as processes become free, so that any number fits in memory.
        workers: have the processes forked.
        specs: what the tasks will confine workers to; others cost a process its own import of torch.
    """
    waiting = iter(tasks)
    start = partial(_forked, workers, specs) if CAN_FORK else _spawned
    members: list[_Member[Task, Answer]] = []
    try:
        for _ in range(processes):
            members.append(_Member(work, start))
        busy = [member for member in members if member.take_from(waiting)]
        while busy:
            for ready in wait([member.link for member in busy]):
                member = next(m for m in busy if m.link is ready)
                done = member.answer()
                if done is not None:
                    yield done
                    if not member.take_from(waiting):
                        busy.remove(member)
    finally:
        for member in members:
            member.stop()


class _Member(Generic[Task, Answer]):
    """One process and the task that it has."""

    _task: Task

    def __init__(self, work: Callable[[Task, Workers], Answer], start: Callable[[], Connection]) -> None:
        self._work = work
        self._start = start
        self._attempts = 0
        self._begin()

    def _begin(self) -> None:
        self.link = self._start()
        self._pid = 0  # until it is ready
        self._send(self._work)

    def take_from(self, waiting: Iterator[Task]) -> bool:
        """Begin the next task; returns False if there is none."""
        try:
            self._task = next(waiting)
        except StopIteration:
            return False
        self._attempts = 1
        self._send(self._task)
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
            self._begin()
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


def _forked(workers: Workers, specs: Sequence[SandboxSpec]) -> Connection:
    """A grader where forking is safe: the fork of a process that has imported torch and never used it."""
    ours, theirs = socket.socketpair()
    with theirs:
        workers.fork_grader(theirs, __name__, specs)
    return Connection(ours.detach())


def _spawned() -> Connection:
    """A grader elsewhere: a fresh process."""
    context = multiprocessing.get_context("spawn")
    link, theirs = context.Pipe()
    context.Process(target=_serve, args=(theirs,), daemon=True).start()  # a daemon does not outlive this process
    theirs.close()
    return link


def main(link: socket.socket, zygotes: list[tuple[tuple[str, bool], socket.socket]]) -> None:
    """Life of a grader that the fork server forked; `zygotes` are sockets to zygotes of its own."""
    _serve(Connection(link.detach()), zygotes)


def _serve(link: Connection, zygotes: Sequence[tuple[tuple[str, bool], socket.socket]] = ()) -> None:
    """Life of a grader: Ctrl-C is the parent's business, and the end of the pipe the end."""
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)  # several processes with many spinning threads each take ten times as long
    # Nobody may listen any more, at any moment: the command may have ended, by a typo of the author's for instance.
    with Workers(zygotes) as workers, contextlib.suppress(EOFError, ConnectionError):
        link.send(os.getpid())
        if CAN_FORK:
            threading.Thread(target=_end_with_parent, args=(link.fileno(),), daemon=True).start()
        _answer_tasks(link, workers)


def _answer_tasks(link: Connection, workers: Workers) -> None:
    """Do one task after the other, until nobody sends any more."""
    work = link.recv()
    while True:
        answer = attempted(work, link.recv(), workers)
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
