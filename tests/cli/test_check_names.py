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
    done = run(kit, "autograder check", COLUMNS="200")
    assert (done.returncode, done.stderr) == (1, "")
    assert "1 passed, 2 failed" in done.stdout
    named = f"  What explains it\n      {SQUARED}\n      explains: double(x) is x + x. (and 1 more)\n"
    assert named in done.stdout


def test_each_mistake_has_its_own_name(kit: Path, work, names):
    """Also where its answers follow from what an object did before, and where it changes an input."""
    (kit / "scaling.py").write_text(work("x.add_(x)"))
    assert names(kit) == {"keeps_its_input": "in_place"}
    (kit / "scaling.py").write_text(work().replace("self.total += amount", "self.total = amount"))
    assert names(kit) == {"adds_up": "counter_forgets"}
    (kit / "scaling.py").write_text(work().replace("self.total = start", "self.total = 0"))
    assert names(kit) == {"adds_up": "start_is_lost"}


def test_one_exercise_alone_names_its_mistake(kit: Path, work, names):
    """The other exercise is not run, and says nothing."""
    (kit / "scaling.py").write_text(work("2 + x"))
    expected = {"doubles_each_entry": "adds_two", "keeps_its_input": "adds_two"}
    assert names(kit, "--exercise double") == expected


@pytest.mark.parametrize("double", ["x + x", "3 * x", "0 * x", "x * float('nan')", "x", "x + 2.5"])
def test_what_is_no_known_mistake_has_no_name(kit: Path, work, names, double: str):
    """Right code, and wrong code of which nothing is on record."""
    (kit / "scaling.py").write_text(work(double))
    assert names(kit) == {}


def test_another_seed_names_nothing(kit: Path, work, names):
    """The answers on record are those to the inputs of the kit's own seed."""
    (kit / "scaling.py").write_text(work("x.square()"))
    assert names(kit, "--seed 1") == {}


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: "[]",
        lambda text: '{"checksum": 1}',
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"squared"', '"adds_two"'),
        lambda text: text.replace('"version": 1', '"version": 0'),
        lambda text: "[" * 100_000,
    ],
)
def test_a_damaged_record_names_nothing(kit: Path, work, run, names, damage: Callable[[str], str]):
    """Nor does it change anything else of the results."""
    (kit / "scaling.py").write_text(work("x.square()"))
    record_of(kit).write_text(damage(record_of(kit).read_text()))
    assert names(kit) == {}
    done = run(kit, "autograder check scaling")
    assert (done.returncode, done.stderr) == (1, "")
    assert "1 passed, 2 failed" in done.stdout


def test_without_a_record_nothing_has_a_name(kit: Path, work, names):
    """As in a kit of an earlier version."""
    (kit / "scaling.py").write_text(work("x.square()"))
    record_of(kit).unlink()
    assert names(kit) == {}


def test_a_record_of_other_checks_names_nothing(kit: Path, work, names):
    """Somebody who edits the checks of a kit asks something else than was recorded."""
    (kit / "scaling.py").write_text(work("x.square()"))
    with (kit / "assignments" / "scaling" / "checks.py").open("a") as file:
        file.write("# mine\n")
    assert names(kit) == {}


def test_a_notebook_names_mistakes_too(kit: Path, work):
    """`check()` in a folder of the kit reads the same record."""
    (kit / "scaling.py").write_text(work("x**2"))
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK], cwd=kit, capture_output=True, encoding="utf-8", timeout=600, check=True
    )
    assert SQUARED in done.stdout
