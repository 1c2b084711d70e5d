"""autograder.explaining.snippets: lines that reproduce a failure when they are run."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

import pytest
import torch

from autograder.checking import close, equal, require, unchanged
from autograder.checking.case import Case
from autograder.checking.local import local_student, module_from
from autograder.checking.verdict import Difference, Verdict
from autograder.explaining.snippets import reproduce
from autograder.model import Seed

MODULE = """
import torch

def scaled(x, factor=1.0):
    return x * factor

def first(pairs, table, dtype=None):
    return {"a": [pairs[0][0] + table["b"]]}

def drawn(n, generator):
    return torch.rand(n, generator=generator)

def grow(x):
    return x.add_(1)

def fail(x):
    raise ZeroDivisionError

def copied(layer):
    return Layer(layer.weight, 2)

class Layer:
    def __init__(self, weight, lr):
        self.weight, self.lr = weight, lr
        self.training = True

    def step(self, grad):
        self.weight = self.weight - self.lr * grad

    def both(self, other):
        return self.weight + other.weight
"""


@pytest.fixture
def failing() -> Callable[[Callable], tuple[str, Difference | None]]:
    """Run a check that fails on the module above; gives the lines that reproduce it, and what the check refused."""

    def run(check: Callable) -> tuple[str, Difference | None]:
        student = local_student(module_from(MODULE, "m"))
        case = Case(5, load_data=None, training={}, secret_pixels=False)
        with pytest.raises(Verdict) as caught:
            check(student, case)
        return reproduce(caught.value, student, case, "m"), caught.value.difference

    return run


@pytest.fixture
def snippet(failing) -> Callable[[Callable], str]:
    """The lines alone."""
    return lambda check: failing(check)[0]


@pytest.fixture
def printed(monkeypatch) -> Callable[[str], list[Any]]:
    """Run lines as in a Python prompt; gives what they print, as values."""

    def execute(lines: str) -> list[Any]:
        module = types.ModuleType("m")
        exec(MODULE, module.__dict__)
        monkeypatch.setitem(sys.modules, "m", module)
        seen: list[Any] = []
        exec(lines, {"print": seen.append})
        return seen

    return execute


def steps(s, c):
    """An object, three calls on it, and an attribute that is wrong after the second."""
    layer = s.Layer(c.normal(2), 0.5)
    layer.assign("lr", 0.25)
    for _ in range(2):
        layer.step(c.normal(2))
    wrong = layer.value("weight")
    layer.step(c.normal(2))
    close(wrong, torch.zeros(2, dtype=torch.float64))


def two_objects(s, c):
    one, other = s.Layer(c.normal(2), 0.5), s.Layer(c.normal(2), 0.5)
    s.Layer(c.normal(2), 0.5).step(c.normal(2))
    close(one.both(other), torch.zeros(2, dtype=torch.float64))


ZEROS = torch.zeros(3, dtype=torch.float64)
FAILURES = {
    "a value": lambda s, c: close(s.scaled(c.normal(3), factor=2.0), ZEROS),
    "float32": lambda s, c: close(s.scaled(c.normal(3, dtype=torch.float32)), ZEROS.float()),
    "a matrix": lambda s, c: close(s.scaled(c.normal(3, 4), 0.1), torch.zeros(3, 4, dtype=torch.float64)),
    "infinities": lambda s, c: close(s.scaled(torch.tensor([1.0, float("inf")])), torch.ones(2)),
    "many equal entries": lambda s, c: close(s.scaled(torch.full((9, 9), 0.5)), torch.ones(9, 9)),
    "no entries": lambda s, c: close(s.scaled(torch.zeros(0, 3)), torch.zeros(1, 3)),
    "a large array": lambda s, c: close(s.scaled(c.normal(30, 40, std=2.0)), torch.zeros(30, 40).double()),
    "a large array of float32": lambda s, c: close(s.scaled(c.uniform(99, dtype=torch.float32)), torch.ones(99)),
    "a nested answer": lambda s, c: close(s.first([(c.normal(3),)], {"b": 1}), {"a": [ZEROS]}),
    "draws": lambda s, c: close(s.drawn(3, Seed(7)), ZEROS.float()),
    "an attribute": steps,
    "two objects": two_objects,
    "an integer": lambda s, c: equal(s.scaled(3, 2), 5),
    "a shape": lambda s, c: close(s.scaled(c.normal(3)), ZEROS[:2]),
    "a dtype": lambda s, c: close(s.scaled(c.normal(3)), ZEROS.float()),
    "no tensor": lambda s, c: close(s.scaled(3.0), ZEROS),
}


@pytest.mark.parametrize("check", FAILURES.values(), ids=FAILURES)
def test_the_lines_print_what_the_check_received(failing, printed, check):
    """The very value that was refused, or the part of it that is wrong, comes out of the snippet."""
    lines, difference = failing(check)
    (value,), found = printed(lines), difference.actual
    assert lines.splitlines()[-1].partition("  # must be ")[2]
    if isinstance(value, torch.Size | torch.dtype):
        assert value == (found.shape if isinstance(value, torch.Size) else found.dtype)
    else:
        value, found = torch.as_tensor(value), torch.as_tensor(found)
        assert torch.equal(value, found if value.shape == found.shape else found[tuple(difference.wrong.nonzero()[0])])


def test_a_snippet_reads_like_this(snippet):
    """Imports, inputs by their names, the call, and what must come back."""
    assert snippet(steps).splitlines() == [
        "import torch",
        "from m import Layer",
        "",
        "weight = torch.tensor([-0.4868, -0.6038], dtype=torch.float64)",
        "layer = Layer(weight, 0.5)",
        "layer.lr = 0.25",
        "grad = torch.tensor([-0.5581, 0.6675], dtype=torch.float64)",
        "layer.step(grad)",
        "grad2 = torch.tensor([-0.1974, 1.943], dtype=torch.float64)",
        "layer.step(grad2)",
        "print(layer.weight)  # must be [0, 0]",
    ]


def test_a_change_in_place_is_shown(snippet, printed):
    """A copy from before is compared."""
    assert printed(snippet(lambda s, c: unchanged(s.grow, c.normal(3)))) == [False]


def test_an_exception_is_raised_again(snippet, printed):
    """The call that broke is the last line."""
    lines = snippet(lambda s, c: s.fail(c.normal(3)))
    assert lines.endswith("fail(x)  # raises an exception")
    with pytest.raises(ZeroDivisionError):
        printed(lines)


def test_without_a_module_nothing_is_imported_from_it():
    """In a notebook the functions are at hand."""
    student, case = local_student(module_from(MODULE, "m")), Case(5, load_data=None, training={}, secret_pixels=False)
    with pytest.raises(Verdict) as caught:
        close(student.scaled(2.0), 3.0)
    assert reproduce(caught.value, student, case, "").splitlines() == [
        "import torch",
        "",
        "print(scaled(2.0))  # must be 3.0",
    ]


def sends_what_it_changes_later(s, c):
    x = c.normal(3)
    wrong = s.scaled(x)
    x[0] = 0
    close(wrong, ZEROS)


def goes_many_steps(s, c):
    layer = s.Layer(c.normal(2), 0.5)
    for _ in range(20):
        layer.step(c.normal(2))
    close(layer.value("weight"), torch.zeros(2, dtype=torch.float64))


NOT_IN_A_FEW_LINES = {
    "a value that the check computed": lambda s, c: close(s.scaled(c.normal(3)) + 1, ZEROS),
    "a sentence of the check": lambda s, c: require(s.scaled(1) == 2, "It must be 2."),
    "an input that the check has changed": sends_what_it_changes_later,
    "many calls": goes_many_steps,
    "large inputs of another origin": lambda s, c: close(s.scaled(c.normal(300).exp()), torch.zeros(300).double()),
    "half precision": lambda s, c: close(s.scaled(c.normal(2).half()), torch.zeros(2).half()),
}


@pytest.mark.parametrize("check", NOT_IN_A_FEW_LINES.values(), ids=NOT_IN_A_FEW_LINES)
def test_there_is_no_snippet_that_would_be_false_or_long(snippet, check):
    """What a few lines cannot show, they do not pretend to."""
    assert snippet(check) == ""
