"""What tests of several parts start from: the miniature course, and grading through the real process boundary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import torch

from autograder import data
from autograder.course import Course
from autograder.grading import spare
from autograder.grading.plan import Plan, Setting
from autograder.grading.runner import grade
from autograder.grading.submissions import Submission
from autograder.model import CheckResult, Result


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


@pytest.fixture(scope="session", autouse=True)
def _no_spare_worker_at_the_end() -> Iterator[None]:
    """The worker that waits for a next submission is ended, so that Python does not warn of its socket."""
    yield
    spare.release()


@pytest.fixture(scope="session")
def course() -> Course:
    """The miniature course: one assignment, `scaling`, with five checks, two of them hidden."""
    return Course(Path(__file__).parent / "course")


@pytest.fixture(scope="session")
def plan(course: Course) -> Plan:
    """Everything the trusted side knows of the miniature assignment."""
    return Plan.of(course, "scaling")


@pytest.fixture
def submit(plan: Plan, tmp_path: Path) -> Callable[..., Result]:
    """Hand in a text as `scaling.py` and have it graded by a real worker process."""

    def submit_and_grade(source: str, student: str = "ana", *, plan: Plan = plan, seed: int = 0) -> Result:
        folder = tmp_path / student
        folder.mkdir(exist_ok=True)
        (folder / "scaling.py").write_text(source, encoding="utf-8")
        return grade(plan, Submission(student, folder), Setting(seed=seed, load_data=partial(data.load, "digits")))

    return submit_and_grade


@pytest.fixture(scope="session")
def by_name() -> Callable[[Result], dict[str, CheckResult]]:
    """The checks of a result by their names."""
    return lambda result: {check.name: check for check in result.checks}
