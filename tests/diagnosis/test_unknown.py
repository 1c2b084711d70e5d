"""autograder.diagnosis.unknown: the same wrong answers in the same checks are one mistake."""

from __future__ import annotations

import torch

from autograder.diagnosis.fingerprints import fingerprint
from autograder.diagnosis.unknown import Symptom, grouped

ONE = fingerprint(torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64))
ROUNDED = fingerprint(torch.tensor([1.0, 2.0, 3.0 + 1e-12], dtype=torch.float64))
OTHER = fingerprint(torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64))


def students(*symptoms: Symptom, **options) -> list[list[str]]:
    return [group.students for group in grouped(symptoms, ["f", "g"], **options)]


def test_the_same_up_to_rounding_is_the_same():
    """Another wrong answer is another mistake, and one student alone is no group."""
    a = Symptom("a", "f", {"first": ONE})
    b = Symptom("b", "f", {"first": ROUNDED})
    c = Symptom("c", "f", {"first": OTHER})
    assert students(c, a, b) == [["a", "b"]]
    assert students(a, b, least=3) == []


def test_one_answer_that_many_mistakes_give_joins_nobody():
    """More than half of the checks must be common."""
    a = Symptom("a", "f", {"first": ONE, "second": OTHER})
    b = Symptom("b", "f", {"first": ONE, "third": OTHER})
    assert students(a, b) == []
    both = Symptom("b", "f", {"first": ONE, "second": OTHER, "third": OTHER})
    assert students(a, both) == [["a", "b"]]


def test_a_check_that_differs_keeps_them_apart():
    """Whatever else is the same."""
    a = Symptom("a", "f", {"first": ONE, "second": ONE, "third": ONE})
    b = Symptom("b", "f", {"first": ONE, "second": ONE, "third": OTHER})
    assert students(a, b) == []


def test_functions_that_are_wrong_for_one_reason_are_one_group():
    """It is told under the function that comes first in the assignment; other students are another group."""
    symptoms = [Symptom(name, function, {"first": ONE}) for name in "ab" for function in ("g", "f.method")]
    (group,) = grouped(symptoms, ["f", "g"])
    assert (group.functions, group.students) == (["f.method", "g"], ["a", "b"])
    assert students(*symptoms, Symptom("c", "g", {"first": ONE})) == [["a", "b", "c"], ["a", "b"]]
