"""`autograder check` in a student's kit, and a notebook's `check()`: a mistake goes by its name there too."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SQUARED = "Your result is the square of x: is twice the same as squared?"
NOTEBOOK = """
from pathlib import Path
import autograder.notebook as notebook
notebook.display = print
exec(Path("scaling.py").read_text())
notebook.check("scaling")
"""


@pytest.fixture(scope="module")
def built(run, make_course, tmp_path_factory) -> Path:
    """A kit as `autograder build` and `autograder start` make it, far from any course."""
    course = make_course(tmp_path_factory.mktemp("staff") / "course")
    assert run(course, "autograder build").returncode == 0
    kit = tmp_path_factory.mktemp("student") / "kit"
    return shutil.copytree(course / "student_template", kit)


@pytest.fixture
def kit(built: Path, tmp_path: Path) -> Path:
    """A kit that this test may change; its folder has a name of its own, as every student's has."""
    return shutil.copytree(built, tmp_path / "my work")


@pytest.fixture
def names(run) -> Callable[..., dict[str, str]]:
    """The mistakes that `autograder check` names in a kit, by the names of the checks."""

    def check(kit: Path, options: str = "") -> dict[str, str]:
        done = run(kit, f"autograder check scaling --json {options}")
        assert done.returncode in (0, 1), done.stderr
        (result,) = json.loads(done.stdout)["results"]
        return {check["name"]: check["misconception"] for check in result["checks"] if check["misconception"]}

    return check


def record_of(kit: Path) -> Path:
    """The recorded answers."""
    return kit / "assignments" / "scaling" / "answers.json"


def test_a_known_mistake_goes_by_its_name(run, kit: Path, work):
    """Its sentence stands once below the checks, with the first of those that it explains."""
    (kit / "scaling.py").write_text(work("x.square()"))
    done = run(kit, "autograder check --all", COLUMNS="200")
    assert (done.returncode, done.stderr) == (1, "")
    assert "1 passed, 2 failed" in done.stdout
    named = f"  What explains it\n      {SQUARED}\n      explains: double(x) is x + x. (and 1 more)\n"
    assert named in done.stdout


def test_the_failure_that_is_shown_has_its_name(run, kit: Path, work):
    """In the short form the sentence stands in that failure, and how many others it explains."""
    (kit / "scaling.py").write_text(work("x.square()"))
    told = run(kit, "autograder check", COLUMNS="200").stdout
    assert told.count(SQUARED) == 1
    assert "The same mistake explains 1 more of the failures." in told


def test_right_code_has_no_name(kit: Path, work, names):
    """Everything passes, and the record is not even read."""
    (kit / "scaling.py").write_text(work())
    record_of(kit).write_text("nonsense")
    assert names(kit) == {}


def test_another_seed_names_nothing(kit: Path, work, names):
    """The answers on record are those to the inputs of the kit's own seed."""
    (kit / "scaling.py").write_text(work("x.square()"))
    assert names(kit, "--seed 1") == {}


def test_a_damaged_record_names_nothing(kit: Path, work, run):
    """Nor does it change anything else of the results."""
    (kit / "scaling.py").write_text(work("x.square()"))
    record_of(kit).write_text(record_of(kit).read_text()[:-20])
    done = run(kit, "autograder check scaling")
    assert (done.returncode, done.stderr) == (1, "")
    assert "1 passed, 2 failed" in done.stdout
    assert "explains" not in done.stdout


def test_a_notebook_names_mistakes_too(kit: Path, work):
    """`check()` in a folder of the kit reads the same record."""
    (kit / "scaling.py").write_text(work("x**2"))
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK], cwd=kit, capture_output=True, encoding="utf-8", timeout=600, check=True
    )
    assert SQUARED in done.stdout
