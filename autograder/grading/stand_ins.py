"""Functions and methods of the reference that a student's code calls over the wire, in the place of its own.

They stay in this process. Arguments come as values; a generator becomes one of ours that moves on with the worker's. An
object stays in the worker: a method of the reference reads and sets its attributes there, one by one. What it writes
into a tensor that others hold too does not reach them, so that an optimiser which updates parameters in place cannot
be answered for.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from ..actions import Assign, Call, Read
from ..checking.local import module_from
from ..checking.spies import Given, Spy
from ..checking.verdict import Verdict, failed
from ..model import ObjectRef
from ..values import contents_of, mapped, plain, raw
from .channel import SubmissionChannel

# By one check. The longest training of the six assignments steps 3,125 times (50,000 rows in batches of 32, 2 epochs).
MOST_CALLS = 20_000
FIRST_NUMBER = 1 << 40  # of our functions; those of checks count from 0 on
GENERATOR = torch.Generator.__name__
SEED_BYTES = 7  # fits an int64


class StandIns:
    """What stands for some functions ("f" or "Class.method") of a submission, from check to check.

    Args:
        seconds: that they may compute in one check, in this process: the student's code chooses for how many epochs.
        end: when they may not compute any more, whatever the check.
    """

    def __init__(self, reference: str, names: Sequence[str], seconds: float = math.inf, end: float = math.inf) -> None:
        self.names = tuple(names)
        self._seconds = seconds
        self._end_of_all = end
        self._end_of_check = end
        self._module = module_from(reference, "reference")
        self._given: list[Given] = []
        for number, name in enumerate(names, start=FIRST_NUMBER):
            spy = Spy(self._function(name), MOST_CALLS, remembers=False)
            self._given.append(Given(number, name, spy, self._answer))

    def put_in_place(self, channel: SubmissionChannel) -> None:
        """Have them stand in the student's module until the next check begins."""
        self._end_of_check = min(time.monotonic() + self._seconds, self._end_of_all)
        for given in self._given:
            given.spy.begin()
            channel.give(given)
            list(channel.ask([Assign(None, given.name, given)]))

    def _function(self, name: str) -> Any:
        value: Any = self._module
        for part in name.split("."):
            value = getattr(value, part)
        return value

    def _answer(self, spy: Spy, channel: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What a function of the reference returns to a student's code."""
        elsewhere = _Elsewhere(self._module, channel)
        try:
            with _Until(self._end_of_check):
                value = spy.answer(*mapped(args, elsewhere.own), **mapped(kwargs, elsewhere.own))
        except Verdict:
            if time.monotonic() > self._end_of_check:
                self._end_of_all = self._end_of_check  # who has spent the time of one check gets no more
            raise
        elsewhere.finish()
        return plain(mapped(value, elsewhere.theirs))


class _Until(TorchFunctionMode):
    """Inside the block, no operation on tensors begins after a moment; each step of a loop of the reference has one."""

    def __init__(self, end: float) -> None:
        super().__init__()
        self._end = end

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Do an operation while there is time.

        Raises:
            Verdict: there is none left.
        """
        if time.monotonic() > self._end:
            raise failed("What your code asked of right functions took too long.")
        return function(*args, **(kwargs or {}))


class _Elsewhere:
    """What stays in a worker during one call of a function of ours."""

    def __init__(self, module: ModuleType, channel: Any) -> None:
        self._module = module
        self._channel = channel
        self._generators: dict[int, torch.Generator] = {}  # ours, by the number of the worker's
        self._objects: dict[int, Any] = {}  # ours, by the number of the worker's
        self._numbers: dict[int, ObjectRef] = {}  # the worker's, by the id of ours
        self._attributes: dict[tuple[int, str], tuple[Any, Any]] = {}  # as they were read, with what was in them
        self._written: Read | None = None  # the attribute that was set last

    def own(self, leaf: Any) -> Any:
        """An argument as a function of the reference gets it."""
        if not isinstance(leaf, ObjectRef):
            return leaf
        if leaf.type_name == GENERATOR:
            return self._generator(leaf)
        if leaf.id not in self._objects:
            kind = getattr(self._module, leaf.type_name, None)
            if not isinstance(kind, type):
                raise failed(f"A right function cannot be called with a {leaf.type_name}.")
            own = _object_elsewhere(kind, self, leaf.id)
            self._objects[leaf.id] = own
            self._numbers[id(own)] = leaf
        return self._objects[leaf.id]

    def theirs(self, leaf: Any) -> Any:
        """A part of what such a function returns, as it travels."""
        return self._numbers.get(id(leaf), leaf)

    def read(self, number: int, name: str) -> Any:
        """An attribute of one of the worker's objects."""
        if (number, name) not in self._attributes:
            value = mapped(self._asked(Read(number, name)), self.own)
            self._attributes[number, name] = value, contents_of(value)
        return self._attributes[number, name][0]

    def assign(self, number: int, name: str, value: Any) -> None:
        """Set an attribute of one of the worker's objects."""
        self._attributes[number, name] = value, contents_of(value)
        self._written = Read(number, name)
        list(self._channel.ask([Assign(number, name, plain(mapped(value, self.theirs)))]))

    def finish(self) -> None:
        """Have the worker see what was written into attributes, and its generators draw something else from now on."""
        for (number, name), (value, before) in list(self._attributes.items()):
            if contents_of(value) != before:
                self.assign(number, name, value)
        if self._written is not None:
            self._asked(self._written)  # what is set goes along with the next question only
        for number, generator in self._generators.items():
            self._asked(Call(number, "manual_seed", (int(torch.randint(2**62, (), generator=generator)),), {}))

    def _generator(self, theirs: ObjectRef) -> torch.Generator:
        """A generator on this side, whatever device the worker's is on."""
        number = theirs.id
        if number not in self._generators:
            digest = hashlib.sha256(raw(self._asked(Call(number, "get_state", (), {})))).digest()
            seed = int.from_bytes(digest[:SEED_BYTES], "big")
            own = torch.Generator().manual_seed(seed)
            self._generators[number] = own
            self._numbers[id(own)] = theirs
        return self._generators[number]

    def _asked(self, action: Call | Read) -> Any:
        (answer,) = self._channel.ask([action])
        return answer.value


def _object_elsewhere(kind: type, elsewhere: _Elsewhere, number: int) -> Any:
    """An object of a class of the reference whose attributes are those of an object in the worker."""

    class Remote(kind):
        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return elsewhere.read(number, name)

        def __setattr__(self, name: str, value: Any) -> None:
            elsewhere.assign(number, name, value)

    return object.__new__(Remote)
