"""autograder.grading.patience: at a desk, what did not answer in time is not waited for again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.checking import equal, spy
from autograder.checking.registry import Check
from autograder.grading.runner import grade
from autograder.model import Budget, Exercise, Outcome, Result
from autograder.plan import Plan, Setting
from autograder.submissions.files import Submission

FILE = """
def slow(x):
    while True:
        pass

def quick(x):
    return x

def ask_twice(function):
    return function() + function()

class Box:
    def __init__(self):
        self.x = 1
    def slow(self):
        while True:
            pass
    def get(self):
        return self.x
"""


@pytest.fixture
def outcomes(plan: Plan, tmp_path: Path, workers) -> Callable[..., dict[str, str]]:
    """How checks end, each of the exercise that it is named with; the second exercise needs the first."""

    def run(*checks: tuple[Callable, str], desk: bool = True) -> dict[str, str]:
        exercises = (
            Exercise("first", "First", 1, ("slow", "Box.slow")),
            Exercise("second", "Second", 1, ("quick",), needs=("first",)),
            Exercise("third", "Third", 1, ("Box.get", "ask_twice")),
        )
        budget = Budget(check_seconds=1)
        assignment = dataclasses.replace(plan.assignment, exercises=exercises, given=(), rules=(), budget=budget)
        own = dataclasses.replace(
            plan, assignment=assignment, checks=tuple(Check(function, exercise) for function, exercise in checks)
        )
        (tmp_path / "scaling.py").write_text(FILE)
        result: Result = grade(own, Submission("ana", tmp_path), Setting(desk=desk), workers=workers)
        return {check.name: str(check.outcome) for check in result.checks}

    return run


def asks(student, case):
    """It asks."""
    student.slow(1)


def asks_again(student, case):
    """It asks again."""
    student.slow(2)


def asks_another(student, case):
    """It asks another function."""
    student.quick(1)


def asks_a_method(student, case):
    """It asks a method."""
    student.Box().slow()


def asks_another_method(student, case):
    """It asks another method."""
    student.Box().get()


def test_it_is_asked_once(outcomes):
    """The next check of the same function is skipped."""
    assert outcomes((asks, "first"), (asks_again, "first")) == {"asks": "timed_out", "asks_again": "skipped"}


@pytest.mark.slow
def test_a_method_is_not_the_function_of_that_name(outcomes):
    """Each of them is asked once."""
    ends = outcomes((asks, "first"), (asks_a_method, "first"), (asks_another_method, "third"))
    assert list(ends.values()) == [Outcome.TIMED_OUT, Outcome.TIMED_OUT, Outcome.PASSED]


@pytest.mark.slow
def test_what_builds_on_it_is_not_run(outcomes):
    """It would probably wait for the same loop."""
    ends = outcomes((asks, "first"), (asks_another, "second"), (asks_another_method, "third"))
    assert list(ends.values()) == [Outcome.TIMED_OUT, Outcome.SKIPPED, Outcome.PASSED]


@pytest.mark.slow
def test_for_marks_everything_is_asked(outcomes):
    """Whatever happened before."""
    ends = outcomes((asks, "first"), (asks_again, "first"), (asks_another, "second"), desk=False)
    assert list(ends.values()) == [Outcome.TIMED_OUT, Outcome.TIMED_OUT, Outcome.PASSED]


def counts_calls(student, case):
    """It counts the calls of a function of ours."""
    asked = spy(lambda: 2)
    equal(student.ask_twice(asked), 4)
    equal(len(asked.calls), 2)


def test_a_function_of_ours_is_looked_at(outcomes):
    """At a desk as in a run that gives marks."""
    for desk in (True, False):
        assert outcomes((counts_calls, "third"), desk=desk) == {"counts_calls": "passed"}
