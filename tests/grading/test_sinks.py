"""autograder.grading.sinks: the two places that every run has, the folder of results and the table of marks."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from autograder.errors import ResultsError
from autograder.grading.results import ResultsFolder
from autograder.grading.sinks import Graded, MarksTable, StoredResults
from autograder.model import CheckResult, Outcome, Result, RunInfo
from autograder.submissions.files import Submission


def graded(student: str = "ana", *, points: float = 2.0, reused: bool = False) -> Graded:
    check = CheckResult("doubles", "double", "Doubles.", True, Outcome.PASSED, points, 10.0)
    run = RunInfo(seed=0, device="cpu", dataset="digits", isolation="process", versions={}, hashes={})
    result = Result(student, "scaling", "Scaling", (check,), run)
    return Graded(result, Submission(student, Path(student)), reused=reused)


@pytest.fixture
def results(tmp_path: Path) -> StoredResults:
    """A folder of results that nobody has opened yet."""
    return StoredResults(tmp_path / "out")


def test_the_folder_appears_when_it_is_opened(results):
    """Not before: what is asked for may turn out to be impossible."""
    assert not results.root.exists()
    results.open([], 1)
    assert results.root.is_dir()


def test_what_was_saved_is_stored(results):
    """Under the student and the assignment; of others nothing is."""
    results.open([], 1)
    results.save(graded())
    assert results.stored("ana", "scaling") == graded().result
    assert results.stored("ben", "scaling") is None


def test_what_is_stored_already_is_not_written_again(results):
    """A reused result stays the file that it was."""
    results.open([], 1)
    results.save(graded())
    path = results.folder.path("ana", "scaling")
    before = path.stat().st_mtime_ns
    results.save(graded(reused=True))
    assert path.stat().st_mtime_ns == before


def test_what_is_no_result_is_set_aside_and_told(results):
    """When the run ends; it counts as not stored."""
    broken = results.root / "ana" / "scaling.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{")
    assert results.stored("ana", "scaling") is None
    results.open([], 1)
    (note,) = results.close()
    assert note.endswith("It was kept as scaling.json.broken.")


@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, ResultsError), (errno.EIO, OSError)])
def test_a_full_disk_ends_the_run(results, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]):
    """With an error that says so; any other trouble is a fault of one result."""

    def fails(folder: ResultsFolder, result: Result) -> None:
        raise OSError(number, "injected")

    results.open([], 1)
    monkeypatch.setattr(ResultsFolder, "write", fails)
    with pytest.raises(error, match="injected") as caught:
        results.save(graded())
    assert type(caught.value) is error


def test_the_table_holds_every_stored_result(results):
    """Also those of earlier runs, in the order of the course."""
    results.open([], 1)
    results.save(graded("ben"))
    table = MarksTable(results, ("unused", "scaling"))
    table.open([], 1)
    results.save(graded("ana", points=1.5))
    table.save(graded("ana"))
    assert table.close() == ()
    assert (results.root / "marks.csv").read_text("utf-8-sig").splitlines() == [
        "student,scaling,total,maximum,percent,remarks,with errors carried forward",
        "ana,1.5,1.5,10,15,,",
        "ben,2,2,10,20,,",
    ]


def test_without_a_result_there_is_no_table(results):
    """A run that could not begin leaves nothing behind."""
    table = MarksTable(results, ("scaling",))
    table.open([], 1)
    table.close()
    assert not results.root.exists()
