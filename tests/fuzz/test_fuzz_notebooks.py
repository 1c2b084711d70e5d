"""Notebooks of arbitrary cells and arbitrary JSON: they are read or refused; Python text comes out of every cell."""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from autograder.authoring.notebooks import student_notebook
from autograder.course import Course
from autograder.errors import SubmissionError
from autograder.evidence import Frame, Frames, Snippet, Text
from autograder.exporters.autograded import KnownCell, autograded_notebook, comment
from autograder.model import Assignment, CheckResult, Outcome, Result, RunInfo
from autograder.submissions.notebooks import Notebook, notes_on_cells, parse_notebook
from autograder.worker import loading, reading

pytestmark = pytest.mark.slow

PROFILE = settings.get_profile(os.environ.get("FUZZ_PROFILE", "bounded"))
COURSE = Course(Path(__file__).parents[1] / "course")
EXPERIMENTS = "%time x = 1\n!ls\ny = (1,\n 2); z = double(y)\n# \u00e9\u2028\nf(\n1); a = 2\n"
TOKENS = re.findall(r"\n *|\w+|\s|.", (COURSE.solution("scaling") or "") + EXPERIMENTS)
RELEASED = json.loads(student_notebook(COURSE, "scaling"))

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
texts = st.lists(st.sampled_from(TOKENS) | st.characters(codec="utf-8"), max_size=40).map("".join)
kinds = st.sampled_from(["setup", "answer", "own", "test"])
cells = st.lists(st.tuples(kinds, texts), min_size=1, max_size=5)


def read(cells: list[tuple[str, str]]) -> reading.Reading:
    return reading.read([reading.Part(kind, text.replace("\r", "\n")) for kind, text in cells], "x.ipynb", ["double"])


@PROFILE
@example(cells=[("own", "f(\n1); a = 2")])
@example(cells=[("own", "x = 1; f(); y = 2; f(); z = 3")])
@example(cells=[("answer", ""), ("own", "\n\n"), ("answer", "'''")])
@example(cells=[("own", "'\u00e9'; f(\n'\u00e9'\n); a = '\u00e9'")])
@given(cells=cells)
def test_python_comes_out_of_every_cell(cells: list[tuple[str, str]]):
    """With the lines where they were, so that messages name the right ones."""
    result = read(cells)
    with warnings.catch_warnings(action="ignore"):
        ast.parse(result.text)
    lines = sum(text.replace("\r", "\n").count("\n") + 1 for _, text in cells)
    assert result.text.count("\n") + 1 == lines
    assert all(1 <= line <= lines for line, _ in result.notes)


@PROFILE
@example(cells=[("own", "raise SystemExit")])
@example(cells=[("own", "class A(Exception):\n    def __str__(self): raise self\nraise A()")])
@given(cells=st.lists(st.tuples(st.just("own"), texts), min_size=1, max_size=5))
def test_what_counts_of_cells_that_were_added_can_be_executed(cells: list[tuple[str, str]]):
    """Whatever fails is noted. Only such cells are tried, and nothing is asked for, so that no loop is run."""
    parts = [reading.Part(kind, text.replace("\r", "\n")) for kind, text in cells]
    with warnings.catch_warnings(action="ignore"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "meta_path", list(sys.meta_path))
        loading.load(reading.read(parts, "x.ipynb"), "x.ipynb", "x", {})


def places(value: object, path: tuple = ()) -> list[tuple]:
    """The paths to everything inside a JSON value."""
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


PLACES = places(RELEASED)[1:]


def replaced(value: object, path: tuple, new: object) -> object:
    """A JSON value with something else in one place."""
    if not path:
        return new
    if isinstance(value, dict):
        return {k: replaced(v, path[1:], new) if k == path[0] else v for k, v in value.items()}
    if isinstance(value, list):
        return [replaced(v, path[1:], new) if i == path[0] else v for i, v in enumerate(value)]
    return value


@PROFILE
@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), values), min_size=1, max_size=4))
def test_every_json_is_read_or_refused(changes: list[tuple[tuple, object]]):
    """And what is read can be described, and shown in a copy that is a notebook again."""
    content: object = RELEASED
    for path, new in changes:
        content = replaced(content, path, new)
    try:
        notebook = parse_notebook(json.dumps(content).encode(), "x.ipynb")
    except SubmissionError:
        return
    assert all(isinstance(text, str) for text in notes_on_cells(notebook, COURSE.assignment("scaling")))
    for cell in notebook.code:
        cell.source.encode("utf-8")
    shown(notebook)


@PROFILE
@given(data=st.binary(max_size=200) | texts.map(str.encode))
def test_every_file_is_read_or_refused(data: bytes):
    """Also one that is no JSON; nothing else is raised."""
    try:
        parse_notebook(data, "x.ipynb")
    except SubmissionError as refusal:
        note(str(refusal))


@PROFILE
@given(message=st.text(), title=st.text())
def test_no_text_of_a_submission_becomes_html(message: str, title: str):
    """Neither in a comment nor in what stands below a test."""
    evidence = (Text((message,)), Frames((Frame(title, message),)), Snippet(message))
    check = CheckResult("c", "double", title, True, Outcome.ERROR, 0, 1, message, evidence, output=title)
    result = a_result(check)
    assert not re.search(r"<[^ ]", comment(result, {"double"}) or "")
    (cell,) = shown(Notebook(()), result)["cells"]
    tags = re.findall(r"</?(\w*)", cell["outputs"][0]["data"]["text/html"])
    assert set(tags) <= {"p", "b", "ul", "li", "span", "small", "div", "pre", "code", "details", "summary"}


def a_result(*checks: CheckResult) -> Result:
    return Result("ana", "scaling", "Scaling", checks, RunInfo(0, "cpu", "digits", "process", {}, {}))


def shown(notebook: Notebook, result: Result | None = None) -> dict:
    known = KnownCell("test-double", "code", "check()", "0" * 32, locked=True, solution=False, task=False, points=1.0)
    assignment = COURSE.assignment("scaling")
    return json.loads(autograded_notebook(notebook, {"test-double": known}, result or a_result(), assignment))


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_the_untouched_notebook_is_read_without_a_note(slug: str):
    """What the others are made of is in order."""
    notebook = parse_notebook(student_notebook(COURSE, slug), "x.ipynb")
    assignment: Assignment = COURSE.assignment(slug)
    assert (notebook.notes, list(notes_on_cells(notebook, assignment))) == ((), [])
