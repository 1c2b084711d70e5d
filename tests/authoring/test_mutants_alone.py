"""autograder.authoring.mutants: mistakes that one function alone makes, with a copy of its own of what it calls."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest

from autograder.authoring.mutants import trial
from autograder.authoring.mutants.carriers import carriers
from autograder.authoring.mutants.generating import Mutant, mutants_of
from autograder.authoring.mutants.measure import judge
from autograder.authoring.mutants.trial import Bench, Fate
from autograder.checking import equal
from autograder.checking.registry import Check
from autograder.model import Assignment, Exercise
from autograder.plan import Plan, Setting

REFERENCE = """
SCALE = 2


def _scaled(x):
    return SCALE * x


def double(x: list) -> list:
    return [_scaled(entry) for entry in x]


class Doubler:
    def apply(self, x):
        return double(x)


def train(doubler: Doubler, x):
    return doubler.apply(x) + []


def alone(x):
    return x * 3
"""
ASSIGNMENT = Assignment(
    slug="doubling",
    title="",
    order=1,
    summary="",
    folder=Path(),
    exercises=(Exercise("all", "All", 1.0, ("double", "Doubler.apply", "train", "alone")),),
)


def test_carriers_call_what_is_wrong_or_are_it():
    """Through others and helpers too; a name in an annotation calls nothing, and one alone has no company."""
    assert carriers(ast.parse(REFERENCE), ASSIGNMENT) == {
        "SCALE": ("double", "Doubler"),
        "_scaled": ("double", "Doubler"),
        "double": ("double", "Doubler"),
    }


def test_every_mutant_knows_its_carriers():
    """By the top-level name that it belongs to."""
    known = {m.function: m.carriers for m in mutants_of(REFERENCE, ASSIGNMENT)}
    assert known["_scaled"] == ("double", "Doubler")
    assert known["Doubler.apply"] == ()
    assert known["alone"] == ()


def double_is_asked(student, case):
    """double([1]) is [2]."""
    equal(student.double([1]), [2])


def double_of_two_is_asked(student, case):
    """double([1, 5]) is [2, 10]."""
    equal(student.double([1, 5]), [2, 10])


def the_class_is_compared_with_the_function(student, case):
    """Doubler().apply([4]) is double([4])."""
    equal(student.Doubler().apply([4]), student.double([4]))


def the_class_is_asked(student, case):
    """Doubler().apply([4]) is [8]."""
    equal(student.Doubler().apply([4]), [8])


def a_function_of_ours_is_called(student, case):
    """double(f) is f(1)."""
    equal(student.double(lambda x: x + 5), 6)


def fate(checks, old: str, new: str, reference: str = REFERENCE) -> Fate:
    """What becomes of the reference with another text, if these are the checks."""
    plan = Plan(ASSIGNMENT, tuple(Check(function, "all") for function in checks), solution=reference)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "SECONDS_AT_LEAST", 1)
        bench = Bench(plan, Setting())
    assert reference.count(old) == 1
    line = reference[: reference.index(old)].count("\n") + 1
    carried = tuple(name for name in ("double", "Doubler") if name in reference)
    return bench.fate_of(Mutant("by hand", "_scaled", line, line, old, new, reference.replace(old, new), carried))


WRONG = ("return SCALE * x", "return SCALE + x")  # which is right for 2 only


def test_a_mistake_that_each_is_asked_about_is_missed_nowhere():
    """Both checks look at what the function answers itself."""
    assert fate([double_is_asked, the_class_is_asked], *WRONG).missed_in == ()


def test_a_function_that_nobody_asks_is_named():
    """The mistake is caught in the function, but not in a class that has its own copy."""
    found = fate([double_is_asked], *WRONG)
    assert found == Fate("double_is_asked", ("Doubler",))


def test_a_function_that_is_asked_through_another_only_is_named():
    """The class is asked, so that the mistake is caught; the function itself may make it."""
    assert fate([the_class_is_asked], *WRONG) == Fate("the_class_is_asked", ("double",))


def test_a_comparison_of_two_answers_tells_when_one_is_wrong():
    """Both wrong in the same way would pass."""
    checks = [the_class_is_compared_with_the_function]
    assert fate(checks, *WRONG).caught_by == trial.SURVIVED
    checks.append(double_is_asked)
    assert fate(checks, *WRONG) == Fate("double_is_asked", ())


def test_the_mistake_in_another_function_does_not_save_a_carrier():
    """What the function calls is right again for everybody else."""
    found = fate([double_of_two_is_asked, the_class_is_compared_with_the_function], *WRONG)
    assert found == Fate("double_of_two_is_asked", ())


def test_a_function_of_ours_that_is_called_wrongly_catches():
    """Its exception is the mutant's fault, as in a grading, although nothing was answered before."""
    found = fate([a_function_of_ours_is_called], "f(1)", "f()", "def double(f):\n    return f(1)\n")
    assert found.caught_by == "a_function_of_ours_is_called"


def test_a_measure_lists_what_is_missed_in_one_alone():
    """It counts as caught all the same."""
    mutants = [Mutant("m:1", "f", 1, 1, "a", "b", "", ("f", "g")), Mutant("m:2", "f", 2, 2, "a", "c", "", ("f", "g"))]
    measure = judge("demo", mutants, {"m:1": Fate("a_check", ("g",)), "m:2": Fate("a_check")}, [])
    assert measure.alone == [(mutants[0], ("g",))]
    assert (measure.share, measure.sound) == (1.0, True)
    assert dataclasses.replace(measure, alone=[]).total == 2
