"""autograder.checking.assertions: conditions, bounds, accuracies, inputs left alone."""

from __future__ import annotations

import math

import pytest
import torch

from autograder.checking import accuracy, at_least, at_most, like, predicted_classes, require, unchanged
from autograder.checking.local import local_student, module_from


def test_require_passes_what_holds():
    """A true condition says nothing."""
    assert require(torch.tensor(True), "No.") is None


@pytest.mark.parametrize("condition", [False, None, 0, torch.tensor(False)], ids=repr)
def test_require_fails_with_its_own_sentence(refused, condition: object):
    """The message is the check's sentence, unchanged."""
    assert refused(require, condition, "Every row must sum to 1.").message == "Every row must sum to 1."


def test_require_keeps_to_itself_what_hidden_checks_must_not_show(refused):
    """A sentence with sizes of the inputs has another one beside it."""
    told = refused(require, False, "W has the shape [5, 7].", redacted="W has the wrong shape.").wording
    assert (told.full, told.redacted) == ("W has the shape [5, 7].", "W has the wrong shape.")


@pytest.mark.parametrize("value", [0.9, 0.95, 1, torch.tensor(0.95)])
def test_at_least_holds_from_the_bound_on(value: object):
    """The bound itself is enough, as a number or a [] tensor."""
    assert at_least(value, 0.9, "the accuracy") is None


@pytest.mark.parametrize("value", [0.9, 0.85, -1, torch.tensor(0.85)])
def test_at_most_holds_up_to_the_bound(value: object):
    """The bound itself is enough, as a number or a [] tensor."""
    assert at_most(value, 0.9, "the loss") is None


@pytest.mark.parametrize(("word", "value"), [(at_least, 0.8999), (at_most, 0.9001)], ids=["at_least", "at_most"])
def test_a_bound_says_both_numbers(refused, word, value: float):
    """The message holds what came out and what is asked."""
    message = refused(word, value, 0.9, "the accuracy").message
    assert message.startswith(f"The accuracy is {value:.4g}, but must be at ")
    assert message.endswith("0.9.")


@pytest.mark.parametrize("word", [at_least, at_most])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, "1", True, torch.ones(1)], ids=repr)
def test_a_bound_is_never_met_by_something_else(refused, word, value: object):
    """NaN, an infinity and anything that is no number fail on both sides of any bound."""
    assert refused(word, value, 0.9, "the loss").message.startswith("The loss")


LABELS = torch.tensor([0, 1, 2, 1])


@pytest.mark.parametrize(
    ("predictions", "share"),
    [([0, 1, 2, 1], 1.0), ([0, 1, 2, 2], 0.75), ([1, 2, 0, 0], 0.0), ([0.0, 1.0, 0.0, 0.0], 0.5)],
)
def test_accuracy_is_the_share_of_equal_labels(predictions: list, share: float):
    """Whole numbers of any dtype are compared with the labels."""
    assert accuracy(torch.tensor(predictions), LABELS) == share


def test_accuracy_counts_no_rounding():
    """A prediction near a label is none."""
    assert accuracy(torch.tensor([0.1, 0.9, 1.9, math.nan]), LABELS) == 0


@pytest.mark.parametrize(
    ("predictions", "says"),
    [
        ([0, 1, 2, 1], "a list with 4 entries"),
        (torch.zeros(4, 3), "have the shape [4, 3], but must have the shape [4]"),
        (torch.tensor([0]), "have the shape [1], but must have the shape [4]"),
        (None, "came back is None"),
    ],
    ids=["list", "scores", "one for all", "nothing"],
)
def test_accuracy_wants_one_prediction_per_row(refused, predictions: object, says: str):
    """Nothing is broadcast: predictions are a tensor with one entry per label."""
    assert says in refused(accuracy, predictions, LABELS).message


MODULE = "def tidy(x, scale):\n    return x * scale\n\ndef untidy(x, scale):\n    x *= scale\n    return x\n"


def test_unchanged_gives_what_the_function_returned():
    """A function that leaves its inputs alone is simply called."""
    student = local_student(module_from(MODULE, "m"))
    assert unchanged(student.tidy, torch.ones(2), scale=3).tolist() == [3, 3]


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((torch.ones(2), 3), {}), ((), {"x": torch.ones(2), "scale": 3})],
    ids=["by place", "by name"],
)
def test_unchanged_notices_a_change_in_place(refused, args: tuple, kwargs: dict):
    """An input that was written into fails, however it was passed."""
    student = local_student(module_from(MODULE, "m"))
    assert "untidy changed its input" in refused(unchanged, student.untidy, *args, **kwargs).message


def test_like_looks_at_no_value_of_its_model():
    """Nor at what memory held before, which `torch.empty` leaves in place."""
    given = torch.tensor([7.0, -1e9])
    assert like(given, torch.tensor([math.nan, math.inf])) is given


def test_like_returns_what_has_the_form():
    """Whatever its values are."""
    given = [torch.tensor([1.0, 2.0]), torch.tensor(7.0)]
    assert like(given, (torch.zeros(2), torch.tensor(0.0)), names=("w", "b")) is given


@pytest.mark.parametrize(
    ("actual", "says"),
    [
        (torch.zeros(3), "w has the shape [3]"),
        (torch.zeros(2, dtype=torch.float64), "float64"),
        (torch.tensor([1.0, math.nan]), "nan"),
        ([0.0, 0.0], "w"),
    ],
    ids=["shape", "dtype", "nan", "a list"],
)
def test_like_fails_for_another_form(refused, actual: object, says: str):
    """In the words of `close`."""
    assert says in refused(like, actual, torch.zeros(2), "w").message


SCORES = torch.tensor([[0.0, 2.0, 1.0], [3.0, 3.0 - 1e-6, 1.0]])


@pytest.mark.parametrize("predictions", [[1, 0], [1, 1]])
def test_predictions_that_fit_the_scores_give_our_classes(predictions: list):
    """The classes are those of the largest scores, also where a student's rounding chose one that is as large."""
    assert predicted_classes(torch.tensor(predictions), SCORES).tolist() == [1, 0]


@pytest.mark.parametrize("predictions", [[2, 0], [1, 2], [5, 0], [math.nan, 0]])
def test_predictions_from_elsewhere_are_refused(refused, predictions: list):
    """One row with another class fails, with the number of rows; a hidden check does not tell the number."""
    verdict = refused(predicted_classes, torch.tensor(predictions), SCORES)
    assert "for 1 of 2 rows" in verdict.message
