"""What tests of several parts start from: the miniature course, and grading through the real process boundary."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder import data
from autograder.checking.registry import Check
from autograder.course import Course
from autograder.grading.runner import grade
from autograder.model import Budget, CheckResult, Exercise, Result
from autograder.plan import Plan, Setting
from autograder.sandbox import process
from autograder.sandbox.forkserver import CAN_FORK
from autograder.sandbox.workers import Workers
from autograder.submissions.files import Submission

from .warm import Warm, run_afresh

SUBMISSION = """import torch
{top}


def double(x):
    {double}


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        {add}
"""


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Many threads on few cores take longer than one."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def _secret_in_the_environment() -> Iterator[None]:
    """A secret that is there before the first worker starts, and that none must see."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_TEST_TOKEN", "s3cret")
        yield


@pytest.fixture(scope="session")
def workers(_secret_in_the_environment) -> Iterator[Workers]:
    """What starts worker processes, for all tests that do not need one of their own."""
    with Workers() as workers:
        yield workers


@pytest.fixture(scope="session")
def warm(tmp_path_factory, _secret_in_the_environment) -> Iterator[Warm]:
    """What runs commands without importing torch for each of them."""
    with closing(Warm(tmp_path_factory.mktemp("warm") / "socket")) as warm:
        yield warm


@pytest.fixture(scope="session")
def run_nbgrader(tmp_path_factory) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Run one of nbgrader's own commands in a folder; gives exit code and output."""
    paths = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls alembic by its bare name
    with ExitStack() as ending:
        run_words = run_afresh
        if CAN_FORK:
            warm = Warm(tmp_path_factory.mktemp("warm") / "socket", "nbgrader")
            run_words = ending.enter_context(closing(warm)).run

        def run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
            variables = os.environ | {"PATH": paths, "OMP_NUM_THREADS": "1"} | environment
            variables.pop("AUTOGRADER_COURSE", None)  # the course directory itself says which course it is of
            return run_words(["nbgrader", *words], folder, variables, timeout=600)

        yield run


@pytest.fixture(scope="module")
def commands_share_workers(workers: Workers) -> Iterator[None]:
    """Commands that are called in this process do not each start a fork server, which takes more than a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.sandbox.workers.Workers", lambda: nullcontext(workers))
        yield


@pytest.fixture(scope="session")
def course() -> Course:
    """The miniature course: one assignment, `scaling`, with five checks, two of them hidden."""
    return Course(Path(__file__).parent / "course")


@pytest.fixture(scope="session")
def plan(course: Course) -> Plan:
    """Everything the trusted side knows of the miniature assignment."""
    return Plan.of(course, "scaling")


@pytest.fixture
def submit(plan: Plan, tmp_path: Path, workers: Workers) -> Callable[..., Result]:
    """Hand in a text as `scaling.py` and have it graded by a real worker process."""

    def submit_and_grade(
        source: str, student: str = "ana", *, plan: Plan = plan, seed: int = 0, carry_forward: str = "off"
    ) -> Result:
        folder = tmp_path / student
        folder.mkdir(exist_ok=True)
        (folder / "scaling.py").write_text(source, encoding="utf-8")
        setting = Setting(seed=seed, load_data=partial(data.load, "digits"), carry_forward=carry_forward)
        return grade(plan, Submission(student, folder), setting, workers=workers)

    return submit_and_grade


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Path:
    """The folder of the results of `grade examples/class`, one for all processes of a run; it is not to be changed."""
    own = tmp_path_factory.getbasetemp()
    if not CAN_FORK or "PYTEST_XDIST_WORKER" not in os.environ:
        return grade_examples(own / "demo")
    import fcntl  # which Windows lacks

    done = own.parent / "demo.done"
    with done.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            grade_examples(own.parent / "demo")
            done.touch()
    return own.parent / "demo"


def grade_examples(out: Path) -> Path:
    """Run `grade examples/class`; gives the folder of the results."""
    command = [Path(sys.executable).with_name("grade"), "examples/class", "--out", out]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, encoding="utf-8", timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def by_name() -> Callable[[Result], dict[str, CheckResult]]:
    """The checks of a result by their names."""
    return lambda result: {check.name: check for check in result.checks}


@pytest.fixture(scope="session")
def text() -> Callable[..., str]:
    """A right submission of the miniature assignment, with other lines where a test wants them."""

    def write(
        double: str = "return x + x", *, add: str = "self.total += amount; return self.total", top: str = ""
    ) -> str:
        double, add = double.replace("\n", "\n    "), add.replace("\n", "\n        ")
        return SUBMISSION.format(top=top, double=double, add=add)

    return write


@pytest.fixture
def limited(plan: Plan) -> Callable[..., Plan]:
    """The miniature assignment with another budget."""

    def limit(*, check_seconds: float = 60, submission_seconds: float = 120, memory_mb: int = 512) -> Plan:
        budget = Budget(check_seconds, submission_seconds, memory_mb)
        return dataclasses.replace(plan, assignment=dataclasses.replace(plan.assignment, budget=budget))

    return limit


@pytest.fixture
def checked_by(plan: Plan) -> Callable[..., Plan]:
    """The miniature assignment with other checks, all visible and all of the exercise `double`."""

    def replace_checks(*functions: Callable, needs: dict[str, str] | None = None, check_seconds: float = 60) -> Plan:
        checks = tuple(Check(f, "double", needs=(needs or {}).get(f.__name__)) for f in functions)
        exercise = Exercise("double", "Twice a tensor", 6.0, ("double",))
        assignment = dataclasses.replace(plan.assignment, exercises=(exercise,), budget=Budget(check_seconds))
        return dataclasses.replace(plan, assignment=assignment, checks=checks)

    return replace_checks


@pytest.fixture
def sent(monkeypatch) -> list[dict]:
    """Everything that is sent to workers, as it is sent."""
    messages: list[dict] = []
    send = process.wire.send

    def record(sock: Any, nonce: str, value: dict, **options: Any) -> None:
        messages.append(dict(value))
        send(sock, nonce, value, **options)

    monkeypatch.setattr(process.wire, "send", record)
    return messages
