"""autograder.grading.marks: tables that spreadsheets open right, in which nothing handed in is no 0."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from autograder.grading.marks import LONG_HEADER, harmless, number
from autograder.grading.results import ResultsFolder
from autograder.model import MISSING_FILE, CheckResult, Outcome, Result, RunInfo

RUN = RunInfo(seed=0, device="cpu", dataset="digits", isolation="process", versions={}, hashes={})


def check(exercise: str, outcome: Outcome, maximum: float, message: str = "") -> CheckResult:
    points = maximum if outcome.earns else 0.0
    return CheckResult(f"{exercise}_{outcome}", exercise, "It holds.", True, outcome, points, maximum, message)


def stored(folder: Path, *results: Result) -> Path:
    """A folder of results with its tables."""
    kept = ResultsFolder(folder)
    for result in results:
        kept.write(result)
    kept.write_marks(("first", "second"))
    return folder


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


MISSING = check("e", Outcome.NOT_ATTEMPTED, 8, MISSING_FILE.format("first.py"))
STUB = check("e", Outcome.NOT_ATTEMPTED, 8, "This exercise is not written yet.")
WHOLE = (check("e", Outcome.PASSED, 5), check("e", Outcome.FAILED, 1), check("g", Outcome.GRADER_FAULT, 2))


@pytest.mark.parametrize(
    ("first", "cell", "remark"),
    [(MISSING, "", "first: not handed in"), (STUB, "0", "")],
    ids=["no file", "an untouched stub"],
)
def test_nothing_handed_in_is_no_zero(tmp_path: Path, first: CheckResult, cell: str, remark: str):
    """The cell is empty and a remark says why, where the file is missing; in the sum it counts nothing, as before."""
    stored(tmp_path, Result("ana", "first", "First", (first,), RUN), Result("ana", "second", "Second", WHOLE, RUN))
    row = rows(tmp_path / "marks.csv")[1]
    assert row[:6] == ["ana", cell, "7", "7", "16", "43.75"]
    waiting = "second: waits for the staff (grader faults: 1)"
    assert row[6] == "; ".join(filter(None, [remark, waiting]))


@pytest.mark.parametrize("name", ["marks.csv", "marks-long.csv"])
def test_excel_reads_names_in_other_scripts(tmp_path: Path, name: str):
    """The file begins with the mark by which Excel knows UTF-8, and holds it once."""
    stored(tmp_path, Result("Zoë Łukasz 王", "first", "First", (STUB,), RUN))
    content = (tmp_path / name).read_bytes()
    assert content.startswith(b"\xef\xbb\xbfstudent,")
    assert content.count(b"\xef\xbb\xbf") == 1
    assert "Zoë Łukasz 王,".encode() in content


def test_the_long_form_has_a_row_for_each_exercise(tmp_path: Path):
    """With its points, and whether they are a mark; points that do not exist are a gap."""
    stored(tmp_path, Result("ana", "second", "Second", WHOLE, RUN), Result("ben", "first", "First", (MISSING,), RUN))
    assert rows(tmp_path / "marks-long.csv") == [
        list(LONG_HEADER),
        ["ana", "second", "e", "5", "6", "83.33", "1", "2", "graded", ""],
        ["ana", "second", "g", "2", "2", "100", "0", "1", "waits for the staff", ""],
        ["ben", "first", "e", "", "8", "", "0", "1", "not handed in", ""],
    ]


def test_a_student_may_be_called_like_a_table(tmp_path: Path):
    """The folder of results gets another name, so that the table has room."""
    stored(tmp_path, Result("marks-long.csv", "first", "First", (STUB,), RUN))
    assert rows(tmp_path / "marks-long.csv")[1][0] == "marks-long.csv"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_text_is_never_a_formula(text: str):
    """Whatever a spreadsheet takes for the beginning of one."""
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["ana", "a=b", "a-b", "", "  ana", "'=1"])
def test_other_text_stays_as_it_is(text: str):
    """A sign inside is no formula."""
    assert harmless(text) == text


def test_points_are_shown_to_the_hundredth():
    """And without zeros behind."""
    assert [number(value) for value in (0, 10, 2.5, 100 / 3, 99.999)] == ["0", "10", "2.5", "33.33", "100"]
