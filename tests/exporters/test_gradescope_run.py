"""autograder.exporters.gradescope_run: where an upload is found, whose it is, and the file that is left."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from autograder.exporters.gradescope_run import SOMEBODY, ResultsJson, in_words, together, unfinished, uploaded
from autograder.model import CheckResult, Outcome, Result, RunInfo

SCHEMA = json.loads((Path(__file__).parent / "gradescope.schema.json").read_text())
SLUGS = ("scaling",)


@pytest.fixture
def upload(tmp_path: Path):
    """Lay out a container with uploaded files by their names, and with metadata; gives what is found."""

    def lay_out(*names: str, metadata: str = '{"users": [{"name": "Ada"}]}'):
        for name in names:
            path = tmp_path / "submission" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
        (tmp_path / "submission_metadata.json").write_text(metadata)
        return uploaded(tmp_path, SLUGS)

    return lay_out


def test_an_upload_is_found_where_it_is(upload, tmp_path: Path):
    """At the top, as single files are uploaded."""
    found = upload("scaling.py", "other/notes.txt")
    assert (found.student, found.folder) == ("Ada", tmp_path / "submission")


def test_an_upload_is_found_in_a_folder(upload, tmp_path: Path):
    """As a repository or a zip of a folder may hold it."""
    assert upload("work/scaling.ipynb").folder == tmp_path / "submission" / "work"


def test_of_two_folders_neither_is_taken(upload, tmp_path: Path):
    """Nobody can tell which one counts, so that the file is missing."""
    assert upload("a/scaling.py", "b/scaling.py").folder == tmp_path / "submission"


def test_an_upload_without_the_file_is_a_submission_too(upload):
    """The result tells what is missing, or which name was probably meant."""
    assert upload("scaling (1).py").resembling("scaling") == "scaling (1).py"


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ('{"users": [{"name": "Bo", "email": "b@x"}, {"name": null, "email": "a@x"}]}', "Bo, a@x"),
        ("{", SOMEBODY),
        ('{"users": []}', SOMEBODY),
        ('{"users": [{}]}', SOMEBODY),
        ("[]", SOMEBODY),
        ('{"users": [{"name": "\\u202e"}]}', SOMEBODY),
    ],
)
def test_whose_upload_it_is(upload, metadata: str, name: str):
    """By Gradescope's record, if that can be read."""
    assert upload("scaling.py", metadata=metadata).student == name


def result(slug: str, points: float) -> Result:
    outcome = Outcome.PASSED if points else Outcome.FAILED
    check = CheckResult("adds_up", "counter", "It adds up.", slug == "one", outcome, points, 10 / 3)
    return Result("ana", slug, slug.title(), (check,), RunInfo(0, "cpu", "digits", "process", {}, {}), (f"Of {slug}.",))


def test_several_assignments_have_one_file(tmp_path: Path):
    """Their tests follow each other, numbered by assignment; the score is the sum."""
    ResultsJson(tmp_path, {"one": {"counter": "Count"}}).write([result("one", 10 / 3), result("two", 0)])
    told = json.loads((tmp_path / "results" / "results.json").read_text())
    jsonschema.validate(told, SCHEMA)
    assert [test["number"] for test in told["tests"]] == ["1.1.1", "2.1.1"]
    assert [test["name"] for test in told["tests"]] == ["Count: It adds up.", "counter: It adds up."]
    assert (told["score"], told["output"]) == (3.33, "Of one.\nOf two.")


def test_the_file_is_replaced_as_a_whole(tmp_path: Path):
    """Nothing of the one before is left, and nothing half written lies beside it."""
    file = ResultsJson(tmp_path, {})
    file.write([result("one", 10 / 3)])
    file.write([result("one", 0)])
    assert json.loads(file.path.read_text())["score"] == 0
    assert [path.name for path in file.path.parent.iterdir()] == ["results.json"]


def test_what_stands_before_the_grader_begins_earns_nothing_and_says_why():
    """It is shown to the student, so that nobody takes it for a verdict."""
    told = json.loads(unfinished())
    assert (told["score"], told["tests"]) == (0, [])
    assert "not your fault" in told["output"]


def test_a_file_in_words_tells_what_is_hidden():
    """Each test in a line, then the sum and the notes."""
    told = {"tests": [], "score": 0, "output": ""}
    assert in_words(told) == ["Score: 0 of 0"]
    test = {
        "number": "1.1",
        "score": 1.5,
        "max_score": 2,
        "name": "Count: It adds up.",
        "visibility": "after_published",
    }
    thirds = [{**test, "score": 0, "max_score": round(10 / 3, 2)} for _ in range(3)]
    assert in_words({"tests": thirds, "score": 0, "output": ""})[3] == "Score: 0 of 10"
    lines = in_words(together([{"tests": [{**test, "status": "failed"}], "score": 1.5, "output": "A note."}]))
    assert lines[0].split() == "1.1 1.5 of 2 failed Count: It adds up. [after_published]".split()
    assert lines[1:] == ["Score: 1.5 of 2", "A note."]
