"""`grade` on what learning platforms and students make of a class: it is read as it comes, and what is not is told."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROSTER = 'Student,ID\n    Points Possible,\n"Lovelace, Ada",12345\n"Hopper, Grace",222\n"Noether, Emmy",9\n'


def zipped(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_download_of_canvas_is_graded_as_it_comes(own: Path, run, work):
    """A zip with files and zips of students in it; a roster has the names, and says who is missing."""
    right = work()
    download = {
        "lovelaceada_12345_67890_scaling.py": work("3 * x"),
        "lovelaceada_12345_67891_scaling-1.py": right,
        "hoppergrace_LATE_222_67892_work.zip": zipped({"work/scaling.py": right}),
        "../evil_333_1_scaling.py": right,
        "loose.py": right,
    }
    (own / "submissions.zip").write_bytes(zipped(download))
    (own / "roster.csv").write_text(ROSTER)
    done = run(own, "grade submissions.zip --roster roster.csv --out results")
    assert done.returncode == 0, done.stderr
    found = {path.parent.name: json.loads(path.read_text()) for path in (own / "results").glob("*/scaling.json")}
    assert {name: record["score"] for name, record in found.items()} == {"Ada Lovelace": 10, "Grace Hopper": 10}
    assert "scaling-1.py counts; scaling.py is an earlier copy." in found["Ada Lovelace"]["notes"]
    assert "work.zip was handed in late, says Canvas." in found["Grace Hopper"]["notes"]
    assert "Note: ../evil_333_1_scaling.py in an archive was left out: its path leads elsewhere." in done.stderr
    assert "Note: loose.py lies in no student's folder, and was not graded." in done.stderr
    assert "Note: Nothing was handed in by 1 of roster.csv: Emmy Noether." in done.stderr
    again = run(own, "grade submissions.zip --roster roster.csv --out results")
    assert again.stderr.count("(unchanged)") == 2


def test_whatever_is_not_graded_is_told(own: Path, run, work):
    """Each student with what to do, in the result and in the remarks; what lies in a zip counts."""
    files = {
        "ana/scaling.py": work(),
        "ben/homework/scaling.py": work(),
        "cy/hw1.py": work(),
        "dee/report.pdf": "x",
    }
    for name, text in files.items():
        path = own / "class" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (own / "class" / "eva").mkdir()
    (own / "class" / "eva" / "scaling.zip").write_bytes(zipped({"scaling.py": work()}))
    assert run(own, "grade class --out results").returncode == 0
    found = {path.parent.name: json.loads(path.read_text()) for path in (own / "results").glob("*/scaling.json")}
    scores = {"ana": 10, "ben": 0, "cy": 0, "dee": 0, "eva": 10}
    assert {name: record["score"] for name, record in found.items()} == scores
    offered = "has 2 of the 2 names that are asked for: rename or move it to scaling.py, and grade again."
    assert found["ben"]["notes"] == [f"There is no scaling.py, but 'homework/scaling.py' {offered}"]
    assert found["cy"]["notes"] == [f"There is no scaling.py, but 'hw1.py' {offered}"]
    assert found["dee"]["notes"] == ["There is no scaling.py. Handed in, but not graded: 'report.pdf'."]
    assert found["eva"]["notes"] == ["scaling.zip was unpacked."]
    assert found["ana"]["notes"] == []
