"""autograder.explaining.snippets and .sources: operators, objects and functions of ours as lines that can be run."""

from __future__ import annotations

import math
import sys
import types
from collections.abc import Callable

import pytest
import torch

from autograder.checking import close, equal, raises, spy, take
from autograder.checking.case import Case
from autograder.checking.local import local_student, module_from
from autograder.checking.verdict import Verdict
from autograder.explaining.snippets import reproduce
from autograder.explaining.sources import text_of

MODULE = """
import itertools

class Node:
    def __init__(self, value, parents=()):
        self.value, self.parents = value, parents

    def __add__(self, other):
        return Node(self.value + getattr(other, "value", other), (self, other))

    __radd__ = __add__

    def __rmul__(self, other):
        return Node(self.value * other)

    def __rpow__(self, other):
        return other ** self.value

    def __len__(self):
        return len(self.parents)

    def __getitem__(self, i):
        return self.parents[i]

    def __call__(self, x):
        return self.value * x

    def order(self):
        return [self, *self.parents]

def square(x):
    return x * x

def counted(n):
    yield from itertools.count(n)

def root(x):
    return x ** 0.5

def pick(x):
    raise [KeyError, IndexError][x]

def train(w, loss_fn=None, callbacks=()):
    return sum(f(w) for f in (loss_fn, *callbacks) if f)
"""
SCALE = 3.0


def cubed(x):
    """The third power."""
    return SCALE * x**3 / SCALE


@pytest.fixture
def snippet() -> Callable[[Callable], list[str]]:
    """The lines for a check that fails on the module above."""

    def run(check: Callable) -> list[str]:
        student = local_student(module_from(MODULE, "m"))
        case = Case(5, load_data=None, training={}, secret_pixels=False)
        with pytest.raises(Verdict) as caught:
            check(student, case)
        return reproduce(caught.value, student, case, "m").splitlines()

    return run


@pytest.fixture
def printed(monkeypatch) -> Callable[[list[str]], list]:
    """Run lines as in a Python prompt; gives what they print, as values."""

    def execute(lines: list[str]) -> list:
        module = types.ModuleType("m")
        exec(MODULE, module.__dict__)
        monkeypatch.setitem(sys.modules, "m", module)
        seen: list = []
        exec("\n".join(lines), {"print": seen.append})
        return seen

    return execute


def wrong_order(s, c):
    a, b = s.Node(1), s.Node(2)
    child = a + b
    equal(child.order()[0], b, name="the first node")


def of_a_part(s, c):
    child = s.Node(1) + s.Node(2)
    order = child.order()
    equal(order[1](5), 6)


def after_an_exception(s, c):
    node = s.Node(1)
    raises(TypeError, node, None)
    equal(node(2), 3)


def gives_a_definition(s, c):
    close(s.train(2.0, cubed), 1.0)


def gives_a_closure(s, c):
    x = c.normal(2)
    scale = 2.0

    def loss_fn(w):
        return (scale * w * x).sum()

    close(s.train(x, spy(loss_fn)), torch.tensor(1.0, dtype=torch.float64))


READS_LIKE = {
    "an operator": (
        lambda s, c: equal((2 * (s.Node(3) + 1)).value("value"), 9),
        ["node = Node(3)", "node2 = node + 1", "node3 = 2 * node2", "print(node3.value)  # must be 9"],
    ),
    "a negative operand": (
        lambda s, c: equal((-2) ** s.Node(2), 9),
        ["node = Node(2)", "print((-2) ** node)  # must be 9"],
    ),
    "a length": (lambda s, c: equal(len(s.Node(3)), 2), ["node = Node(3)", "print(len(node))  # must be 2"]),
    "an index": (
        lambda s, c: equal((s.Node(3) + 1)[1], 2),
        ["node = Node(3)", "node2 = node + 1", "print(node2[1])  # must be 2"],
    ),
    "a call": (lambda s, c: equal(s.Node(3)(4), 2), ["node = Node(3)", "print(node(4))  # must be 2"]),
    "identity": (
        wrong_order,
        [
            "node = Node(1)",
            "node2 = Node(2)",
            "node3 = node + node2",
            "print(node3.order()[0] is node2)  # must be True",
        ],
    ),
    "an object out of an answer": (
        of_a_part,
        [
            "node = Node(1)",
            "node2 = Node(2)",
            "node3 = node + node2",
            "node3.order()",
            "print(node(5))  # must be 6",
        ],
    ),
    "values of a generator": (
        lambda s, c: equal(take(s.counted(5), 2), [5, 7]),
        ["generator = counted(5)", "print(list(itertools.islice(generator, 2))[1])  # must be 7"],
    ),
    "what must raise": (lambda s, c: raises(ValueError, s.root, 4), ["root(4)  # must raise ValueError"]),
    "what raises another": (lambda s, c: raises(KeyError, s.pick, 1), ["pick(1)  # must raise KeyError"]),
    "a step that raised": (
        after_an_exception,
        [
            "node = Node(1)",
            "with contextlib.suppress(Exception):",
            "    node(None)",
            "print(node(2))  # must be 3",
        ],
    ),
    "a function of the student's": (
        lambda s, c: close(s.train(2.0, s.square, callbacks=[s.root]), 1.0),
        ["print(train(2.0, square, callbacks=[root]))  # must be 1.0"],
    ),
    "a lambda": (
        lambda s, c: close(s.train(2.0, lambda w: w + 1), 1.0),
        ["loss_fn = lambda w: w + 1", "print(train(2.0, loss_fn))  # must be 1.0"],
    ),
    "a function of torch": (
        lambda s, c: close(s.train(torch.zeros(1), spy(torch.tanh)), torch.ones(1)),
        ["w = torch.tensor([0.0])", "print(train(w, torch.tanh))  # must be [1]"],
    ),
    "a definition": (
        gives_a_definition,
        [
            "SCALE = 3.0",
            "",
            "def cubed(x):",
            '    """The third power."""',
            "    return SCALE * x**3 / SCALE",
            "",
            "",
            "print(train(2.0, cubed))  # must be 1.0",
        ],
    ),
    "what a function uses": (
        gives_a_closure,
        [
            "w = torch.tensor([-0.4868, -0.6038], dtype=torch.float64)",
            "scale = 2.0",
            "x = w",
            "",
            "def loss_fn(w):",
            "    return (scale * w * x).sum()",
            "",
            "",
            "print(train(w, loss_fn))  # must be 1",
        ],
    ),
    "what cannot be shown": (
        lambda s, c: close(s.train(2.0, spy(math.exp)), 1.0),
        [
            "loss_fn = ...  # a function of the check, which cannot be shown here",
            "print(train(2.0, loss_fn))  # must be 1.0",
        ],
    ),
}


@pytest.mark.parametrize(("check", "lines"), READS_LIKE.values(), ids=READS_LIKE)
def test_a_snippet_reads_like_this(snippet, check: Callable, lines: list[str]):
    """As a student would write it."""
    found = snippet(check)
    assert found[found.index("") + 1 :] == lines


@pytest.mark.parametrize(
    "name", [name for name in READS_LIKE if name not in ("what cannot be shown", "what raises another")]
)
def test_a_snippet_runs(snippet, printed, name: str):
    """And prints one value, which is wrong; what must raise prints none."""
    check, _ = READS_LIKE[name]
    assert len(printed(snippet(check))) == (0 if name == "what must raise" else 1)


def test_libraries_are_imported_in_order(snippet):
    """Those of Python that the lines use, torch, and the student's module."""
    assert snippet(READS_LIKE["values of a generator"][0])[:3] == [
        "import itertools",
        "import torch",
        "from m import counted",
    ]


TEXTS: dict[str, tuple[Callable, object]] = {
    "one of two lambdas": ((lambda x: x + 1, lambda x: x + 2)[1], "lambda x: x + 2"),
    "two that are alike": ((lambda x: x, lambda x: x)[0], "lambda x: x"),
    "a built-in one": (max, "max"),
    "one of torch": (torch.exp, "torch.exp"),
    "a function": (cubed, "cubed"),
    "one of another library": (math.exp, None),
    "one without a text": (eval("lambda x: x"), None),
    "a class": (Case, None),
}


@pytest.mark.parametrize(("function", "expression"), TEXTS.values(), ids=TEXTS)
def test_the_text_of_a_function(function: Callable, expression: object):
    """None where it cannot be had."""
    text = text_of(function)
    assert (text and text.expression) == expression
