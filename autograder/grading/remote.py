"""The channel to a student's module in a worker process, which is started anew whenever it was lost."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from typing import Any

import torch

from ..actions import Action, Answer, Assign, asking, with_values
from ..checking.grammar import counted
from ..checking.spies import Callbacks, Given
from ..checking.verdict import Verdict
from ..errors import AutograderError, WorkerError
from ..hosting import Stopped
from ..model import Assignment, Exercise, Outcome, Rule
from ..sandbox.forkserver import START_SECONDS
from ..sandbox.process import WorkerProcess
from ..sandbox.spec import SandboxSpec
from ..sandbox.workers import Workers
from ..submissions.files import Source
from ..text import clean
from ..values import NotPlain, Originals, copied, mapped, size_of
from ..worker.wire import WireError
from .problems import Problems, is_list_of, parameters_in
from .sending import unsendable

MOST_NOTES = 10
LONGEST_NOTE = 400  # characters
# Bytes that the answers of one check may take beyond what it sent; right ones take a hundredth of that.
MOST_ANSWERED = 32 << 20
NO_MORE_WORKERS = "After your code had run, no process could be started for it any more: the staff should look at it."
NUMBERED = re.compile(r"number \d{1,2}")  # an argument that has no name
TOO_LARGE = "The answers of your code in this check are too large together: does a list or a tensor grow without end?"


class RemoteChannel:
    """Calls functions of a submission in its worker.

    Args:
        source: the student's file.
        assignment: whose functions, limits of time and rules hold.
        spec: what its process is confined to.
        device: torch device that tensor arguments are put on.
        workers: start and end the process.
        end: when its time is over at the latest, on the clock of `time.monotonic`.

    Attributes:
        apart: functions that others will stand for, so that rules do not look at them.
        has_run: whether a line of the student's code was ever executed, over this channel or another one.
    """

    def __init__(
        self,
        source: Source,
        assignment: Assignment,
        *,
        spec: SandboxSpec,
        device: str,
        workers: Workers,
        end: float = math.inf,
    ) -> None:
        self.apart: Sequence[str] = ()
        self.has_run = False
        self._source = source
        self._assignment = assignment
        self._budget = assignment.budget
        self._device = device
        self._spec = spec
        self._workers = workers
        self._single_precision = device.startswith("mps")  # which has no float64
        self._worker: WorkerProcess | None = None
        self._end = end  # the clock of the submission starts when its first worker is ready
        self._deadline = self._end
        self._room = MOST_ANSWERED  # bytes that answers may still take in this check
        self._unsent: dict[str, Any] = {}  # goes along with the next request
        self._postponed: list[Action] = []  # assignments, which go along with the next actions
        self._originals = Originals()
        self._given: dict[int, Given] = {}  # functions of ours, by number
        self._callbacks = Callbacks(self)
        self._problems = Problems(source, assignment)
        self._uses: dict[str, list[Any]] = {}  # of what rules rule out, by function

    def load(self) -> dict[str, str]:
        """Execute the student's file; returns for each function "written", "stub" or "missing".

        Raises:
            Verdict: the file cannot be executed.
        """
        with self._losses():
            self._worker = self._taken()
        self._unsent = {"seed": 0}
        self._end = min(self._end, time.monotonic() + self._budget.submission_seconds)
        self._set_deadline()
        cells = [list(cell.as_part(self._assignment)) for cell in self._source.cells]
        sources = self._source.beside | {self._assignment.slug: cells or self._source.text}
        text = {"sources": sources, "path": str(self._source.path), "name": self._assignment.slug}
        try:
            if self._assignment.rules:
                self._uses = self._inspected(text)
            self.has_run = True
            request = {"op": "load", **text, "device": self._device, "functions": self._assignment.functions}
            request["own"] = list(self._assignment.imports)
            return self._exchange(request)
        except NotPlain as error:
            raise Verdict(Outcome.ERROR, "Your Python files are too large together to be loaded.") from error

    def _taken(self) -> WorkerProcess:
        """A worker for the student's code.

        Raises:
            Verdict: none can be had after the code has run, which may have ended what starts them.
        """
        try:
            return self._workers.take(self._spec)
        except WorkerError:
            raise
        except AutograderError as error:
            if not self.has_run:
                raise
            raise Verdict(Outcome.CRASHED, f"{NO_MORE_WORKERS} ({error})") from error

    def _inspected(self, text: dict[str, Any]) -> dict[str, list[Any]]:
        """The uses of what the rules rule out that can be seen in the text; nothing of it has been executed yet."""
        exercises = [exercise.id for exercise in self._assignment.exercises]
        stated = []
        for rule in self._assignment.rules:
            everywhere = all(map(rule.holds_for, exercises))
            stated.append({"names": rule.names, "allow": rule.allow, "everywhere": everywhere})
        request = {"op": "inspect", **text, "functions": self._assignment.functions, "stated": stated}
        # What the student wrote and did not hand in is no part of a library, though a rule may have its name.
        absent = dict.fromkeys(self._assignment.imports, "")
        request["sources"] = absent | text["sources"]
        request["apart"] = list(self.apart)
        uses = self._exchange(request)
        if not isinstance(uses, dict):
            return {}
        return uses

    def ruled_out(self, exercise: Exercise) -> Verdict | None:
        """The verdict on an exercise whose functions visibly use what is ruled out there, if any does."""
        uses: list[Any] = []
        for name in exercise.functions:
            uses += self._uses.get(name, [])
        return self._problems.ruled_out(uses, exercise)

    def notes(self) -> list[str]:
        """What is to be said about the lines of what was loaded."""
        if self._worker is None or not self._worker.alive:
            return []
        try:
            answer = self._exchange({"op": "notes"})
        except Verdict:
            return []
        if not isinstance(answer, list):
            return []
        places: dict[str, list[int]] = {}  # lines by what is to be said about them
        for note in answer:
            if is_list_of(note, int, str):
                line, text = note
                places.setdefault(clean(text)[:LONGEST_NOTE], []).append(line)
        told = [self._told(text, lines) for text, lines in places.items()]
        if len(told) > MOST_NOTES:
            return [*told[:MOST_NOTES], f"And {len(told) - MOST_NOTES} more notes of this kind."]
        return told

    def _told(self, text: str, lines: list[int]) -> str:
        """A note on some lines; 0 stands for a place that the text names itself."""
        if not lines[0]:
            return text
        place = self._source.place(lines[0]).capitalize()
        if len(lines) > 1:
            place += f" and {counted(len(lines) - 1, 'more place')}"
        return f"{place}: {text}"

    def begin(self, seed: int, exercise: str) -> None:
        """Prepare for a check of an exercise: forget objects, seed the global generators, set deadline and rules."""
        if time.monotonic() >= self._end:
            raise Verdict(Outcome.TIMED_OUT, self._lost(Outcome.TIMED_OUT, ""))
        if self._worker is None or not self._worker.alive:
            self.load()
        self._set_deadline()
        self._room = MOST_ANSWERED
        self._postponed.clear()
        self._originals.clear()
        self._given.clear()
        self._callbacks = Callbacks(self)
        in_force = [number for number, rule in enumerate(self._assignment.rules) if rule.holds_for(exercise)]
        self._unsent = {"seed": seed, "in_force": in_force, "exercise": exercise}

    def give(self, function: Given) -> None:
        """Answer calls of a function of ours from now on, until the next check."""
        self._given[function.id] = function

    def ask(self, actions: Sequence[Action]) -> Iterator[Answer]:
        """Do one after the other, all in one message, and return the answer to each.

        Assignments alone cost no message: they go along with the next actions.
        """
        outgoing = [with_values(action, self._outgoing) for action in actions]
        if all(isinstance(action, Assign) for action in outgoing):
            for action in outgoing:
                self._postponed.append(with_values(action, copied))  # the check may write into its own values later
                yield Answer()
            return
        if not self._given:
            yield from self._asked(outgoing)
            return
        for action in outgoing:  # one by one, so that it is known which of them calls a function of ours
            (answer,) = self._asked([action])
            yield Answer(answer.value, answer.changed, self._callbacks.take_calls())

    def _asked(self, actions: Sequence[Action]) -> Iterator[Answer]:
        """The answers to actions that go in one message."""
        sent = [*self._postponed, *actions]
        number_postponed = len(self._postponed)
        self._postponed.clear()
        try:
            replies = self._exchange(asking(*sent))
        except NotPlain as error:
            raise unsendable(sent, error) from error
        yield from islice(self._answers(replies, len(sent)), number_postponed, None)

    def _answers(self, replies: Any, count: int) -> Iterator[Answer]:
        """The answers in the replies to so many actions, up to the first that is a problem."""
        if not isinstance(replies, list) or len(replies) > count:
            raise _nonsense()
        for reply in replies:
            if not isinstance(reply, dict):
                raise _nonsense()
            if "problem" in reply:
                raise self._problems.verdict(reply)
            yield Answer(reply.get("value"), self._labels(reply.get("changed")))
        if len(replies) < count:
            raise _nonsense()

    def _labels(self, changed: Any) -> list[str]:
        """Labels of the arguments that were changed in place, as a worker tells them.

        Only names of parameters in the text are shown: code that runs could make words of its own on a hidden input.
        """
        if not isinstance(changed, list):
            return []
        labels = []
        for label in changed:
            known = isinstance(label, str) and (label in self._parameters or NUMBERED.fullmatch(label))
            labels.append(label if known else "argument")
        return labels

    @cached_property
    def _parameters(self) -> frozenset[str]:
        return parameters_in(self._source.text)

    def take_output(self) -> str:
        """What the student's code printed since the last time this was asked."""
        if self._worker is None:
            return ""
        return clean(self._worker.take_output())

    def close(self) -> None:
        """End the worker and all that it started."""
        if self._worker is not None:
            self._workers.clear_away(self._worker)

    def _set_deadline(self) -> None:
        self._deadline = min(self._end, time.monotonic() + self._budget.check_seconds)

    @property
    def _process(self) -> WorkerProcess:
        if self._worker is None:
            raise RuntimeError("nothing was loaded yet")
        return self._worker

    def _exchange(self, message: dict[str, Any]) -> Any:
        """Send a request; returns the value of the reply, or raises the verdict that it means."""
        request = message | self._unsent
        self._unsent = {}
        self._room += size_of(message)
        most = max(0, self._room)
        try:
            with self._losses():
                reply = self._process.request(request, deadline=self._deadline, answering=self._call_back, most=most)
        finally:
            self._callbacks.end()  # the check was over by then, whatever else became of the process
        if "problem" in reply:
            raise self._problems.verdict(reply)
        value = self._incoming(reply.get("value"))
        self._room -= size_of(value)
        if self._room < 0:
            raise Verdict(Outcome.FAILED, TOO_LARGE)
        return value

    def _call_back(self, call: dict[str, Any]) -> dict[str, Any]:
        """The answer to a call of a function of ours, as a worker tells it.

        Raises:
            WireError: it is no such call.
        """
        number = call["function"]
        args, kwargs = self._incoming([call.get("args"), call.get("kwargs")])
        if type(number) is not int or number not in self._given:
            raise WireError("it calls a function that it was not given")
        if not isinstance(args, tuple) or not isinstance(kwargs, dict):
            raise WireError("it calls a function without arguments")
        if not all(isinstance(name, str) for name in kwargs):
            raise WireError("it calls a function with an argument that has no name")
        try:
            return {"value": self._outgoing(self._callbacks.answer(self._given[number], args, kwargs))}
        except Stopped:
            if not self._process.alive:  # it was lost when our function asked for something
                self._callbacks.end()
            return {"stop": True}

    @contextmanager
    def _losses(self) -> Iterator[None]:
        """Inside the block, the loss of a worker is a verdict."""
        try:
            yield
        except WorkerError as error:
            outcome = Outcome(error.outcome)
            raise Verdict(outcome, self._lost(outcome, str(error))) from error

    def _lost(self, outcome: Outcome, reason: str) -> str:
        if outcome is Outcome.OUT_OF_MEMORY:
            return f"Your code was stopped for its use of memory: {reason}."
        if outcome is not Outcome.TIMED_OUT:
            return f"Your code ended the whole process: {reason}."
        if time.monotonic() >= self._end:
            return f"The {self._budget.submission_seconds:g} s for the whole submission are used up."
        return f"No answer within {self._budget.check_seconds:g} s: does a loop never end?"

    def _outgoing(self, value: Any) -> Any:
        value = self._originals.outgoing(value)
        if self._single_precision:
            return _cast(value, torch.float64, torch.float32)
        return value

    def _incoming(self, value: Any) -> Any:
        if self._single_precision:
            value = _cast(value, torch.float32, torch.float64)
        return self._originals.incoming(value)


def unknown_names(rules: Sequence[Rule], workers: Workers) -> list[str]:
    """Those of the names in rules that stand for nothing in the libraries that a student's code can import."""
    names: list[str] = []
    for rule in rules:
        names += [*rule.names, *rule.allow]
    worker = workers.start(SandboxSpec())
    try:
        return worker.request({"op": "unknown", "names": names}, deadline=time.monotonic() + START_SECONDS)["value"]
    finally:
        worker.kill()


def _nonsense() -> Verdict:
    return Verdict(Outcome.CRASHED, "The process answered nonsense when your code was called.")


def _cast(value: Any, old: torch.dtype, new: torch.dtype) -> Any:
    def cast_leaf(leaf: Any) -> Any:
        if isinstance(leaf, torch.Tensor) and leaf.dtype == old:
            return leaf.to(new)
        return leaf

    return mapped(value, cast_leaf)
