"""autograder.authoring.trials: known mistakes fail the same checks in this process as they do when they are graded."""

from __future__ import annotations

import dataclasses
from functools import partial

import pytest
import torch

from autograder import data
from autograder.authoring.stubs import cut_stub
from autograder.authoring.trials import LocalTrials, Observation, crossing, graded, played
from autograder.checking import change, require
from autograder.checking.case import Case
from autograder.checking.local import local_student, module_from
from autograder.checking.mistakes import Misconception
from autograder.course import Course
from autograder.model import Budget, Outcome
from autograder.plan import Plan, Setting

SETTING = Setting(load_data=partial(data.load, "digits"))


def test_both_ways_see_the_same(plan: Plan, workers):
    """The reference, each known mistake, and a text of any kind."""
    trials = LocalTrials(plan, SETTING)
    nothing = Observation(frozenset(), frozenset())
    assert trials.reference == Observation.of(plan, graded(plan, plan.reference, SETTING, workers).checks) == nothing
    for known in plan.misconceptions:
        result = graded(plan, known.apply(plan.reference), SETTING, workers)
        assert trials.mistake(known) == Observation.of(plan, result.checks) != nothing


def test_what_is_played_here_ends_and_is_named_as_what_is_graded(plan: Plan, workers):
    """Each known mistake, check by check."""

    def told(results) -> list[tuple]:
        return [(check.name, check.outcome, check.misconception) for check in results]

    for known in plan.misconceptions:
        source = known.apply(plan.reference)
        here = told(played(plan, source, SETTING))
        assert here == told(graded(plan, source, SETTING, workers).checks)
        assert known.id in {name for *_, name in here}


def test_what_is_played_here_is_not_explained(plan: Plan, workers):
    """That takes longer than the checks, and nobody reads it."""
    source = plan.reference.replace("2 * x", "3 * x")
    assert any(check.evidence for check in graded(plan, source, SETTING, workers).checks)
    here = played(plan, source, SETTING)
    assert Outcome.FAILED in {check.outcome for check in here}
    assert not any(check.evidence for check in here)


def test_a_mistake_that_never_ends_is_stopped_here_too(plan: Plan):
    """By the limit of the assignment, as its worker would be."""
    assignment = dataclasses.replace(plan.assignment, budget=Budget(check_seconds=0.2))
    endless = plan.reference.replace("return 2 * x", "while True:\n        x = x + 0")
    assert endless != plan.reference
    results = played(dataclasses.replace(plan, assignment=assignment), endless, SETTING)
    assert Outcome.TIMED_OUT in {check.outcome for check in results}


def test_of_each_exercise_a_mistake_crosses_the_process_boundary(course: Course, plan: Plan):
    """And each one of which nothing is recorded."""
    record = course.record("scaling")
    assert crossing(plan, None) == {known.id for known in plan.misconceptions}
    sample = crossing(plan, record)
    assert len(sample) < len(plan.misconceptions)
    tripped = {name for known in plan.misconceptions if known.id in sample for name in known.trips}
    exercises = {check.exercise for check in plan.checks if check.name in tripped}
    assert exercises == {exercise.id for exercise in plan.assignment.exercises}
    new = dataclasses.replace(plan.misconceptions[0], id="new")
    assert "new" in crossing(dataclasses.replace(plan, misconceptions=(*plan.misconceptions, new)), record)


def test_a_stub_passes_nothing(plan: Plan):
    """Each check misses an answer."""
    seen = LocalTrials(plan, SETTING).other(cut_stub(plan.reference, plan.assignment))
    assert seen.failing == {check.name for check in plan.checks}


def test_a_text_that_cannot_be_imported_passes_nothing(plan: Plan):
    """It has no function at all."""
    seen = LocalTrials(plan, SETTING).other("import no_such_module\n")
    assert seen.failing == {check.name for check in plan.checks}


@pytest.fixture
def doubled_and_counted(checked_by) -> tuple[Plan, list[str]]:
    """A plan with a check of each function of the miniature assignment, and the names of those that ran."""
    ran = []

    def doubles(student, case):
        ran.append("doubles")
        require(student.double(torch.ones(1)).item() == 2, "Not doubled.")

    def counts(student, case):
        ran.append("counts")
        require(student.Counter(1).add(2) == 3, "Not counted.")

    return checked_by(doubles, counts), ran


@pytest.mark.parametrize(
    ("edit", "runs"),
    [
        (change("double", "return 2 *", "return 3 *"), ["doubles"]),
        (change("Counter.add", "+=", "="), ["counts"]),
        (change("Counter", '"""Adds', '"""Sums'), ["doubles", "counts"]),
    ],
    ids=["a function", "a method", "lines outside of both"],
)
def test_a_check_that_never_enters_what_is_changed_is_not_run(doubled_and_counted, edit, runs: list[str]):
    """It ends as it does for the reference, which saves most of the time of many seeds."""
    plan, ran = doubled_and_counted
    trials = LocalTrials(plan, SETTING)
    ran.clear()
    seen = trials.mistake(Misconception("m", (), "?", (edit,)))
    assert ran == runs
    assert seen.failing <= set(runs)


def test_a_plan_for_a_mistake_has_all_checks_but_runs_those_that_can_see_it(doubled_and_counted):
    """The others pass at once, under their names."""
    plan, ran = doubled_and_counted
    trials = LocalTrials(plan, SETTING)
    ran.clear()
    narrowed = trials.shortened(Misconception("m", (), "?", (change("Counter.add", "+=", "="),)), recorded=True)
    assert [check.name for check in narrowed.checks] == ["doubles", "counts"]
    assert LocalTrials(narrowed, SETTING).reference == trials.reference
    assert ran == ["counts"]


@pytest.mark.parametrize(
    ("recorded", "trips", "runs"), [(True, (), []), (True, ("trains",), ["doubles"]), (False, (), ["doubles"])]
)
def test_a_training_that_a_mistake_is_recorded_to_pass_is_left_out(doubled_and_counted, recorded, trips, runs):
    """It takes long. Where it is recorded to fail, or the record does not count, the training is run."""
    plan, ran = doubled_and_counted
    doubles, counts = plan.checks

    def trains(student, case):
        case.rows = 10
        doubles.run(student, case)

    plan = dataclasses.replace(plan, checks=(dataclasses.replace(doubles, run=trains), counts))
    trials = LocalTrials(plan, SETTING)
    ran.clear()
    mistake = Misconception("m", trips, "?", (change("double", "return 2 *", "return 3 *"),))
    case = Case(0, load_data=None, training={}, secret_pixels=False)
    for check in trials.shortened(mistake, recorded=recorded).checks:
        check.run(local_student(module_from(plan.reference, "own")), case)
    assert ran == runs


def test_a_check_waits_for_the_one_that_it_needs(doubled_and_counted):
    """And so does one that waits for it."""
    plan, ran = doubled_and_counted
    doubles, counts = plan.checks
    last = dataclasses.replace(counts, run=lambda student, case: None, needs="counts")
    plan = dataclasses.replace(plan, checks=(doubles, dataclasses.replace(counts, needs="doubles"), last))
    seen = LocalTrials(plan, SETTING).other("def double(x):\n    return x\n")
    assert (seen.failing, seen.skipped) == ({"doubles"}, {"counts", "<lambda>"})


def test_what_the_reference_does_not_pass_is_told(checked_by):
    """With the exception that a check of the author's raises, for instance."""

    def breaks(student, case):
        raise KeyError("rows")

    assert LocalTrials(checked_by(breaks), SETTING).reasons == {"breaks": "KeyError: 'rows'"}
