"""autograder.grading.results: a result file is whole or not there, nothing is lost, and marks open safely."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from autograder.errors import ResultsError
from autograder.grading.results import ResultsFolder, read_result
from autograder.model import CheckResult, Mark, Outcome, Result, RunInfo

RUN = RunInfo(seed=0, device="cpu", dataset="digits", isolation="process", versions={}, hashes={})


def result(student: str = "ana", slug: str = "scaling", *, points: float = 7.5, maximum: float = 10.0) -> Result:
    check = CheckResult("c", "e", "It holds.", True, Outcome.PASSED, points, maximum, message="über \u2713")
    return Result(student, slug, "Scaling", (check,), RUN)


@pytest.fixture
def folder(tmp_path: Path) -> ResultsFolder:
    """An empty folder of results."""
    return ResultsFolder(tmp_path / "out" / "results")


def marks(folder: ResultsFolder, *slugs: str) -> list[list[str]]:
    """The table of marks, as a CSV reader sees it."""
    with folder.write_marks(slugs or ("scaling",)).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_what_is_written_is_read_back(folder):
    """A result stands under its student and assignment."""
    path = folder.write(result())
    assert path == folder.root / "ana" / "scaling.json"
    assert read_result(path) == result()
    assert folder.marks() == [Mark.of(result())]


def test_a_result_replaces_the_older_one(folder):
    """Nothing but the new one is left."""
    folder.write(result(points=1))
    folder.write(result(points=2))
    assert [mark.score for mark in folder.marks()] == [2]
    assert [p.name for p in (folder.root / "ana").iterdir()] == ["scaling.json"]


@pytest.mark.parametrize("fails", ["replace", "fsync", "chmod"])
def test_an_interrupted_write_keeps_the_older_result(folder, monkeypatch, fails: str):
    """Whatever step is not reached, the old file is whole, and what is half written is no result."""
    folder.write(result(points=1))

    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, fails, interrupted)
    with pytest.raises(KeyboardInterrupt):
        folder.write(result(points=2))
    assert [mark.score for mark in folder.marks()] == [1]


def test_a_result_is_readable_for_others(folder):
    """Temporary files are private, results are not."""
    assert folder.write(result()).stat().st_mode & 0o777 == 0o644


BROKEN = {
    "empty": ("", "1: this is no valid JSON"),
    "cut short": ('{"schema_version": 1,\n "student"', "2: this is no valid JSON"),
    "another version": ('{"schema_version": 99}', "ValueError: schema version 99, not 2"),
    "another file": ('{"name": "package"}', "KeyError: 'schema_version'"),
    "a list": ("[1]", "TypeError"),
    "deeply nested": ("[" * 100_000, "RecursionError"),
    "not UTF-8": ("\udcff", "UnicodeDecodeError"),
}


@pytest.fixture
def put(folder):
    """Put a text where a result is expected."""

    def write(content: str, name: str = "scaling.json") -> Path:
        path = folder.root / "ana" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
        return path

    return write


@pytest.mark.parametrize(("content", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_and_set_aside(folder, put, content: str, says: str):
    """It is kept under another name with all its bytes, and stands in nobody's way."""
    path = put(content)
    with pytest.raises(ResultsError) as caught:
        read_result(path)
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)
    (note,) = folder.set_aside_broken()
    assert note == f"{caught.value} It was kept as scaling.json.broken."
    assert (path.parent / "scaling.json.broken").read_bytes() == content.encode("utf-8", "surrogateescape")
    assert (path.exists(), folder.marks()) == (False, [])


@pytest.mark.parametrize("field", ["schema_version", "student", "checks", "run", "notes"])
def test_a_result_without_a_field_is_broken(put, field: str):
    """Every field is needed."""
    record = result().to_dict()
    del record[field]
    with pytest.raises(ResultsError, match=f"KeyError: '{field}'"):
        read_result(put(json.dumps(record)))


def test_broken_files_do_not_overwrite_each_other(folder, put):
    """Each gets a name of its own."""
    for content in ("one", "two", "three"):
        put(content)
        folder.set_aside_broken()
    kept = {path.name: path.read_text() for path in (folder.root / "ana").iterdir()}
    assert kept == {"scaling.json.broken": "one", "scaling.json.broken2": "two", "scaling.json.broken3": "three"}


def test_whole_files_are_left_alone(folder, put):
    """Only what is broken moves."""
    folder.write(result())
    put("", "other.json")
    assert len(folder.set_aside_broken()) == 1
    assert folder.marks() == [Mark.of(result())]


def test_marks_are_a_row_per_student(folder):
    """Columns in the order of the course; totals of what there is; a gap where nothing was graded."""
    for student, slug, points in (("ben", "a", 2.25), ("ana", "b", 3), ("ana", "a", 1.0)):
        folder.write(result(student, slug, points=points))
    assert marks(folder, "b", "a", "unused") == [
        ["student", "b", "a", "total", "maximum"],
        ["ana", "3", "1", "4", "20"],
        ["ben", "", "2.25", "2.25", "10"],
    ]


def test_marks_of_a_later_run_include_the_earlier_ones(folder):
    """The table is made of every result stored, not of the last run."""
    folder.write(result("ana"))
    marks(folder)
    ResultsFolder(folder.root).write(result("ben"))
    assert [row[0] for row in marks(folder)] == ["student", "ana", "ben"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("x")'])
def test_a_name_is_never_a_formula(folder, name: str):
    """A spreadsheet takes a cell that begins like this as a formula; the quote makes it a text."""
    folder.root.joinpath("x").mkdir()
    folder.root.joinpath("x", "scaling.json").write_text(json.dumps(result(name).to_dict()))
    assert marks(folder)[1][0] == f"'{name}"


@pytest.mark.parametrize("name", ["Müller, Ana", 'the "second" ben', "ana;ben", "two\nlines"])
def test_a_name_stays_in_its_cell(folder, name: str):
    """Commas, quotes and line breaks move no column."""
    folder.write(result(name))
    assert [row[0] for row in marks(folder)] == ["student", name]
    assert len(marks(folder)[1]) == 4


def test_marks_need_whole_results(folder, put):
    """A table that silently left a student out would be wrong."""
    put("{")
    with pytest.raises(ResultsError):
        folder.write_marks(("scaling",))


def test_a_file_is_no_folder_for_results(tmp_path: Path):
    """The error names it."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(ResultsError, match="taken cannot be used as a folder for results"):
        ResultsFolder(tmp_path / "taken")
