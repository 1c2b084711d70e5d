"""autograder.plan: what the trusted side knows, and what each check is worth."""

from __future__ import annotations

from dataclasses import replace

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
    assert (visible.misconceptions, visible.reference) == ((), None)


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
