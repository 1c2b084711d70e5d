"""autograder.checking.curves: a failure shows the values that it is about as a curve."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from autograder.checking import at_most, check, close, plotted, walked
from autograder.checking.verdict import Verdict
from autograder.evidence import Curve, Series, find, from_record, to_record
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


def test_values_are_asked_for_once_the_check_has_failed():
    """Since that may take another training; a check that passes asks for none."""
    series = shown(lambda: [1.0, 0.5], right=lambda: [1.0, 0.25])
    assert [curve.y for curve in series.curves] == [("1", "0.5"), ("1", "0.25")]
    with plotted("loss", lambda: pytest.fail("it was asked for"), over="epoch"):
        at_most(1.0, 2.0, "the loss")


def test_values_that_cannot_be_had_are_not_shown():
    """The failure stays what it was, with the curve of what must be."""

    def broken() -> None:
        raise Verdict(Outcome.FAILED, "train returned None")

    assert [curve.label for curve in shown(broken, right=[1.0, 0.25]).curves] == ["must be"]


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


def test_factors_of_a_tensor_are_shown_in_a_row():
    """Which entries were kept, and what they were multiplied by."""
    x = torch.tensor([[2.0, -4.0, 8.0]])  # a dropped entry of -4 is not shown as -0
    series = shown(torch.tensor([[4.0, 0.0, 16.0]]), right=torch.tensor([[4.0, 0.0, 8.0]]), per=x)
    assert [curve.y for curve in series.curves] == [("2", "0", "2"), ("2", "0", "1")]


@pytest.mark.parametrize("values", [None, [1.0, 2.0, 3.0], torch.zeros(3), torch.zeros(1, 2)], ids=repr)
def test_what_has_another_shape_has_no_factors(values: Any):
    """Only what must be is shown then."""
    x = torch.ones(1, 3)
    assert [curve.label for curve in shown(values, right=x, per=x).curves] == ["must be"]


def path_of(positions: Any, **more: Any) -> Series | None:
    """The path that a failure shows."""
    right = [(torch.zeros(1), torch.tensor(0.0)), (torch.ones(1), torch.tensor(0.5))]
    with pytest.raises(Verdict) as caught, walked("the step", positions, right=right, **more):  # noqa: PT012
        close(1.0, 2.0)
    return find(caught.value.evidence, Series)


def test_a_path_is_shown_beside_the_right_one():
    """The first two numbers of the parameters after each step, whatever tensors they stand in."""
    series = path_of([(torch.zeros(1), torch.tensor(0.0)), [torch.tensor([2.0, 3.0, 9.0]), 7.0]], axes=("w", "b"))
    yours = Curve("yours", ("0", "2"), ("0", "3"))
    right = Curve("must be", ("0", "1"), ("0", "0.5"))
    assert series == Series("the step", "w", "b", (yours, right))


@pytest.mark.parametrize(
    "position", [None, torch.zeros(1), (1.0,), "ab", torch.zeros(2, dtype=torch.complex64), [{}, 1]]
)
def test_a_position_without_two_numbers_leaves_the_right_path(position: Any):
    """Whatever a student returned."""
    assert [curve.label for curve in path_of([(0.0, 0.0), position]).curves] == ["must be"]


def test_contours_surround_both_paths():
    """The loss on a grid that holds every point, also where the student's went far away or nowhere."""
    for far in (1e6, math.nan):
        series = path_of([(0.0, 0.0), (far, 1.0)], loss=lambda w, b: torch.tensor(w**2 + b))
        contours = series.contours
        columns, rows = [list(map(float, side)) for side in (contours.x, contours.y)]
        assert min(columns) < 0 < 1 < max(columns)
        assert min(rows) < 0 < 1 < max(rows)
        assert float(contours.z[0][0]) == pytest.approx(columns[0] ** 2 + rows[0], rel=1e-4)


def test_a_path_comes_back_from_a_result():
    """With its contours."""
    series = path_of([(0.0, 0.0), (2.0, 1.0)], loss=lambda w, b: torch.tensor(w * b))
    assert from_record(to_record(series)) == series
    assert from_record({**to_record(series), "contours": None}).contours is None
