"""Functions of ours that are handed to a student's code: they stay here, and their calls come back.

What such a function is given was made by the student's code, and its answer goes there. An exception in it ends the
check: the stand-in on the other side stops what called it, and the error is raised where the check asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch

from ..hosting import Stopped
from ..model import FunctionRef
from ..values import leaves
from .verdict import Verdict, failed

NAMELESS = "function"  # what a function without a name is called
MOST_CALLS = 10_000  # a training of some epochs asks for a loss some hundred times
MOST_BYTES = 256 << 20  # that a spy remembers; a student's code can send 1 GiB with each call
MOST_NESTED = 20  # calls of ours from a student's code that was called by one of ours; each takes 20 frames of Python


class Arguments(NamedTuple):
    """The arguments of a call."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Spy:
    """A function of ours that remembers the calls of a student's code.

    Args:
        function: what is called.
        most_calls: by one call of the student's code; with more the check fails.
        remembers: whether the arguments are kept.
    """

    def __init__(self, function: Callable[..., Any], most_calls: int = MOST_CALLS, *, remembers: bool = True) -> None:
        self.function = function
        self.name = name_of(function)
        self.title = "the check's function" if self.name == NAMELESS else self.name  # in a sentence
        self.calls: list[Arguments] = []
        self.most_calls = most_calls
        self.remembers = remembers
        self._count = 0
        self._bytes = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function ourselves, which is not remembered."""
        return self.function(*args, **kwargs)

    def begin(self) -> None:
        """Count the calls from here: the student's code is asked for something else."""
        self._count = 0

    def answer(self, *args: Any, **kwargs: Any) -> Any:
        """What the function returns to a student's code.

        Raises:
            Verdict: there were too many calls.
        """
        self._count += 1
        if self._count > self.most_calls:
            raise self.called_without_end()
        if self.remembers:
            self._remember(Arguments(args, kwargs))
        return self.function(*args, **kwargs)

    def called_without_end(self) -> Verdict:
        """The verdict on code that calls it more often than it may."""
        return failed(f"Your code called {self.title} more than {self.most_calls:,} times. Does a loop never end?")

    def _remember(self, arguments: Arguments) -> None:
        for path, leaf in leaves(arguments):
            self._bytes += _size(path[-1]) + _size(leaf)
        if self._bytes > MOST_BYTES:
            raise failed(f"Your code called {self.title} with more than {MOST_BYTES >> 20} MB of arguments in all.")
        self.calls.append(arguments)


def spy(function: Callable[..., Any], most_calls: int = MOST_CALLS) -> Spy:
    """A function of ours as an argument that can be looked at afterwards: `calls` lists what it was called with.

    It stays with the grader. A student's code gets a stand-in, and each call comes back with plain values, or handles,
    which the function may use. Any other function of ours can be an argument too, without being looked at. It should
    depend on nothing but its arguments, since known mistakes are tried with it as well. Calls of a student's own method
    are counted by `node.assign("step", spy(node.value("step")))`.

    Args:
        most_calls: by one call of the student's code; with more the check fails.
    """
    return Spy(function, most_calls)


def _size(value: Any) -> int:
    """About how many bytes a value takes."""
    if isinstance(value, torch.Tensor):
        return value.nbytes
    return len(repr(value))


def name_of(function: Callable[..., Any]) -> str:
    """What a function is called in a description of a call and in lines of code."""
    name = getattr(function, "__name__", getattr(function, "name", ""))  # a spy and a student's function have a `name`
    last = str(name).rpartition(".")[2]
    if not last.isidentifier():  # a lambda, or an object that can be called
        return NAMELESS
    return last


@dataclass(frozen=True, eq=False)
class Given(FunctionRef):
    """A function of ours among the arguments of an action.

    Args:
        answer: calls it, given the spy, the channel over which the call came, and the arguments as they came.
    """

    spy: Spy = field(repr=False)
    answer: Callable[[Spy, object, Any, Any], Any] = field(repr=False)


class Callbacks:
    """Answers the calls that come back over a channel, and keeps what spies were asked and the error that ended one."""

    def __init__(self, channel: object) -> None:
        self._channel = channel
        self._error: Exception | None = None
        self._depth = 0
        self._calls: dict[int, list[Any]] = {}  # by the function's number, since the last time somebody asked
        self._counts: Counter[int] = Counter()  # by the function's number, since the last end

    def answer(self, given: Given, args: Any, kwargs: Any) -> Any:
        """What a function of ours returns.

        Raises:
            Stopped: in the place of any exception, which `end` raises as soon as the student's code has ended.
        """
        if self._error is not None:
            raise Stopped
        self._depth += 1
        if given.spy.remembers and self._depth == 1:
            self._calls.setdefault(given.id, []).append((args, kwargs))
        try:
            self._counts[given.id] += 1
            if self._counts[given.id] > given.spy.most_calls:  # also of a known mistake, whose calls no spy counts
                raise given.spy.called_without_end()
            if self._depth > MOST_NESTED:
                raise failed(f"Your code and {given.spy.title} call each other without end. What ends the recursion?")
            return given.answer(given.spy, self._channel, args, kwargs)
        except Exception as error:
            self._error = error
            raise Stopped from None
        finally:
            self._depth -= 1

    def take_calls(self) -> list[Any]:
        """What spies were called with since the last time this was asked; nothing while one is being called.

        One function after the other: right code may fit all models first and evaluate them then, or one by one.
        """
        if self._depth:
            return []
        calls: list[Any] = []
        for number in sorted(self._calls):
            calls += self._calls[number]
        self._calls.clear()
        return calls

    def end(self) -> None:
        """Raise the error in which a call ended, if one did."""
        error = self._error
        self._error = None
        self._counts.clear()
        if error is not None:
            raise error
