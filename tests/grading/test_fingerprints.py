"""autograder.grading.fingerprints: a hash changes if and only if what a mark depends on does."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from autograder.grading.fingerprints import fingerprints, submission_hash, versions
from autograder.grading.submissions import Submission


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission with a helper module."""
    (tmp_path / "scaling.py").write_text("x = 1\n")
    (tmp_path / "helper.py").write_text("y = 1\n")
    return tmp_path


def hashed(folder: Path, slug: str = "scaling") -> str:
    return submission_hash(Submission("ana", folder), slug)


CHANGES = {
    "the file": lambda f: (f / "scaling.py").write_text("x = 2\n"),
    "a helper": lambda f: (f / "helper.py").write_text("y = 2\n"),
    "another helper": lambda f: (f / "more.py").write_text(""),
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
    """Files that are no modules, and the student's name, decide nothing."""
    before = hashed(folder)
    (folder / "notes.txt").write_text("x")
    assert hashed(folder) == before == submission_hash(Submission("ben", folder), "scaling")


def test_each_assignment_has_a_hash_of_its_own(folder: Path):
    """The same folder, graded for two assignments."""
    assert hashed(folder) != hashed(folder, "shifting")


def test_a_missing_folder_has_a_hash(folder: Path):
    """Nothing handed in is a state like any other."""
    assert len(hashed(folder / "gone")) == 64


def test_fingerprints_cover_submission_assignment_and_engine(folder: Path, course):
    """Three hashes, each of 64 hexadecimal digits."""
    found = fingerprints(course.assignments_folder / "scaling", Submission("ana", folder))
    assert {name: len(value) for name, value in found.items()} == {"submission": 64, "assignment": 64, "engine": 64}


def test_a_change_of_the_assignment_shows(folder: Path, tmp_path: Path):
    """A check that was edited makes old marks recognisable."""
    found = []
    for number in (1, 2):
        assignment = tmp_path / f"{number}" / "scaling"
        assignment.mkdir(parents=True)
        (assignment / "checks.py").write_text(f"# {number}\n")
        found.append(fingerprints(assignment, Submission("ana", folder)))
    assert found[0]["assignment"] != found[1]["assignment"]
    assert found[0]["engine"] == found[1]["engine"]


def test_versions_are_those_that_run():
    """What computes is named with its version."""
    assert versions()["torch"] == torch.__version__
    assert set(versions()) == {"python", "nn-autograder", "torch", "numpy"}
