"""What tests of the commands start from: commands typed into a shell, the miniature course, and work of a student."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.sandbox.forkserver import CAN_FORK

from .. import warm

SECONDS = 600.0
OURS = ("NO_COLOR", "FORCE_COLOR", "CI", "COLUMNS", "AUTOGRADER_DATA")  # what would change the output

WORK = """import torch


def double(x):
    return {double}


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        self.total += amount
        return self.total
"""


@pytest.fixture(scope="session")
def run_afresh() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command line in a folder, in a Python that starts for it; gives exit code, stdout and stderr."""

    def run_in(folder: Path, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return warm.run_afresh(shlex.split(line), folder, _kept() | environment, timeout=SECONDS)

    return run_in


@pytest.fixture(scope="session")
def run(request, run_afresh) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command line as a user types it, in a folder; gives exit code, stdout and stderr."""

    def run_in(folder: Path, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        words = shlex.split(line)
        for_python = any(name.startswith("PYTHON") for name in environment)  # which reads them when it starts
        if words[0] not in warm.COMMANDS or for_python or not CAN_FORK:
            return run_afresh(folder, line, **environment)
        process = request.getfixturevalue("warm")
        return process.run(words, folder, _kept() | environment, timeout=SECONDS)

    return run_in


def _kept() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in OURS}


@pytest.fixture(scope="session")
def refused(run) -> Callable[..., str]:
    """Run a command line that is wrong use: exit code 2, nothing on stdout; gives the one line on stderr."""

    def run_and_refuse(folder: Path, line: str, **environment: str) -> str:
        done = run(folder, line, **environment)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("Error: ")
        assert done.stderr.count("\n") == 1
        return done.stderr

    return run_and_refuse


@pytest.fixture(scope="session")
def make_course(course: Course) -> Callable[[Path], Path]:
    """Copy the miniature course to a folder."""
    return lambda to: shutil.copytree(course.root, to, ignore=shutil.ignore_patterns("__pycache__"))


@pytest.fixture
def own(make_course, tmp_path: Path) -> Path:
    """The miniature course in a folder that this test may change."""
    return make_course(tmp_path / "course")


@pytest.fixture(scope="session")
def work() -> Callable[..., str]:
    """The text of a submission of the miniature assignment; right, unless `double` returns something else."""
    return lambda double="x + x": WORK.format(double=double)


@pytest.fixture(scope="session")
def clone() -> Path:
    """The real course."""
    return Path(__file__).resolve().parents[2]
