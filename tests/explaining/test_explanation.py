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
from autograder.evidence import CallShown, Comparison, Question, Remark, Snippet, find
from autograder.explaining.explanation import Explanation, explanation_of
from autograder.explaining.quantities import Quantities
from autograder.reports.renderers import in_sentences

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

def both(x):
    return x, x.sum(0)

def of_rows(x):
    return x.sum(1)

def inverse(x):
    return 1 / x

def exponential(x):
    return x.exp()

def grown(x, steps):
    for _ in range(steps):
        x = x * 2
    return x

def inner(x):
    return scaled(x, rate=2)

def loss_and_gradient(x):
    return (1 / (x - x)).sum(), 2 * x

def doubled_in_place(x, y):
    return x.add_(y)

def ask(x):
    raise ValueError("is it?")

class Layer:
    def __init__(self, weight, lr):
        self.weight, self.lr = weight, lr
        self.training = True

    def step(self, grad):
        self.weight = self.weight + self.lr * grad

    def forward(self, x):
        return x @ self.weight if self.training else x * 0
"""


def text(told: Explanation, *, visible: bool = True, mistake: str = "") -> str:
    """All sentences that a student reads."""
    evidence = told.evidence(visible=visible)
    return in_sentences(told.message.shown(visible=visible), evidence, mistake=mistake)


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
    told = text(explained(lambda s, c: close(s.scaled(X, 0.8), X)))
    assert told.endswith("and 0.8 is factor: is that one factor too many, or is 1 / factor missing?")


def test_tensors_in_a_list_go_by_their_place(explained):
    """A list of tensors is looked into."""
    told = text(explained(lambda s, c: close(s.first([X, X[:1]]), 3.7 * X**2)))
    assert "It equals the values[0] that" in told


def test_the_question_stands_in_place_of_the_worst_entry(explained):
    """With a relation nobody needs the worst entry; where a known mistake is named, nothing else is asked."""
    told = explained(lambda s, c: close(s.scaled(X, -1.0), X))
    assert text(told).startswith("The result of scaled is wrong in all 6 entries. Every entry has the opposite")
    named = text(told, mistake="Where does the minus come from?")
    assert named == (
        "Where does the minus come from? The result of scaled is wrong in all 6 entries. "
        "The worst is at [1, 0]: -2.19 instead of 2.19."
    )


def test_beside_a_known_mistake_it_states_and_does_not_ask(explained):
    """Two questions are one too many; what a sentence states before its question stays."""
    shape = text(explained(lambda s, c: close(s.scaled(X), X.T)), mistake="Which axis?")
    assert shape.endswith("but must have the shape [2, 3]. The sizes are right, but not their order.")
    assert "?" not in text(explained(lambda s, c: close(s.root(X), X)), mistake="A root.")
    check = lambda s, c: require(s.scaled(X) is None, "The seed has no effect: is it used?")  # noqa: E731
    assert text(explained(check), mistake="A seed.") == "A seed. The seed has no effect."
    assert text(explained(check)) == "The seed has no effect: is it used?"


def test_a_message_is_a_statement_and_its_question_is_evidence(explained):
    """Each in a field of its own, so that nobody has to take sentences apart."""
    told = explained(lambda s, c: close(s.two(X, 0.8), (X, X / 0.8), names=("product", "quotient")))
    assert told.message.full == "product is wrong in all 6 entries."
    question, remark, *_ = told.evidence(visible=True)
    assert isinstance(question, Question)
    assert question.observed == "Every entry is exactly 0.8 times what it must be, and 0.8 is scale"
    assert question.text == "is that one factor too many, or is 1 / scale missing?"
    assert remark == Remark("quotient is right.")


def test_a_question_in_a_text_of_the_student_is_not_ours(explained):
    """An exception says what it says."""
    told = explained(lambda s, c: s.ask(X))
    assert (told.message.full, find(told.evidence(visible=True), Question)) == ("ValueError: is it?", None)


def test_of_several_values_it_says_which_are_right(explained):
    """So that nobody looks for a mistake where there is none."""
    told = explained(lambda s, c: close(s.two(X, 0.8), (X, X / 0.8), names=("product", "quotient")))
    assert text(told).startswith("product is wrong in all 6 entries. Every entry is exactly 0.8 times")
    assert text(told).endswith("missing? quotient is right.")
    told = explained(lambda s, c: close(s.two(X, 0.8), (X, X), names=("product", "quotient")))
    assert text(told).endswith("missing? quotient is wrong too.")


def test_values_in_each_others_place_are_told(explained):
    """The most frequent mistake with two values."""
    told = explained(lambda s, c: close(s.two(X, 0.8), (X / 0.8, X * 0.8), names=("quotient", "product")))
    assert "quotient and product stand in each other's place: in which order" in text(told)


def test_a_loss_that_overflows_beside_a_right_gradient_is_told_as_such(explained):
    """The derivation holds, only the computation of the loss breaks down."""
    told = explained(lambda s, c: close(s.loss_and_gradient(X), (1.0, 2 * X), names=("the loss", "the gradient")))
    assert text(told).startswith("The loss is inf, but the gradient is right: your derivation is sound, and")


def test_of_values_in_each_others_place_the_shape_is_not_explained_otherwise(explained):
    """One reason is enough, and the surer one."""
    wrong = lambda s, c: close(s.two(X, X[:1]), (X[0], X), names=("rows", "all"))  # noqa: E731
    assert "There is one axis too many" in text(explained(wrong))
    told = text(explained(lambda s, c: close(s.both(X), (X.sum(0), X), names=("total", "rows"))))
    assert told == (
        "total has the shape [3, 2], but must have the shape [2]. "
        "total and rows stand in each other's place: in which order are they returned?"
    )


def test_a_value_in_another_place_is_found_though_nothing_else_is_compared(explained):
    """A check of one of several values sees the others too."""
    told = text(explained(lambda s, c: close(s.both(X)[0], X.sum(0), name="total")))
    assert told == (
        "total has the shape [3, 2], but must have the shape [2]. "
        "What total must be came back at [1]: in which order are the values returned?"
    )
    assert "came back at" not in text(explained(lambda s, c: close(s.both(X)[0], X.sum(1), name="total")))
    alike = lambda s, c: close(s.both(X), (X.sum(0), X.sum(0)), names=("one", "other"))  # noqa: E731
    assert "came back at" not in text(explained(alike))


def test_a_size_in_a_wrong_shape_goes_by_its_name(explained):
    """An axis of 3 that must have 2 is that of the rows."""
    told = explained(lambda s, c: close(s.of_rows(X), X.sum(0), name="dw"))
    assert text(told) == (
        "dw has the shape [3], but must have the shape [2]. "
        "3 is the number of rows of x: which axis is to be summed over?"
    )
    assert text(told, visible=False) == (
        "dw has the wrong shape. One of its sizes is the number of rows of x: which axis is to be summed over?"
    )
    told = text(explained(lambda s, c: close(s.scaled(X), X.sum(0), name="dw")))
    assert told.endswith("is a sum or a mean over it missing? 3 is the number of rows of x.")
    assert "is the number of" not in text(explained(lambda s, c: close(s.scaled(X), X.T, name="dw")))


def test_arrays_that_would_look_alike_are_not_shown(explained):
    """[[2, 20]] beside [2, 20]: the message says that only axes of length 1 differ."""
    told = explained(lambda s, c: close(s.scaled(X[:1]), X[0]))
    assert find(told.evidence(visible=True), Comparison) is None
    assert "Only axes of length 1 differ" in text(told)


def test_an_overflow_is_asked_about_only_where_a_number_is_large(explained):
    """Of moderate numbers nothing overflows, but a root or a quotient may have no value."""
    moderate = text(explained(lambda s, c: close(s.root(X), X)))
    assert "overflow" not in moderate
    assert "or the root of a negative number be taken?" in moderate
    infinite = text(explained(lambda s, c: close(s.inverse(0 * X), X)))
    assert "where can a number be divided by 0, or the logarithm of 0 be taken?" in infinite
    for large in (100 * X, X + 1000.0):
        assert "Where can a number overflow" in text(explained(lambda s, c: close(s.exponential(9 * large), X)))  # noqa: B023
    assert "overflow" in text(explained(lambda s, c: close(s.grown(X, 5000), X)))


def test_an_argument_by_a_name_that_the_function_has_not_is_told_with_those_it_has(explained):
    """A parameter that was renamed is found among them."""
    told = text(explained(lambda s, c: s.scaled(X, rate=0.5)))
    assert told.endswith("Your function calls its parameters x and factor: which of them must be `rate`?")
    assert "calls its parameters" not in text(explained(lambda s, c: s.ask(X)))
    assert "calls its parameters" not in text(explained(lambda s, c: s.inner(x=X)))


def test_where_a_result_is_not_finite_the_input_is_told(explained):
    """The number that broke it, for visible checks only."""
    told = explained(lambda s, c: close(s.root(X), X))
    assert text(told).endswith("Your function was given x = -1.27 at [0, 1].")
    assert "-1.27" not in text(told, visible=False)


def test_an_attribute_is_explained_by_the_making_of_its_object_and_its_last_call(explained):
    """An optimizer that climbs: the step is measured from the parameters that it was given."""

    def check(s, c):
        layer = s.Layer(X[0], 0.05)
        layer.step(X[1])
        close(layer.value("weight"), X[0] - 0.05 * X[1])

    assert "The step from weight to your result has the opposite sign" in text(explained(check))


CHECKS = {
    "a difference": lambda s, c: close(s.scaled(X, 0.8), X),
    "a shape": lambda s, c: close(s.scaled(X), X[:, :1]),
    "a dtype": lambda s, c: close(s.scaled(X), X.float()),
    "no finite numbers": lambda s, c: close(s.root(X), X),
    "a number": lambda s, c: equal(s.scaled(2.19), 5.37),
    "text": lambda s, c: close(s.scaled("2.19"), X),
    "a change in place": lambda s, c: unchanged(s.doubled_in_place, X.clone(), X),
}


COMPARED = [CHECKS[name] for name in ("a difference", "a shape", "no finite numbers")]


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_nothing_redacted_holds_a_number_of_the_inputs_or_a_size(explained, check):
    """What a hidden check says does not tell what it was run with, nor what must come out."""
    redacted = text(explained(check), visible=False)
    assert redacted
    for known in (
        "divided by 0",
        "logarithm of 0",
        "length 1",
        "[:1]",
        "1 / factor",
        "float32",
        "float64",
        "0 be",
        "log(0)",
        "multiplied by 0",
    ):
        redacted = redacted.replace(known, "")
    assert not any(character.isdigit() for character in redacted)


def test_the_call_is_the_one_that_returned_the_wrong_value(explained):
    """Not the last one."""

    def check(s, c):
        first = s.scaled(X, 0.8)
        s.root(X)
        close(first, X)

    assert find(explained(check).evidence(visible=True), CallShown) == CallShown("scaled([3, 2] float64, 0.8)")


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_hidden_checks_show_words_alone(explained, check):
    """No call, no array, no lines that reproduce it."""
    told = explained(check)
    assert {type(block) for block in told.evidence(visible=False)} <= {Question, Remark}
    assert {CallShown, Snippet} <= {type(block) for block in told.evidence(visible=True)}
    assert (find(told.evidence(visible=True), Comparison) is None) == (check not in COMPARED)


def test_thousands_of_sizes_are_not_compared_with_each_other():
    """What a student returned may hold any number of tensors; their pairs would take minutes."""
    tensors = [torch.zeros(size, dtype=torch.uint8) for size in range(2, 1502)]
    found = Quantities.of([(Call(None, "f", (tensors,), {}), ["x"])], {})
    assert len(found.ratios) < 10_000
