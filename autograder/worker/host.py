"""Executes the grader's requests against the student's module, one at a time, and answers with plain values.

Requests and replies are dicts; `request["op"]` is hello, inspect, unknown, load, call, effort, read, parameters, or
each for several of these; the first request of a check carries a "seed" and the numbers of the rules "in_force". Any
may carry attributes to "set" before it, [object, name, value] each, and a call some to "peek" at after it, [object,
name]. A reply is {"value": ..., "changed": [...], "seen": [...]}, the last two only where there is something to tell,
or {"problem": kind, "text": ...}, kind being exception, not_attempted, missing, out_of_memory or forbidden.
No verdict is formed here, and no request tells what is expected.
"""

from __future__ import annotations

import contextlib
import inspect
import linecache
import random
import socket
import traceback
import types
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from ..model import ObjectRef, Seed
from ..values import NotPlain, Objects, mapped
from . import loader, notebook, wire
from .effort import COMPREHENSIONS, effort_of
from .rules import static
from .rules.names import Rules, unknown
from .rules.runtime import WATCH, Use

MAX_FRAMES = 6


class Host:
    """One student's module and the objects that the grader holds by number."""

    def __init__(self) -> None:
        self._module = types.ModuleType("empty")
        self._path = ""
        self._notebook: notebook.Reading | None = None
        self._device = torch.device("cpu")
        self._objects = Objects()

    def serve(self, sock: socket.socket) -> None:
        """Answer requests until the grader hangs up."""
        with contextlib.suppress(wire.WireClosed):
            while True:
                self.answer(sock)

    def answer(self, sock: socket.socket) -> None:
        """Wait for one request and answer it."""
        nonce, request = wire.receive(sock)
        try:
            wire.send(sock, nonce, self._answer(request))
        except NotPlain as error:  # an answer that is too deep or too large
            wire.send(sock, nonce, {"problem": "exception", "text": f"the value cannot be sent: {error}"})

    def _answer(self, request: dict) -> dict:
        reply = self._reply(request)
        use = WATCH.take()  # whatever became of it, and whether or not the student's code swallowed the exception
        return reply if use is None else {"problem": "forbidden", "text": use.name, "use": _listed(use)}

    def _reply(self, request: dict) -> dict:
        try:
            if "seed" in request:
                self._begin(request.pop("seed"))
                WATCH.enforce(request.pop("in_force", ()))
            for assignment in request.pop("set", ()):
                self._assign(*assignment)
            peek = request.pop("peek", ())
            value, changed = getattr(self, f"_{request.pop('op')}")(**request)
            reply = {"value": self._objects.outgoing(value)}
            if changed:
                reply["changed"] = changed
            if peek:
                reply["seen"] = [self._seen(*attribute) for attribute in peek]
            return reply
        except _Missing as missing:
            return {"problem": "missing", "text": str(missing)}
        except BaseException as error:  # SystemExit and the like must not end the worker
            return self._described(error)

    def _inspect(
        self, sources: dict[str, Any], path: str, name: str, functions: list[str], stated: list[dict]
    ) -> tuple:
        """State the rules, and tell the uses of what they rule out that can be seen in the text."""
        stated = Rules(stated)
        WATCH.state(stated)
        if isinstance(sources[name], list):
            sources[name] = notebook.read(sources[name], path).text
        found = static.inspect_text(sources, name, functions, stated)
        return {function: [_listed(use) for use in uses] for function, uses in found.items()}, []

    def _unknown(self, names: list[str]) -> tuple:
        return unknown(names), []

    def _load(self, sources: dict[str, Any], path: str, name: str, device: str, functions: list[str]) -> tuple:
        self._path = path
        self._device = torch.device(device)
        if isinstance(sources[name], list):  # the cells of a notebook
            self._notebook = notebook.read(sources[name], path)
            sources[name] = self._notebook.text
        self._module = loader.load_module(sources, path, name, self._notebook and self._notebook.execute)
        return loader.statuses(sources[name], self._module, functions), []

    def _notes(self) -> tuple:
        return [list(note) for note in sorted(self._notebook.notes)], []

    def _hello(self) -> tuple:
        return None, []

    def _begin(self, seed: int) -> None:
        """Forget the objects of the check before, and seed the global generators."""
        self._objects.clear()
        torch.default_generator.manual_seed(seed)  # torch.manual_seed looks for every kind of device, which takes long
        if self._device.type != "cpu":
            torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed % 2**32)

    def _each(self, steps: list[dict]) -> tuple:
        """Answer one request after the other, up to the first that cannot be; each answer as it is at that time."""
        replies: list[dict] = []
        for step in steps:
            replies.append(_copied(self._answer(step)))
            if "problem" in replies[-1]:
                break
        return replies, []

    def _call(self, target: int | None, name: str, args: tuple, kwargs: dict, observe: bool = False) -> tuple:
        function = self._attribute(target, name)
        args, kwargs = self._materialise(args), self._materialise(kwargs)
        if not observe:
            return function(*args, **kwargs), []
        received = [*args, *kwargs.values()]
        before = [_bytes(v) for v in received]
        value = function(*args, **kwargs)
        labels = [*_parameter_names(function, len(args)), *kwargs]
        after = zip(labels, received, before, strict=True)
        return value, [label for label, now, old in after if _bytes(now) != old]

    def _seen(self, target: int, name: str) -> tuple:
        """The value of an attribute that is probably asked for next, or nothing."""
        try:
            return (self._objects.outgoing(getattr(self._objects[target], name)),)
        except BaseException:  # which it will tell when it really is asked
            return ()

    def _effort(self, target: int | None, name: str, args: tuple, kwargs: dict) -> tuple:
        function = self._attribute(target, name)
        return effort_of(function, self._materialise(args), self._materialise(kwargs)), []

    def _read(self, target: int, name: str) -> tuple:
        return self._attribute(target, name), []

    def _assign(self, target: int, name: str, value: Any) -> None:
        setattr(self._objects[target], name, self._materialise(value))

    def _parameters(self, target: int | None, name: str) -> tuple:
        return list(inspect.signature(self._attribute(target, name)).parameters), []

    def _attribute(self, target: int | None, name: str) -> Any:
        owner = self._module if target is None else self._objects[target]
        try:
            return getattr(owner, name)
        except AttributeError:
            whose = "The module" if target is None else f"{type(owner).__name__} objects"
            verb = "defines" if target is None else "have"
            raise _Missing(f"{whose} {verb} no `{name}`.") from None

    def _materialise(self, value: Any) -> Any:
        """An argument as the student's function gets it: on the device, objects and generators real."""
        return mapped(value, self._real)

    def _real(self, leaf: Any) -> Any:
        if isinstance(leaf, torch.Tensor):
            return leaf.to(self._device)
        if isinstance(leaf, Seed):
            return torch.Generator(device=self._device).manual_seed(leaf.value)
        if isinstance(leaf, ObjectRef):
            return self._objects[leaf.id]
        return leaf

    def _described(self, error: BaseException) -> dict:
        """An exception in plain values: its text and the lines of the student's file that it passed."""
        unwritten = self._unwritten(error)
        if unwritten:
            return {"problem": "not_attempted", "text": unwritten}
        kind = "out_of_memory" if _is_out_of_memory(error) else "exception"
        passed = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == self._path]
        if isinstance(error, SyntaxError) and error.filename == self._path:
            where = [[error.lineno or 0, "", (error.text or "").strip()]]
        else:
            where = _without_comprehensions(passed)[-MAX_FRAMES:]
        return {"problem": kind, "type": type(error).__name__, "text": _words(error), "where": where}

    def _unwritten(self, error: BaseException) -> str:
        """Qualified name of the student's function that raised NotImplementedError itself, or "".

        torch raises the same type for operators that a device lacks; that is an error like any other.
        """
        frames = list(traceback.walk_tb(error.__traceback__))
        if not isinstance(error, NotImplementedError) or not frames:
            return ""
        frame, line = frames[-1]
        if frame.f_code.co_filename != self._path:
            return ""
        raises = linecache.getline(self._path, line).strip().startswith("raise")
        return frame.f_code.co_qualname if raises else ""


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


class _Missing(Exception):
    """A name that the grader asked for does not exist."""


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


def _bytes(value: Any) -> Any:
    """A fingerprint of the tensors in an argument, so that a change in place shows; NaN equals NaN."""
    if isinstance(value, torch.Tensor):
        return tuple(value.shape), value.dtype, bytes(wire.raw(value))
    if isinstance(value, list | tuple):
        return [_bytes(v) for v in value]
    if isinstance(value, dict):
        return {key: _bytes(v) for key, v in value.items()}
    return None


def _copied(value: Any) -> Any:
    """A plain value whose tensors no code can write into any more."""
    return mapped(value, _copied_leaf)


def _copied_leaf(leaf: Any) -> Any:
    if isinstance(leaf, torch.Tensor):
        return leaf.detach().as_subclass(torch.Tensor).clone()
    return leaf


def _parameter_names(function: Any, count: int) -> list[str]:
    """Names of the first `count` positional parameters, or their numbers where the signature does not tell."""
    try:
        names = [p.name for p in inspect.signature(function).parameters.values() if p.kind in (0, 1)]
    except (TypeError, ValueError):
        names = []
    return [names[i] if i < len(names) else f"number {i + 1}" for i in range(count)]
