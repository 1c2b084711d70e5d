"""autograder.sandbox.pool: every task gets its answer once, even where a process dies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.errors import AutograderError, UsageError
from autograder.sandbox.pool import Lost, run_parallel, unwrapped
from autograder.sandbox.workers import Workers

pytestmark = pytest.mark.slow


class Work:
    """A function that a grader gets as its text, since it cannot import this file."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __reduce__(self) -> tuple:
        return eval, (self._text,)


NEGATED = Work("lambda number, workers: -number")
EXECUTED = Work("lambda code, workers: exec(code)")
EVALUATED = Work("lambda code, workers: eval(code)")


def test_every_task_is_done_once(workers):
    """With more tasks than processes, in whatever order they end."""
    answers = run_parallel(NEGATED, range(1, 6), processes=2, workers=workers)
    assert sorted(answers) == [(1, -1), (2, -2), (3, -3), (4, -4), (5, -5)]


def test_a_process_that_dies_takes_no_other_task_with_it(workers, tmp_path: Path):
    """A task is tried again by a fresh process and lost after a second death (here a task is a text to execute)."""
    seen = f"import os, pathlib; seen = pathlib.Path({str(tmp_path / 'seen')!r})"
    dies_once, dies = f"{seen}; seen.exists() or [seen.touch(), os._exit(1)]", "import os; os._exit(1)"
    answers = list(run_parallel(EXECUTED, [dies_once, dies, "pass"], processes=1, workers=workers))
    assert answers == [(dies_once, None), (dies, Lost(dies)), ("pass", None)]


def test_an_exception_comes_home_and_ends_no_process(workers):
    """With its words and its traceback; the tasks beside it have their answers."""
    tasks = ["pass", "{}['key']", "1 / 0", "import os"]
    answers = dict(run_parallel(EXECUTED, tasks, processes=2, workers=workers))
    assert (answers["pass"], answers["import os"]) == (None, None)
    assert answers["{}['key']"].message == "KeyError: 'key'"
    assert answers["1 / 0"].traceback.startswith("Traceback (most recent call last):\n")
    assert answers["1 / 0"].traceback.endswith("ZeroDivisionError: division by zero\n")


def test_what_cannot_be_sent_home_is_told(workers):
    """An answer that cannot be pickled costs its own task only."""
    answers = dict(run_parallel(EVALUATED, ["lambda: 0", "1 + 1"], processes=1, workers=workers))
    assert answers["1 + 1"] == 2
    assert "pickle" in answers["lambda: 0"].message


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_grader_does_not_outlive_the_workers_that_forked_it():
    """Also where nobody has ended the run."""
    with Workers() as own:
        run = run_parallel(EVALUATED, ["__import__('os').getpid()"] * 2, processes=1, workers=own)
        _, grader = next(run)
    assert not Path(f"/proc/{grader}").exists()
    run.close()


RAISES = {
    "a usage error": ("from autograder.errors import CourseError as E; raise E('no title')", UsageError, "^no title$"),
    "a fault": ("from autograder.errors import AutograderError as E; raise E('odd')", AutograderError, "^odd$"),
    "any other": ("1 / 0", AutograderError, "^The task failed:\nTraceback .*\nZeroDivisionError: division by zero$"),
    "a death": ("import os; os._exit(1)", AutograderError, "^The task died twice.$"),
}


@pytest.mark.parametrize(("code", "kind", "says"), RAISES.values(), ids=RAISES)
def test_a_task_that_all_depends_on_raises_here(workers, code: str, kind: type[Exception], says: str):
    """Wrong use stays wrong use, and a fault stays a fault; nothing is wrapped in further tracebacks."""
    ((_, answer),) = run_parallel(EXECUTED, [code], processes=1, workers=workers)
    with pytest.raises(kind, match=f"(?s){says}") as caught:
        unwrapped(answer, "the task")
    assert type(caught.value) is kind


def test_tasks_are_taken_as_they_are_needed(workers):
    """Any number of them fits in memory: no more are taken than there are processes."""
    taken = []

    def tasks():
        for number in range(1, 100):
            taken.append(number)
            yield number

    run = run_parallel(NEGATED, tasks(), processes=1, workers=workers)
    assert next(run) == (1, -1)
    assert taken == [1]
    run.close()


HANGS_UP = """
import operator
import socket
from autograder.sandbox import pool
from autograder.sandbox.workers import Workers

with Workers() as workers:
    ours, theirs = socket.socketpair()
    workers.fork_grader(theirs, pool.__name__, [])
    theirs.close()
    ours.close()
    # Graders are forked in turn, so that the first has ended when the second answers.
    list(pool.run_parallel(operator.is_, [1], processes=1, workers=workers))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere graders are not forked")
def test_a_grader_that_nobody_listens_to_ends_quietly():
    """A command that stops at an author's typo leaves no traceback of a grader that was just starting."""
    done = subprocess.run([sys.executable, "-c", HANGS_UP], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
