"""autograder.diagnosis.replay: what our own modules would have answered, and which answers are compared at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from autograder.actions import Call
from autograder.checking.transcript import Event
from autograder.diagnosis.check_run import functions_of
from autograder.diagnosis.replay import (
    MOST_PARTS,
    Says,
    replies_of,
    what_they_say,
    what_they_say_of_their_own,
)
from autograder.diagnosis.variants import DEGENERATE, Variant, degenerate_variants
from autograder.model import ObjectRef
from autograder.plan import Plan

REFERENCE = "def count(n):\n    return list(range(n))\n"


def asked(name: str, *args: Any, answer: Any, target: int | None = None) -> Event:
    """An answered call."""
    return Event(Call(target, name, args, {}), name, answer=answer)


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value, 1]
    return value


ANSWERS = {  # what came back, and whether it is compared
    "as many parts as are compared": (list(range(MOST_PARTS - 1)), True),
    "more parts": (list(range(MOST_PARTS)), False),
    "a hundred thousand parts": (list(range(100_000)), False),
    "parts in parts, as deep as anything travels": (nested(24), True),
    "many parts in few": ([list(range(1000))] * 100, False),
}


@pytest.mark.parametrize(("answer", "compared"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_of_very_many_parts_is_not_compared(answer: list, compared: bool):
    """The work is bounded whatever came back; the argument is a part as well."""
    replies = replies_of([asked("count", 3, answer=answer)], "", REFERENCE, seed=0)
    assert len(replies) == compared


def test_a_method_is_another_function_in_each_class():
    """An object is known by the function that returned it, also if another one returns it again."""
    events = [
        asked("Line", answer=ObjectRef(1, "Line")),
        asked("Curve", answer=(ObjectRef(2, "_Curve"), 3)),
        asked("again", answer=ObjectRef(1, "Line")),
        asked("slope", answer=1.0, target=1),
        asked("slope", answer=2.0, target=2),
        asked("slope", answer=2.0),
    ]
    assert functions_of(events) == ["Line", "Curve", "again", "Line.slope", "Curve.slope", "slope"]


SAYS = {  # what was asked for and came back, and what it says of a variant that counts from 1
    "the variant's answer": ([(2, [1, 2])], Says.AGREES),
    "another wrong one": ([(2, [5, 5])], Says.CONTRADICTS),
    "one of each": ([(2, [1, 2]), (3, [0, 0, 7])], Says.CONTRADICTS),
    "the right one": ([(2, [0, 1])], Says.CONTRADICTS),
    "where both are right": ([(0, [])], Says.NOTHING),
    "nothing at all": ([], Says.NOTHING),
}


@pytest.mark.parametrize(("answers", "says"), SAYS.values(), ids=SAYS)
def test_each_answer_of_the_function_must_be_that_of_the_variant(answers: Sequence[tuple[int, list]], says: Says):
    """One that disagrees contradicts, however many agree."""
    replies = replies_of([asked("count", n, answer=answer) for n, answer in answers], "", REFERENCE, seed=0)
    variant = Variant((), REFERENCE.replace("range(n)", "range(1, n + 1)"))
    assert what_they_say(replies, "count", variant, seed=0) is says


@pytest.mark.parametrize(("asked_for", "says"), [([2, 3], Says.AGREES), ([1], Says.FITS), ([], Says.NOTHING)])
def test_a_variant_of_the_students_own_text_need_not_be_asked(asked_for: Sequence[int], says: Says):
    """It would answer the same, which tells something, or is degenerate, or was asked for nowhere."""
    source = REFERENCE.replace("range(n)", "range(1, n + 1)")
    events = [asked("count", n, answer=list(range(1, n + 1))) for n in asked_for]
    replies = replies_of([*events, asked("count", 0, answer=[])], "", REFERENCE, seed=0)
    assert what_they_say(replies, "count", Variant((), source), seed=0) is says
    assert what_they_say_of_their_own(replies, "count") is says
    assert what_they_say_of_their_own(replies, "another") is Says.NOTHING


def test_an_answer_of_another_function_says_nothing():
    """It may be wrong for reasons of its own."""
    replies = replies_of([asked("count", 2, answer=[1, 2])], "", REFERENCE, seed=0)
    variant = Variant((), REFERENCE.replace("range(n)", "range(1, n + 1)"))
    assert what_they_say(replies, "other", variant, seed=0) is Says.NOTHING


ROOT = """def root(x):
    if x < 0:
        raise ValueError("a negative number has no root")
    return x**0.5
"""
WORDS = {  # of a student's exception, whether it is wrong, and what it says of a variant that raises a RuntimeError
    "own words for the same kind": (
        "RuntimeError: below 0 (root.py, line 3, in root: `raise RuntimeError('below 0')`)",
        True,
        Says.FITS,
    ),
    "an assertion": ("AssertionError: below 0 (root.py, line 2: `assert x >= 0, 'below 0'`)", True, Says.NOTHING),
    "another kind": ("TypeError: below 0 (root.py, line 3: `raise TypeError('below 0')`)", True, Says.NOTHING),
    "a library's words": ("RuntimeError: below 0 (root.py, line 3: `return library.root(x)`)", True, Says.NOTHING),
    "own words for the right kind": (
        "ValueError: below 0 (root.py, line 3: `raise ValueError('below 0')`)",
        False,
        Says.NOTHING,
    ),
}


@pytest.mark.parametrize(("words", "wrong", "says"), WORDS.values(), ids=WORDS)
def test_of_exceptions_that_the_code_raises_itself_only_the_kind_counts(words: str, wrong: bool, says: Says):
    """Each author says it in own words; those of a library are the same for all who use it."""
    event = Event(Call(None, "root", (-1.0,), {}), "root", raised=words)
    (reply,) = replies = replies_of([event], "", ROOT, seed=0)
    assert reply.wrong == wrong
    variant = Variant((), ROOT.replace("ValueError", "RuntimeError"))
    assert what_they_say(replies, "root", variant, seed=0) is says


LOOKUP = """class Node:
    pass

def find(x):
    return {}.get(x)
"""
WRITTEN = {"<__main__.Node object at 0x7f01>": Says.FITS, "<function find.<locals>.key at 0x7f01>": Says.NOTHING}


@pytest.mark.parametrize(("written", "says"), WRITTEN.items())
def test_where_an_object_is_in_memory_does_not_count(written: str, says: Says):
    """Nor the module of its class, in the words of an exception that show it; what it is does."""
    event = Event(Call(None, "find", (1,), {}), "find", raised=f"KeyError: {written}")
    variant = Variant((), LOOKUP.replace(".get(x)", "[Node()]"))
    assert what_they_say(replies_of([event], "", LOOKUP, seed=0), "find", variant, seed=0) is says


METHODS = """import torch

def twice(x):
    return 2 * x

class Layer:
    def forward(self, x):
        return twice(x), {"x": x + 1}
"""


def test_degenerate_variants_return_nothing_else(plan):
    """A function or a method of the reference, and whoever calls it has it too; there are none of anything else."""
    zeros, nan, its_input = (_wrong("twice", kind, plan) for kind in DEGENERATE)
    assert zeros["twice"](3.0) == 0.0
    assert str(nan["twice"](3.0)) == "nan"
    assert its_input["twice"](3.0) == 3.0
    assert zeros["Layer"]().forward(3.0) == (0.0, {"x": 4.0})
    zeros = _wrong("Layer.forward", "zeros", plan)
    assert zeros["Layer"]().forward(3.0) == (0.0, {"x": 0.0})
    for name in ("forward", "Layer", "Layer.backward", "weights"):
        assert degenerate_variants(name, "zeros", METHODS, plan) == []


def _wrong(function: str, kind: str, plan: Plan) -> dict[str, Any]:
    """What is in the module of which a function is degenerate."""
    (variant,) = degenerate_variants(function, kind, METHODS, plan)
    names: dict[str, Any] = {}
    exec(variant.source, names)
    return names
