"""Notebooks of the miniature course in a real kernel: what students get runs as it is, and the reference earns all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from autograder.authoring.kit import visible_files
from autograder.authoring.notebooks import staff_notebook, student_notebook
from autograder.course import Course

pytestmark = pytest.mark.slow

NOISY = "    ### BEGIN SOLUTION\n    import warnings, sys; warnings.warn('careful'); print('x', file=sys.stderr)\n"


@pytest.fixture(scope="module")
def execute(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, list[dict]]]:
    """Run a notebook of the miniature assignment in a folder as students have it; gives outputs by cell id."""

    def run(notebook: bytes, **variables: str) -> dict[str, list[dict]]:
        folder = tmp_path_factory.mktemp("work")
        for path, data in visible_files(course, "scaling").items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        (folder / "scaling.ipynb").write_bytes(notebook)
        options = ["--to", "notebook", "--execute", "--allow-errors", "--output", "done.ipynb"]
        command = [sys.executable, "-m", "nbconvert", *options, "scaling.ipynb"]
        done = subprocess.run(
            command, cwd=folder, env=os.environ | variables, capture_output=True, encoding="utf-8", timeout=600
        )
        assert done.returncode == 0, done.stderr
        cells = json.loads((folder / "done.ipynb").read_text())["cells"]
        return {cell["id"]: cell.get("outputs", []) for cell in cells}

    return run


@pytest.fixture(scope="module")
def untouched(execute, course: Course) -> dict[str, list[dict]]:
    """The students' notebook as it is handed out, run from top to bottom."""
    return execute(student_notebook(course, "scaling"))


@pytest.fixture(scope="module")
def reference(execute, course: Course) -> dict[str, list[dict]]:
    """The staff's notebook, where the course is named; its first answer warns and writes to stderr."""
    notebook = json.loads(staff_notebook(course, "scaling"))
    (answer,) = (cell for cell in notebook["cells"] if cell["id"] == "answer-double")
    answer["source"] = "".join(answer["source"]).replace("    ### BEGIN SOLUTION\n", NOISY)
    return execute(json.dumps(notebook).encode(), AUTOGRADER_COURSE=str(course.root))


def numbers(outputs: dict[str, list[dict]]) -> dict[str, str]:
    """The text of the result of each cell that has one."""
    results = {id: [o["data"]["text/plain"] for o in found if o["output_type"] == "execute_result"]
               for id, found in outputs.items()}  # fmt: skip
    return {id: "".join(text) for id, found in results.items() for text in found}


def test_the_students_notebook_runs_as_it_is(untouched):
    """No error, nothing on stderr, and 0 points for every test cell."""
    kinds = {(output["output_type"], output.get("name")) for found in untouched.values() for output in found}
    assert kinds == {("display_data", None), ("execute_result", None)}
    assert numbers(untouched) == {"test-double": "0.0", "test-counter": "0.0"}


def test_a_report_is_readable_with_and_without_html(untouched):
    """Both forms are there, and say that nothing was written yet."""
    (report,) = (o["data"] for o in untouched["test-double"] if o["output_type"] == "display_data")
    assert "<b>Twice a tensor</b>: 0 of 2 checks passed" in "".join(report["text/html"])
    assert "`double` is not written yet." in "".join(report["text/plain"])


def test_the_reference_earns_the_points_of_every_cell(reference):
    """Of test and hidden cells, as nbgrader counts them: the last value is a number, and stderr is empty."""
    expected = {"test-double": "4.5", "hidden-double": "1.5", "test-counter": "2.0", "hidden-counter": "2.0"}
    assert numbers(reference) == expected
    streams = {id: found for id, found in reference.items() if any(o["output_type"] == "stream" for o in found)}
    assert streams == {}


def test_a_warning_is_shown_in_the_report(reference):
    """What would have cost all points is folded in."""
    (report,) = (o["data"] for o in reference["test-double"] if o["output_type"] == "display_data")
    assert "UserWarning: careful" in "".join(report["text/html"])
