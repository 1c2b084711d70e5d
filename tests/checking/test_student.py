"""autograder.checking.student: calls, handles and the record of what came back."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import torch

from autograder.actions import Action, Answer, Assign, Call, Read, Signature
from autograder.checking.describing import describe_call
from autograder.checking.spies import spy
from autograder.checking.student import Handle, Student, answers, args, events, parameters
from autograder.checking.verdict import Verdict
from autograder.model import ObjectRef, Seed


class Tape:
    """A channel that notes what it is asked for and answers from a list."""

    def __init__(self, *replies: Any) -> None:
        self.replies = list(replies)
        self.asked: list[Sequence[Action]] = []

    def ask(self, actions: Sequence[Action]) -> Iterator[Answer]:
        self.asked.append(actions)
        for action in actions:
            if isinstance(action, Assign):
                yield Answer()
                continue
            changed = ["x"] if isinstance(action, Call) and action.observe else []
            yield Answer(self.replies.pop(0), changed)


def test_a_call_travels_with_its_arguments():
    """Name, arguments and keywords reach the channel as they are."""
    tape = Tape(3)
    assert Student(tape).softmax(1, axis=2) == 3
    assert tape.asked == [[Call(None, "softmax", (1,), {"axis": 2})]]


def test_observe_gives_the_changed_inputs():
    """The channel is asked to watch, and what it saw comes back beside the value."""
    tape = Tape(3)
    assert Student(tape).softmax.observe(1) == (3, ["x"])
    assert tape.asked == [[Call(None, "softmax", (1,), {}, observe=True)]]


def test_many_calls_travel_together():
    """The channel is asked once, and each call is recorded with its own answer."""
    tape = Tape(5, 7)
    student = Student(tape)
    assert list(student.double.each([args(1), args(2, by=3)])) == [5, 7]
    assert tape.asked == [[Call(None, "double", (1,), {}), Call(None, "double", (2,), {"by": 3})]]
    assert [(event.action.args, event.answer) for event in events(student)] == [((1,), 5), ((2,), 7)]


def test_an_attribute_is_read_after_each_of_many_calls():
    """What was read is given, and both are recorded."""
    tape = Tape(ObjectRef(4, "A"), None, 10, None, 20)
    student = Student(tape)
    handle = student.make()
    handle.step.each([args(0)])  # nothing is asked for before a value is taken
    assert list(handle.step.each([args(1), args(2)], reading="w")) == [10, 20]
    steps = [Call(4, "step", (1,), {}), Read(4, "w"), Call(4, "step", (2,), {}), Read(4, "w")]
    assert tape.asked[1:] == [steps]
    assert [event.words for event in events(student)[1:3]] == ["A.step(1)", "reading A.w"]
    assert answers(student)[1:] == [None, 10, None, 20]


def test_attributes_are_read_together():
    """In one message; each is recorded with its own words."""
    tape = Tape(ObjectRef(4, "A"), 10, 20)
    student = Student(tape)
    assert student.make().values("v", "w") == [10, 20]
    assert tape.asked[1:] == [[Read(4, "v"), Read(4, "w")]]
    assert [event.words for event in events(student)[1:]] == ["reading A.v", "reading A.w"]


def test_values_of_many_calls_come_in_turn():
    """A check that stops at the first has asked for nothing more, as far as the record goes."""
    student = Student(Tape(5, 7))
    assert next(student.double.each([args(1), args(2)])) == 5
    assert answers(student) == [5]


def test_references_become_handles_wherever_they_are():
    """An object in a nested result can be used by the check."""
    student = Student(Tape([ObjectRef(0, "A"), (ObjectRef(1, "B"),), {"c": ObjectRef(2, "C")}]))
    first, (second,), table = student.make()
    assert [h.type_name for h in (first, second, table["c"])] == ["A", "B", "C"]


def test_handles_become_references_wherever_they_are():
    """A handle in a nested argument reaches the other side as its number."""
    tape = Tape(ObjectRef(4, "A"), None)
    student = Student(tape)
    handle = student.make()
    student.use([handle], pair=(1, {"key": handle}))
    ref = ObjectRef(4, "A")
    assert tape.asked[1] == [Call(None, "use", ([ref],), {"pair": (1, {"key": ref})})]


def test_a_handle_reaches_its_object():
    """Methods, reading and setting go to the object's number."""
    tape = Tape(ObjectRef(4, "A"), 1, 2)
    handle = Student(tape).make()
    assert (handle.forward(7), handle.value("weight")) == (1, 2)
    handle.assign("weight", handle)
    assert tape.asked[1:] == [
        [Call(4, "forward", (7,), {})],
        [Read(4, "weight")],
        [Assign(4, "weight", ObjectRef(4, "A"))],
    ]


def test_the_record_holds_every_answer_in_order():
    """Calls and readings are recorded, settings have no answer."""
    student = Student(Tape(ObjectRef(0, "A"), 1, [2]))
    handle = student.make()
    handle.assign("x", 5)
    handle.value("y")
    handle.step()
    assert answers(student) == [ObjectRef(0, "A"), 1, [2]]


@pytest.mark.parametrize("counts", [None, 5, (1,), (1, 2, 3), (1, True), (1, 2.0), [1, 2]], ids=repr)
def test_counts_that_are_none_end_the_check(counts: object):
    """They come from the student's process, which may send anything."""
    with pytest.raises(Verdict, match="nonsense when its operations were counted") as caught:
        Student(Tape(counts)).f.effort(1)
    assert caught.value.outcome == "crashed"


@pytest.mark.parametrize("seconds", [None, 1, True, -0.5, math.nan, math.inf, (1.0,)], ids=repr)
def test_seconds_that_are_none_end_the_check(seconds: object):
    """They come from the student's process too."""
    with pytest.raises(Verdict, match="nonsense when it was timed") as caught:
        Student(Tape(seconds)).f.seconds(1)
    assert caught.value.outcome == "crashed"


def test_timing_is_asked_for_and_not_recorded():
    """The seconds come back, and nobody compares them with anything."""
    tape = Tape(0.25)
    student = Student(tape)
    assert student.f.seconds(1) == 0.25
    assert tape.asked == [[Call(None, "f", (1,), {}, clock=True)]]
    assert events(student) == []


def test_counting_is_asked_for_and_not_recorded():
    """The numbers come back under the function's name."""
    tape = Tape((3, 4))
    student = Student(tape)
    assert student.f.effort(1) == ("f", 3, 4)
    assert tape.asked == [[Call(None, "f", (1,), {}, count=True)]]
    assert events(student) == []


NAMES = {
    "names": (["x", "by"], ["x", "by"]),
    "no list": ("xy", []),
    "what cannot be a name": (["x", "a b", "if", "é", "y" * 41, 5, None, ["z"]], ["x"]),
}


@pytest.mark.parametrize(("sent", "names"), NAMES.values(), ids=NAMES)
def test_names_of_parameters_are_names(sent: object, names: list[str]):
    """They come from the student's process as well, and are asked for once."""
    tape = Tape(sent)
    student = Student(tape)
    assert [parameters(student, Call(4, "step", (), {})) for _ in range(2)] == [names, names]
    assert tape.asked == [[Signature(4, "step")]]


def test_a_function_whose_parameters_cannot_be_told_has_none():
    """The explanation goes on without their names."""

    class Refusing(Tape):
        def ask(self, actions: Sequence[Action]) -> Iterator[Answer]:
            raise Verdict("error", "no")

    assert parameters(Student(Refusing()), Call(None, "f", (), {})) == []


def test_a_new_student_has_answered_nothing():
    """A record never carries over from another check."""
    assert (answers(Student(Tape())), events(Student(Tape()))) == ([], [])


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda s, h: s.softmax(torch.ones(2, 3).double(), axis=1), "softmax([2, 3] float64, axis=1)"),
        (lambda s, h: h.forward(torch.ones(2)), "A.forward([2] float32)"),
        (lambda s, h: h.value("weight"), "reading A.weight"),
        (lambda s, h: h.assign("weight", 1), "setting A.weight"),
        (lambda s, h: 2.5 * h, "2.5 * a"),
        (lambda s, h: h[torch.ones(2)], "a[[2] float32]"),
        (lambda s, h: h(h, x=1), "a(A, x=1)"),
    ],
    ids=["function", "method", "reading", "setting", "operator", "index", "object"],
)
def test_the_last_call_is_told_in_words(use, words: str):
    """What the check asked for last can be shown to the student."""
    student = Student(Tape(ObjectRef(0, "A"), 1))
    use(student, student.make())
    assert events(student)[-1].words == words


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        (torch.full((2,), 42.0), "f([2] float32)"),
        ([torch.ones(1), 2], "f([[1] float32, 2])"),
        (list(range(42, 47)), "f(a list of 5)"),
        ({"a": 42}, "f(a dict of 1)"),
        (Seed(42), "f(generator)"),
        (Handle(None, ObjectRef(0, "A")), "f(A)"),
        ("y" * 42, f"f('{'y' * 39})"),
        ({1, 42}, "f(a set of 2)"),
        (max, "f(max)"),
        (lambda: 42, "f(function)"),
        (spy(copy.copy), "f(copy)"),
        (Student(Tape()).sigmoid, "f(sigmoid)"),
    ],
    ids=[
        "tensor",
        "short list",
        "long list",
        "dict",
        "seed",
        "handle",
        "long text",
        "set",
        "function",
        "lambda",
        "spy",
        "theirs",
    ],
)
def test_a_call_in_words_shows_no_data(argument: object, words: str):
    """Shapes and sizes, no entries; long texts are cut."""
    assert describe_call("f", (argument,), {}) == words


@pytest.mark.parametrize("owner", [Student(Tape()), Handle(None, ObjectRef(0, "A"))], ids=["student", "handle"])
def test_names_of_python_itself_are_no_calls(owner: object):
    """`copy` and others ask for dunder names, which must not turn into calls."""
    with pytest.raises(AttributeError):
        owner.__deepcopy__  # noqa: B018  reading it is the test
    assert copy.copy(owner) is not owner
