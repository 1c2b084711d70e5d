"""autograder.checking.local: a trusted module in this process behaves like one in a worker."""

from __future__ import annotations

import pytest
import torch

from autograder.actions import Call
from autograder.checking.local import LocalChannel, local_student, module_from
from autograder.checking.spies import Given, Spy
from autograder.checking.student import Handle, Student, answers
from autograder.checking.verdict import Verdict
from autograder.model import ObjectRef, Outcome, Seed
from autograder.slips import meant

SOURCE = """
import torch
calls = []

def grow(x, by=1):
    x += by
    return x

def nested(pair, table):
    pair[0].zero_()
    return {"sum": table["a"] + pair[1], "all": [pair, (1, "two", None)]}

def remember(x):
    calls.append(x)
    return len(calls)

def draw(generator):
    return torch.rand(2, generator=generator)

def fail():
    raise ZeroDivisionError("no")

def learned():
    return torch.ones(2, requires_grad=True) * 3

class Box:
    def __init__(self, content):
        self.content = content

    def same(self, other):
        return other is self
"""


@pytest.fixture
def student() -> Student:
    return local_student(module_from(SOURCE, "local"))


NOTED = "class Node:\n    pass\n\n\nclass List:\n    def next(self) -> List:\n        pass\n"


def test_a_module_is_compiled_as_python_compiles_it():
    """Annotations are evaluated, unless the text postpones them, in whichever of its pieces they stand."""
    with pytest.raises(NameError, match="List"):
        module_from(NOTED, "noted")
    module = module_from(f"from __future__ import annotations\n\n\n{NOTED}", "noted")
    assert module.List.next.__annotations__ == {"return": "List"}


def test_arguments_are_copies(student: Student):
    """What the module writes into an input does not reach the check."""
    x = torch.zeros(2)
    assert student.grow(x, by=2).tolist() == [2, 2]
    assert x.tolist() == [0, 0]


def test_results_are_copies():
    """What the check writes into a result does not reach the module."""
    module = module_from("import torch\nW = torch.zeros(2)\ndef weights():\n    return W\n", "m")
    local_student(module).weights().add_(1)
    assert module.W.tolist() == [0, 0]


def test_nested_values_go_both_ways(student: Student):
    """Lists, tuples and dicts of tensors and plain values keep their structure; tensors inside are copies too."""
    pair, table = [torch.ones(1), torch.tensor([2.0])], {"a": torch.tensor([3.0])}
    found = student.nested(pair, table)
    assert found == {"sum": torch.tensor([5.0]), "all": [[torch.tensor([0.0]), torch.tensor([2.0])], (1, "two", None)]}
    assert pair[0].item() == 1


@pytest.mark.parametrize(
    ("call", "changed"),
    [
        (lambda s: s.grow.observe(torch.zeros(2)), ["x"]),
        (lambda s: s.grow.observe(x=torch.zeros(2), by=2), ["x"]),
        (lambda s: s.grow.observe(torch.zeros(2), by=0), []),
        (lambda s: s.nested.observe([torch.ones(1), torch.ones(1)], {"a": torch.ones(1)}), ["pair"]),
    ],
    ids=["by place", "by name", "nothing", "inside a list"],
)
def test_changed_inputs_are_observed(student: Student, call, changed: list):
    """An input that was written into is reported, also one inside a list."""
    assert call(student)[1] == changed


def test_objects_stay_behind_a_handle(student: Student):
    """An object comes back as a handle, which reads, sets and calls, and can be an argument again."""
    box = student.Box(torch.tensor([1.0]))
    assert isinstance(box, Handle)
    assert box.type_name == "Box"
    box.assign("content", torch.tensor([7.0]))
    assert box.value("content").item() == 7
    assert box.same(box) is True
    assert box.same(student.Box(1)) is False


def test_a_seed_becomes_a_fresh_generator(student: Student):
    """The same seed gives the same draws in every call."""
    expected = torch.rand(2, generator=torch.Generator().manual_seed(9))
    assert torch.equal(student.draw(Seed(9)), expected)
    assert torch.equal(student.draw(generator=Seed(9)), expected)


def test_results_carry_no_gradient(student: Student):
    """What comes back is plain, like over the wire."""
    assert not student.learned().requires_grad


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda s: s.fail(), "ZeroDivisionError: no"),
        (lambda s: s.grow(), "TypeError"),
    ],
    ids=["raises", "wrong arguments"],
)
def test_an_exception_is_the_verdict_error(student: Student, call, says: str):
    """Whatever the module raises ends the check as `error`."""
    with pytest.raises(Verdict, match=says) as caught:
        call(student)
    assert caught.value.outcome is Outcome.ERROR


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda s: s.missing(), "The module defines no `missing`."),
        (lambda s: s.Box(1).missing(), "Box objects have no `missing`."),
        (lambda s: s.Box(1).value("missing"), "Box objects have no `missing`."),
    ],
    ids=["function", "method", "attribute"],
)
def test_a_missing_name_is_a_failure(student: Student, use, says: str):
    """In the words of a worker."""
    with pytest.raises(Verdict) as caught:
        use(student)
    assert (caught.value.outcome, caught.value.message) == (Outcome.FAILED, says)


@pytest.mark.parametrize(
    ("use", "meant"),
    [
        (lambda s: s.rememberr(1), "Is `remember` meant to be `rememberr`?"),
        (lambda s: s.Remember(1), "Is `remember` meant to be `Remember`?"),
        (lambda s: s.remmeber(1), "Is `remember` meant to be `remmeber`?"),
        (lambda s: s.Box(1).value("contents"), "Is `content` meant to be `contents`?"),
    ],
)
def test_a_name_that_looks_like_a_slip_for_a_missing_one_is_asked_about(student: Student, use, meant: str):
    """A function that was renamed, and an attribute."""
    with pytest.raises(Verdict) as caught:
        use(student)
    assert caught.value.message.endswith(meant)


@pytest.mark.parametrize("use", [lambda s: s.forget(1), lambda s: s.member(1), lambda s: s.Box(1).value("content2")])
def test_another_name_is_not_accused(student: Student, use):
    """Names that only rhyme, and numbers, tell things apart."""
    with pytest.raises(Verdict) as caught:
        use(student)
    assert "meant" not in caught.value.message


@pytest.mark.parametrize(
    ("missing", "known", "is_meant"),
    [
        ("sigmoid", ["sigmoid_", "tanh"], "sigmoid_"),
        ("softmax", ["softmx"], "softmx"),
        ("softmax", ["softmax_backward", "log_softmax"], ""),  # both are asked for themselves
        ("softmax", ["stable_softmax"], "stable_softmax"),
        ("gradient_step", ["grad_step"], "grad_step"),
        ("gradient_step", ["gradient_steps", "gradientStep"], ""),  # which of the two?
        ("step1", ["step2"], ""),
        ("dgamma", ["gamma"], ""),
        ("W", ["w_"], "w_"),
    ],
)
def test_what_is_required_itself_stands_for_nothing_else(missing: str, known: list[str], is_meant: str):
    """`log_softmax` is no slip for `softmax` where both are asked for."""
    required = {"softmax_backward", "log_softmax", missing}
    assert meant(missing, known, required) == (f" Is `{is_meant}` meant to be `{missing}`?" if is_meant else "")


def test_every_module_starts_afresh(student: Student):
    """Two modules of one source share no state."""
    assert [student.remember(1), student.remember(1)] == [1, 2]
    assert local_student(module_from(SOURCE, "local")).remember(1) == 1


def test_answers_are_recorded_as_a_worker_gives_them(student: Student):
    """The record holds references for objects, so that it can be compared with a worker's."""
    student.Box(1)
    student.remember(1)
    assert answers(student) == [ObjectRef(0, "Box"), 1]


def test_a_function_of_ours_is_bounded_whoever_calls_it():
    """A known mistake that calls it without end is stopped as a student's code is, although no spy counts its calls."""
    channel = LocalChannel(module_from("def run(f):\n    while True:\n        f()\n", "m"))
    bounded = Spy(lambda: None, most_calls=3)
    given = Given(1, "f", bounded, lambda spy, channel, args, kwargs: spy.function(*args, **kwargs))
    with pytest.raises(Verdict, match="more than 3 times"):
        list(channel.ask([Call(None, "run", (given,), {})]))
