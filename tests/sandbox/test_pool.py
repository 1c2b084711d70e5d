"""autograder.sandbox.pool: every task gets its answer once, even where a process dies."""

from __future__ import annotations

import operator
from pathlib import Path

import pytest

from autograder.errors import AutograderError, UsageError
from autograder.sandbox.pool import Lost, run_parallel, unwrapped


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


def test_an_exception_comes_home_and_ends_no_process():
    """With its words and its traceback; the tasks beside it have their answers."""
    answers = dict(run_parallel(exec, ["pass", "{}['key']", "1 / 0", "import os"], 2))
    assert (answers["pass"], answers["import os"]) == (None, None)
    assert answers["{}['key']"].message == "KeyError: 'key'"
    assert answers["1 / 0"].traceback.startswith("Traceback (most recent call last):\n")
    assert answers["1 / 0"].traceback.endswith("ZeroDivisionError: division by zero\n")


def test_what_cannot_be_sent_home_is_told():
    """An answer that cannot be pickled costs its own task only."""
    answers = dict(run_parallel(eval, ["lambda: 0", "1 + 1"], 1))
    assert answers["1 + 1"] == 2
    assert "pickle" in answers["lambda: 0"].message


RAISES = {
    "a usage error": ("from autograder.errors import CourseError as E; raise E('no title')", UsageError, "^no title$"),
    "a fault": ("from autograder.errors import AutograderError as E; raise E('odd')", AutograderError, "^odd$"),
    "any other": ("1 / 0", AutograderError, "^The task failed:\nTraceback .*\nZeroDivisionError: division by zero$"),
    "a death": ("import os; os._exit(1)", AutograderError, "^The task died twice.$"),
}


@pytest.mark.parametrize(("code", "kind", "says"), RAISES.values(), ids=RAISES)
def test_a_task_that_all_depends_on_raises_here(code: str, kind: type[Exception], says: str):
    """Wrong use stays wrong use, and a fault stays a fault; nothing is wrapped in further tracebacks."""
    ((_, answer),) = run_parallel(exec, [code], 1)
    with pytest.raises(kind, match=f"(?s){says}") as caught:
        unwrapped(answer, "the task")
    assert type(caught.value) is kind


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
