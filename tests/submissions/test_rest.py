"""autograder.submissions.rest: whatever is not graded is told, with what to do."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.model import Assignment
from autograder.submissions.files import Submission
from autograder.submissions.rest import remarks_on_the_rest

WRITTEN = "def double(x):\n    return x + x\n\n\nclass Counter:\n    pass\n"
STUB = "def double(x):\n    raise NotImplementedError\n"
CELL = {"cell_type": "code", "source": WRITTEN, "metadata": {}, "outputs": [], "execution_count": None}
NOTEBOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL]})


@pytest.fixture
def two_assignments(course: Course, tmp_path_factory) -> Assignment:
    """`scaling` in a course that has an assignment `shifting` too."""
    folder = tmp_path_factory.mktemp("assignments")
    for slug in ("scaling", "shifting"):
        (folder / slug).mkdir()
    return dataclasses.replace(course.assignment("scaling"), folder=folder / "scaling")


@pytest.fixture
def remarks(tmp_path: Path, course: Course):
    """Hand in some files; gives the remarks on what is not graded."""

    def hand_in(files: dict[str, str]) -> list[str]:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return remarks_on_the_rest(Submission("ana", tmp_path), course.assignment("scaling"))

    return hand_in


OFFERED = {
    "a folder deeper": ("homework/scaling.py", WRITTEN),
    "two folders deeper": ("my-work/src/scaling.py", WRITTEN),
    "another name": ("hw1.py", WRITTEN),
    "a prefix": ("anna_scaling.py", WRITTEN),
    "capital letters": ("WORK.PY", WRITTEN),
    "a notebook of another name": ("hw1.ipynb", NOTEBOOK),
    "a text": ("solution.txt", WRITTEN),
}


@pytest.mark.parametrize(("name", "text"), OFFERED.values(), ids=OFFERED)
def test_what_has_the_functions_is_offered(remarks, name: str, text: str):
    """With its place, how much of the assignment it has, and what to do."""
    (remark,) = remarks({name: text, "notes.md": "x"})
    assert remark == (
        f"There is no scaling.py, but {name!r} has 2 of the 2 names that are asked for: "
        "rename or move it to scaling.py, and grade again."
    )


def test_a_name_that_is_alike_is_offered_first(remarks):
    """In the sentence that asks whether it was meant."""
    (remark,) = remarks({"Scaling.py": STUB, "hw1.py": WRITTEN})
    assert remark.startswith("There is no scaling.py, but 'Scaling.py': was it meant")


def test_anything_else_is_listed(remarks, tmp_path: Path):
    """What lies in archives too; of many files only some."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("src/main.c", "x")
    (remark,) = remarks({"report.pdf": "x", "b.txt": "x", "c.txt": "x", ".hidden": "x"})
    listed = "'a.zip', 'a.zip/src/main.c', 'b.txt', 'c.txt' and 1 more"
    assert remark == f"There is no scaling.py. Handed in, but not graded: {listed}."


@pytest.mark.parametrize(("there", "told"), [([], False), (["shifting.py"], True)])
def test_what_resembles_another_assignments_file_is_told_there(
    two_assignments: Assignment, tmp_path: Path, there: list[str], told: bool
):
    """And only there, unless that one has its file."""
    for name in ("shifting (1).py", *there):
        (tmp_path / name).write_text("x = 1\n")
    found = remarks_on_the_rest(Submission("ana", tmp_path), two_assignments)
    assert any("shifting (1).py" in remark for remark in found) is told


@pytest.mark.parametrize("files", [{}, {"shifting/x/y/z.py": WRITTEN}], ids=["nothing", "too deep"])
def test_nothing_is_said_of_nothing(remarks, files: dict):
    """An empty folder, and what lies three folders deep."""
    assert remarks(files) == []


def test_a_stub_beside_a_finished_copy_is_told(remarks):
    """The file counts that has the right name; which one was meant is asked."""
    (remark,) = remarks({"scaling.py": STUB, "scaling-Copy1.py": WRITTEN})
    assert remark == "'scaling-Copy1.py' has 2 of what scaling.py leaves unwritten: which of the two is to be graded?"


def test_a_copy_with_no_more_in_it_is_not_mentioned(remarks):
    """An older state of the same file."""
    assert remarks({"scaling.py": WRITTEN, "scaling-Copy1.py": WRITTEN, "notes.txt": "x"}) == []
