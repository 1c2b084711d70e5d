"""autograder.authoring.nbgrader_course: a course directory on which nbgrader's own commands run unchanged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.authoring.folders import files_under
from autograder.authoring.kit import write_kit
from autograder.authoring.nbgrader_course import leaks_of_release, start_course
from autograder.authoring.notebooks import staff_notebook, student_notebook
from autograder.course import Course
from autograder.errors import CourseError, UsageError

pytestmark = pytest.mark.slow

FILES = {
    "nbgrader_config.py",
    "source/scaling/scaling.ipynb",
    "source/scaling/assignments/scaling/assignment.toml",
    "source/scaling/assignments/scaling/checks.py",
    "source/scaling/assignments/scaling/handout.md",
}


def test_a_course_directory_holds_the_pages_of_the_kit(own_course: Course, tmp_path: Path):
    """So that students who fetch an assignment can read it without Jupyter."""
    write_kit(own_course)
    start_course(own_course, tmp_path / "nn101", "nn101")
    page = "assignments/scaling/handout.html"
    assert (tmp_path / "nn101/source/scaling" / page).read_bytes() == (own_course.kit / page).read_bytes()


@pytest.fixture
def folder(course: Course, tmp_path: Path) -> Path:
    """A course directory of the miniature course."""
    start_course(course, tmp_path / "nn101", "nn101")
    return tmp_path / "nn101"


def paths(folder: Path) -> set[str]:
    return {path.as_posix() for path in files_under(folder)}


def settings(folder: Path) -> dict:
    """What the configuration sets, as nbgrader reads it."""
    from traitlets.config import PyFileConfigLoader

    return PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()


def test_a_course_directory_holds_notebooks_and_what_students_may_have(course: Course, folder: Path):
    """The staff's notebook with the reference; beside it no solution, since nbgrader releases every other file."""
    assert paths(folder) == FILES
    assert (folder / "source/scaling/scaling.ipynb").read_bytes() == staff_notebook(course, "scaling")
    visible = folder / "source/scaling/assignments/scaling/checks.py"
    assert visible.read_text() == course.text("scaling", "checks.py")


def test_the_configuration_can_be_read(course: Course, folder: Path, monkeypatch):
    """Course, stub text, own files of students, time for the longest cell; the course with its hidden side is named."""
    monkeypatch.delenv("AUTOGRADER_COURSE", raising=False)
    found = settings(folder)
    assert found.CourseDirectory.course_id == "nn101"
    assert found.ClearSolutions.code_stub == {"python": "# YOUR CODE HERE\nraise NotImplementedError"}
    assert found.Autograde.exclude_overwriting == {"scaling": ["scaling.py"]}
    assert found.Execute.timeout == 12
    assert os.environ.pop("AUTOGRADER_COURSE") == str(course.root.resolve())


def test_a_second_run_overwrites_nothing(course: Course, folder: Path):
    """What is missing comes back, the rest is kept; what is no longer as it would be written is named."""
    config = folder / "nbgrader_config.py"
    config.write_text("# mine\n")
    (folder / "source/scaling/assignments/scaling/checks.py").unlink()
    done = start_course(course, folder, "nn101")
    assert [path.name for path in done.written] == ["checks.py"]
    assert len(done.kept) == len(FILES) - 1
    assert [path.name for path in done.differing] == ["nbgrader_config.py"]
    assert config.read_text() == "# mine\n"
    assert paths(folder) == FILES


def test_a_course_that_would_tell_something_is_not_started(own_course: Course, tmp_path: Path):
    """Nothing at all is written."""
    with (own_course.assignments_folder / "scaling" / "handout.md").open("a") as file:
        file.write("\nself.total += amount\n")
    with pytest.raises(CourseError, match=r"holds a line of solutions/scaling\.py: self\.total \+= amount"):
        start_course(own_course, tmp_path / "nn101", "nn101")
    assert not (tmp_path / "nn101").exists()


@pytest.mark.parametrize("course_id", ["", "a b", "../up", "a/b", "-x", "a+b"])
def test_an_id_becomes_a_folder(course: Course, tmp_path: Path, course_id: str):
    """So it must be able to be one."""
    with pytest.raises(UsageError, match="cannot be the id of a course: use letters"):
        start_course(course, tmp_path / "nn101", course_id)


def test_a_file_is_no_place_for_a_course(course: Course, tmp_path: Path):
    """It is named and kept."""
    (tmp_path / "nn101").write_text("")
    with pytest.raises(UsageError, match="nn101 is a file; name a folder for the course"):
        start_course(course, tmp_path / "nn101", "nn101")


def test_nbgrader_releases_the_students_notebook(course: Course, folder: Path, run_nbgrader):
    """Byte for byte the one of the kit, with the visible files; the release tells nothing."""
    done = run_nbgrader(folder, "generate_assignment", "scaling")
    assert done.returncode == 0, done.stderr
    release = folder / "release" / "scaling"
    assert (release / "scaling.ipynb").read_bytes() == student_notebook(course, "scaling")
    assert paths(release) == {path.removeprefix("source/scaling/") for path in FILES} - {"nbgrader_config.py"}
    assert leaks_of_release(course, folder) == ([], 4)


def test_nbgrader_refuses_a_solution_beside_the_notebook(folder: Path, run_nbgrader):
    """nbgrader copies every such file into the release; the search of our configuration stops it."""
    (folder / "source" / "scaling" / "scaling.py").write_text("def add(self, amount):\n    self.total += amount\n")
    done = run_nbgrader(folder, "generate_assignment", "scaling")
    assert done.returncode != 0
    assert "scaling.py holds a line of solutions/scaling.py: self.total += amount" in done.stderr
    assert not (folder / "release" / "scaling").exists()


def test_nbgrader_refuses_a_solution_outside_of_its_region(folder: Path, run_nbgrader):
    """As when an instructor has edited the notebook and lost a mark."""
    path = folder / "source" / "scaling" / "scaling.ipynb"
    text = path.read_text()
    begin = '    "    ### BEGIN SOLUTION\\n",\n    "    # Multiplication reads better than x + x.\\n",\n'
    assert text.count(begin) == 1
    path.write_text(text.replace(begin, "".join(reversed(begin.splitlines(keepends=True)))))
    done = run_nbgrader(folder, "generate_assignment", "scaling")
    assert done.returncode != 0
    assert "scaling.ipynb holds a line of solutions/scaling.py: # Multiplication reads better" in done.stderr
    assert not (folder / "release" / "scaling").exists()


def test_a_release_can_be_searched_afterwards(course: Course, folder: Path):
    """Every file of it, with its path; without a release there is nothing to search."""
    with pytest.raises(UsageError, match="release: run `nbgrader generate_assignment` first"):
        leaks_of_release(course, folder)
    (folder / "release" / "scaling").mkdir(parents=True)
    (folder / "release" / "scaling" / "notes.md").write_text("self.total += amount\n")
    assert leaks_of_release(course, folder) == (
        ["scaling/notes.md holds a line of solutions/scaling.py: self.total += amount"],
        1,
    )
