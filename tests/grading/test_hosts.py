"""The three hosts of a module (a worker, this process, a notebook's kernel): the same values come out of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from autograder.actions import Call
from autograder.checking import args
from autograder.checking.local import LocalChannel, module_from
from autograder.checking.student import Handle, Student, answers, events, parameters
from autograder.checking.verdict import Verdict
from autograder.grading.namespace import NamespaceChannel
from autograder.grading.remote import RemoteChannel
from autograder.model import Budget, Outcome
from autograder.plan import Plan
from autograder.sandbox.spec import SandboxSpec
from autograder.submissions.files import Source
from autograder.values import copied

SOURCE = """
import collections
import enum
from typing import NamedTuple

import numpy as np
import torch


class Cache(NamedTuple):
    x: torch.Tensor
    step: int


class Colour(enum.IntEnum):
    RED = 2


class Holder(NamedTuple):
    what: object


def give(what):
    return eval(what)


def forward(x):
    return 2 * x, Cache(x, 7)


def backward(dout, cache):
    return dout * cache.x + cache.step


def kind(value):
    return type(value).__name__


class Attributes(dict):
    x = 5


def attributes(x):
    made = Attributes(n=2)
    made.x = x
    return made


def holds(value, what):
    return bool(eval(what, globals(), {"value": value}))


def hold(x):
    return Holder({"x": x, "layer": Layer()})


def held(holder):
    return type(holder).__name__, type(holder.what["layer"]).__name__, holder.what["layer"].scale * holder.what["x"]


class Layer:
    scale = 3


def write(x, others=(), *more, by=1):
    x += by
    for other in others:
        other.zero_()
    for other in more:
        other.zero_()


def loop(x):
    return torch.stack([row.exp() for row in x])


class Box:
    def __init__(self, content):
        self.content = content

    def grow(self):
        self.content += 1
        return self.content

    @property
    def broken(self):
        raise ValueError("no")


def start():
    return collections.defaultdict(list, m=[torch.zeros(2)])


def count(state):
    state["new"].append(1)
    return len(state["new"])
"""
KINDS = {
    "Cache(torch.ones(2), 3)": (torch.ones(2), 3),
    "[Cache(None, np.int64(3))]": [(None, 3)],
    "collections.OrderedDict(a=torch.ones(1), b=2)": {"a": torch.ones(1), "b": 2},
    "collections.defaultdict(list, {1: [2.5]})": {1: [2.5]},
    "collections.Counter('aab')": {"a": 2, "b": 1},
    "torch.tensor([[1.0, 2.0]]).max(dim=1)": (torch.tensor([2.0]), torch.tensor([1])),
    "torch.ones(2, 3).shape": (2, 3),
    "np.float64(1.5)": 1.5,
    "np.float32(0.5)": 0.5,
    "np.int32(3)": 3,
    "np.bool_(True)": True,
    "np.str_('a')": "a",
    "{np.int64(3): np.float32(0.5)}": {3: 0.5},
    "Colour.RED": 2,
    "torch.nn.Parameter(torch.ones(2))": torch.ones(2),
    "[True, None, 'x', (torch.float32,)]": [True, None, "x", (torch.float32,)],
    "{(1, 2): 3, ('a', (4,)): torch.ones(1)}": {(1, 2): 3, ("a", (4,)): torch.ones(1)},
    "{1, (2, 'a'), None, 2.5, frozenset({3})}": {1, (2, "a"), None, 2.5, frozenset({3})},
    "frozenset({np.int64(3)})": frozenset({3}),
    "set()": set(),
    "1 - 2j": 1 - 2j,
    "np.complex128(1j)": 1j,
    "torch.tensor([1 + 2j, 3j]).conj()": torch.tensor([1 - 2j, -3j]),
    "torch.zeros(2, dtype=torch.complex128)": torch.zeros(2, dtype=torch.complex128),
}
OBJECTS = {
    "np.ones(2)": "ndarray",
    "{torch.ones(1)}": "set",
    "{(1, ()): Layer, Layer: 2}": "dict",
    "{True: 3}": "dict",
    "{(1, 2.0): 3}": "dict",
    "torch.zeros(2, 2).to_sparse()": "sparse tensor",
    "10**30": "int",
    "{10**30}": "set",
    "collections.OrderedDict({None: 3})": "OrderedDict",
}
HOSTS = ("worker", "local", "notebook")


@pytest.fixture(scope="module")
def hosts(plan: Plan, workers) -> Iterator[dict[str, Student]]:
    """`SOURCE` in each of the hosts, as a check sees it."""
    namespace: dict = {}
    exec(SOURCE, namespace)
    assignment = dataclasses.replace(plan.assignment, budget=Budget(60, 600))  # for all tests of this file together
    source = Source(SOURCE, Path("scaling.py"))
    worker = RemoteChannel(source, assignment, spec=SandboxSpec(), device="cpu", workers=workers)
    worker.load()
    channels = (worker, LocalChannel(module_from(SOURCE, "local")), NamespaceChannel(namespace))
    yield {name: Student(channel) for name, channel in zip(HOSTS, channels, strict=True)}
    worker.close()


@pytest.fixture(params=HOSTS)
def student(hosts: dict[str, Student], request) -> Student:
    return hosts[request.param]


def same(found: object, expected: object) -> bool:
    """Whether two nested values are equal and of the same types."""
    if isinstance(expected, torch.Tensor):
        return type(found) is torch.Tensor and found.dtype == expected.dtype and torch.equal(found, expected)
    if type(found) is not type(expected):
        return False
    if isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, dict):
        return list(found) == list(expected) and all(same(found[key], expected[key]) for key in expected)
    return found == expected


@pytest.mark.parametrize(("expression", "expected"), KINDS.items(), ids=KINDS)
def test_a_kind_of_a_plain_value_arrives_as_the_plain_value(student: Student, expression: str, expected: object):
    """Namedtuples, dicts of other types, what torch returns, and numbers of numpy."""
    assert same(student.give(expression), expected)
    assert same(student.give(f"[{expression}]"), [expected])


@pytest.mark.parametrize(("expression", "kind"), OBJECTS.items(), ids=OBJECTS)
def test_anything_else_is_an_object(student: Student, expression: str, kind: str):
    """Also a dict of another type whose keys do not travel."""
    found = student.give(expression)
    assert isinstance(found, Handle)
    assert found.type_name == kind


def test_what_is_handed_back_is_what_it_was(student: Student):
    """A function finds the attributes of the namedtuple that another one returned."""
    out, cache = student.forward(torch.ones(2))
    assert student.backward(out, cache).tolist() == [9, 9]
    assert student.backward(dout=out, cache=cache).tolist() == [9, 9]
    assert student.kind(cache) == "Cache"
    assert student.kind([{"inner": cache}]) == "list"


def test_a_namedtuple_with_an_object_in_it_is_a_tuple(student: Student):
    """It can be taken apart, its object used, and the whole handed back."""
    holder = student.hold(torch.ones(2))
    (contents,) = holder
    assert list(contents) == ["x", "layer"]
    assert contents["layer"].value("scale") == 3
    assert same(student.held(holder), ("Holder", "Layer", torch.full((2,), 3.0)))


HANDED_BACK = {  # what a function returns, and what must hold of it when another one gets it back
    "a dict with attributes": ("Attributes(n=2)", "value.x == 5"),
    "an empty dict of another type": ("collections.defaultdict(list)", "value['new'] == []"),
    "a shape in a tuple": ("(torch.ones(2), torch.ones(2, 3).shape)", "value[1].numel() == 6"),
    "a shape": ("torch.ones(2, 3).shape", "value.numel() == 6"),
    "an enumeration in a tuple": ("(1, Colour.RED)", "value[1].name == 'RED'"),
    "a number of numpy in a dict": ("{'a': np.float64(2)}", "value['a'].dtype == np.float64"),
    "a number of numpy in a list in a list": ("[[np.float32(2)], 1]", "value[0][0].dtype == np.float32"),
}


@pytest.mark.parametrize(("expression", "holds"), HANDED_BACK.values(), ids=HANDED_BACK)
def test_what_is_handed_back_has_kept_its_kind(student: Student, expression: str, holds: str):
    """Also where it stands in a plain container, or holds nothing."""
    value = student.give(expression)
    assert student.holds(value, holds) is True


def test_of_two_that_look_alike_each_is_found_again(student: Student):
    """Equal entries do not make them one."""
    first, second = student.attributes(1), student.attributes(2)
    assert first == second == {"n": 2}
    assert [student.holds(value, f"value.x == {x}") for value, x in ((first, 1), (second, 2))] == [True, True]


def test_what_the_check_does_to_an_answer_is_not_in_its_record(student: Student):
    """An answer is kept as it came, so that it can be explained."""
    value = student.give("[1, {'a': 2}]")
    value.append(3)
    value[1]["b"] = 4
    assert answers(student)[-1] == [1, {"a": 2}]


def test_parts_are_found_again_as_well(student: Student):
    """A namedtuple in a namedtuple, handed back alone."""
    (cache,) = student.give("Holder(Cache(torch.ones(2), 7))")
    assert student.kind(cache) == "Cache"
    assert student.backward(torch.ones(2), cache).tolist() == [8, 8]


def test_state_that_is_handed_back_is_the_same_object(student: Student):
    """A defaultdict goes on where it was."""
    state = student.start()
    assert [student.count(state) for _ in range(2)] == [1, 2]


CHANGES: dict[str, Callable] = {
    "another value": lambda cache: (cache[0], 8),
    "another tensor": lambda cache: (cache[0].clone(), cache[1]),
    "a tensor that was written into": lambda cache: (cache[0].add_(1), cache[1]),
    "a list of it": list,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_the_check_changed_is_handed_over_as_it_is(student: Student, change: Callable):
    """The student's own would not hold the change."""
    _, cache = student.forward(torch.ones(2))
    assert student.kind(change(cache)) in ("tuple", "list")


def test_several_calls_in_one_message_give_plain_values_too(student: Student):
    """In their turn, and each can be handed back."""
    found = list(student.forward.each([args(torch.ones(2)), args(torch.zeros(2))]))
    assert [type(cache) for _, cache in found] == [tuple, tuple]
    assert [student.backward(out, cache).tolist() for out, cache in found] == [[9, 9], [7, 7]]


@pytest.mark.parametrize(
    ("positional", "named", "changed"),
    [
        ((torch.ones(2),), {"by": 0}, []),
        ((torch.ones(2),), {}, ["x"]),
        ((torch.full((2,), torch.nan),), {}, []),
        ((torch.ones(2), [torch.ones(1), torch.zeros(1)]), {"by": 0}, ["others"]),
        ((torch.ones(2), [], torch.zeros(1), torch.ones(1)), {"by": 0}, ["number 4"]),
        ((), {"others": (torch.ones(1),), "x": torch.ones(2, dtype=torch.int64)}, ["others", "x"]),
    ],
    ids=["nothing", "the first", "NaN stays NaN", "inside a list", "one without a name", "by name"],
)
def test_changed_arguments_have_the_same_labels(student: Student, positional: tuple, named: dict, changed: list):
    """What was written into is told by the names of the parameters; the check's own tensors stay as they were."""
    before = copied([positional, named])
    assert student.write.observe(*positional, **named) == (None, changed)
    torch.testing.assert_close([positional, named], before, rtol=0, atol=0, equal_nan=True)


def test_attributes_are_read_and_set(student: Student):
    """A value, a tensor that later changes in place, and an object."""
    content = torch.zeros(2)
    box = student.Box(content)
    box.assign("content", torch.ones(2))
    first = box.value("content")
    assert box.grow().tolist() == [2, 2]
    assert (first.tolist(), content.tolist()) == ([1, 1], [0, 0])
    box.assign("content", box)
    assert box.value("content").value("content").type_name == "Box"


def test_each_of_several_answers_is_as_it_was_at_its_time(student: Student):
    """Also where the module hands out one tensor again and again."""
    box = student.Box(torch.zeros(1))
    assert [x.item() for x in box.grow.each([args(), args()])] == [1, 2]
    assert [x.item() for x in box.grow.each([args(), args()], reading="content")] == [3, 4]


def test_parameters_are_told(student: Student):
    """Of functions, classes and methods; none where there is nothing to tell."""
    box = student.Box(1)
    target = events(student)[-1].answer.id
    assert parameters(student, Call(None, "write", (), {})) == ["x", "others", "more", "by"]
    assert parameters(student, Call(None, "Box", (), {})) == ["content"]
    assert parameters(student, Call(target, "grow", (), {})) == []
    assert parameters(student, Call(None, "nothing", (), {})) == []
    assert box.value("content") == 1


def test_operations_are_counted(student: Student):
    """Exp and stack: two operations for one row, and one more for every row; nothing is recorded."""
    recorded = len(events(student))
    few, many = (student.loop.effort(torch.ones(n, 2)) for n in (2, 5))
    assert many.operations - few.operations == 3
    assert len(events(student)) == recorded


def test_calls_are_timed(student: Student):
    """A call that is quick is made more than once; nothing is recorded."""
    box = student.Box(0)
    recorded = len(events(student))
    assert box.grow.seconds() >= 0
    assert len(events(student)) == recorded
    assert box.value("content") > 1


MISSING: dict[str, tuple[Callable, str]] = {
    "a function": (lambda s: s.nothing(1), "defines no `nothing`."),
    "one whose parameters change": (lambda s: s.nothing.observe(1), "defines no `nothing`."),
    "one that is timed": (lambda s: s.nothing.seconds(1), "defines no `nothing`."),
    "one that is counted": (lambda s: s.nothing.effort(1), "defines no `nothing`."),
    "a method": (lambda s: s.Box(1).nothing(), "Box objects have no `nothing`."),
    "an attribute": (lambda s: s.Box(1).value("nothing"), "Box objects have no `nothing`."),
}


@pytest.mark.parametrize(("use", "says"), MISSING.values(), ids=MISSING)
def test_what_is_missing_is_told_alike(student: Student, use: Callable, says: str):
    """It is a failure, and the words are the same everywhere; a notebook is called one."""
    with pytest.raises(Verdict) as caught:
        use(student)
    assert caught.value.outcome is Outcome.FAILED
    assert caught.value.message.removeprefix("The module ").removeprefix("This notebook ") == says


RAISING: dict[str, tuple[Callable, str]] = {
    "a call": (lambda s: s.loop(3), "TypeError: "),
    "a wrong number of arguments": (lambda s: s.loop(), "TypeError: "),
    "a property": (lambda s: s.Box(1).value("broken"), "ValueError: no"),
    "one of many calls": (lambda s: list(s.loop.each([args(torch.ones(1, 1)), args(3)])), "TypeError: "),
}


@pytest.mark.parametrize(("use", "says"), RAISING.values(), ids=RAISING)
def test_what_is_raised_is_an_error(student: Student, use: Callable, says: str):
    """Whatever was asked for."""
    with pytest.raises(Verdict) as caught:
        use(student)
    assert caught.value.outcome is Outcome.ERROR
    assert caught.value.message.startswith(says)
