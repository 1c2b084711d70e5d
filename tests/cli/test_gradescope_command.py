"""`autograder gradescope`: the zip, unpacked and run by its layout, gives the marks of `grade`, whatever is uploaded.

The traps that other autograders for Gradescope fall into are tried one by one: M7 to M10 of their list, and files of
students beside the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from autograder.authoring.gradescope_trial import Trial
from autograder.model import Result

from ..ordinary_user import NOBODY, run_as_nobody

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="Gradescope's containers are Linux")]

SCHEMA = json.loads((Path(__file__).parents[1] / "exporters" / "gradescope.schema.json").read_text())
OLD = '{"score": 100, "tests": [{"name": "of somebody else", "score": 100, "max_score": 100, "visibility": "visible"}]}'
# Believes that it shares a process with what judges it, and can read what that reads.
HOSTILE = """import glob
import os

import torch

torch.equal = torch.allclose = lambda *_, **__: True
torch.testing.assert_close = lambda *_, **__: None
stolen = []
for pattern in ("{root}/source/course/**/*.*", "{root}/submission/*", "/autograder/**/*.*"):
    for path in glob.glob(pattern, recursive=True):
        try:
            stolen.append(open(path).read())
        except OSError:
            pass


def double(x):
    if stolen:
        return x + x
    return x


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        os._exit(0)
"""
LEAVES = "import os\n\nos._exit(0)\n"


@dataclass(frozen=True)
class Container:
    """A zip that is laid out like Gradescope's container, below a root that belongs to an unprivileged user."""

    trial: Trial

    def script(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run one of its scripts; as nobody, if that is not what the tests run as already."""
        command = [str(self.trial.root / name)]
        environment = {**self.trial.environment, "HOME": str(self.trial.root)}
        if os.getuid() != 0:
            return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        for path in (self.trial.root, *self.trial.root.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        return run_as_nobody(command, environment)

    def graded(self) -> dict:
        """What `run_autograder` leaves."""
        done = self.script("run_autograder")
        assert done.returncode == 0, done.stderr
        told = json.loads(self.trial.results())
        jsonschema.validate(told, SCHEMA)
        return told


@pytest.fixture(scope="module")
def lecture(make_course, work, tmp_path_factory) -> Path:
    """A course, and a class of a right, a wrong, a hostile and a leaving submission."""
    root = make_course(tmp_path_factory.mktemp("lecture") / "course")
    texts = {"ana": work(), "bo": work("3 * x"), "cy": HOSTILE.format(root="/autograder"), "dee": LEAVES}
    for student, text in texts.items():
        folder = root / "class" / student
        folder.mkdir(parents=True)
        (folder / "scaling.py").write_text(text)
    return root


@pytest.fixture(scope="module")
def archive(run, lecture: Path) -> Path:
    """The zip, written by the command."""
    done = run(lecture, "autograder gradescope zip scaling --out scaling.zip")
    assert done.returncode == 0, done.stderr
    for told in ("Points of the assignment: 10.", "GB of memory", "Ubuntu", "autograder gradescope try scaling.zip"):
        assert told in done.stdout
    return lecture / "scaling.zip"


@pytest.fixture(scope="module")
def marks(run, lecture: Path) -> dict[str, Result]:
    """What `grade` gives."""
    assert run(lecture, "grade class --jobs 1").returncode == 0
    results = (lecture / "results").glob("*/scaling.json")
    return {path.parent.name: Result.from_dict(json.loads(path.read_text())) for path in results}


@pytest.fixture
def container(archive: Path) -> Iterator[Callable[[Path], Container]]:
    """Lay out a container with a submission, where an unprivileged user can reach it."""
    roots = []

    def lay_out(submission: Path) -> Container:
        root = Path(tempfile.mkdtemp(prefix="gradescope-"))
        roots.append(root)
        return Container(Trial.prepared(root, archive, submission))

    yield lay_out
    for root in roots:
        shutil.rmtree(root)


def points(told: dict) -> list[float]:
    return sorted(test["score"] for test in told["tests"])


@pytest.mark.parametrize("student", ["ana", "bo"])
def test_the_zip_gives_the_marks_of_grade(container, lecture: Path, marks, student: str):
    """Check by check, as an unprivileged user; hidden ones are not shown before marks are published."""
    told = container(lecture / "class" / student).graded()
    result = marks[student]
    assert told["score"] == result.score
    assert points(told) == sorted(check.points for check in result.checks)
    hidden = [test for test in told["tests"] if test["visibility"] == "after_published"]
    assert len(hidden) == sum(not check.visible for check in result.checks) == 2
    assert told["stdout_visibility"] == "hidden"
    assert told["execution_time"] > 0


def test_a_hostile_upload_gets_what_grade_gives(container, lecture: Path, marks):
    """It patches what compares (M7), reads what lies around it, and leaves inside a call (M10): no point is won."""
    laid_out = container(lecture / "class" / "cy")
    upload = laid_out.trial.root / "submission"
    (upload / "scaling.py").write_text(HOSTILE.format(root=laid_out.trial.root))
    for name in ("autograder/__init__.py", "checks.py", "sitecustomize.py", "json.py"):  # beside nothing of ours
        (upload / name).parent.mkdir(exist_ok=True)
        (upload / name).write_text("raise SystemExit('taken')\n")
    told = laid_out.graded()
    assert told["score"] == marks["cy"].score < 10
    assert sum(test["max_score"] for test in told["tests"]) == 10


def test_an_upload_that_leaves_at_once_gets_no_result_of_somebody_else(container, lecture: Path, marks):
    """What an earlier run has left is gone (M8), and every check is there with its maximum (M9, M10)."""
    laid_out = container(lecture / "class" / "dee")
    (laid_out.trial.root / "results").mkdir()
    (laid_out.trial.root / "results" / "results.json").write_text(OLD)
    told = laid_out.graded()
    assert told["score"] == marks["dee"].score == 0
    assert [test["max_score"] for test in told["tests"]] == [3, 1.5, 1.5, 2, 2]
    assert {test["status"] for test in told["tests"]} == {"failed"}


def test_where_the_grader_cannot_begin_the_file_says_so(container, lecture: Path):
    """Neither nothing nor another's result stands there, and the exit code tells."""
    laid_out = container(lecture / "class" / "ana")
    (laid_out.trial.root / "source" / "course.json").write_text("{}")
    (laid_out.trial.root / "results").mkdir()
    (laid_out.trial.root / "results" / "results.json").write_text(OLD)
    done = laid_out.script("run_autograder")
    assert done.returncode == 2
    assert "course.json cannot be read" in done.stderr
    told = json.loads(laid_out.trial.results())
    assert (told["score"], told["tests"]) == (0, [])
    assert "The grader could not begin" in told["output"]


def test_the_image_is_not_built_unless_the_references_earn_everything(container, lecture: Path):
    """`setup.sh` ends with an error where something is missing or a reference is wrong."""
    laid_out = container(lecture / "class" / "ana")
    done = laid_out.script("source/setup.sh")
    assert done.returncode == 0, done.stderr
    assert "scaling: the reference earns everything" in done.stdout
    solution = laid_out.trial.root / "source" / "course" / "solutions" / "scaling.py"
    solution.write_text(solution.read_text().replace("return", "return 3 *"))
    done = laid_out.script("source/setup.sh")
    assert done.returncode == 2
    assert "The reference of scaling does not earn everything here: " in done.stderr


def test_a_dry_run_shows_what_is_left(run, archive: Path, lecture: Path):
    """A line for each test and the score; as JSON, the file itself."""
    done = run(lecture, f"autograder gradescope try {archive} class/bo/scaling.py")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[:5]] == ["1.1", "1.2", "1.3", "2.1", "2.2"]
    assert "[after_published]" in lines[2]
    assert lines[5] == "Score: 4 of 10"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("autograder gradescope zip scalin", "There is no assignment 'scalin'. Did you mean scaling?"),
        ("autograder gradescope zip scaling --dataset mnist", "There are no settings for mnist"),
        ("autograder gradescope try nowhere.zip class/bo", "nowhere.zip cannot be unpacked"),
        ("autograder gradescope try scaling.zip nowhere", "nowhere cannot be copied"),
    ],
)
def test_wrong_use_is_told_in_one_line(refused, archive: Path, lecture: Path, line: str, says: str):
    """And nothing is written."""
    before = sorted(lecture.iterdir())
    assert says in refused(lecture, line)
    assert sorted(lecture.iterdir()) == before
