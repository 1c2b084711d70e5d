"""The channel to a student's module in a worker process, which is started anew whenever it was lost."""

from __future__ import annotations

import builtins
import keyword
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from ..checking.record import Call
from ..checking.verdict import Verdict, Wording
from ..errors import WorkerError
from ..model import Budget, Outcome
from ..worker import wire
from .forkserver import Jail
from .process import WorkerProcess
from .spare import clear_away, take
from .submissions import Source
from .text import clean

MOST_NOTES = 10


class Unwritten(Verdict):
    """The call reached a function that is still a stub."""

    def __init__(self, function: str) -> None:
        super().__init__(Outcome.NOT_ATTEMPTED, f"`{function}` is not written yet.")
        self.function = function


class RemoteChannel:
    """Calls functions of a submission in its worker.

    Args:
        source: the student's file.
        name: name of the module.
        functions: the names whose status `load` tells.
        budget: limits of time.
        jail: what its process is confined to.
        device: torch device that tensor arguments are put on.
    """

    def __init__(
        self, source: Source, *, name: str, functions: list[str], budget: Budget, jail: Jail, device: str
    ) -> None:
        self._source = source
        self._load_request = {"name": name, "device": device, "functions": functions}
        self._budget = budget
        self._jail = jail
        self._single_precision = device.startswith("mps")  # which has no float64
        self._worker: WorkerProcess | None = None
        self._end = math.inf  # the clock of the submission starts when its first worker is ready
        self._deadline = self._end
        self._unsent: dict = {}  # goes along with the next request

    def load(self) -> dict[str, str]:
        """Execute the student's file; gives for each function "written", "stub" or "missing".

        Raises:
            Verdict: the file cannot be executed.
        """
        with self._losses():
            self._worker, self._unsent = take(self._jail), {"seed": 0}
        self._end = min(self._end, time.monotonic() + self._budget.submission_seconds)
        self._set_deadline()
        cells = [[cell.counts_whole, cell.source] for cell in self._source.cells]
        sources = self._source.beside | {self._load_request["name"]: cells or self._source.text}
        request = {"op": "load", "sources": sources, "path": str(self._source.path), **self._load_request}
        try:
            return self._exchange(request)[0]
        except wire.NotPlain as error:
            raise Verdict(Outcome.ERROR, "Your Python files are too large together to be loaded.") from error

    def notes(self) -> list[str]:
        """What is to be said about the lines of a notebook that was loaded."""
        try:
            found = self._exchange({"op": "notes"})[0] if self._source.cells and self._worker.alive else []
        except Verdict:
            return []
        notes = [n for n in found if _is_note(n)] if isinstance(found, list) else []
        told = [f"{self._source.place(line).capitalize()}: {clean(text)[:400]}" for line, text in notes[:MOST_NOTES]]
        return told + [f"And {len(notes) - MOST_NOTES} more notes of this kind."] * (len(notes) > MOST_NOTES)

    def begin(self, seed: int) -> None:
        """Prepare for the next check: forget its objects, seed the student's global generators, set the deadline."""
        if time.monotonic() >= self._end:
            raise Verdict(Outcome.TIMED_OUT, self._lost(Outcome.TIMED_OUT, ""))
        if self._worker is None or not self._worker.alive:
            self.load()
        self._set_deadline()
        self._unsent = {"seed": seed}

    def call(self, call: Call) -> tuple[Any, list[str]]:
        message = {
            "op": "call",
            "target": call.target,
            "name": call.name,
            "args": self._outgoing(call.args),
            "kwargs": self._outgoing(call.kwargs),
            "observe": call.observe,
        }
        value, changed = self._exchange(message)
        return value, [clean(str(label)) for label in changed]

    def read(self, target: int, name: str) -> Any:
        return self._exchange({"op": "read", "target": target, "name": name})[0]

    def assign(self, target: int, name: str, value: Any) -> None:
        self._exchange({"op": "assign", "target": target, "name": name, "value": self._outgoing(value)})

    def parameters(self, target: int | None, name: str) -> list[str]:
        try:
            found = self._exchange({"op": "parameters", "target": target, "name": name})[0]
        except Verdict:
            return []
        return [p for p in found if _is_name(p)] if isinstance(found, list) else []

    def take_output(self) -> str:
        """What the student's code printed since the last time this was asked."""
        return "" if self._worker is None else clean(self._worker.take_output())

    def close(self) -> None:
        """End the worker and all that it started."""
        if self._worker is not None:
            clear_away(self._worker, self._jail)

    def _set_deadline(self) -> None:
        self._deadline = min(self._end, time.monotonic() + self._budget.check_seconds)

    def _exchange(self, message: dict) -> tuple[Any, list]:
        """Send a request; gives value and changed inputs, or raises the verdict that the reply means."""
        message, self._unsent = message | self._unsent, {}
        with self._losses():
            reply = self._worker.request(message, deadline=self._deadline)
        if "problem" in reply:
            raise self._problem(reply)
        changed = reply.get("changed")
        return self._incoming(reply.get("value")), changed if isinstance(changed, list) else []

    @contextmanager
    def _losses(self) -> Iterator[None]:
        """Inside the block, the loss of a worker is a verdict."""
        try:
            yield
        except WorkerError as error:
            raise Verdict(Outcome(error.outcome), self._lost(Outcome(error.outcome), str(error))) from error

    def _lost(self, outcome: Outcome, reason: str) -> str:
        if outcome is Outcome.OUT_OF_MEMORY:
            return f"Your code was stopped for its use of memory: {reason}."
        if outcome is not Outcome.TIMED_OUT:
            return f"Your code ended the whole process: {reason}."
        if time.monotonic() >= self._end:
            return f"The {self._budget.submission_seconds:g} s for the whole submission are used up."
        return f"No answer within {self._budget.check_seconds:g} s: does a loop never end?"

    def _problem(self, reply: dict) -> Verdict:
        kind, text = reply.get("problem"), clean(str(reply.get("text", "")))
        if kind == "not_attempted":
            return Unwritten(text)
        if kind == "missing":
            return Verdict(Outcome.FAILED, Wording(text, "Something that this check asks for does not exist."))
        if kind == "out_of_memory":
            limit = f"The memory limit of {self._budget.memory_mb} MB was reached"
            return Verdict(Outcome.OUT_OF_MEMORY, Wording(f"{limit}: {text}", f"{limit}."))
        message, details = _exception_in_words(reply, text, self._source)
        return Verdict(Outcome.ERROR, message, details)

    def _outgoing(self, value: Any) -> Any:
        return _cast(value, torch.float64, torch.float32) if self._single_precision else value

    def _incoming(self, value: Any) -> Any:
        return _cast(value, torch.float32, torch.float64) if self._single_precision else value


def _cast(value: Any, old: torch.dtype, new: torch.dtype) -> Any:
    if isinstance(value, torch.Tensor):
        return value.to(new) if value.dtype == old else value
    if isinstance(value, list | tuple):
        return type(value)(_cast(v, old, new) for v in value)
    if isinstance(value, dict):
        return {key: _cast(v, old, new) for key, v in value.items()}
    return value


def _exception_in_words(reply: dict, text: str, source: Source) -> tuple[Wording, str]:
    """A sentence with the exception and the student's line, and the lines it passed.

    The text of an exception may hold what the function was given, so that it is left out where that is hidden.
    """
    name, file = clean(str(reply.get("type", "Exception")))[:80], source.path.name
    passed = reply.get("where")
    where = [w for w in passed if _is_place(w)] if isinstance(passed, list) else []
    lines = [(source.place(line) + (f", in {function}" if function else ""), code) for line, function, code in where]
    message = f"{name}: {text}" if text else name
    veiled = name if hasattr(builtins, name) else "An exception"
    if lines:
        place, code = lines[-1]
        message += f" ({file}, {clean(place)}: `{clean(code)[:200]}`)"
        veiled += f" ({file}, {source.place(where[-1][0])})"
    return Wording(message, veiled), "\n".join(f"{file}, {clean(at)}: {clean(code)[:200]}" for at, code in lines[:-1])


def _is_name(text: Any) -> bool:
    """Whether a text from a worker can stand for a variable."""
    named = isinstance(text, str) and text.isascii() and text.isidentifier() and len(text) <= 40
    return named and not keyword.iskeyword(text)


def _is_note(note: Any) -> bool:
    """Whether it is a line's number and a text."""
    return isinstance(note, list) and [type(part) for part in note] == [int, str]


def _is_place(where: Any) -> bool:
    """Whether it is a line's number, function and text; what a worker sends may be anything."""
    return isinstance(where, list) and [type(part) for part in where] == [int, str, str]
