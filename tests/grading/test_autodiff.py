"""A class with operators and gradients, checked as an assignment: right, and wrong in one way after another."""

from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path

import pytest

from autograder.checking import change
from autograder.checking.registry import Misconception, collecting
from autograder.model import Budget, Exercise, Outcome
from autograder.plan import Plan

FOLDER = Path(__file__).with_name("autodiff")
SOLUTION = (FOLDER / "solution.py").read_text()
EXERCISES = (
    Exercise("forward", "Values", 3.0, ("Node.__add__",)),
    Exercise("backward", "Gradients", 4.0, ("Node.backward", "Node.order")),
    Exercise("descent", "Descent", 1.0, ("descent",)),
)
MISTAKES: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {  # an edit, and the checks that fail with it
    "no_rmul": (("def __rmul__(self, other)", "def other_way(self, other)"), ("operators_compute",)),
    "no_radd": (("def __radd__(self, other)", "def other_way(self, other)"), ("operators_compute",)),
    "parents_swapped": (
        ("(self, other), (lambda: other.value, lambda: self", "(other, self), (lambda: self.value, lambda: other"),
        ("nodes_know_their_parents",),
    ),
    "anything_is_a_number": (("raise ValueError(", "value = float(0); str("), ("only_numbers_become_nodes",)),
    "another_exception": (("raise ValueError(", "raise TypeError("), ("only_numbers_become_nodes",)),
    "parents_behind": (
        ("done.append(node)", "done.insert(0, node)"),
        ("order_ends_with_the_node", "gradients_fit", "shared_nodes_accumulate", "derivatives_are_asked_once"),
    ),
    "product_rule": (
        ("(lambda: other.value, lambda: self.value)", "(lambda: self.value, lambda: other.value)"), ("gradients_fit",)
    ),
    "overwritten": (
        ("parent.grad += derivative", "parent.grad = derivative"),
        ("gradients_fit", "shared_nodes_accumulate", "derivatives_are_asked_once"),
    ),
    "asked_twice": (("parent.grad += derivative", "derivative(); parent.grad += derivative"),
                    ("derivatives_are_asked_once",)),
    "one_step_ahead": (
        ("        yield x\n        x -= lr * derivative(x)", "        x -= lr * derivative(x)\n        yield x"),
        ("descent_steps",),
    ),
    "descent_ends": (("while True:", "for _ in range(2):"), ("descent_steps",)),
}  # fmt: skip


@pytest.fixture(scope="module")
def autodiff(plan: Plan) -> Plan:
    """The class as an assignment."""
    spec = importlib.util.spec_from_file_location("autodiff_checks", FOLDER / "checks.py")
    module = importlib.util.module_from_spec(spec)
    with collecting() as checks:
        spec.loader.exec_module(module)
    known = []
    for name, (edit, trips) in MISTAKES.items():
        definition = "descent" if trips == ("descent_steps",) else "Node"
        known.append(Misconception(name, trips, f"{name}?", edits=(change(definition, *edit),)))
    assignment = dataclasses.replace(plan.assignment, exercises=EXERCISES, budget=Budget(60, 600), rules=())
    return Plan(assignment, tuple(checks), tuple(known), SOLUTION)


def test_the_reference_passes(submit, autodiff: Plan):
    """Every check, in a worker process."""
    result = submit(SOLUTION, plan=autodiff)
    assert [(check.name, check.message) for check in result.checks if check.outcome is not Outcome.PASSED] == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_fails_what_it_should_and_is_named(submit, autodiff: Plan, name: str):
    """By what it answers, where functions of ours and objects are among the values."""
    (edit, trips) = MISTAKES[name]
    (known,) = [known for known in autodiff.misconceptions if known.id == name]
    result = submit(known.apply(SOLUTION), plan=autodiff)
    outcomes = {check.name: check.outcome for check in result.checks if check.outcome is not Outcome.PASSED}
    assert set(outcomes) == set(trips)
    assert set(outcomes.values()) <= {Outcome.FAILED, Outcome.ERROR}
    assert {check.misconception for check in result.checks if not check.outcome.earns} == {name}
