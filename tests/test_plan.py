"""autograder.plan: what the trusted side knows, and what each check is worth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.checking.registry import Misconception
from autograder.errors import UsageError
from autograder.plan import Plan


def test_points_are_shared_by_weight(plan: Plan):
    """An exercise's points go to its checks, visible and hidden, in proportion to their weights."""
    points = {check.name: plan.points(check) for check in plan.checks}
    assert points == {
        "doubles_each_entry": 3,
        "keeps_its_input": 1.5,
        "doubles_real_images": 1.5,
        "adds_up": 2,
        "two_counters_are_apart": 2,
    }
    assert sum(points.values()) == plan.assignment.points == 10


def test_without_its_hidden_side_nothing_telling_is_read(course):
    """A student's check knows no hidden check, no misconception and no reference."""
    visible = Plan.of(course, "scaling", hidden=False)
    assert [check.name for check in visible.checks] == ["doubles_each_entry", "keeps_its_input", "adds_up"]
    assert (visible.misconceptions, visible.solution) == ((), None)


def test_a_reference_that_is_not_there_is_told(course):
    """Code that needs one gets a text or an error, never None."""
    assert Plan.of(course, "scaling").reference == course.solution("scaling")
    with pytest.raises(UsageError, match="no reference solution of scaling"):
        _ = Plan.of(course, "scaling", hidden=False).reference


def test_the_checks_closest_to_a_mistake_are_those_of_the_first_exercise_that_it_trips(plan: Plan):
    """In the order of the exercises, not of its own list; a mistake that trips no check is close to none."""
    known = [
        Misconception("both", trips=("adds_up", "doubles_real_images", "doubles_each_entry"), says="?"),
        Misconception("late", trips=("two_counters_are_apart", "adds_up"), says="?"),
        Misconception("never", trips=(), says="?"),
    ]
    closest = replace(plan, misconceptions=tuple(known)).closest
    names = {id: [check.name for check in checks] for id, checks in closest.items()}
    assert names == {
        "both": ["doubles_each_entry", "doubles_real_images"],
        "late": ["adds_up", "two_counters_are_apart"],
        "never": [],
    }


def test_visible_checks_come_first(plan: Plan):
    """Students see first what they can run."""
    assert [check.visible for check in plan.checks] == [True, True, True, False, False]


def test_functions_are_those_of_all_exercises(plan: Plan):
    """In the order of the exercises."""
    assert plan.functions == ["double", "Counter.add"]


def test_a_limited_plan_keeps_what_its_checks_need(plan: Plan):
    """A check that needs another cannot be judged without it, nor without what that one needs."""
    first, second, third, *others = plan.checks
    chained = [first, replace(second, needs=first.name), replace(third, needs=second.name), *others]
    limited = replace(plan, checks=tuple(chained)).limited_to({third.name})
    assert [check.name for check in limited.checks] == [first.name, second.name, third.name]
    assert [check.name for check in plan.limited_to([others[0].name]).checks] == [others[0].name]
