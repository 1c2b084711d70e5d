"""Executes the grader's requests against the student's module, one at a time, and answers with plain values.

Requests and replies are dicts; `request["op"]` is hello, inspect, unknown, load, notes or ask. The first request of a
check carries a "seed", the numbers of the rules "in_force" and the "exercise". A reply is {"value": ...}, or
{"problem": kind, "text": ...}, kind being exception, not_attempted, missing, out_of_memory or forbidden. The value of
the reply to "ask" holds a reply to each of the "actions", up to the first that is a problem; they have {"changed": ...}
too where something was. No verdict is formed here, and no request tells what is expected.

Before its reply a request may call functions that stay with the grader, one at a time, by {"function": number,
"args": ..., "kwargs": ...}. The grader answers {"value": ...}, or {"stop": True} when the check is over. In between it
may send requests of its own, since such a function may ask for something too.
"""

from __future__ import annotations

import bdb
import contextlib
import linecache
import random
import socket
import threading
import traceback
import types
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch

from ..actions import Action, Call, Operate, unpacked
from ..hosting import Hosting, Missing, Stopped, is_in_stub, kinds_of, unseen
from ..model import FunctionRef
from ..values import NotPlain, copied
from . import loader, loading, wire
from .counting import Note, Part
from .operation_count import COMPREHENSIONS, counted
from .reading import Reading, read
from .rules import static
from .rules.names import Rules, unknown
from .rules.plain import is_plain
from .rules.runtime import WATCH, Use
from .seal import Seal
from .states import States

MAX_FRAMES = 6
LOOKED_AT = 2  # calls of a function in a check; whoever can do without what is ruled out once can do so always
# Bound before anything of the student's runs, which may put something else in the place of an attribute.
BEGIN_LOADING = WATCH.begin_loading
ENFORCE = WATCH.enforce
LOOKING = WATCH.looking
TAKE = WATCH.take


class _HostingOnDevice(Hosting):
    """Hosts the student's module, which gets its arguments on a device.

    Args:
        call_back: calls a function that stays with the grader.
    """

    def __init__(self, call_back: Callable[[int, Any, Any], Any]) -> None:
        super().__init__(types.ModuleType("empty"))
        self.device = torch.device("cpu")
        self.is_plain = False  # whether the module's text is so plain that it cannot get hold of anything of ours
        self._call_back = call_back
        self._seal = SEAL

    def tensor(self, sent: torch.Tensor) -> torch.Tensor:
        return sent.to(self.device)

    def generator(self, seed: int) -> torch.Generator:
        return torch.Generator(device=self.device).manual_seed(seed)

    def call_back(self, ref: FunctionRef, args: Any, kwargs: Any) -> Any:
        return self._call_back(ref.id, args, kwargs)

    def attended(self, function: Callable) -> Callable:
        return function if self.is_plain else self._seal.checked(function)

    def check_seal(self) -> None:
        """Raise if the module has put something else in the place of what measures it."""
        if not self.is_plain:
            self._seal.check()

    def counted(self, function: Callable, args: tuple, kwargs: dict) -> tuple[int, int]:
        return counted(function, args, kwargs)


class Host:
    """One student's module and the objects that the grader holds by number."""

    def __init__(self) -> None:
        self._path = ""
        self._beside: frozenset[str] = frozenset()  # paths of the modules beside it
        self._read_last: tuple[str | list, Reading] | None = None
        self._notes: list[Note] = []
        self._states = States(types.ModuleType("empty"))
        self._hosting = _HostingOnDevice(self._call_back)
        self._calls: Counter[tuple[int | None, str]] = Counter()  # in this check
        self._asking: tuple[socket.socket, str] | None = None  # where the request came from, while it is worked on
        self._wire = threading.RLock()  # threads of the student's must not talk at once

    def serve(self, sock: socket.socket) -> None:
        """Answer requests until the grader hangs up."""
        with contextlib.suppress(wire.WireClosed):
            while True:
                self.answer(sock)

    def answer(self, sock: socket.socket) -> None:
        """Wait for one request and answer it."""
        nonce, request = wire.receive(sock)
        self._respond(sock, nonce, request)

    def _respond(self, sock: socket.socket, nonce: str, request: dict[str, Any]) -> None:
        """Answer a request, in which functions of the grader's may be called."""
        outer = self._asking
        self._asking = sock, nonce
        reply = self._answer(request)
        with self._wire:
            self._asking = outer
            try:
                wire.send(sock, nonce, reply)
            except NotPlain as error:  # an answer that is too deep or too large
                wire.send(sock, nonce, {"problem": "exception", "text": f"the value cannot be sent: {error}"})

    def _call_back(self, number: int, args: Any, kwargs: Any) -> Any:
        """Call a function that stays with the grader."""
        with self._wire:
            if self._asking is None:
                raise RuntimeError("a function of the grader's can only be called while the grader waits for an answer")
            sock, nonce = self._asking
            with unseen():
                wire.send(sock, nonce, {"function": number, "args": args, "kwargs": kwargs})
            answer = self._awaited(sock)
        if "stop" in answer:
            raise Stopped("the check is over")
        return answer["value"]

    def _awaited(self, sock: socket.socket) -> dict[str, Any]:
        """The grader's answer, once every request that comes before it has been answered."""
        try:
            while True:
                with unseen():
                    nonce, message = wire.receive(sock)
                if "op" not in message:
                    return message
                self._respond(sock, nonce, message)
        except BaseException:
            # Whatever interrupted the waiting: the answer would now be taken for the next request.
            sock.close()
            raise

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._reply(partial(self._done, request))

    def _reply(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The reply that some work makes, or the problem that it ends in."""
        try:
            reply = work()
        except Missing as missing:
            reply = {"problem": "missing", "text": str(missing)}
        except BaseException as error:  # SystemExit and the like must not end the worker
            reply = self._described(error)
        use = TAKE()  # whatever became of it, and whether or not the student's code swallowed the exception
        if use is not None:
            return {"problem": "forbidden", "text": use.name, "use": _listed(use)}
        return reply

    def _done(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"value": self._value(**request)}

    def _value(
        self, op: str, seed: int | None = None, in_force: Iterable[int] = (), exercise: str = "", **fields: Any
    ) -> Any:
        if seed is not None:
            self._begin(seed)
            self._states.enter(exercise)
            ENFORCE(list(in_force))
        return getattr(self, f"_do_{op}")(**fields)

    def _begin(self, seed: int) -> None:
        """Forget the objects and functions of the check before, and seed the global generators."""
        self._hosting.forget()
        self._calls.clear()
        torch.default_generator.manual_seed(seed)  # torch.manual_seed looks for every kind of device, which takes long
        if self._hosting.device.type != "cpu":
            torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed % 2**32)

    def _do_hello(self) -> None:
        """Nothing besides what any request may carry."""

    def _do_inspect(
        self,
        sources: dict[str, Any],
        path: str,
        name: str,
        functions: list[str],
        stated: list[dict],
        apart: Sequence[str] = (),
    ) -> dict[str, list[list]]:
        """State the rules, and tell the uses of what they rule out that can be seen in the text."""
        self._path = path
        rules = Rules(stated)
        WATCH.state(rules)
        sources[name] = self._read(sources[name], functions).text
        uses = static.inspect_text(sources, name, functions, rules, apart=apart)
        return {function: [_listed(use) for use in of_function] for function, of_function in uses.items()}

    def _read(self, source: str | list, functions: list[str]) -> Reading:
        """What was handed in, a file or the cells of a notebook, as one text."""
        if self._read_last is not None and self._read_last[0] == source:  # it is inspected first, then loaded
            return self._read_last[1]
        parts = [Part("module", source)] if isinstance(source, str) else [Part(*cell) for cell in source]
        reading = read(parts, self._path, {function.partition(".")[0] for function in functions})
        self._read_last = source, reading
        return reading

    def _do_unknown(self, names: list[str]) -> list[str]:
        """Those of the names in rules that stand for nothing."""
        return unknown(names)

    def _do_load(
        self,
        sources: dict[str, Any],
        path: str,
        name: str,
        device: str,
        functions: list[str],
        own: Sequence[str] = (),
    ) -> dict[str, str]:
        """Execute the student's file, and tell which functions are written.

        Args:
            own: names of modules that the student wrote, whether they were handed in or not.
        """
        self._path = path
        self._hosting.device = torch.device(device)
        self._hosting.required = frozenset(function.partition(".")[0] for function in functions)
        reading = self._read(sources.pop(name), functions)
        self._hosting.is_plain = is_plain({**sources, name: reading.text}, name)
        BEGIN_LOADING()
        loaded = loading.load(reading, path, name, sources, own)
        self._hosting.module = loaded.module
        self._beside = frozenset(str(Path(path).parent / f"{module}.py") for module in sources)
        self._notes = loaded.notes
        self._states = loaded.states
        self._hosting.check_seal()
        return loader.statuses(loaded.text, loaded.module, functions)

    def _do_notes(self) -> list[list]:
        """What there is to say about the lines of what was loaded; line 0 where a note names its place itself."""
        return [list(note) for note in sorted(self._notes)]

    def _do_ask(self, actions: list[list]) -> list[dict]:
        """Answer one action after the other, up to the first that is a problem."""
        replies: list[dict] = []
        for action in actions:
            if replies:
                replies[-1] = copied(replies[-1])  # the next action may write into what this one answered
            replies.append(self._reply(partial(self._acted, action)))
            if "problem" in replies[-1]:
                break
        self._hosting.check_seal()
        return replies

    def _acted(self, action: list[Any]) -> dict[str, Any]:
        asked = unpacked(action)
        with self._looking(asked):
            answer = self._hosting.answer(asked)
        reply = {"value": answer.value}
        if answer.changed:
            reply["changed"] = answer.changed
        return reply

    def _looking(self, asked: Action) -> AbstractContextManager[Any]:
        """Look at the operations of an action, unless they are counted, which they would be twice.

        That takes time, so only the first calls of a function, or of a method of an object, are looked at in a check,
        and none where the text is plain.
        """
        if self._hosting.is_plain:
            return nullcontext()
        if isinstance(asked, Call):
            function = asked.target, asked.name
            self._calls[function] += 1
            if asked.count or self._calls[function] > LOOKED_AT:
                return nullcontext()
            return LOOKING([asked.args, asked.kwargs])
        if isinstance(asked, Operate):
            return LOOKING(asked.args)
        return nullcontext()

    def _described(self, error: BaseException) -> dict:
        """An exception in plain values: its text and the lines of the student's file that it passed."""
        unwritten = self._unwritten(error)
        if unwritten:
            return unwritten
        kind = "out_of_memory" if _is_out_of_memory(error) else "exception"
        text = _words(error)
        if isinstance(error, bdb.BdbQuit):
            text = "a debugger was called here, which nobody can answer: take that line out"
        passed = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == self._path]
        if isinstance(error, SyntaxError) and error.filename == self._path:
            where = [[error.lineno or 0, "", (error.text or "").strip()]]
        else:
            where = _without_comprehensions(passed)[-MAX_FRAMES:]
        return {
            "problem": kind,
            "type": type(error).__name__,
            "kinds": kinds_of(error),
            "text": text,
            "where": where,
        }

    def _unwritten(self, error: BaseException) -> dict:
        """What to answer if a function of the student's raised NotImplementedError itself; else nothing.

        torch raises the same type for operators that a device lacks; that is an error like any other.
        """
        frames = list(traceback.walk_tb(error.__traceback__))
        if not isinstance(error, NotImplementedError) or not frames:
            return {}
        frame, line = frames[-1]
        code = frame.f_code
        if not linecache.getline(code.co_filename, line).strip().startswith("raise"):
            return {}
        if code.co_filename in self._beside:
            return {"problem": "not_attempted", "text": self._entered_beside(frames)} if is_in_stub(code, line) else {}
        if code.co_filename != self._path:
            return {}
        reply = {"problem": "not_attempted", "text": code.co_qualname}
        if is_in_stub(code, line):
            return reply
        return reply | {"line": line}

    def _entered_beside(self, frames: Iterable[tuple[FrameType, int]]) -> str:
        """The function of a module beside the student's file that was called from there first: what was imported."""
        return next(frame.f_code.co_qualname for frame, _ in frames if frame.f_code.co_filename in self._beside)


def _without_comprehensions(frames: Iterable[traceback.FrameSummary]) -> list[list]:
    """Line, function and text of each frame, a comprehension as a part of its function, as Python 3.12 has it."""
    found: list[list] = []
    for frame in frames:
        name = frame.name
        if name in COMPREHENSIONS and found:
            _, name, _ = found.pop()
        found.append([frame.lineno or 0, name, frame.line or ""])
    return found


def _listed(use: Use) -> list:
    return [use.rule, use.name, use.file, use.line]


def _is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)


def _words(error: BaseException) -> str:
    """The text of an exception; a student's own exception may fail to give one."""
    try:
        return (error.msg if isinstance(error, SyntaxError) else str(error))[:2000]
    except BaseException:
        return ""


SEAL = Seal()  # made last, by the process that workers are forked from: it holds all that was imported above
