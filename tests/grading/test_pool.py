"""autograder.grading.pool: every task gets its answer once, even where a process dies."""

from __future__ import annotations

import operator
from pathlib import Path

from autograder.grading.pool import Lost, run_parallel


def test_every_task_is_done_once():
    """With more tasks than processes, in whatever order they end."""
    answers = run_parallel(operator.neg, range(1, 6), 2)
    assert sorted(answers) == [(1, -1), (2, -2), (3, -3), (4, -4), (5, -5)]


def test_a_process_that_dies_takes_no_other_task_with_it(tmp_path: Path):
    """A task is tried again by a fresh process and lost after a second death (here a task is a text to execute)."""
    seen = f"import os, pathlib; seen = pathlib.Path({str(tmp_path / 'seen')!r})"
    dies_once, dies = f"{seen}; seen.exists() or [seen.touch(), os._exit(1)]", "import os; os._exit(1)"
    answers = list(run_parallel(exec, [dies_once, dies, "pass"], 1))
    assert answers == [(dies_once, None), (dies, Lost(dies)), ("pass", None)]


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
