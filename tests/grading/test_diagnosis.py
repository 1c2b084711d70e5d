"""autograder.grading.diagnosis: a known mistake is named by what it answers, however it is written."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.checking.registry import Misconception
from autograder.grading.diagnosis import _alike, likeliest
from autograder.model import ObjectRef, Result

DOUBLE = ("doubles_each_entry", "keeps_its_input", "doubles_real_images")
FORGETS = "self.total = amount; return self.total"


def named(result: Result) -> dict[str, str]:
    """The misconception that each failed check was given."""
    return {check.name: check.misconception for check in result.checks if check.misconception}


KNOWN = {  # the misconception and two ways to write it
    "squared": ("squared", {"double": "return x ** 2"}, DOUBLE),
    "squared, by loops": (
        "squared",
        {"double": "y = torch.zeros_like(x)\nfor i in range(len(x)):\n    y[i] = x[i] * x[i]\nreturn y"},
        DOUBLE,
    ),
    "in place": ("in_place", {"double": "x *= 2\nreturn x"}, DOUBLE[1:2]),
    "in place, entry by entry": (
        "in_place",
        {"double": "for i in range(len(x)):\n    x[i] = x[i] + x[i]\nreturn x.clone()"},
        DOUBLE[1:2],
    ),
    "adds two": ("adds_two", {"double": "return x + 2"}, DOUBLE),
    "adds two, in numpy": ("adds_two", {"double": "return torch.from_numpy(x.numpy() + 2)"}, DOUBLE),
    "counter forgets": ("counter_forgets", {"add": FORGETS}, ("adds_up",)),
    "counter forgets, otherwise": (
        "counter_forgets",
        {"add": "setattr(self, 'total', 0)\nself.total += amount\nreturn amount"},
        ("adds_up",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("known", "lines", "trips"), KNOWN.values(), ids=KNOWN)
def test_a_known_mistake_is_named(submit, text, plan, known: str, lines: dict, trips: tuple):
    """Exactly the checks that it trips fail, each with its name, and the message begins with its sentence."""
    result = submit(text(**lines))
    assert named(result) == dict.fromkeys(trips, known)
    assert {check.name for check in result.checks if not check.outcome.earns} == set(trips)
    says = next(m.says for m in plan.misconceptions if m.id == known)
    assert all(check.message.startswith(f"{says} ") for check in result.checks if check.misconception)


def test_two_mistakes_are_named_each(submit, text):
    """Mistakes in two exercises do not hide each other."""
    result = submit(text("return x ** 2", add=FORGETS))
    assert named(result) == dict.fromkeys(DOUBLE, "squared") | {"adds_up": "counter_forgets"}


RIGHT = {
    "sum": "return x + x",
    "loop": "y = x.clone()\nfor i in range(len(x)):\n    y[i] += x[i]\nreturn y",
    "in place on a copy": "return x.clone().mul_(2)",
    "numpy": "return torch.from_numpy(x.numpy() * 2)",
    "stacked": "return torch.stack([x, x]).sum(0)",
    "double precision inside": "return (x.double() * 2).to(x.dtype)",
}


@pytest.mark.parametrize("double", RIGHT.values(), ids=RIGHT)
def test_right_code_of_any_style_is_never_named(submit, text, double: str):
    """It passes every check, and no mistake is seen in it."""
    result = submit(text(double))
    assert (result.score, named(result)) == (10, {})


@pytest.mark.parametrize(
    "double", ["return 3 * x", "return x ** 2 + 1", "return None", "return x[:1]", "raise ValueError"]
)
def test_another_mistake_is_not_named(submit, text, double: str):
    """A sentence about a mistake that the student did not make would mislead."""
    result = submit(text(double))
    assert result.score < 10
    assert named(result) == {}


def test_a_mistake_that_breaks_the_check_is_named(submit, text, plan, checked_by):
    """The variant's answer may be one that the check cannot work with."""

    def halves(student, case):
        """It halves."""
        student.double(torch.ones(2)) / 2

    known = Misconception("no_return", ("halves",), "Where is the return?", edits=(("return 2 * x", "2 * x"),))
    broken = dataclasses.replace(checked_by(halves), misconceptions=(known,))
    result = submit(text("y = 2 * x"), plan=broken)
    assert named(result) == {"halves": "no_return"}


@pytest.mark.parametrize("edit", [("no such text", "x"), ("return 2 * x", "return (")], ids=["outdated", "no Python"])
def test_a_slip_in_a_misconception_stops_nobody(submit, text, plan, edit: tuple):
    """It is never recognised, the others are; `validate` tells its author."""
    slip = Misconception("slip", DOUBLE, "?", edits=(edit,))
    wrong = dataclasses.replace(plan, misconceptions=(slip, *plan.misconceptions))
    assert named(submit(text("return x ** 2"), plan=wrong)) == dict.fromkeys(DOUBLE, "squared")


def test_without_the_reference_nothing_is_named(submit, text, plan):
    """A student's own kit has neither reference nor misconceptions."""
    bare = dataclasses.replace(plan, reference=None)
    assert named(submit(text("return x ** 2"), plan=bare)) == {}


def candidates(**found: list[str]) -> dict[str, list[Misconception]]:
    return {check: [Misconception(m, (), "?") for m in ids] for check, ids in found.items()}


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        (candidates(a=["x"], b=["y"]), {"a": "x", "b": "y"}),
        (candidates(a=["x", "y"], b=["y"], c=["y"]), {"a": "y", "b": "y", "c": "y"}),
        (candidates(a=["x", "y"]), {"a": "x"}),
        (candidates(a=[]), {}),
    ],
    ids=["one each", "the one that explains most", "the first of equals", "none"],
)
def test_the_likeliest_explains_most_failures(found: dict, chosen: dict):
    """Among those that match a check, the one that matches most checks; ties go to the first in the file."""
    assert {check: m.id for check, m in likeliest(found).items()} == chosen


def t(*values: float, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.tensor(values, dtype=dtype)


ALIKE = {
    "rounding": (t(1.0), t(1 + 1e-9)),
    "rounding in float32": (t(1.0, dtype=torch.float32), t(1 + 1e-5, dtype=torch.float32)),
    "NaN": (t(float("nan")), t(float("nan"))),
    "list and tuple": ([t(1), 2], (t(1), 2)),
    "dicts": ({"a": t(1)}, {"a": t(1)}),
    "numbers": (1, 1.0),
    "two objects": (ObjectRef(0, "Layer"), ObjectRef(3, "Other")),
    "texts": ("relu", "relu"),
    "nothing": (None, None),
}
DIFFERENT = {
    "values": (t(1.0), t(1.0001)),
    "NaN and a number": (t(float("nan")), t(1.0)),
    "shapes": (t(1), t(1, 1)),
    "dtypes": (t(1), t(1, dtype=torch.float32)),
    "lengths": ([1], [1, 2]),
    "keys": ({"a": 1}, {"b": 1}),
    "a value of a dict": ({"a": 1}, {"a": 2}),
    "numbers": (1, 2),
    "tensor and number": (t(1), 1),
    "texts": ("relu", "tanh"),
    "nothing and something": (None, 0),
}


@pytest.mark.parametrize(("a", "b"), ALIKE.values(), ids=ALIKE)
def test_answers_are_alike(a: object, b: object):
    """The same up to rounding, either way round."""
    assert _alike(a, b)
    assert _alike(b, a)


@pytest.mark.parametrize(("a", "b"), DIFFERENT.values(), ids=DIFFERENT)
def test_answers_differ(a: object, b: object):
    """In kind, shape or value, either way round."""
    assert not _alike(a, b)
    assert not _alike(b, a)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_numbers_are_alike_up_to_rounding_only(a: float, b: float):
    """A relative difference of 1e-5 is never rounding, one of 1e-8 always is."""
    scale = max(abs(a), abs(b))
    if abs(a - b) > 1e-5 * scale + 1e-8:
        assert not _alike(a, b)
    elif abs(a - b) < 1e-8 * scale:
        assert _alike(a, b)
