"""autograder.grading.fingerprints: a hash changes if and only if what a mark depends on does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from autograder.course import Course
from autograder.grading.fingerprints import run_info, submission_hash, versions
from autograder.plan import Setting
from autograder.submissions.files import Submission


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission with a helper module, which has one too, and a module that neither names."""
    (tmp_path / "scaling.py").write_text("import helper\n")
    (tmp_path / "helper.py").write_text("import deeper\n")
    (tmp_path / "deeper.py").write_text("y = 1\n")
    (tmp_path / "shifting.py").write_text("y = 1\n")
    return tmp_path


def hashed(folder: Path, slug: str = "scaling") -> str:
    return submission_hash(Submission("ana", folder), slug)


CHANGES = {
    "the file": lambda f: (f / "scaling.py").write_text("x = 2\n"),
    "a helper": lambda f: (f / "helper.py").write_text("y = 2\n"),
    "a helper of a helper": lambda f: (f / "deeper.py").write_text("y = 2\n"),
    "a notebook": lambda f: (f / "scaling.ipynb").write_text("{}"),
    "no file": lambda f: (f / "scaling.py").unlink(),
    "another name": lambda f: (f / "helper.py").rename(f / "renamed.py"),
    "a folder for a file": lambda f: [(f / "helper.py").unlink(), (f / "helper.py").mkdir()],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_submission_shows(folder: Path, change):
    """Whatever the code can import counts."""
    before = hashed(folder)
    change(folder)
    assert hashed(folder) != before


def test_notes_and_data_do_not_count(folder: Path):
    """Files that are no modules or that nothing names, and the student's name, decide nothing."""
    before = hashed(folder)
    (folder / "notes.txt").write_text("x")
    (folder / "shifting.py").write_text("y = 2\n")
    (folder / "more.py").write_text("")
    assert hashed(folder) == before == submission_hash(Submission("ben", folder), "scaling")


def test_each_assignment_has_a_hash_of_its_own(folder: Path):
    """The same folder, graded for two assignments."""
    assert hashed(folder) != hashed(folder, "shifting")


def test_a_missing_folder_has_a_hash(folder: Path):
    """Nothing handed in is a state like any other."""
    assert len(hashed(folder / "gone")) == 64


def hashes(folder: Path, course: Course, **setting) -> dict[str, str]:
    assignment, reference = course.assignment("scaling"), course.solution("scaling")
    return run_info(assignment, reference, Submission("ana", folder), Setting(**setting)).hashes


@pytest.fixture
def own_course(course: Course, tmp_path_factory) -> Callable[..., Course]:
    """A copy of the miniature course, with a line more in one of its files."""

    def copied(changed: str = "") -> Course:
        root = tmp_path_factory.mktemp("course")
        for part in ("assignments", "solutions"):
            shutil.copytree(course.root / part, root / part)
        if changed:
            with (root / changed).open("a") as file:
                file.write("\n")
        return Course(root)

    return copied


def test_fingerprints_cover_all_that_a_result_depends_on(folder: Path, course: Course):
    """Five hashes, each of 64 hexadecimal digits."""
    found = hashes(folder, course)
    names = ("submission", "assignment", "reference", "data", "engine")
    assert {name: len(value) for name, value in found.items()} == dict.fromkeys(names, 64)


PARTS = {
    "assignments/scaling/checks.py": "assignment",
    "assignments/scaling/hidden_checks.py": "assignment",
    "assignments/scaling/misconceptions.py": "assignment",
    "assignments/scaling/outcomes.toml": "assignment",
    "assignments/scaling/assignment.toml": "assignment",
    "solutions/scaling.py": "reference",
}


@pytest.mark.parametrize(("changed", "part"), PARTS.items(), ids=PARTS)
def test_a_change_of_the_course_shows(folder: Path, own_course, changed: str, part: str):
    """In the hash of its part and in no other."""
    before, after = hashes(folder, own_course()), hashes(folder, own_course(changed))
    assert {name for name in before if before[name] != after[name]} == {part}


def test_a_change_of_the_data_shows(folder: Path, course: Course, tmp_path: Path):
    """Other pixels, and files that are missing."""
    found = []
    for number in (1, 2, 3):
        file = tmp_path / f"{number}" / "images"
        if number < 3:
            file.parent.mkdir()
            file.write_bytes(b"%d" % number)
        found.append(hashes(folder, course, data_files=(file,))["data"])
    assert len(set(found)) == 3


def test_versions_are_those_that_run():
    """What computes is named with its version."""
    assert versions()["torch"] == torch.__version__
    assert set(versions()) == {"python", "nn-autograder", "torch", "numpy"}
