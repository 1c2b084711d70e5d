"""A few lines for a Python prompt that reproduce a failure: the inputs, the calls, the value and what it must be."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from ..actions import Assign, Call, Read
from ..checking.case import Case
from ..checking.student import Student, events, parameters
from ..checking.tables import number
from ..checking.transcript import NOTHING, Event, find
from ..checking.verdict import Difference, Verdict
from ..model import ObjectRef, Outcome, Seed
from ..values import leaves

MOST_ENTRIES = 80  # of all inputs that are written out
MOST_CALLS = 12
MOST_CHARACTERS = 6_000  # numbers in lists count to no entries
FEW_ENTRIES = 8  # of a value that is written out whatever it is
LONGEST_LINE = 88


def reproduce(verdict: Verdict, student: Student, case: Case, module: str) -> str:
    """Lines that show the failure, or "" where a few lines cannot; what is tested is there already without a module."""
    made = events(student)
    place = _place(verdict, made)
    if place is None:
        return ""
    event, path = place
    needed = _needed(made, event)
    if not all(e.intact for e in needed) or len(needed) > MOST_CALLS:
        return ""
    writer = _Writer(student, case)
    try:
        for step in needed[:-1]:
            writer.run(step)
        writer.show(verdict, event, path)
    except _TooLong:
        return ""
    names = dict.fromkeys(e.action.name for e in needed if e.action.target is None)
    imports = [f"from {module} import {', '.join(names)}"] if module else []
    text = "\n".join(["import torch", *imports, "", *writer.lines])
    return text if len(text) <= MOST_CHARACTERS else ""


class _TooLong(Exception):
    """The inputs cannot be written in a few lines."""


def _place(verdict: Verdict, made: list[Event]) -> tuple[Event, tuple] | None:
    """The event whose answer is wrong, and where in the answer."""
    if verdict.difference is not None:
        return find(made, verdict.difference.found)
    unanswered = made and made[-1].answer is NOTHING and verdict.outcome is Outcome.ERROR
    return (made[-1], ()) if unanswered or verdict.changed else None


def _needed(made: list[Event], last: Event) -> list[Event]:
    """The events, in order, without which the last one would have another answer: all about the same objects."""
    past = made[: made.index(last)]
    ids, size = _objects(last), -1
    while len(ids) != size:
        size = len(ids)
        for event in past:
            if ids & _objects(event):
                ids |= _objects(event)
    return [e for e in past if ids & _objects(e) and not isinstance(e.action, Read)] + [last]


def _objects(event: Event) -> set[int]:
    """Numbers of the objects that an event is about."""
    found = {event.action.target} - {None}
    return found | {leaf.id for _, leaf in leaves([event.sent, event.answer]) if isinstance(leaf, ObjectRef)}


@dataclass
class _Writer:
    """Writes calls as Python, each input as a variable before the line that needs it."""

    student: Student
    case: Case
    lines: list[str] = field(default_factory=list)
    entries: int = 0
    _names: dict[int, str] = field(default_factory=dict)  # of tensors and lists of them, by identity
    _objects: dict[int, str] = field(default_factory=dict)  # of objects, by their number

    def run(self, event: Event) -> None:
        """A line that does what the check asked for; an object that is made gets a name."""
        text = self._expression(event)
        if isinstance(event.answer, ObjectRef):
            self._objects[event.answer.id] = self._new_name(event.answer.type_name.lower())
            text = f"{self._objects[event.answer.id]} = {text}"
        self.lines.append(text)

    def show(self, verdict: Verdict, event: Event, path: tuple) -> None:
        """Lines that print the wrong value beside what it must be, or that raise."""
        text = self._expression(event) + "".join(f"[{key!r}]" for key in path)
        if verdict.changed:
            self._show_change(verdict.changed, event, text)
        elif verdict.difference is None:
            self.lines.append(f"{text}  # raises an exception")
        else:
            aspect, wanted = _aspect(verdict.difference)
            self.lines.append(f"print({text}{aspect})  # must be {wanted}")

    def _show_change(self, changed: Sequence[str], event: Event, text: str) -> None:
        named = {name: value for name, value in self._arguments(event.action) if isinstance(value, torch.Tensor)}
        if not set(changed) <= set(named):
            raise _TooLong
        variables = [self._names[id(named[name])] for name in changed]
        self.lines += [f"before_{v} = {v}.clone()" for v in variables]
        self.lines.append(text)
        self.lines += [f"print(torch.equal({v}, before_{v}))  # must be True" for v in variables]

    def _expression(self, event: Event) -> str:
        action = event.action
        owner = "" if action.target is None else f"{self._object(action.target)}."
        if isinstance(action, Read):
            return f"{owner}{action.name}"
        if isinstance(action, Assign):
            return f"{owner}{action.name} = {self._argument(action.name, action.value)}"
        named = list(self._arguments(action))
        places = [self._argument(name, value) for name, value in named[: len(action.args)]]
        keywords = [f"{name}={self._argument(name, value)}" for name, value in named[len(action.args) :]]
        return f"{owner}{action.name}({', '.join([*places, *keywords])})"

    def _arguments(self, call: Call) -> Iterator[tuple[str, Any]]:
        names = parameters(self.student, call)
        names += [f"x{i + 1}" for i in range(len(names), len(call.args))]
        return itertools.chain(zip(names, call.args, strict=False), call.kwargs.items())

    def _argument(self, name: str, value: Any) -> str:
        """The name of a variable that holds a tensor or something with tensors in it, or else the value itself."""
        if not any(isinstance(leaf, torch.Tensor) for _, leaf in leaves(value)):
            return self._literal(value)
        if id(value) not in self._names:
            text = self._literal(value)
            self._names[id(value)] = self._new_name(name)
            self.lines += _wrapped(f"{self._names[id(value)]} = {text}")
        return self._names[id(value)]

    def _literal(self, value: Any) -> str:
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if isinstance(value, Seed):
            return f"torch.Generator().manual_seed({value.value})"
        if isinstance(value, ObjectRef):
            return self._object(value.id)
        if isinstance(value, list | tuple):
            inside = ", ".join(map(self._literal, value))
            return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
        if isinstance(value, dict):
            return f"{{{', '.join(f'{key!r}: {self._literal(v)}' for key, v in value.items())}}}"
        return repr(value) if not isinstance(value, float) or math.isfinite(value) else f'float("{value}")'

    def _tensor(self, x: torch.Tensor) -> str:
        recipe = self.case.recipe(x)
        if recipe:
            return recipe
        if x.dtype in (torch.float16, torch.bfloat16):
            raise _TooLong
        dtype = "" if x.dtype in (torch.float32, torch.int64, torch.bool) and x.numel() else f", dtype={x.dtype}"
        if not x.numel():
            return f"torch.zeros({tuple(x.shape)}{dtype})"
        if x.numel() > FEW_ENTRIES and (x == x.reshape(-1)[0]).all():
            return f"torch.full({tuple(x.shape)}, {_entry(x.reshape(-1)[0])}{dtype})"
        self.entries += x.numel()
        if self.entries > MOST_ENTRIES:
            raise _TooLong
        return f"torch.tensor({_entries(x)}{dtype})"

    def _object(self, number: int) -> str:
        if number not in self._objects:
            raise _TooLong  # it came in the middle of something else
        return self._objects[number]

    def _new_name(self, wanted: str) -> str:
        taken = {*self._names.values(), *self._objects.values()}
        name = wanted if wanted.isidentifier() else "value"
        numbered = (f"{name}{i}" for i in itertools.count(2))
        return next(n for n in itertools.chain([name], numbered) if n not in taken)


def _entries(x: torch.Tensor) -> str:
    """The entries of a tensor as nested lists that give them back exactly."""
    return f"[{', '.join(map(_entries, x))}]" if x.ndim else _entry(x)


def _entry(x: torch.Tensor) -> str:
    value = x.item()
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return str(np.float32(value)) if x.dtype is torch.float32 else repr(value)


def _aspect(difference: Difference) -> tuple[str, str]:
    """What of a wrong value to print, and what it must be."""
    found, wanted = difference.found, difference.expected
    if isinstance(wanted, torch.Tensor) and isinstance(found, torch.Tensor):
        if found.shape != wanted.shape:
            return ".shape", f"torch.Size({list(wanted.shape)})"
        if difference.wrong is None:
            return ".dtype", str(wanted.dtype)
        if wanted.numel() > FEW_ENTRIES:
            places = difference.wrong.nonzero().tolist()
            at = places[0] if places else [0] * wanted.ndim
            return str(at), number(wanted[tuple(at)].item(), 8)
        return "", _shown(wanted)
    if isinstance(wanted, torch.Tensor):
        return "", _shown(wanted) if wanted.ndim == 0 else f"a tensor of shape {list(wanted.shape)}"
    if isinstance(wanted, dict):
        return "", f"a dict with the keys {', '.join(map(str, wanted))}"
    return "", f"{len(wanted)} values" if isinstance(wanted, list | tuple) else repr(wanted)


def _shown(x: torch.Tensor) -> str:
    return f"[{', '.join(map(_shown, x))}]" if x.ndim else number(x.item())


def _wrapped(line: str) -> list[str]:
    """A statement in lines that are not too long, broken between the rows of a matrix or the parts of a list."""
    if len(line) <= LONGEST_LINE:
        return [line]
    pieces = re.split(r"(?<=\],) (?=\[)|(?<=\),) (?=\(|torch)", line)
    return [pieces[0], *(f"    {piece}" for piece in pieces[1:])]
