"""autograder.grading.diagnosis: a known mistake is named by what it answers, however it is written."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from autograder.checking.registry import Misconception
from autograder.grading.diagnosis import likeliest
from autograder.model import Result

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


def candidates(**found: str) -> dict[str, list[Misconception]]:
    """Misconceptions by check; `x:ab` trips the checks a and b, and says its own name."""
    known = [entry.partition(":") for text in found.values() for entry in text.split()]
    trips = {name: tuple(checks) for name, _, checks in known if checks}
    return {
        check: [Misconception(id, trips.get(id, ()), id) for id in (entry.partition(":")[0] for entry in text.split())]
        for check, text in found.items()
    }


LIKELIEST = {
    "one each": (candidates(a="x", b="y"), "", {"a": "x", "b": "y"}),
    "the one that explains most": (candidates(a="x y", b="y", c="y"), "", {"a": "y", "b": "y", "c": "y"}),
    "the one that should not have tripped more": (candidates(a="x:abc y:ab"), "c", {"a": "y"}),
    "none of equals": (candidates(a="x:a y:a"), "", {}),
    "one that explains others, beside equals": (candidates(a="x y", b="z"), "", {"b": "z"}),
    "none": (candidates(a=""), "", {}),
}


@pytest.mark.parametrize(("found", "passed", "chosen"), LIKELIEST.values(), ids=LIKELIEST)
def test_the_likeliest_explains_most_failures(found: dict, passed: str, chosen: dict):
    """Of those that match a check, the one that matches most and contradicts least; of equals none."""
    assert {check: m.id for check, m in likeliest(found, passed).items()} == chosen


def test_equal_sentences_may_be_said(plan):
    """Two forms of one mistake, with one sentence, do not silence each other."""
    forms = [Misconception(id, ("a",), "the same") for id in ("x", "y")]
    assert likeliest({"a": forms}, ())["a"].id == "x"
