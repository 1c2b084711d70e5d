"""autograder.checking.curves: a failure shows the values that it is about as a curve."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from autograder.checking import at_most, check, close, plotted
from autograder.checking.verdict import Verdict
from autograder.evidence import Curve, Series, find
from autograder.model import Outcome


def shown(values: Any, **more: Any) -> Series | None:
    """The series that a failure shows."""
    with pytest.raises(Verdict) as caught, plotted("loss", values, over="epoch", **more):  # noqa: PT012
        at_most(2.0, 1.0, "the loss")
    assert caught.value.outcome is Outcome.FAILED
    return find(caught.value.evidence, Series)


def test_a_failure_shows_the_values():
    """Counted from 1 on, and what is no number as what it is."""
    series = shown(torch.tensor([1.0, math.nan, math.inf]), logarithmic=True)
    curve = Curve("yours", ("1", "2", "3"), ("1", "nan", "inf"))
    assert series == Series("loss", "epoch", "loss", (curve,), logarithmic=True)


def test_what_is_known_to_be_right_is_shown_too():
    """As a second curve; a list will do."""
    series = shown([1, 0.5], right=[1.0, 0.25])
    assert [(curve.label, curve.y) for curve in series.curves] == [("yours", ("1", "0.5")), ("must be", ("1", "0.25"))]


@pytest.mark.parametrize(
    "values",
    [
        None,
        "text",
        ["a", "b"],
        [1.0],
        [1.0, 10**400],
        torch.zeros(2, 2),
        torch.zeros(201),
        torch.zeros(3, dtype=torch.complex64),
        {"a": 1},
    ],
    ids=repr,
)
def test_what_is_no_curve_is_not_shown(values: Any):
    """Whatever a student returned: the check fails as it would without."""
    assert shown(values) is None


def test_a_check_that_passes_shows_nothing():
    """And the words inside are as they always are."""
    with plotted("loss", [1.0, 0.5], over="epoch"):
        close(1.0, 1.0)


@pytest.mark.parametrize("visible", [True, False])
def test_a_hidden_check_shows_no_values(checked_by, submit, text, by_name, visible: bool):
    """The result of a real submission holds the curve only if students can see the check."""
    import dataclasses

    @check("double")
    def halves(student, case):
        """Double halves."""
        values = student.double(torch.tensor([1.0, 2.0]))
        with plotted("size", values, over="entry"):
            at_most(values.max(), 1.0, "the largest")

    plan = checked_by(halves)
    checks = tuple(dataclasses.replace(one, visible=visible) for one in plan.checks)
    result = by_name(submit(text(), plan=dataclasses.replace(plan, checks=checks)))["halves"]
    assert result.outcome is Outcome.FAILED
    assert (find(result.evidence, Series) is not None) == visible
