"""Classes and folders of results that somebody has tampered with, graded by the command."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.grading.results import read_result
from autograder.model import Result

pytestmark = pytest.mark.slow

LEAKS = """

def _raise_at(line, kind, text):
    code = compile("\\n" * (line - 1) + "raise kind(text)", __file__, "exec")
    exec(code, {"kind": kind, "text": text})


class ValueError(Exception):
    pass


class print(Exception):
    pass
"""
BEYOND = "_raise_at(123456, IndexError, 'x')"  # a line that the file does not have
NAMED = "_raise_at(7, print, 'x')"  # a builtin that is no exception
LABELLED = """x.mul_(2)


import inspect
double.__signature__ = inspect.Signature([inspect.Parameter("secret_1234", inspect.Parameter.POSITIONAL_ONLY)])
"""


@pytest.fixture
def hand_in(own: Path, work) -> Callable[..., Path]:
    """Put a student's work into the class; gives the folder."""

    def put(student: str, double: str = "x + x", more: str = "") -> Path:
        folder = own / "class" / student
        folder.mkdir(parents=True)
        (folder / "scaling.py").write_text(work(double) + more)
        return folder

    return put


def results(root: Path) -> dict[str, Result]:
    return {path.parent.name: read_result(path) for path in sorted((root / "results").glob("*/scaling.json"))}


def test_names_of_folders_stop_nobody(run, own: Path, hand_in):
    """One like a file of nbgrader's, two that look alike, one that is a link: the others are graded as ever."""
    hand_in("ana")
    hand_in("ana\u3164", "x * x")
    hand_in("gradebook.db")
    hand_in("a\tb")
    hand_in("a\nb")
    (own / "class" / "mallory").symlink_to(own / "class" / "ana")
    done = run(own, "grade class")
    assert done.returncode == 0, done.stderr
    graded = results(own)
    assert len(graded) == 6
    assert graded["ana"].score == graded["gradebook.db"].score == 10
    assert graded["mallory"].score == 0
    assert "symbolic link" in graded["mallory"].notes[0]
    alike = [name for name in graded if name.startswith("ana ")]
    assert [graded[name].score for name in alike] == [4]
    assert "looks like 'ana'" in graded[alike[0]].notes[0]
    tabs = [name for name in graded if name.startswith("a b")]
    assert [graded[name].score for name in tabs] == [10, 10]


def test_a_hidden_check_tells_nothing_that_a_submission_chose(run, own: Path, hand_in):
    """Neither by the number of a line, nor by the name of a class, nor by that of an argument."""
    hand_in("line", BEYOND, LEAKS)
    hand_in("name", NAMED, LEAKS)
    hand_in("label", LABELLED)
    hand_in("honest", "x[99]")
    assert run(own, "grade class --student-results back").returncode == 0
    told = {}
    for student in ("line", "name", "label", "honest"):
        record = json.loads((own / "back" / student / "scaling.json").read_text())
        told[student] = " ".join(json.dumps(check) for check in record["checks"] if not check["visible"])
    assert "123456" not in told["line"]
    assert "print" not in told["name"]
    assert "secret" not in told["label"]
    assert "line 5" in told["honest"]


def test_lines_that_go_around_rules_are_flagged(run, own: Path, hand_in):
    """In the table and in the result, with the line; ordinary work has no flag."""
    hand_in("ana")
    hand_in("ben", more="\nimport ctypes\n")
    done = run(own, "grade class")
    graded = results(own)
    assert graded["ana"].notes == ()
    assert [note for note in graded["ben"].notes if "scaling.py, line 16" in note and "`ctypes`" in note]
    assert "ctypes" in done.stdout


def test_results_are_written_where_nobody_hands_in(own: Path, refused, hand_in):
    """A student's own file could pass for a result there."""
    folder = hand_in("ana")
    for line in (
        "grade class --out class",
        f"grade class --out {folder.parent.resolve()}",
        "grade class/ana --out class",
    ):
        assert "holds what was handed in" in refused(own, line)
        assert list(folder.iterdir()) == [folder / "scaling.py"]


FORGERIES = {
    "a higher score": lambda text: text.replace('"points": 0.0', '"points": 4.0'),
    "a score without end": lambda text: text.replace('"points": 0.0', '"points": Infinity'),
    "another's name": lambda text: text.replace('"student": "ben"', '"student": "ana"'),
    "no signature": lambda text: re.sub(r',\n "signature": "\w+"', "", text),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_result_that_was_not_written_by_us_is_set_aside(run, own: Path, hand_in, forge):
    """With a note, and the work is graded again."""
    hand_in("ben", "x * x")
    assert run(own, "grade class").returncode == 0
    path = own / "results" / "ben" / "scaling.json"
    forged = forge(path.read_text())
    assert forged != path.read_text()
    path.write_text(forged)
    done = run(own, "grade class")
    assert "was kept as scaling.json.broken" in done.stderr
    assert results(own)["ben"].score == 4
    assert "inf" not in (own / "results" / "marks.csv").read_text()


def test_a_result_of_somebody_else_is_set_aside(run, own: Path, hand_in):
    """Though it was signed here."""
    hand_in("ana")
    hand_in("ben", "x * x")
    assert run(own, "grade class").returncode == 0
    of_ana, of_ben = (own / "results" / student / "scaling.json" for student in ("ana", "ben"))
    of_ben.write_bytes(of_ana.read_bytes())
    assert "was moved" in run(own, "grade class").stderr
    assert results(own)["ben"].score == 4


def test_hidden_inputs_follow_from_the_secret_and_can_be_had_again(run, own: Path, hand_in):
    """Two folders of results hide other inputs; a regrade with the same secret has nothing to do."""
    hand_in("ana", "x * x")
    assert run(own, "grade class").returncode == 0
    assert run(own, "grade class --out second").returncode == 0
    secrets = {
        json.loads((own / out / "ana" / "scaling.json").read_text())["run"]["secret"] for out in ("results", "second")
    }
    assert len(secrets) == 2
    assert "" not in secrets
    assert "0 of 1 graded again" in run(own, "autograder regrade class").stdout
    assert math.isclose(results(own)["ana"].score, 4)
    assert (own / "results" / ".secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("isolation", "warns"), [("process", True), ("none", True), ("auto", False)])
def test_without_confinement_there_is_a_warning(run, own: Path, hand_in, isolation: str, warns: bool):
    """Everybody who grades so must know what a submission can read."""
    hand_in("ana")
    done = run(own, f"grade class --isolation {isolation}")
    assert ("Warning: isolation process" in done.stderr) == (warns or "isolation: process" in done.stdout)
