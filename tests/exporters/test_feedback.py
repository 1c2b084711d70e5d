"""autograder.exporters.feedback: what students read, written while a real class is graded."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli.grade_command import command
from autograder.course import Course
from autograder.errors import ResultsError, UsageError
from autograder.exporters.feedback import FeedbackFolder

from .conftest import COUNTER, DOUBLE

pytestmark = pytest.mark.slow

EVIL = "<script>alert(1)<"  # a folder may be called so


@pytest.fixture
def lecture(tmp_path: Path) -> Path:
    """A folder with a class: ana's work is right, and one whose name is a script squares."""
    works = {"ana": DOUBLE, EVIL: "def double(x):\n    print('<b>' + '`' * 5)\n    return x * x\n"}
    for student, double in works.items():
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "scaling.py").write_text(f"{double}\n\n{COUNTER}")
    return tmp_path


def grade(lecture: Path, course: Course, folder: Path) -> Result:
    words = [str(lecture / "class"), "--course", str(course.root), "--out", str(lecture / "results")]
    return CliRunner().invoke(command, [*words, "--feedback", str(folder), "--jobs", "1"])


def test_every_student_gets_a_page_that_is_safe_to_open(lecture: Path, course: Course):
    """Whatever a student or a file is called, and whatever the code prints."""
    done = grade(lecture, course, lecture / "back")
    assert done.exit_code == 0, done.output
    page = (lecture / "back" / EVIL / "scaling.html").read_text(encoding="utf-8")
    assert page.count("<script>") == 1  # ours, which the policy names by its hash
    assert "&lt;script&gt;alert(1)&lt;" in page
    assert "&lt;b&gt;" in page
    text = (lecture / "back" / EVIL / "scaling.md").read_text(encoding="utf-8")
    assert r"\<script\>alert(1)\<" in text
    assert "  ``````\n  <b>`````" in text


def test_what_is_unchanged_is_left_as_it_is(lecture: Path, course: Course):
    """A file that stands there is not touched; one that was lost comes back from the kept result."""
    folder = lecture / "class" / "back"  # which may lie in the class: it is nobody's work
    grade(lecture, course, folder)
    page = folder / "ana" / "scaling.html"
    kept = page.stat().st_mtime_ns
    (folder / "ana" / "scaling.md").unlink()
    assert "(unchanged)" in grade(lecture, course, folder).output
    assert page.stat().st_mtime_ns == kept
    assert (folder / "ana" / "scaling.md").is_file()
    assert not (lecture / "results" / "back").exists()


@pytest.mark.parametrize("taken", ["results", "class"])
def test_a_folder_that_is_used_otherwise_is_refused(lecture: Path, course: Course, taken: str):
    """Pages would lie among results, or among submissions."""
    done = grade(lecture, course, lecture / "class" / ".." / taken)
    assert isinstance(done.exception, UsageError)
    assert "is not free for --feedback; name a folder of its own." in str(done.exception)
    assert not (lecture / "results").exists()


def test_a_file_is_no_folder_for_feedback(tmp_path: Path):
    """The error names it."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(ResultsError, match="taken cannot be used as a folder for feedback"):
        FeedbackFolder(tmp_path / "taken").open([], 1)
