"""The channel to a student's module in a worker process, which is started anew whenever it was lost."""

from __future__ import annotations

import builtins
import copy
import keyword
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from ..checking.record import Call, Read
from ..checking.verdict import Verdict, Wording
from ..errors import WorkerError
from ..evidence import Frame, Frames, Text
from ..model import Assignment, Exercise, ObjectRef, Outcome, Rule
from ..sandbox.forkserver import START_SECONDS, Jail
from ..sandbox.process import WorkerProcess
from ..sandbox.standby import clear_away, take
from ..submissions.files import Source
from ..text import clean
from ..values import NotPlain, Originals, mapped

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
        assignment: whose functions, limits of time and rules hold.
        jail: what its process is confined to.
        device: torch device that tensor arguments are put on.
    """

    def __init__(self, source: Source, assignment: Assignment, *, jail: Jail, device: str) -> None:
        self._source = source
        self._assignment = assignment
        self._budget = assignment.budget
        self._device = device
        self._jail = jail
        self._single_precision = device.startswith("mps")  # which has no float64
        self._worker: WorkerProcess | None = None
        self._end = math.inf  # the clock of the submission starts when its first worker is ready
        self._deadline = self._end
        self._unsent: dict = {}  # goes along with the next request
        self._kinds: dict[int, str] = {}  # class of each object that this check holds
        self._read_before: dict[str, dict] = {}  # names of attributes that were read of each class
        self._seen: dict[tuple[int, str], Any] = {}  # their values, sent along with the answer to the last call
        self._originals = Originals()
        self._uses: dict[str, Any] = {}  # of what rules rule out, by function

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
        sources = self._source.beside | {self._assignment.slug: cells or self._source.text}
        text = {"sources": sources, "path": str(self._source.path), "name": self._assignment.slug}
        try:
            if self._assignment.rules:
                self._uses = self._inspected(text)
            request = {"op": "load", **text, "device": self._device, "functions": self._assignment.functions}
            return self._exchange(request)
        except NotPlain as error:
            raise Verdict(Outcome.ERROR, "Your Python files are too large together to be loaded.") from error

    def _inspected(self, text: dict) -> dict[str, Any]:
        """The uses of what the rules rule out that can be seen in the text; nothing of it has been executed yet."""
        stated = [{"names": rule.names, "allow": rule.allow} for rule in self._assignment.rules]
        found = self._exchange({"op": "inspect", **text, "functions": self._assignment.functions, "stated": stated})
        return found if isinstance(found, dict) else {}

    def ruled_out(self, exercise: Exercise) -> Verdict | None:
        """The verdict on an exercise whose functions visibly use what is ruled out there, if any does."""
        uses = [use for name in exercise.functions for use in self._uses.get(name, ()) if self._is_use(use, exercise)]
        return self._forbidden(uses) if uses else None

    def notes(self) -> list[str]:
        """What is to be said about the lines of a notebook that was loaded."""
        try:
            found = self._exchange({"op": "notes"}) if self._source.cells and self._worker.alive else []
        except Verdict:
            return []
        notes = [n for n in found if _is_note(n)] if isinstance(found, list) else []
        told = [f"{self._source.place(line).capitalize()}: {clean(text)[:400]}" for line, text in notes[:MOST_NOTES]]
        return told + [f"And {len(notes) - MOST_NOTES} more notes of this kind."] * (len(notes) > MOST_NOTES)

    def begin(self, seed: int, exercise: str) -> None:
        """Prepare for a check of an exercise: forget objects, seed the global generators, set deadline and rules."""
        if time.monotonic() >= self._end:
            raise Verdict(Outcome.TIMED_OUT, self._lost(Outcome.TIMED_OUT, ""))
        if self._worker is None or not self._worker.alive:
            self.load()
        self._set_deadline()
        self._kinds.clear()
        self._originals.clear()
        in_force = [number for number, rule in enumerate(self._assignment.rules) if rule.holds_for(exercise)]
        self._unsent = {"seed": seed, "in_force": in_force}

    def call(self, call: Call) -> tuple[Any, list[str]]:
        likely = self._likely_to_be_read(call)
        observe, peek = {"observe": True} if call.observe else {}, {"peek": likely} if likely else {}
        reply = self._reply({"op": "call", **self._request(call), **observe, **peek})
        seen, changed, value = reply.get("seen"), reply.get("changed"), self._incoming(reply.get("value"))
        if isinstance(seen, list) and len(seen) == len(likely):
            found = zip(likely, seen, strict=True)
            self._seen = {key: self._incoming(one[0]) for key, one in found if isinstance(one, tuple) and one}
        if isinstance(value, ObjectRef):
            self._kinds[value.id] = value.type_name
        labels = changed if isinstance(changed, list) else []
        return value, [clean(str(label)) for label in labels]

    def _likely_to_be_read(self, call: Call) -> list[tuple[int, str]]:
        """Attributes of the object whose method is called, or of those that a function gets, read of others before."""
        given = [arg.id for arg in call.args if isinstance(arg, ObjectRef)] if call.target is None else [call.target]
        return [(target, name) for target in given for name in self._read_before.get(self._kinds.get(target), ())]

    def each(self, actions: Sequence[Call | Read]) -> Iterator[Any]:
        replies = self._exchange({"op": "each", "steps": [self._step(action) for action in actions]})
        if not (isinstance(replies, list) and all(isinstance(reply, dict) for reply in replies)):
            replies = []
        for reply in replies[: len(actions)]:
            if "problem" in reply:
                raise self._problem(reply)
            yield reply.get("value")
        if len(replies) < len(actions):
            raise Verdict(Outcome.CRASHED, "The process answered nonsense when it was asked for several things.")

    def _step(self, action: Call | Read) -> dict:
        if isinstance(action, Read):
            return {"op": "read", "target": action.target, "name": action.name}
        return {"op": "call", **self._request(action)}

    def effort(self, call: Call) -> tuple[int, int]:
        found = self._exchange({"op": "effort", **self._request(call)})
        if not (isinstance(found, tuple) and [type(count) for count in found] == [int, int]):
            raise Verdict(Outcome.CRASHED, "The process answered nonsense when its operations were counted.")
        return found

    def read(self, target: int, name: str) -> Any:
        if (target, name) in self._seen:
            return self._seen.pop((target, name))
        if target in self._kinds:
            self._read_before.setdefault(self._kinds[target], {})[name] = None
        return self._exchange(self._step(Read(target, name)))

    def assign(self, target: int, name: str, value: Any) -> None:
        self._seen.clear()
        value = copy.deepcopy(self._outgoing(value))  # the check may write into its own before it is sent
        self._unsent.setdefault("set", []).append([target, name, value])

    def parameters(self, target: int | None, name: str) -> list[str]:
        try:
            found = self._exchange({"op": "parameters", "target": target, "name": name})
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

    def _request(self, call: Call) -> dict:
        args, kwargs = self._outgoing(call.args), self._outgoing(call.kwargs)
        return {"target": call.target, "name": call.name, "args": args, "kwargs": kwargs}

    def _set_deadline(self) -> None:
        self._deadline = min(self._end, time.monotonic() + self._budget.check_seconds)

    def _exchange(self, message: dict) -> Any:
        """Send a request; gives the value of the reply, or raises the verdict that it means."""
        return self._incoming(self._reply(message).get("value"))

    def _reply(self, message: dict) -> dict:
        """Send a request; gives the reply, or raises the verdict that it means."""
        message, self._unsent = message | self._unsent, {}
        self._seen.clear()
        with self._losses():
            reply = self._worker.request(message, deadline=self._deadline)
        if "problem" in reply:
            raise self._problem(reply)
        return reply

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
        if kind == "forbidden" and self._is_use(reply.get("use")):
            return self._forbidden([reply["use"]], trusted=False)
        message, passed = _exception_in_words(reply, text, self._source)
        return Verdict(Outcome.ERROR, message, passed)

    def _is_use(self, use: Any, exercise: Exercise | None = None) -> bool:
        """Whether it is a rule's number, a name, a file and a line, and the rule holds for the exercise."""
        if not (isinstance(use, list) and [type(part) for part in use] == [int, str, str, int]):
            return False
        rules = self._assignment.rules
        return 0 <= use[0] < len(rules) and (exercise is None or rules[use[0]].holds_for(exercise.id))

    def _forbidden(self, uses: list, *, trusted: bool = True) -> Verdict:
        """The verdict on uses of what rules rule out: the first one with the reason, the others below it.

        Args:
            trusted: whether nothing of the student's had run when they were found; else a name may hold anything.
        """
        (rule, name, *place), *others = dict.fromkeys(map(tuple, uses))
        where, reason = self._where(*place), self._assignment.rules[rule].reason
        full = f"{where} uses `{clean(name)[:100]}`, which is ruled out here. {reason}"
        veiled = f"{where} uses something that is ruled out here. {reason}"
        lines = [f"{self._where(*p)} uses `{clean(n)[:100]}` too" for _, n, *p in others]
        more = [Text(tuple(lines))] if lines else []
        return Verdict(Outcome.FORBIDDEN, Wording(full, full if trusted else veiled), more)

    def _where(self, file: str, line: int) -> str:
        """A place in the student's code, as far as it is known: "softmax.py, line 3,"."""
        if file in (f"{self._assignment.slug}.py", self._source.path.name):
            return f"{self._source.path.name}, {self._source.place(line)},"
        return f"{file}, line {line}," if file.removesuffix(".py") in self._source.beside else "Your code"

    def _outgoing(self, value: Any) -> Any:
        value = self._originals.outgoing(value)
        return _cast(value, torch.float64, torch.float32) if self._single_precision else value

    def _incoming(self, value: Any) -> Any:
        if self._single_precision:
            value = _cast(value, torch.float32, torch.float64)
        return self._originals.incoming(value)


def unknown_names(rules: Sequence[Rule]) -> list[str]:
    """Those of the names in rules that stand for nothing in the libraries that a student's code can import."""
    names = [name for rule in rules for name in (*rule.names, *rule.allow)]
    worker = WorkerProcess(Jail())
    try:
        return worker.request({"op": "unknown", "names": names}, deadline=time.monotonic() + START_SECONDS)["value"]
    finally:
        worker.kill()


def _cast(value: Any, old: torch.dtype, new: torch.dtype) -> Any:
    def leaf_cast(leaf: Any) -> Any:
        return leaf.to(new) if isinstance(leaf, torch.Tensor) and leaf.dtype == old else leaf

    return mapped(value, leaf_cast)


def _exception_in_words(reply: dict, text: str, source: Source) -> tuple[Wording, list[Frames]]:
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
    frames = tuple(Frame(f"{file}, {clean(at)}", clean(code)[:200]) for at, code in lines[:-1])
    return Wording(message, veiled), [Frames(frames)] if frames else []


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
