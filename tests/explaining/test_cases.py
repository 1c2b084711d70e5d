"""autograder.explaining.cases: which of several wrong answers of a check is shown, and which is only mentioned."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from autograder.checking import args, close, raises
from autograder.checking.case import Case
from autograder.checking.local import local_student, module_from
from autograder.checking.registry import Check
from autograder.checking.student import Student, events, unread
from autograder.checking.verdict import Verdict
from autograder.explaining.cases import Shown, most_telling
from autograder.explaining.explanation import explanation_of
from autograder.reports.renderers import in_sentences, snippet_of

MODULE = """
import torch

def loss(z):
    return -torch.log(torch.exp(-z) + 1e-8).sum()

def size(z):
    return (z + 0.1 * z * z).sum()

def root(z):
    return torch.where(z < 300, z.sqrt(), torch.nan)

def pair(z):
    return z * 3.7, z + 1

def refuse(z):
    raise ValueError("no")"""


def t(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


@pytest.fixture
def shown() -> Callable[[Callable], Shown]:
    """Run a check that fails on the module above; gives what is shown of it."""

    def run(check: Callable) -> Shown:
        student = local_student(module_from(MODULE, "m"))
        with pytest.raises(Verdict) as caught:
            check(student, new_case())
        first = Shown(caught.value, student, new_case())
        return most_telling(first, unread(student), Check(check, "one"), new_case())

    return run


def new_case() -> Case:
    return Case(5, load_data=None, training={}, secret_pixels=False)


def said(told: Shown, *, visible: bool = True) -> str:
    """All sentences that a student reads."""
    explained = explanation_of(*told, "m")
    return in_sentences(explained.message.shown(visible=visible), explained.evidence(visible=visible))


def of(function: str, right: Callable, *inputs: torch.Tensor, **how: float) -> Callable:
    """A check that asks for the values of a function at several inputs in one message."""

    def values(student: Student, case: Case) -> None:
        for z, value in zip(inputs, getattr(student, function).each(args(z) for z in inputs), strict=True):
            close(value, right(z), name=f"{function}({z[0].item():g})", **how)

    return values


def test_of_inputs_of_one_size_the_worst_is_shown(shown):
    """A number added in a log is an error of 1e-8 at first, and of thousands at last."""
    told = shown(of("loss", torch.sum, t(0), t(2.0), t(10000.0), t(1000.0)))
    assert said(told).startswith("loss(10000) is 18.4207, but must be 10000.")
    snippet = snippet_of(explanation_of(*told, "m").evidence(visible=True))
    assert "z = torch.tensor([10000.0], dtype=torch.float64)" in snippet
    assert snippet.endswith("# must be 10000")


def test_the_smallest_input_is_the_one_to_copy(shown):
    """A larger one is shown only if it is far worse, and then in a sentence."""
    told = shown(of("size", torch.sum, t(1, 2, 3), t(1.0), t(2.0), t(3, 4)))
    assert said(told).startswith("size(2) is 2.4, but must be 2.")
    assert "further off" not in said(told)


def test_a_relation_that_can_be_told_is_not_given_up_for_a_larger_error(shown):
    """The question says more than the size of an error."""
    told = said(shown(of("pair", lambda z: (z, z + 1), t(1.234567, 2.513791), t(12.34567, 25.13791))))
    assert told.startswith("pair(1.23457)[0] is wrong in both entries.")
    assert "exactly 3.7 times what it must be" in told
    assert "further off" not in told


def test_what_is_far_worse_is_told_beside_a_small_error(shown):
    """So that nobody takes an error of 1e-8 for a tolerance that is too narrow."""
    check = of("loss", torch.sum, t(0), t(2.0), t(2000, 3000, 4000))
    told = said(shown(check))
    assert told.startswith("loss(0) is -1e-08, but must be 0.")
    assert told.endswith("Another answer is far further off: loss(2000) is 55.262 instead of 9000.")
    assert said(shown(check), visible=False).endswith("Another answer of this check is far further off.")


def test_what_is_not_finite_is_the_worst(shown):
    """Nothing is further off than nan, which stands beside a smaller mistake only if that has its own question."""
    told = said(shown(of("root", lambda z: z.sqrt() + 0.12345, t(4.0), t(900.0))))
    assert told.startswith("root(900) is nan, but must be finite.")
    told = said(shown(of("root", lambda z: z.sqrt() + 1e-5, t(4.0), t(900.0))))
    assert told.startswith("root(4) is 2, but must be 2.00001. It is nearly right")
    assert told.endswith("Another answer is far further off: root(900) is nan instead of 30.")


@pytest.mark.parametrize("last", ["alone", "refused", "raised"])
def test_without_other_answers_the_first_stays(shown, last: str):
    """Nothing is asked of the student's code once more."""

    def check(student: Student, case: Case) -> None:
        if last == "raised":
            raises(ValueError, student.refuse, t(1))
        close(student.loss(t(5.0)), 5.0)
        if last != "alone":
            close(student.loss(t(2000.0)), 2000.0)

    told = shown(check)
    assert len(events(told.student)) == 1 + (last == "raised")
    assert said(told).startswith("The result of loss is")


def test_a_check_that_cannot_use_wrong_values_ends_there(shown):
    """What breaks after a wrong value is no fault: the check would not have come so far."""

    def check(student: Student, case: Case) -> None:
        for z, value in zip((t(5.0), t(2000.0)), student.loss.each([args(t(5.0)), args(t(2000.0))]), strict=True):
            close(value, z.sum(), name="the loss")
            {5.0: "right"}[value.item()]

    assert said(shown(check)).startswith("The loss is")
