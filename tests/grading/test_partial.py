"""autograder.grading.partial: at every moment of a run there is a whole result."""

from __future__ import annotations

from functools import partial

import pytest

from autograder import data
from autograder.grading import partial as module
from autograder.grading.partial import NOT_RUN, UNFINISHED, grade_step_by_step
from autograder.model import Outcome, Result
from autograder.plan import Setting
from autograder.submissions.files import Submission


@pytest.fixture
def steps(plan, workers, text, tmp_path):
    """Grade a right submission of the miniature assignment twice over; gives what is told at each step, and the end."""
    (tmp_path / "scaling.py").write_text(text())
    setting = Setting(load_data=partial(data.load, "digits"))

    def run() -> tuple[list[list[Result]], list[Result]]:
        told: list[list[Result]] = []
        end = grade_step_by_step(
            [plan, plan],
            Submission("ana", tmp_path),
            setting,
            workers=workers,
            report=lambda results: told.append(list(results)),
        )
        return told, end

    return run


def test_every_check_is_told_from_the_beginning(steps):
    """Before the first of them, after each, and at the ends: the maximum never changes, the points only grow."""
    told, end = steps()
    assert len(told) == 1 + 2 * (5 + 1)
    assert {result.max_score for results in told for result in results} == {10}
    points = [sum(result.score for result in results) for results in told]
    assert (points[0], points[-1]) == (0, 20)
    assert points == sorted(points)
    assert told[-1] == end


def test_what_was_not_reached_says_so(steps):
    """A run that is stopped leaves a note, and a sentence for each check that was not run."""
    told, end = steps()
    first, second = told[2]
    assert [check.outcome for check in first.checks[:3]] == [Outcome.PASSED] * 2 + [Outcome.SKIPPED]
    assert {check.message for check in second.checks} == {NOT_RUN}
    assert first.notes == second.notes == (UNFINISHED,)
    assert [result.notes for result in end] == [(), ()]


def test_a_fault_of_ours_costs_no_point_and_ends_nothing(steps, monkeypatch):
    """The other assignment is graded; the one that could not be waits for the staff with all its points."""
    grade = module.grade
    calls = []

    def broken_at_first(*arguments, **named):
        calls.append(arguments)
        if len(calls) == 1:
            raise KeyError("injected")
        return grade(*arguments, **named)

    monkeypatch.setattr(module, "grade", broken_at_first)
    _, (first, second) = steps()
    assert {check.outcome for check in first.checks} == {Outcome.GRADER_FAULT}
    assert (first.score, second.score) == (10, 10)
    assert {check.outcome for check in second.checks} == {Outcome.PASSED}
