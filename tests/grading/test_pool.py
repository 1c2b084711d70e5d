"""autograder.grading.pool: every task gets its answer once, even where a process dies."""

from __future__ import annotations

import operator
import os
from pathlib import Path

import pytest

from autograder.grading.pool import Lost, run_parallel


@pytest.mark.parametrize(("count", "processes"), [(0, 2), (1, 2), (5, 2)])
def test_every_task_is_done_once(count: int, processes: int):
    """With more tasks than processes, with fewer, and with none."""
    answers = list(run_parallel(operator.neg, range(1, count + 1), processes))
    assert sorted(answers) == [(task, -task) for task in range(1, count + 1)]


def test_a_task_that_kills_its_process_is_lost_and_no_other():
    """It is tried twice; then the next task gets a fresh process."""
    assert list(run_parallel(os._exit, [3, 4], 1)) == [(3, Lost(3)), (4, Lost(4))]


def test_a_process_that_dies_once_costs_nothing(tmp_path: Path):
    """Its task is done by a fresh process (`exec` is the work here, and each task a text to execute)."""
    seen = f"import os, pathlib; seen = pathlib.Path({str(tmp_path / 'seen')!r})"
    dies_once = f"{seen}; seen.exists() or [seen.touch(), os._exit(1)]"
    assert list(run_parallel(exec, [dies_once, "pass"], 1)) == [(dies_once, None), ("pass", None)]


def test_tasks_are_taken_as_they_are_needed():
    """Any number of them fits in memory: no more are taken than there are processes."""
    taken = []

    def tasks():
        for number in range(1, 100):
            taken.append(number)
            yield number

    run = run_parallel(operator.neg, tasks(), 1)
    assert next(run) == (1, -1)
    assert taken == [1]
    run.close()
