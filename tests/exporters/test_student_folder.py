"""autograder.exporters.student_folder: what students get back, written while a real class is graded."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli.grade_command import command
from autograder.course import Course
from autograder.errors import ResultsError, UsageError
from autograder.exporters.student_folder import StudentFolder

from .conftest import COUNTER, DOUBLE

pytestmark = pytest.mark.slow

SEED = 70421
STAFF_ONLY = {"seed", "seconds", "started", "hashes", "run"}


@pytest.fixture
def lecture(tmp_path: Path) -> Path:
    """A folder with a class: ana's work is right, ben squares, cy raises an error."""
    works = {"ana": DOUBLE, "ben": "def double(x):\n    return x * x\n", "cy": "def double(x):\n    return 1 / 0\n"}
    for student, double in works.items():
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "scaling.py").write_text(f"{double}\n\n{COUNTER}")
    return tmp_path


def grade(lecture: Path, course: Course, folder: Path, *options: str) -> Result:
    words = [str(lecture / "class"), "--course", str(course.root), "--out", str(lecture / "results")]
    return CliRunner().invoke(command, [*words, "--student-results", str(folder), "--seed", str(SEED), *options])


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def keys(value: object) -> set[str]:
    """The names of all fields, however deep."""
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    if isinstance(value, list):
        return set().union(*map(keys, value))
    return set()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_student_gets_what_students_may_read(lecture: Path, course: Course, jobs: str):
    """The marks and messages, without what only the staff need and without what hidden checks are called."""
    folder = lecture / "back"
    done = grade(lecture, course, folder, "--jobs", jobs)
    assert done.exit_code == 0, done.output
    written = files(folder)
    assert set(written) == {f"{student}/scaling.json" for student in ("ana", "ben", "cy")}
    hidden = [check for check in course.checks("scaling") if not check.visible]
    assert hidden
    for name, text in written.items():
        staff = json.loads((lecture / "results" / name).read_text())
        student = json.loads(text)
        assert (student["score"], student["max_score"]) == (staff["score"], staff["max_score"])
        assert len(student["checks"]) == len(staff["checks"])
        assert keys(student) & STAFF_ONLY == set()
        assert str(SEED) not in text
        assert re.search(r"[0-9a-f]{64}", text) is None
        assert [check.name for check in hidden if check.name in text] == []


def test_what_is_unchanged_is_left_as_it_is(lecture: Path, course: Course):
    """A file that stands there is not touched; one that was lost comes back from the kept result."""
    folder = lecture / "back"
    grade(lecture, course, folder)
    before = files(folder)
    kept = (folder / "ana" / "scaling.json").stat().st_mtime_ns
    (folder / "ben" / "scaling.json").unlink()
    assert "(unchanged)" in grade(lecture, course, folder).output
    assert files(folder) == before
    assert (folder / "ana" / "scaling.json").stat().st_mtime_ns == kept


def test_the_folder_may_lie_in_the_class(lecture: Path, course: Course):
    """It is nobody's work."""
    folder = lecture / "class" / "back"
    for _ in range(2):
        assert grade(lecture, course, folder).exit_code == 0
    assert set(files(folder)) == {f"{student}/scaling.json" for student in ("ana", "ben", "cy")}
    assert not (lecture / "results" / "back").exists()


@pytest.mark.parametrize("taken", ["results", "class"])
def test_a_folder_that_is_used_otherwise_is_refused(lecture: Path, course: Course, taken: str):
    """The staff's results would be overwritten there, or handed back."""
    done = grade(lecture, course, lecture / "class" / ".." / taken)
    assert isinstance(done.exception, UsageError)
    assert "is not free for --student-results; name a folder of its own." in str(done.exception)
    assert not (lecture / "results").exists()


def test_a_file_is_no_folder_for_students(tmp_path: Path):
    """The error names it."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(ResultsError, match="taken cannot be used as a folder for students"):
        StudentFolder(tmp_path / "taken").open([], 1)


def test_without_the_option_nothing_is_written(lecture: Path, course: Course):
    """Only the folder of results appears."""
    words = [str(lecture / "class"), "--course", str(course.root), "--out", str(lecture / "results")]
    assert CliRunner().invoke(command, words).exit_code == 0
    assert sorted(path.name for path in lecture.iterdir()) == ["class", "results"]
