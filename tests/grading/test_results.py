"""autograder.grading.results: a result file is whole or not there, nothing is lost, and marks open safely."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from autograder.errors import ResultsError
from autograder.evidence import CallShown, Question, Snippet, Text, Traceback
from autograder.grading.marks import CARRIED
from autograder.grading.results import ResultsFolder, for_student, read_result
from autograder.mark import Mark
from autograder.model import CheckResult, Outcome, Result, RunInfo

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
    with folder.write_marks(slugs or ("scaling",)).open(encoding="utf-8-sig", newline="") as file:
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
    "another version": ('{"schema_version": 99}', "ValueError: schema version 99, not 4"),
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


@pytest.mark.parametrize("field", ["schema_version", "audience", "student", "checks", "run", "notes"])
def test_a_result_without_a_field_is_broken(put, field: str):
    """Every field is needed."""
    record = result().to_dict()
    del record[field]
    with pytest.raises(ResultsError, match=f"KeyError: '{field}'"):
        read_result(put(json.dumps(record)))


SECOND = {  # a check as version 2 of the format had it
    "name": "c", "exercise": "e", "title": "It holds.", "visible": True, "outcome": "failed", "points": 0.0,
    "max_points": 10.0, "message": "Why 3? It is 3.", "details": "called: f()\nyours  1", "snippet": "f()",
    "misconception": "three", "output": "", "seconds": 0.5,
}  # fmt: skip


def test_a_result_of_version_2_counts_until_it_is_graded_again(folder, put):
    """Nobody is lost from the table of marks, nothing is set aside, and all that it said is kept."""
    record = result(points=0).to_dict() | {"schema_version": 2}
    del record["audience"]
    fault = SECOND | {"outcome": "grader_fault", "points": 5.0, "max_points": 5.0, "details": "Traceback\nKeyError"}
    path = put(json.dumps(record | {"checks": [SECOND, fault]}))
    assert folder.set_aside_broken() == []
    assert marks(folder)[1] == ["ana", "5", "5", "15", "33.33", "scaling: waits for the staff (grader faults: 1)", ""]
    failed, faulty = read_result(path).checks
    assert (failed.message, failed.misconception) == ("Why 3? It is 3.", "three")
    assert failed.evidence == (Text(("called: f()", "yours  1")), Snippet("f()"))
    assert faulty.evidence[0] == Traceback("Traceback\nKeyError")


def test_a_version_for_the_student_is_no_result(folder, put):
    """It lacks what a result depends on, so that it cannot stand in for one."""
    path = put(json.dumps(for_student(result())))
    with pytest.raises(ResultsError, match="this is the version for the student"):
        read_result(path)


def test_a_student_is_told_what_was_found_and_not_how(text, submit):
    """Everything that the terminal shows of visible checks; of hidden ones neither name nor input, and no run."""
    graded = submit(text("return 3 * x", add="return 0"), seed=41)
    told = for_student(graded)
    assert (told["audience"], told["score"], told["max_score"]) == ("student", graded.score, graded.max_score)
    assert "run" not in told
    for check, shown in zip(graded.checks, told["checks"], strict=True):
        assert shown["name"] == (check.name if check.visible else None)
        assert (shown["title"], shown["message"], shown["mistake"]) == (check.title, check.message, check.mistake)
        assert len(shown["evidence"]) == len(check.evidence)
        assert not {"seconds", "misconception"} & shown.keys()
    written = json.dumps(told)
    private = [check.name for check in graded.checks if not check.visible]
    private += [*graded.run.hashes.values(), graded.run.versions["torch"], graded.run.isolation, '"seed"']
    assert [word for word in private if word in written] == []


def test_a_student_sees_no_traceback_of_ours():
    """It names files of the grader's machine, and lines of hidden checks."""
    evidence = (Question("is it?"), CallShown("f()"), Traceback("File '/secret/hidden_checks.py'"))
    check = CheckResult("c", "e", "It holds.", True, Outcome.GRADER_FAULT, 1, 1, message="Ours.", evidence=evidence)
    (shown,) = for_student(Result("ana", "scaling", "Scaling", (check,), RUN))["checks"]
    assert [block["kind"] for block in shown["evidence"]] == ["question", "call"]
    assert "secret" not in json.dumps(shown)


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
        ["student", "b", "a", "total", "maximum", "percent", "remarks", CARRIED],
        ["ana", "3", "1", "4", "20", "20", "", ""],
        ["ben", "", "2.25", "2.25", "10", "22.5", "", ""],
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
    assert len(marks(folder)[1]) == 7


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
