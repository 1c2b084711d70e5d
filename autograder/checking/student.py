"""`student`: the other end of a check's calls, whatever carries them.

A `Channel` carries actions to a module somewhere; the student's runs in a worker process (`grading.remote`), a trusted
variant of the reference in this one (`checking.local`). Every value that came back is recorded, so that two
modules can be compared by what they answered.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import keyword
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from ..actions import CALL, Action, Answer, Assign, Call, Operate, Read, Signature, with_values
from ..model import AttributeRef, ObjectRef, Outcome
from ..values import CONTAINERS, NotPlain, contents_of, own_containers, plain, rebuilt
from . import observations
from .describing import describe_call, describe_operation
from .grammar import with_article
from .operation_count import OperationCount, count_of, seconds_of
from .operators import Operators
from .spies import Arguments, Given, Spy
from .transcript import NOTHING, Event
from .verdict import Raised, Verdict, failed

LONGEST_NAME = 40  # of a parameter
MOST_VALUES = 100_000  # of an iteration; a loop over something endless would never come back
_numbers = itertools.count()  # of functions of ours: none is given twice in this process


class Channel(Protocol):
    """Carries actions to whatever hosts a module, and the answers back."""

    def ask(self, actions: Sequence[Action]) -> Iterator[Answer]:
        """Do one after the other, and return the answer to each, as it was at that time.

        Nothing is done before the first answer is taken. An `Assign` may be done later, but before anything else that
        is asked for; if it fails, that is told then.

        Raises:
            Verdict: in the place of an answer, where an action failed; what follows it is not done.
        """

    def give(self, function: Given) -> None:
        """Be ready for calls of a function of ours, which will be among the values of an action."""


class Student:
    """A module as checks see it: `student.softmax(z)` calls its function `softmax`."""

    def __init__(self, channel: Channel) -> None:
        self._link = _Link(channel)

    def __getattr__(self, name: str) -> Function:
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self._link, None, name)


class Step(NamedTuple):
    """An action, and the words that tell a reader what it is."""

    action: Action
    words: str


class _Link:
    """A channel, what was asked over it so far, and the wrapping of what comes back."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.events: list[Event] = []
        self.signatures: dict[tuple[int | None, str], list[str]] = {}
        self._came: dict[int, tuple[Any, Any]] = {}  # by id: a container with handles in it, and what it was made of
        self._handles: dict[int, Handle] = {}  # by the object's number
        self._given: dict[int, Given] = {}  # by id: functions of ours
        self._answering = 0  # calls of functions of ours that are being answered
        self._rest: Iterator[Event] = iter(())  # of the latest message, as long as answers to it are taken
        self.was_called = False  # a function of ours was
        self.broken: tuple[Exception, str] | None = None  # the exception in a function of ours, and its name

    def ask(self, steps: Sequence[Step]) -> Iterator[Event]:
        """Ask for several actions in one message, and note each of them and its answer when that is taken."""
        answers = self.channel.ask([step.action for step in steps])
        if not self._answering:
            for given in self._given.values():
                given.spy.begin()
        told = self._told(steps, answers)
        if not self._answering:
            self._rest = told
        for event in told:  # noqa: UP028 -- a check that ends would end `told` too with `yield from`
            yield event

    def unread(self) -> list[Event]:
        """What is left of the latest message, up to the first problem; it becomes no part of the transcript."""
        taken = len(self.events)
        with contextlib.suppress(Exception):
            list(self._rest)
        rest = self.events[taken:]
        del self.events[taken:]
        return [event for event in rest if event.answer is not NOTHING]

    def _told(self, steps: Sequence[Step], answers: Iterator[Answer]) -> Iterator[Event]:
        """Each of some actions that go in one message, with its answer, noted when it is taken."""
        for action, words in steps:
            # Noted before it is answered: what raises an exception is a part of the transcript.
            event = Event(with_values(action, own_containers), words)
            if not self._answering:  # what a function of ours asks for is asked again whenever that is called again
                self.events.append(event)
            try:
                answer = next(answers)
            except Raised as verdict:
                event.raised = verdict.message
                raise
            if not isinstance(action, Assign):
                event.answer = own_containers(answer.value)
                event.value = self._wrapped(answer.value)
                event.changed = answer.changed
                event.calls = answer.calls
            yield event

    def ask_one(self, action: Action, words: str) -> Event:
        """Ask for one action, and note it and its answer."""
        (event,) = self.ask([Step(action, words)])
        return event

    def unwrapped(self, value: Any) -> Any:
        """The argument as a channel takes it: handles and functions become references.

        A container that came from the channel and has not changed is the very one that came, since the channel may know
        what it stands for.
        """
        if not isinstance(value, CONTAINERS):
            return self._unwrapped_leaf(value)
        rebuilt_value = rebuilt(value, self.unwrapped)
        wrapped, came = self._came.get(id(value), (None, None))
        if wrapped is value and contents_of(rebuilt_value) == contents_of(came):
            return came
        return rebuilt_value

    def _unwrapped_leaf(self, value: Any) -> Any:
        if isinstance(value, Handle):
            return value._ref
        if isinstance(value, Function):
            return AttributeRef(value._target, value._attribute)
        if callable(value):
            return self._giving(value)
        return value

    def _giving(self, function: Callable[..., Any]) -> Given:
        """A function of ours as a channel takes it."""
        if id(function) not in self._given:
            spy = function
            if not isinstance(spy, Spy):
                spy = Spy(function, remembers=False)
            self._given[id(function)] = Given(next(_numbers), spy.name, spy, self.answer)
        given = self._given[id(function)]
        self.channel.give(given)
        return given

    def answer(self, spy: Spy, channel: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What a function of ours returns to the module that calls it over a channel."""
        if channel is not getattr(self.channel, "behind", self.channel):
            # A known mistake is asked what the student was asked; what it calls is no part of the record.
            return _Link(channel)._returned(spy.function, args, kwargs)
        self.was_called = True
        self._answering += 1
        try:
            return self._returned(spy.answer, args, kwargs)
        except Verdict:
            raise
        except Exception as error:
            self.broken = error, spy.title
            raise
        finally:
            self._answering -= 1

    def _returned(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        value = function(*self._wrapped(args), **self._wrapped(kwargs))
        try:
            return plain(self.unwrapped(value))
        except NotPlain as error:
            raise TypeError(f"a value that cannot be sent was returned: {error}") from None

    def _wrapped(self, value: Any) -> Any:
        if isinstance(value, ObjectRef):
            return self._handles.setdefault(value.id, Handle(self, value))  # one object is one handle
        if not isinstance(value, CONTAINERS):
            return value
        wrapped = rebuilt(value, self._wrapped)
        if wrapped is not value:
            self._came[id(wrapped)] = wrapped, value
        return wrapped


def args(*positional: Any, **named: Any) -> Arguments:
    """The arguments of one call, for `student.f.each`."""
    return Arguments(positional, named)


class Function:
    """A function, class or method on the other side; as an argument it is handed over as it is there."""

    def __init__(self, link: _Link, target: int | None, name: str, owner: str = "") -> None:
        self._link = link
        self._target = target
        self._attribute = name
        self._owner = owner
        self.name = f"{owner}.{name}" if owner else name
        if name == CALL:
            self.name = owner.lower()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it; returns what came back: plain values, and a `Handle` for each object."""
        return self._link.ask_one(self._call(args, kwargs), describe_call(self.name, args, kwargs)).value

    def observe(self, *args: Any, **kwargs: Any) -> tuple[Any, list[str]]:
        """Call it; returns the value and the inputs that it changed in place."""
        call = dataclasses.replace(self._call(args, kwargs), observe=True)
        event = self._link.ask_one(call, describe_call(self.name, args, kwargs))
        return event.value, event.changed

    def each(self, arguments: Iterable[Arguments], *, reading: str = "") -> Iterator[Any]:
        """Call it with these `args(...)`, one after the other; returns the values in turn.

        All calls go in one message, when the first value is taken, which costs a fraction of as many messages.

        Args:
            reading: an attribute of the method's object that is read after each call, and returned instead.
        """
        steps: list[Step] = []
        for args, kwargs in arguments:
            steps.append(Step(self._call(args, kwargs), describe_call(self.name, args, kwargs)))
            if reading:
                steps.append(Step(Read(self._target, reading), f"reading {self._owner}.{reading}"))
        for event in self._link.ask(steps):
            if not reading or isinstance(event.action, Read):
                yield event.value

    def effort(self, *args: Any, **kwargs: Any) -> OperationCount:
        """Call it; returns what it had to do, and forgets what it answered."""
        (answer,) = self._link.channel.ask([dataclasses.replace(self._call(args, kwargs), count=True)])
        return count_of(self.name, answer.value)

    def seconds(self, *args: Any, **kwargs: Any) -> float:
        """Call it; returns the seconds that it took, which are to be shown and never judged."""
        (answer,) = self._link.channel.ask([dataclasses.replace(self._call(args, kwargs), clock=True)])
        return seconds_of(answer.value)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        return Call(self._target, self._attribute, self._link.unwrapped(args), self._link.unwrapped(kwargs))


class Handle(Operators):
    """An object that lives on the other side: `handle.forward(x)` calls its method.

    It also takes the operators `+ - * / ** @`, from either side, and `-a`, `a[i]`, `len(a)`, `a(x)` and `for x in a`.
    The same object is the same handle, so that `is` and `in` say what they say of the object.
    """

    def __init__(self, link: _Link, ref: ObjectRef) -> None:
        self._link = link
        self._ref = ref
        self.type_name = ref.type_name

    def __getattr__(self, name: str) -> Function:
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self._link, self._ref.id, name, owner=self._ref.type_name)

    def __repr__(self) -> str:
        return with_article(self.type_name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, as a function is called."""
        return function_of(self)(*args, **kwargs)

    def __bool__(self) -> bool:
        return True  # Python would ask for the length

    def __len__(self) -> int:
        length = self._operate("len", self)
        if length is None:
            raise _NoLength(observations.no_length(self.type_name), kinds=["TypeError", "Exception"])
        if type(length) is not int or not 0 <= length <= sys.maxsize:
            raise Verdict(Outcome.CRASHED, "The process answered nonsense when it was asked for a length.")
        return length

    def __iter__(self) -> Iterator[Any]:
        iterator = self._operate("iter", self)
        if not isinstance(iterator, Handle):
            raise Verdict(Outcome.CRASHED, "The process answered nonsense when it was asked for an iterator.")
        for _ in range(MOST_VALUES):
            values = take(iterator, 1)
            if not values:
                return
            yield values[0]
        raise failed(observations.endless(self.type_name, MOST_VALUES))

    def _operate(self, name: str, *operands: Any) -> Any:
        operation = Operate(name, self._link.unwrapped(operands))
        return self._link.ask_one(operation, describe_operation(name, operands)).value

    def value(self, name: str) -> Any:
        """Read its attribute `name`."""
        read = Read(self._ref.id, name)
        return self._link.ask_one(read, f"reading {self._ref.type_name}.{name}").value

    def values(self, *names: str) -> list[Any]:
        """Read several of its attributes, all in one message."""
        steps = [Step(Read(self._ref.id, name), f"reading {self._ref.type_name}.{name}") for name in names]
        return [event.value for event in self._link.ask(steps)]

    def assign(self, name: str, value: Any) -> None:
        """Set its attribute `name`."""
        assign = Assign(self._ref.id, name, self._link.unwrapped(value))
        self._link.ask_one(assign, f"setting {self._ref.type_name}.{name}")


class _NoLength(Raised, TypeError):
    """An object without a length; a TypeError since `list(handle)` asks for a length first and can do without."""


def take(values: Any, n: int) -> list[Any]:
    """The next `n` values of a student's iterator, generator or list; fewer if it ends before."""
    if isinstance(values, Handle):
        taken = values._operate("take", values, n)
        if not isinstance(taken, list) or len(taken) > n:
            raise Verdict(Outcome.CRASHED, "The process answered nonsense when it was asked for some values.")
        return taken
    if not isinstance(values, Iterable):
        raise failed(observations.not_iterable(values))
    return list(itertools.islice(values, n))


def events(student: Student) -> list[Event]:
    """Everything that a check asked of `student` so far, in order."""
    return student._link.events


def unread(student: Student) -> list[Event]:
    """The answers that a check did not look at in the message in which it ended."""
    return student._link.unread()


def answers(student: Student) -> list[Any]:
    """Everything that came back so far, in order."""
    return [event.answer for event in student._link.events if event.answer is not NOTHING]


def reference(handle: Handle) -> ObjectRef:
    """What a handle stands for."""
    return handle._ref


def function_of(handle: Handle) -> Function:
    """The object itself as a function: what `handle(x)` calls."""
    return Function(handle._link, handle._ref.id, CALL, owner=handle.type_name)


def has_spoken(student: Student) -> bool:
    """Whether anything came from the module, so that it may be to blame for an exception in the check."""
    return bool(answers(student)) or student._link.was_called


def broken_function(student: Student, error: Exception) -> str:
    """The name of the function of ours in which this exception was raised, or ""."""
    if student._link.broken is None or student._link.broken[0] is not error:
        return ""
    return student._link.broken[1]


def parameters(student: Student, call: Call) -> list[str]:
    """Names of the called function's parameters, as far as they can be told."""
    link = student._link
    function = call.target, call.name
    if function not in link.signatures:
        link.signatures[function] = _signature(link.channel, Signature(*function))
    return link.signatures[function]


def _signature(channel: Channel, signature: Signature) -> list[str]:
    try:
        (answer,) = channel.ask([signature])
    except Verdict:  # there is no such function, or it has no parameters that can be told
        return []
    if not isinstance(answer.value, list):
        return []
    return [name for name in answer.value if _is_name(name)]


def _is_name(text: Any) -> bool:
    """Whether a text that came back can stand for a variable."""
    named = isinstance(text, str) and text.isascii() and text.isidentifier() and len(text) <= LONGEST_NAME
    return named and not keyword.iskeyword(text)
