"""autograder.explaining.explanation: what is told about a failed check, from the record of what it asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from autograder.actions import Call
from autograder.checking import close, equal, require, unchanged
from autograder.checking.case import Case
from autograder.checking.local import local_student, module_from
from autograder.checking.verdict import Verdict
from autograder.explaining.explanation import Explanation, explanation_of
from autograder.explaining.quantities import Quantities

MODULE = """
import torch

def scaled(x, factor=1.0):
    return x * factor

def two(x, scale):
    return x * scale, x / scale

def first(values):
    return values[0]

def root(x):
    return x.sqrt()

def loss_and_gradient(x):
    return (1 / (x - x)).sum(), 2 * x

def doubled_in_place(x, y):
    return x.add_(y)

def fail(x):
    raise ValueError("no")

class Layer:
    def __init__(self, weight, lr):
        self.weight, self.lr = weight, lr
        self.training = True

    def step(self, grad):
        self.weight = self.weight + self.lr * grad

    def forward(self, x):
        return x @ self.weight if self.training else x * 0
"""
X = torch.tensor([[0.31, -1.27], [2.19, 0.47], [-0.93, 1.61]]).double()


@pytest.fixture
def explained() -> Callable[[Callable], Explanation]:
    """Run a check that fails on the module above; gives the explanation."""

    def run(check: Callable) -> Explanation:
        student = local_student(module_from(MODULE, "m"))
        case = Case(5, load_data=None, training={}, secret_pixels=False)
        with pytest.raises(Verdict) as caught:
            check(student, case)
        return explanation_of(caught.value, student, case, "m")

    return run


def test_a_number_given_by_place_goes_by_the_name_of_its_parameter(explained):
    """The ratio is told as the student's own function calls it."""
    told = explained(lambda s, c: close(s.scaled(X, 0.8), X)).message.full
    assert told.endswith("and 0.8 is factor: is that one factor too many, or is 1 / factor missing?")


def test_tensors_in_a_list_go_by_their_place(explained):
    """A list of tensors is looked into."""
    told = explained(lambda s, c: close(s.first([X, X[:1]]), 3.7 * X**2)).message.full
    assert "It equals the values[0] that" in told


def test_the_question_stands_in_place_of_the_worst_entry(explained):
    """With a relation nobody needs the worst entry; the brief version has no question."""
    told = explained(lambda s, c: close(s.scaled(X, -1.0), X))
    assert told.message.full.startswith("The result of scaled is wrong in all 6 entries. Every entry has the opposite")
    assert told.brief.full.startswith("The result of scaled is wrong in all 6 entries. The worst is at [1, 0]: -2.19")


def test_the_brief_version_states_and_does_not_ask(explained):
    """It stands beside a question about the mistake, and two questions are one too many."""
    shape = explained(lambda s, c: close(s.scaled(X), X.T)).brief.full
    assert shape.endswith("but must have the shape [2, 3]. The sizes are right, but not their order.")
    assert "?" not in explained(lambda s, c: close(s.root(X), X)).brief.full
    said = explained(lambda s, c: require(s.scaled(X) is None, "The seed has no effect: is it used?")).brief.full
    assert said == "The seed has no effect."


def test_of_several_values_it_says_which_are_right(explained):
    """So that nobody looks for a mistake where there is none."""
    told = explained(lambda s, c: close(s.two(X, 0.8), (X, X / 0.8), names=("product", "quotient")))
    assert told.message.full.startswith("product is wrong in all 6 entries. Every entry is exactly 0.8 times")
    assert told.message.full.endswith("missing? quotient is right.")
    told = explained(lambda s, c: close(s.two(X, 0.8), (X, X), names=("product", "quotient")))
    assert told.message.full.endswith("missing? quotient is wrong too.")


def test_values_in_each_others_place_are_told(explained):
    """The most frequent mistake with two values."""
    told = explained(lambda s, c: close(s.two(X, 0.8), (X / 0.8, X * 0.8), names=("quotient", "product")))
    assert "quotient and product stand in each other's place: in which order" in told.message.full


def test_a_loss_that_overflows_beside_a_right_gradient_is_told_as_such(explained):
    """The derivation holds, only the computation of the loss breaks down."""
    told = explained(lambda s, c: close(s.loss_and_gradient(X), (1.0, 2 * X), names=("the loss", "the gradient")))
    assert told.message.full.startswith("The loss is inf, but the gradient is right: your derivation is sound, and")


def test_where_a_result_is_not_finite_the_input_is_told(explained):
    """The number that broke it, for visible checks only."""
    told = explained(lambda s, c: close(s.root(X), X)).message
    assert told.full.endswith("Your function was given x = -1.27 at [0, 1].")
    assert "-1.27" not in told.veiled


def test_an_attribute_is_explained_by_the_making_of_its_object_and_its_last_call(explained):
    """An optimizer that climbs: the step is measured from the parameters that it was given."""

    def check(s, c):
        layer = s.Layer(X[0], 0.05)
        layer.step(X[1])
        close(layer.value("weight"), X[0] - 0.05 * X[1])

    assert "The step from weight to your result has the opposite sign" in explained(check).message.full


CHECKS = {
    "a difference": lambda s, c: close(s.scaled(X, 0.8), X),
    "a shape": lambda s, c: close(s.scaled(X), X[:, :1]),
    "a dtype": lambda s, c: close(s.scaled(X), X.float()),
    "no finite numbers": lambda s, c: close(s.root(X), X),
    "a number": lambda s, c: equal(s.scaled(2.19), 5.37),
    "text": lambda s, c: close(s.scaled("2.19"), X),
    "a change in place": lambda s, c: unchanged(s.doubled_in_place, X.clone(), X),
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_nothing_veiled_holds_a_number_of_the_inputs_or_a_size(explained, check):
    """What a hidden check says does not tell what it was run with, nor what must come out."""
    veiled = explained(check).message.veiled
    assert veiled
    for known in ("divided by 0", "logarithm of 0", "length 1", "[:1]", "1 / factor", "float32", "float64", "0 be"):
        veiled = veiled.replace(known, "")
    assert not any(character.isdigit() for character in veiled)


def test_the_details_begin_with_the_call(explained):
    """The call that gave the wrong value, not the last one."""

    def check(s, c):
        first = s.scaled(X, 0.8)
        s.root(X)
        close(first, X)

    told = explained(check)
    assert told.details.splitlines()[0] == "called: scaled([3, 2] float64, 0.8)"


def test_thousands_of_sizes_are_not_compared_with_each_other():
    """What a student returned may hold any number of tensors; their pairs would take minutes."""
    tensors = [torch.zeros(size, dtype=torch.uint8) for size in range(2, 1502)]
    found = Quantities.of([(Call(None, "f", (tensors,), {}), ["x"])], {})
    assert len(found.ratios) < 10_000
