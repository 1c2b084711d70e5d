"""What a submission answers costs the grader little, whatever it is."""

from __future__ import annotations

import time

import pytest
import torch

from autograder.actions import Call
from autograder.checking.transcript import Event
from autograder.diagnosis.check_run import CheckRun
from autograder.grading import kept
from autograder.grading.kept import KeptRuns
from autograder.grading.recognition import TOO_LARGE as NOT_COMPARED
from autograder.grading.remote import TOO_LARGE
from autograder.model import Outcome

SECONDS = 20.0  # of this process; without the bounds it takes minutes


def run(plan, answer: object) -> CheckRun:
    return CheckRun(plan.checks[0], None, [Event(Call(None, "double", (), {}), "double()", answer=answer)])


def test_runs_are_kept_as_long_as_they_can_be_compared(plan):
    """By the number of their parts and by their bytes; beyond that none is, or a name could be false."""
    for large in ([0.5] * kept.MOST_LEAVES, torch.zeros(kept.MOST_BYTES, dtype=torch.uint8)):
        runs = KeptRuns()
        runs.add(run(plan, [1.0] * 100))
        assert (len(runs.runs), runs.is_whole) == (1, True)
        runs.add(run(plan, large))
        assert (len(runs.runs), runs.is_whole) == (0, False)


def test_long_lists_are_judged_and_not_explained(submit, text, by_name, limited):
    """The verdict stands, the submission is told why there is no more, and the rest is graded as ever."""
    began = time.process_time()
    result = submit(text("return [0.5] * 60_000"), plan=limited())
    assert time.process_time() - began < SECONDS
    checks = by_name(result)
    assert checks["doubles_each_entry"].outcome is Outcome.FAILED
    assert checks["adds_up"].outcome is Outcome.PASSED
    assert NOT_COMPARED in result.notes


def test_answers_of_a_check_have_a_size_that_can_be_expected(submit, text, by_name, limited):
    """A tensor of 40 MB for six numbers is not even received."""
    checks = by_name(submit(text("return torch.zeros(10_000_000)"), plan=limited()))
    assert checks["doubles_each_entry"].outcome is Outcome.CRASHED
    assert "38 MiB" in checks["doubles_each_entry"].message
    assert checks["adds_up"].outcome is Outcome.PASSED


@pytest.mark.slow
def test_parts_count_too(submit, text, by_name, limited):
    """Of a list the parts take room, however few bytes they have on their way."""
    checks = by_name(submit(text("return [0] * 400_000"), plan=limited()))
    assert TOO_LARGE.startswith(checks["doubles_each_entry"].message.removesuffix("."))
