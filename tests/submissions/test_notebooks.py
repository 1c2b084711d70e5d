"""autograder.submissions.notebooks: notebooks, whatever became of their cells, get the marks they earned."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from autograder import data
from autograder.authoring.notebooks import student_notebook
from autograder.course import Course
from autograder.errors import SubmissionError
from autograder.grading.runner import grade
from autograder.model import Assignment, Exercise, Result
from autograder.plan import Plan, Setting
from autograder.submissions.cells import CellId, Kind
from autograder.submissions.files import Submission, read_submission
from autograder.submissions.notebooks import answer_cells, parse_notebook

DOUBLE = "def double(x):\n    return x + x\n"
COUNTER = "class Counter:\n    def __init__(self, start=0):\n        self.total = start\n\n    def add(self, amount):\n"
COUNTER += "        self.total += amount\n        return self.total\n"


def code(source: str, id: str | None = None) -> dict:
    """A code cell, of the assignment or a student's own."""
    marks = {"nbgrader": {"grade_id": id, "solution": True, "grade": False}} if id else {}
    return {"cell_type": "code", "source": source, "metadata": marks, "outputs": [], "execution_count": None}


def marked(notebook: dict, id: str) -> dict:
    """The cell of the assignment with an id."""
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == id)


@pytest.fixture(scope="module")
def released(course: Course) -> dict:
    """The notebook as students get it."""
    return json.loads(student_notebook(course, "scaling"))


@pytest.fixture
def solved(released: dict) -> dict:
    """The notebook with right answers, to be changed by a test."""
    notebook = copy.deepcopy(released)
    marked(notebook, "answer-double")["source"] = DOUBLE
    marked(notebook, "answer-counter")["source"] = COUNTER
    return notebook


@pytest.fixture
def submit(plan: Plan, tmp_path: Path, workers) -> Callable[..., Result]:
    """Hand in a notebook and have it graded by a real worker process."""

    def submit_and_grade(notebook: dict | bytes, **beside: str) -> Result:
        content = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        (tmp_path / "scaling.ipynb").write_bytes(content)
        for name, text in beside.items():
            (tmp_path / f"{name}.py").write_text(text)
        setting = Setting(load_data=partial(data.load, "digits"))
        return grade(plan, Submission("ana", tmp_path), setting, workers=workers)

    return submit_and_grade


def test_a_solved_notebook_earns_everything(submit, solved: dict):
    """And there is nothing to say about it."""
    result = submit(solved)
    assert (result.score, result.notes) == (10, ())


def test_an_untouched_notebook_is_not_attempted(submit, released: dict):
    """Every check says so."""
    result = submit(released)
    assert {check.outcome for check in result.checks} == {"not_attempted"}
    assert (result.score, result.notes) == (0, ())


def deleted(notebook: dict) -> None:
    notebook["cells"].remove(marked(notebook, "answer-counter"))


def merged(notebook: dict) -> None:
    deleted(notebook)
    marked(notebook, "answer-double")["source"] += "\n\n" + COUNTER


def renamed(notebook: dict) -> None:
    marked(notebook, "answer-counter")["metadata"]["nbgrader"]["grade_id"] = "my-cell"


def without_metadata(notebook: dict) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def duplicated(notebook: dict) -> None:
    cells = notebook["cells"]
    stub = dict(marked(notebook, "answer-double"), source="def double(x):\n    raise NotImplementedError\n")
    cells.insert(len(cells), stub)


def reordered(notebook: dict) -> None:
    notebook["cells"].reverse()


def without_tests(notebook: dict) -> None:
    notebook["cells"] = [c for c in notebook["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")]


def tampered(notebook: dict) -> None:
    marked(notebook, "test-double")["source"] = "6.0  # all points, please"


def written_into_a_test(notebook: dict) -> None:
    deleted(notebook)
    marked(notebook, "test-counter")["source"] = COUNTER


def as_markdown(notebook: dict) -> None:
    marked(notebook, "answer-double")["cell_type"] = "markdown"


def of_another_kernel(notebook: dict) -> None:
    notebook["metadata"]["kernelspec"] = {"name": "ir", "language": "R", "display_name": "R"}


def of_format_3(notebook: dict) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["input"], cell["language"] = cell.pop("source"), "python"
    notebook["worksheets"] = [{"cells": notebook.pop("cells"), "metadata": {}}]
    notebook["nbformat"] = 3


def with_strays(notebook: dict) -> None:
    notebook["cells"] += [None, 3, "text", []]


def with_experiments(notebook: dict) -> None:
    source = "%matplotlib inline\nimport nowhere\nwhile True:\n    pass\n"
    notebook["cells"].insert(4, code(source))


BROKEN = {
    "merged": (merged, 10, "The cell answer-counter is missing"),
    "deleted": (deleted, 6, "The cell answer-counter is missing"),
    "renamed": (renamed, 10, "The cell answer-counter is missing"),
    "without metadata": (without_metadata, 10, "None of the cells of the assignment is in this notebook"),
    "duplicated": (duplicated, 10, "There are 2 cells answer-double"),
    "reordered": (reordered, 10, "The cells are not in their old order"),
    "without tests": (without_tests, 10, None),
    "a test tampered with": (tampered, 10, "(test-double) is read-only but was changed; the tests that count are"),
    "an answer in a test": (written_into_a_test, 10, "(test-counter) is read-only but was changed"),
    "an answer as Markdown": (as_markdown, 10, "(answer-double) is no longer a code cell"),
    "another kernel": (of_another_kernel, 10, "is meant for a kernel of R"),
    "format 3": (of_format_3, 10, "has format 3 instead of 4"),
    "what is no cell": (with_strays, 10, "no cells were left out: 4"),
    "experiments": (with_experiments, 10, "Cell 5, line 1: this notebook command was left out."),
}


@pytest.mark.parametrize(("change", "score", "note"), BROKEN.values(), ids=BROKEN)
def test_a_changed_notebook_is_graded_as_far_as_it_can_be(submit, solved: dict, change, score: float, note: str | None):
    """What is still right earns its points, and a note tells what became of the cells."""
    change(solved)
    result = submit(solved)
    assert result.score == score
    assert any(note in text for text in result.notes) if note else result.notes == ()


def test_a_syntax_error_costs_one_exercise(submit, solved: dict):
    """The message names cell and line, as Jupyter counts them from the top."""
    marked(solved, "answer-double")["source"] = "# mine\ndef double(x):\n    return (x + x\n"
    number = solved["cells"].index(marked(solved, "answer-double")) + 1
    result = submit(solved)
    assert result.score == 4
    place = f"(scaling.ipynb, cell {number}, line 3: `return (x + x`)"
    assert {c.message for c in result.checks if c.exercise == "double" and c.visible} == {
        f"SyntaxError: '(' was never closed {place}"
    }


def test_an_exception_names_cell_and_line(submit, solved: dict):
    """Of the notebook, not of the text that the worker made of it."""
    marked(solved, "answer-double")["source"] = "\n\ndef double(x):\n    return x / nothing\n"
    number = solved["cells"].index(marked(solved, "answer-double")) + 1
    messages = [c.message for c in submit(solved).checks if c.exercise == "double" and c.visible]
    assert all(f"(scaling.ipynb, cell {number}, line 4, in double: `return x / nothing`)" in m for m in messages)


def test_a_helper_beside_the_notebook_can_be_imported(submit, solved: dict):
    """As with a Python file."""
    marked(solved, "answer-double")["source"] = "from helper import twice\ndef double(x):\n    return twice(x)\n"
    assert submit(solved, helper="def twice(x):\n    return x + x\n").score == 10


STUB = "def double(x):\n    raise NotImplementedError\n"
BOTH = {
    "stub and solved": (STUB, True, 10, ()),
    "solved and untouched": (f"{DOUBLE}\n\n{COUNTER}", False, 10, ()),
    "half and solved": (
        DOUBLE, True, 10, ("scaling.ipynb counts; scaling.py, in which no more is written, does not.",),
    ),
    "equal": (
        f"{DOUBLE}\n\n{COUNTER}".replace("x + x", "x"), True, 4,
        ("scaling.py counts; scaling.ipynb, in which no more is written, does not.",),
    ),
    "unreadable and solved": ("\0", True, 10, ("scaling.py holds a null byte, so it is no Python text.",)),
}  # fmt: skip


@pytest.mark.parametrize(("python", "in_notebook", "score", "notes"), BOTH.values(), ids=BOTH)
def test_of_two_files_the_one_in_which_more_is_written_counts(
    submit, solved: dict, released: dict, python: str, in_notebook: bool, score: float, notes: tuple
):
    """A kit holds both; the Python file counts if they are equal, and a note tells if something stands in the other."""
    result = submit(solved if in_notebook else released, scaling=python)
    assert (result.score, result.notes) == (score, notes)


NO_NOTEBOOK = {
    "empty": (b"", "is empty: save the notebook again"),
    "a web page": (b"<!DOCTYPE html><html></html>", "is a web page"),
    "a list": (b"[]", "its JSON is no object"),
    "no cells": (b"{}", "has no cells"),
    "cells that are no list": (b'{"cells": {}}', "has no cells"),
    "cut off": (b'{"cells": [\n', "line 2 is not valid JSON"),
    "a merge conflict": (b"{\n<<<<<<< HEAD\n", "line 2 is not valid JSON"),
    "nested too deeply": (b"[" * 200_000, "its JSON cannot be read"),
    "a number without end": (b'{"nbformat": ' + b"9" * 5000 + b"}", "its JSON cannot be read"),
    "no UTF-8": (b'{"cells": "\xff"}', "is not UTF-8 text"),
    "too many cells": (json.dumps({"cells": [{}] * 5001}).encode(), "has 5001 cells; more than 5000"),
    "too much code": (json.dumps({"cells": [code("#" * (1 << 20) + "#")]}).encode(), "characters of code"),
}


@pytest.mark.parametrize(("content", "says"), NO_NOTEBOOK.values(), ids=NO_NOTEBOOK)
def test_what_is_no_notebook_is_refused_in_a_line(content: bytes, says: str):
    """With what is wrong."""
    with pytest.raises(SubmissionError, match=says) as caught:
        parse_notebook(content, "scaling.ipynb")
    assert str(caught.value).startswith("scaling.ipynb ")


def test_a_file_that_is_no_notebook_has_a_result(submit):
    """Every check ends in that error, which is a note too."""
    result = submit(b"{")
    assert {check.outcome for check in result.checks} == {"error"}
    assert len(result.notes) == 1


ODD_CELLS = {
    "nothing": {},
    "a number for metadata": {"cell_type": "code", "metadata": 3, "source": "x"},
    "a list for marks": {"cell_type": "code", "metadata": {"nbgrader": []}, "source": "x"},
    "a number for an id": {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": 3}}, "source": "x"},
    "an object for a source": {"cell_type": "code", "source": {"x": 1}},
    "numbers among the lines": {"cell_type": "code", "source": ["x = 1\n", 3, None]},
    "half a character": {"cell_type": "code", "source": "x = '\ud800'"},
    "an unknown type": {"cell_type": "sound", "source": "x"},
    "points without end": {
        "cell_type": "code",
        "source": "x",
        "metadata": {"nbgrader": {"grade_id": "test-double", "points": 10**400, "checksum": "0"}},
    },
    "odd pictures": {"cell_type": "markdown", "source": "x", "attachments": {"a": 3, "b": {"image/png": 4, "x": "y"}}},
}


@pytest.mark.parametrize("cell", ODD_CELLS.values(), ids=ODD_CELLS)
def test_every_cell_can_be_read(submit, solved: dict, cell: dict):
    """Whatever it holds, the others earn their points."""
    solved["cells"].append(cell)
    assert submit(solved).score == 10


def test_windows_lines_are_lines(submit, solved: dict):
    """Also those of an old Macintosh."""
    marked(solved, "answer-double")["source"] = DOUBLE.replace("\n", "\r\n")
    marked(solved, "answer-counter")["source"] = COUNTER.replace("\n", "\r")
    assert submit(solved).score == 10


def test_a_class_of_several_exercises_has_one_cell():
    """It stands where the first of them is asked."""
    asked = {"forward": ("Layer.forward",), "backward": ("Layer.backward",), "train": ("train", "Layer.step")}
    exercises = tuple(Exercise(id, id, 1.0, names) for id, names in asked.items())
    found = answer_cells(Assignment("x", "X", 1, "", exercises, Path()))
    assert found == {
        "forward": CellId(Kind.ANSWER, "forward"),
        "backward": CellId(Kind.ANSWER, "forward"),
        "train": CellId(Kind.ANSWER, "train"),
    }


def test_places_of_lines(course: Course, tmp_path: Path):
    """Every line of the text belongs to the cell it came from."""
    cells = [{"cell_type": "markdown", "source": "a"}, code("x = 1\ny = 2"), code(""), code("z = 3")]
    (tmp_path / "scaling.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    source = read_submission(Submission("ana", tmp_path), course.assignment("scaling"))
    places = [source.place(line) for line in range(1, 5)]
    assert places == ["cell 2, line 1", "cell 2, line 2", "cell 3, line 1", "cell 4, line 1"]
    assert source.text.split("\n") == ["x = 1", "y = 2", "", "z = 3"]
