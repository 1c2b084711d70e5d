"""What `autograder export` writes, compared with files that were looked at, and with what other places document.

After a change of a format, `python tests/exporters/test_formats.py` writes those files anew; read the diff.
"""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from click.testing import CliRunner

from autograder.cli.export_command import command
from autograder.evidence import CallShown, Text, Traceback
from autograder.exporters.formats import Export, known_formats, tell_what_is_no_mark
from autograder.grading.results import ResultsFolder
from autograder.mark import Mark
from autograder.model import MISSING_FILE, CheckResult, Outcome, Result, RunInfo

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
COURSE = HERE.parent / "course"
NAMES = ("Lovelace, Ada", "=1+1", 'Zoë "王" <b>|*x*</b>', "two\nlines")
SECRET = "/secret/hidden_checks.py"
RUN = RunInfo(seed=70421, device="cpu", dataset="digits", isolation="process", versions={}, hashes={})
NASTY = "Is it x < y & \x1b[31m]]> `|` \ufffe?\n::error::injected"


def check(name: str, outcome: Outcome, maximum: float, **details) -> CheckResult:
    visible = not name.startswith("hidden")
    points = maximum if outcome.earns else 0.0
    title = f"It holds for {len(name)} rows."
    return CheckResult(name, "double", title, visible, outcome, points, maximum, **details)


def scaling(student: str) -> Result:
    """A result with every kind of end, and texts that mean something in every format."""
    checks = (
        check("passes", Outcome.PASSED, 10 / 3),
        check("fails", Outcome.FAILED, 10 / 3, message=NASTY, evidence=(CallShown("f([2])"),), output="=1+1\n"),
        check("hidden_secret", Outcome.FAILED, 10 / 3, message="The result is wrong.", evidence=(Text(("n is odd",)),)),
        check("breaks", Outcome.GRADER_FAULT, 2, message="The grader itself failed.", evidence=(Traceback(SECRET),)),
    )
    return Result(student, "scaling", "Scaling & counting", checks, RUN, ("A note with | and <b>.",))


def missing(student: str) -> Result:
    nothing = check("passes", Outcome.NOT_ATTEMPTED, 10, message=MISSING_FILE.format("other.py"))
    return Result(student, "other", "Other", (nothing,), RUN)


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    return make_up(tmp_path_factory.mktemp("formats") / "results")


def make_up(folder: Path) -> Path:
    """The results of a class with odd names in two assignments."""
    kept = ResultsFolder(folder)
    for number, student in enumerate(NAMES):
        # The name of a folder is simpler than that of the student may be, as it is where results come from elsewhere.
        text = json.dumps(scaling(student).to_dict())
        (folder / f"s{number}").mkdir()
        (folder / f"s{number}" / "scaling.json").write_text(text)
        (folder / f"s{number}" / "other.json").write_text(json.dumps(missing(student).to_dict()))
    return kept.root


def exported(results: Path, name: str, out: Path) -> tuple[dict[str, str], str]:
    """The files by their names, and what was said on stderr."""
    words = [str(results), "--to", name, "--out", str(out), "--course", str(COURSE)]
    done = CliRunner().invoke(command, words, catch_exceptions=False)
    assert done.exit_code == 0
    files = {path.relative_to(out).as_posix(): path.read_text("utf-8") for path in out.rglob("*") if path.is_file()}
    return files, done.stderr


@pytest.mark.parametrize("name", known_formats())
def test_a_format_is_as_it_was_looked_at(results: Path, tmp_path: Path, name: str):
    """Of files for each student the first stands for all."""
    files, _ = exported(results, name, tmp_path)
    golden = {path.name: path.read_text("utf-8") for path in GOLDEN.glob(f"{name}.*")}
    assert len(golden) == 1
    assert next(iter(golden.values())) == first(files)


def first(files: dict[str, str]) -> str:
    """The file of the first student, or the only one; of classroom the workflow."""
    return files[name_of_first(files)]


def name_of_first(files: dict[str, str]) -> str:
    return min(files, key=lambda name: (not name.endswith(".yml"), name))


@pytest.mark.parametrize("name", known_formats())
def test_no_format_tells_what_students_must_not_know(results: Path, tmp_path: Path, name: str):
    """Neither the name of a hidden check, nor a traceback of ours, nor the seed."""
    files, _ = exported(results, name, tmp_path)
    assert [word for word in ("hidden_secret", SECRET, "70421") if any(word in text for text in files.values())] == []


@pytest.mark.parametrize("name", known_formats())
def test_what_is_no_mark_is_told(results: Path, tmp_path: Path, name: str):
    """Who handed nothing in, and whose points rest on a fault of ours."""
    _, said = exported(results, name, tmp_path)
    assert "Nothing was handed in, so that there is no mark, for Lovelace, Ada/other" in said
    assert "These marks wait for the staff, for the grader itself failed in some checks: Lovelace, Ada/scaling" in said


@pytest.mark.parametrize(("count", "says"), [(10, "student09/scaling."), (12, "student09/scaling and 2 more.")])
def test_of_a_class_of_which_much_is_missing_some_are_named(tmp_path: Path, count: int, says: str):
    """The rest is a number."""
    export = Export(tmp_path, tmp_path, {})
    export.marks = [Mark(f"student{n:02}", "scaling", 0, 10, {}, (), (), handed_in=False) for n in range(count)]
    tell_what_is_no_mark(export)
    (note,) = export.notes
    assert note.endswith(says)


@pytest.mark.parametrize("name", ["gradescope", "classroom"])
def test_json_follows_its_schema(results: Path, tmp_path: Path, name: str):
    """Every file, with no field that the other side does not know."""
    schema = json.loads((HERE / f"{name}.schema.json").read_text())
    files, _ = exported(results, name, tmp_path)
    records = [text for file, text in files.items() if file.endswith(".json")]
    assert len(records) == len(NAMES)  # none of the assignment that nobody handed in
    for text in records:
        jsonschema.validate(json.loads(text), schema)


def test_a_fault_of_ours_is_neither_right_nor_wrong_in_gradescope(results: Path, tmp_path: Path):
    """It has its points and no colour."""
    files, _ = exported(results, "gradescope", tmp_path)
    tests = json.loads(first(files))["tests"]
    assert ("status" in tests[3], tests[3]["score"]) == (False, 2)
    assert [test["status"] for test in tests[:3]] == ["passed", "failed", "failed"]
    assert [test["visibility"] for test in tests] == ["visible", "visible", "after_published", "visible"]


def test_xml_holds_no_character_that_it_must_not(results: Path, tmp_path: Path):
    """Control characters are replaced; all else comes back as it was."""
    files, _ = exported(results, "junit", tmp_path)
    root = ElementTree.fromstring(first(files))
    assert {suite.find("properties/property[@name='student']").get("value") for suite in root} == set(NAMES)
    assert root.find(".//failure").text.startswith("Is it x < y & \ufffd[31m]]> `|` \ufffd?\n::error::injected")
    assert [root.get(count) for count in ("tests", "failures", "errors", "skipped")] == ["20", "8", "4", "4"]


def write_golden() -> None:
    """Write the files that the tests compare with."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        results = make_up(Path(folder) / "results")
        for name in known_formats():
            files, _ = exported(results, name, Path(folder) / name)
            suffix = Path(name_of_first(files)).suffix
            (GOLDEN / f"{name}{suffix}").write_text(first(files), encoding="utf-8")


if __name__ == "__main__":
    write_golden()
