"""What breaks only after a submission's code has run earns nothing, until the staff have looked."""

from __future__ import annotations

import json

from autograder.errors import AutograderError
from autograder.grading import runner
from autograder.model import Outcome
from autograder.sandbox.workers import Workers

ENDS_ITSELF = "import os; os._exit(0)"


def test_without_another_worker_after_the_code_has_run_nothing_is_earned(submit, text, by_name, monkeypatch):
    """The code may have ended what starts them."""
    take = Workers.take
    taken = []

    def take_once(self, spec):
        if taken:
            raise AutograderError("The process that starts the workers is gone.")
        taken.append(spec)
        return take(self, spec)

    monkeypatch.setattr(Workers, "take", take_once)
    checks = by_name(submit(text(ENDS_ITSELF)))
    assert {check.outcome for check in checks.values()} == {Outcome.CRASHED}
    assert "the staff should look at it" in checks["adds_up"].message


def test_without_any_worker_everything_is_kept(submit, text, monkeypatch):
    """Nothing of the submission has run, so that it cannot be to blame."""

    def take_none(self, spec):
        raise AutograderError("The process that starts the workers cannot be started.")

    monkeypatch.setattr(Workers, "take", take_none)
    result = submit(text(ENDS_ITSELF))
    assert {check.outcome for check in result.checks} == {Outcome.GRADER_FAULT}


def test_a_second_run_that_breaks_leaves_the_first_mark(submit, text, monkeypatch):
    """A fault there is told in a note; it neither earns the points of a check that failed nor costs any."""

    def breaks(self, results):
        raise AutograderError("injected")

    monkeypatch.setattr(runner.SecondRun, "over", breaks)
    result = submit(text("return x * x"), carry_forward="report")
    checks = {check.name: check for check in result.checks}
    assert checks["doubles_each_entry"].outcome is Outcome.FAILED
    assert checks["adds_up"].outcome is Outcome.PASSED
    assert any("could not be formed (AutograderError: injected)" in note for note in result.notes)


def test_without_a_worker_for_the_second_file_nothing_is_earned(submit, text, tmp_path, monkeypatch):
    """The first one has run the code, which may have ended what starts workers."""
    take = Workers.take
    taken = []

    def take_once(self, spec):
        if taken:
            raise AutograderError("The process that starts the workers is gone.")
        taken.append(spec)
        return take(self, spec)

    monkeypatch.setattr(Workers, "take", take_once)
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None, "source": text()}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "ana").mkdir()
    (tmp_path / "ana" / "scaling.ipynb").write_text(json.dumps(notebook))
    result = submit(text("return x * x"))
    assert Outcome.GRADER_FAULT not in {check.outcome for check in result.checks}
    assert result.score < result.max_score


def test_memory_that_runs_out_on_an_answer_is_no_fault(submit, text, by_name, monkeypatch):
    """Even if the reference's answers would not fit either."""
    monkeypatch.setattr(runner, "passes", lambda *_: False)
    run = runner.result_of

    def no_memory(plan, check, outcome, *rest, **more):
        if outcome is Outcome.PASSED and check.name == "doubles_each_entry":
            raise MemoryError
        return run(plan, check, outcome, *rest, **more)

    monkeypatch.setattr(runner, "result_of", no_memory)
    checks = by_name(submit(text()))
    assert checks["doubles_each_entry"].outcome is Outcome.FAILED
    assert checks["adds_up"].outcome is Outcome.PASSED
