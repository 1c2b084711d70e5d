"""A few lines for a Python prompt that reproduce a failure: the inputs, the calls, the value and what it must be."""

from __future__ import annotations

import math
import re
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from ..actions import CALL, OPERATIONS, Assign, Call, Operate, Read
from ..checking.case import Case
from ..checking.spies import Given, Spy
from ..checking.student import Function, Handle, Student, events, parameters, reference
from ..checking.tables import number
from ..checking.transcript import Event
from ..checking.verdict import Difference, NotRaised, Verdict
from ..model import AttributeRef, ObjectRef, Seed
from ..values import SCALARS, leaves
from .sources import text_of
from .steps import needed, place_of

MOST_ENTRIES = 80  # of all inputs that are written out
MOST_CALLS = 12
MOST_CHARACTERS = 6_000  # numbers in lists count to no entries
FEW_ENTRIES = 8  # of a value that is written out whatever it is
LONGEST_LINE = 88  # as formatters of code have it
PLAIN = (torch.float32, torch.int64, torch.bool)  # what `torch.tensor` makes of numbers without a dtype


def reproduce(verdict: Verdict, student: Student, case: Case, module: str) -> str:
    """Lines that show the failure, or "" where a few lines cannot; what is tested is there already without a module."""
    made = events(student)
    place = place_of(verdict, made)
    if place is None:
        return ""
    event, path = place
    steps = needed(made, event)
    if len(steps) > MOST_CALLS or not all(step.intact for step in steps):
        return ""
    writer = _Writer(student, case)
    try:
        for step in steps[:-1]:
            writer.run(step)
        writer.show(verdict, event, path)
    except _TooLong:  # no lines are better than lines that nobody reads, or that show something else
        return ""
    lines = [f"import {library}" for library in sorted({"torch", *writer.libraries})]
    if module and writer.functions:
        lines.append(f"from {module} import {', '.join(writer.functions)}")
    text = "\n".join([*lines, "", *writer.lines])
    return text if len(text) <= MOST_CHARACTERS else ""


class _TooLong(Exception):
    """The inputs cannot be written in a few lines."""


class _Unwritable(Exception):
    """A function of ours uses something that cannot be written."""


@dataclass
class _Writer:
    """Writes calls as Python, each input as a variable before the line that needs it."""

    student: Student
    case: Case
    lines: list[str] = field(default_factory=list)
    entries: int = 0
    libraries: set[str] = field(default_factory=set)  # to be imported
    functions: dict[str, None] = field(default_factory=dict)  # of the student's module, to be imported, in order
    _names: dict[int, str] = field(default_factory=dict)  # of tensors, lists of them and functions, by identity
    _objects: dict[int, str] = field(default_factory=dict)  # of objects, by their number
    _taken: set[str] = field(default_factory=set)  # names that stand for something

    def run(self, event: Event) -> None:
        """A line that does what the check asked for; what holds an object that was not there before gets a name."""
        text = self._expression(event)
        if event.raised:
            self.libraries.add("contextlib")
            self.lines += ["with contextlib.suppress(Exception):", f"    {text}"]
            return
        new = []
        for path, leaf in leaves(event.answer):
            if isinstance(leaf, ObjectRef) and leaf.id not in self._objects:
                new.append((leaf, path))
        if new:
            wanted = "result"
            if isinstance(event.answer, ObjectRef):
                wanted = event.answer.type_name.lower()
            name = self._new_name(wanted)
            text = f"{name} = {text}"
            for leaf, path in new:
                self._objects[leaf.id] = name + _keys(path)
        self.lines.append(text)

    def show(self, verdict: Verdict, event: Event, path: tuple) -> None:
        """Lines that print the wrong value beside what it must be, or that raise, or must raise."""
        text = self._expression(event) + _keys(path)
        if verdict.changed:
            self._show_change(verdict.changed, event, text)
        elif isinstance(verdict, NotRaised):
            self.lines.append(f"{text}  # must raise {verdict.wanted}")
        elif verdict.difference is None:
            self.lines.append(f"{text}  # raises an exception")
        elif isinstance(verdict.difference.expected, Handle):
            wanted = self._object(reference(verdict.difference.expected).id)
            self.lines.append(f"print({text} is {wanted})  # must be True")
        else:
            aspect, wanted = _aspect(verdict.difference)
            self.lines.append(f"print({text}{aspect})  # must be {wanted}")

    def _show_change(self, changed: Sequence[str], event: Event, text: str) -> None:
        """Lines that compare inputs with what they were before the call."""
        if not isinstance(event.action, Call):
            raise _TooLong
        arguments = dict(self._arguments(event.action))
        variables = []
        for name in changed:
            if not isinstance(arguments.get(name), torch.Tensor):
                raise _TooLong
            variables.append(self._names[id(arguments[name])])
        for variable in variables:
            self.lines.append(f"before_{variable} = {variable}.clone()")
        self.lines.append(text)
        for variable in variables:
            self.lines.append(f"print(torch.equal({variable}, before_{variable}))  # must be True")

    def _expression(self, event: Event) -> str:
        """What the check asked for, after lines for its inputs."""
        action = event.action
        if isinstance(action, Operate):
            return self._operation(action)
        owner = ""
        if action.target is not None:
            owner = f"{self._object(action.target)}."
        else:
            self.functions[action.name] = None
        if isinstance(action, Read):
            return f"{owner}{action.name}"
        if isinstance(action, Assign):
            return f"{owner}{action.name} = {self._argument(action.name, action.value)}"
        if not isinstance(action, Call):
            raise _TooLong  # names of parameters are no value that a student's line could show
        arguments = []
        for i, (name, value) in enumerate(self._arguments(action)):
            text = self._argument(name, value)
            arguments.append(text if i < len(action.args) else f"{name}={text}")
        if action.name == CALL:
            return f"{owner.removesuffix('.')}({', '.join(arguments)})"
        return f"{owner}{action.name}({', '.join(arguments)})"

    def _operation(self, operation: Operate) -> str:
        """An operator between its operands."""
        if operation.name == "take":
            self.libraries.add("itertools")
        operands = []
        for value in operation.args:
            text = self._argument("x", value)
            operands.append(f"({text})" if text.startswith("-") else text)
        return OPERATIONS[operation.name].format(*operands)

    def _arguments(self, call: Call) -> Iterator[tuple[str, Any]]:
        """The arguments of a call with the names of their parameters."""
        names = parameters(self.student, call)
        for i, value in enumerate(call.args):
            yield names[i] if i < len(names) else f"x{i + 1}", value
        yield from call.kwargs.items()

    def _argument(self, name: str, value: Any) -> str:
        """The name of a variable for a function, a tensor or something with tensors in it, or else the value itself."""
        if isinstance(value, Given):
            return self._function(name, value.spy)
        if not any(isinstance(leaf, torch.Tensor) for _, leaf in leaves(value)):
            return self._literal(value)
        if id(value) not in self._names:
            text = self._literal(value)
            self._names[id(value)] = self._new_name(name)
            self.lines += _wrapped(f"{self._names[id(value)]} = {text}")
        return self._names[id(value)]

    def _literal(self, value: Any) -> str:
        """A value as Python."""
        match value:
            case torch.Tensor():
                return self._tensor(value)
            case Seed():
                return f"torch.Generator().manual_seed({value.value})"
            case ObjectRef():
                return self._object(value.id)
            case AttributeRef(target=None):
                self.functions[value.name] = None
                return value.name
            case AttributeRef(target=int(number)):
                return f"{self._object(number)}.{value.name}".removesuffix(f".{CALL}")
            case Given():
                return self._function(value.name, value.spy)
            case list():
                return f"[{self._listed(value)}]"
            case tuple():
                comma = "," if len(value) == 1 else ""
                return f"({self._listed(value)}{comma})"
            case dict():
                entries = [f"{key!r}: {self._literal(entry)}" for key, entry in value.items()]
                return f"{{{', '.join(entries)}}}"
            case float() if not math.isfinite(value):
                return f'float("{value}")'
            case _:
                return repr(value)

    def _listed(self, values: Sequence[Any]) -> str:
        return ", ".join(map(self._literal, values))

    def _tensor(self, x: torch.Tensor) -> str:
        recipe = self.case.recipe(x)
        if recipe:
            return recipe
        if x.dtype in (torch.float16, torch.bfloat16):
            raise _TooLong
        dtype = f", dtype={x.dtype}"
        if x.dtype in PLAIN and x.numel():
            dtype = ""
        if not x.numel():
            return f"torch.zeros({tuple(x.shape)}{dtype})"
        if x.numel() > FEW_ENTRIES and (x == x.reshape(-1)[0]).all():
            return f"torch.full({tuple(x.shape)}, {_entry(x.reshape(-1)[0])}{dtype})"
        self.entries += x.numel()
        if self.entries > MOST_ENTRIES:
            raise _TooLong
        return f"torch.tensor({_entries(x)}{dtype})"

    def _function(self, wanted: str, spy: Spy) -> str:
        """The name of a function of ours, after the lines that define it, or one that says that they cannot be had."""
        function = spy.function
        if id(function) in self._names:
            return self._names[id(function)]
        lines = list(self.lines)
        names = dict(self._names)
        try:
            return self._defined(wanted, function)
        except _Unwritable:
            self.lines = lines
            self._names = names
            self._names[id(function)] = self._new_name(wanted)
            self.lines.append(
                f"{self._names[id(function)]} = ...  # a function of the check, which cannot be shown here"
            )
            return self._names[id(function)]

    def _defined(self, wanted: str, function: Any) -> str:
        """The name of a function, after lines that define it and what it uses."""
        if isinstance(function, Function):
            raise _Unwritable
        text = text_of(function)
        if text is None:
            raise _Unwritable
        if text.definition:
            self._claim(text.expression)
            self._names[id(function)] = text.expression  # at once, since another one that it uses may use it
        for name, value in text.variables.items():
            self._define(name, value)
        if text.definition:
            self.lines += ["", *text.definition, "", ""]
        elif text.expression.startswith("lambda"):
            self._names[id(function)] = self._new_name(wanted)
            self.lines.append(f"{self._names[id(function)]} = {text.expression}")
        else:
            return text.expression
        return self._names[id(function)]

    def _define(self, name: str, value: Any) -> None:
        """A line that gives a value the very name by which a function of ours uses it."""
        if self._names.get(id(value)) == name or value is torch:
            return
        if isinstance(value, types.ModuleType) and value.__name__ == name:
            self.libraries.add(name)
        elif isinstance(value, types.FunctionType):
            if self._defined(name, value) != name:
                raise _Unwritable
        elif isinstance(value, torch.Tensor):
            self._claim(name)
            text = self._names.get(id(value)) or self._literal(value)
            self._names.setdefault(id(value), name)
            self.lines += _wrapped(f"{name} = {text}")
        elif isinstance(value, SCALARS):
            self._claim(name)
            self.lines.append(f"{name} = {self._literal(value)}")
        else:
            raise _Unwritable

    def _claim(self, name: str) -> None:
        """Take a name that must be this one."""
        if name in self._taken or name in self.functions:
            raise _Unwritable
        self._taken.add(name)

    def _object(self, number: int) -> str:
        if number not in self._objects:
            raise _TooLong  # it came in the middle of something else
        return self._objects[number]

    def _new_name(self, wanted: str) -> str:
        """A name that nothing has yet: the wanted one, or the first free one with a number."""
        base = wanted if wanted.isidentifier() else "value"
        name = base
        number = 2
        while name in self._taken or name in self.functions:
            name = f"{base}{number}"
            number += 1
        self._taken.add(name)
        return name


def _keys(path: tuple) -> str:
    """The keys that lead to a part of a value: [0]['a']."""
    return "".join(f"[{key!r}]" for key in path)


def _entries(x: torch.Tensor) -> str:
    """The entries of a tensor as nested lists that give them back exactly."""
    if x.ndim == 0:
        return _entry(x)
    return f"[{', '.join(map(_entries, x))}]"


def _entry(x: torch.Tensor) -> str:
    value = x.item()
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if x.dtype is torch.float32:
        return str(np.float32(value))  # the fewest digits that tell it from its neighbours
    return repr(value)


def _aspect(difference: Difference) -> tuple[str, str]:
    """What of a wrong value to print, and what it must be."""
    found = difference.actual
    wanted = difference.expected
    match wanted:
        case torch.Tensor() if isinstance(found, torch.Tensor):
            return _aspect_of_tensor(found, wanted, difference.wrong)
        case torch.Tensor() if wanted.ndim:
            return "", f"a tensor of shape {list(wanted.shape)}"
        case torch.Tensor():
            return "", _shown(wanted)
        case dict():
            return "", f"a dict with the keys {', '.join(map(str, wanted))}"
        case list() | tuple():
            return "", f"{len(wanted)} values"
        case _:
            return "", repr(wanted)


def _aspect_of_tensor(found: torch.Tensor, wanted: torch.Tensor, wrong: torch.Tensor | None) -> tuple[str, str]:
    """The same of a tensor: its shape, its dtype, its first wrong entry, or all of it."""
    if found.shape != wanted.shape:
        return ".shape", f"torch.Size({list(wanted.shape)})"
    if wrong is None:
        return ".dtype", str(wanted.dtype)
    if wanted.numel() <= FEW_ENTRIES:
        return "", _shown(wanted)
    places = wrong.nonzero().tolist() or [[0] * wanted.ndim]
    first = places[0]
    return str(first), number(wanted[tuple(first)].item(), 8)


def _shown(x: torch.Tensor) -> str:
    if x.ndim == 0:
        return number(x.item())
    return f"[{', '.join(map(_shown, x))}]"


def _wrapped(line: str) -> list[str]:
    """A statement in lines that are not too long, broken between the rows of a matrix or the parts of a list."""
    if len(line) <= LONGEST_LINE:
        return [line]
    pieces = re.split(r"(?<=\],) (?=\[)|(?<=\),) (?=\(|torch)", line)
    return [pieces[0], *(f"    {piece}" for piece in pieces[1:])]
