"""autograder.exporters.gradebook: results stand in nbgrader's gradebook as if it had found them itself."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import UsageError
from autograder.exporters import gradebook
from autograder.exporters.gradebook import Gradebook
from autograder.exporters.nbgrader_course import nbgrader_api

from .conftest import COUNTER, DOUBLE, RIGHT, Classroom

pytestmark = pytest.mark.slow

SQUARE = "def double(x):\n    return x * x\n"
GRADED = {"test-double": 4.5, "hidden-double": 1.5, "test-counter": 2, "hidden-counter": 2}


def said(done, code: int = 2) -> str:
    """The one line by which a command refuses."""
    assert isinstance(done.exception, UsageError), done.output
    assert "\n" not in str(done.exception)
    return str(done.exception)


def content(classroom: Classroom) -> list[str]:
    """Everything in the database but the numbers of its rows."""
    with closing(sqlite3.connect(classroom.root / "gradebook.db")) as connection:
        return sorted(re.sub(r"'[0-9a-f]{32}'", "", line) for line in connection.iterdump())


def by_hand(classroom: Classroom, student: str, cell: str, points: float) -> None:
    """Mark a cell as formgrader does."""
    with classroom.gradebook() as book:
        grade = book.find_grade(cell, "scaling", "scaling", student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def test_marks_stand_cell_by_cell(classroom: Classroom):
    """A test cell has the points of the visible checks, a hidden cell those of the hidden ones."""
    classroom.hand_in("ana", RIGHT)
    classroom.hand_in("ben", RIGHT | {"answer-double": SQUARE})
    done = classroom.grade()
    assert done.exit_code == 0, done.output
    waiting = {"written-linear": (None, None, True)}
    assert classroom.marks("ana") == {cell: (points, None, False) for cell, points in GRADED.items()} | waiting
    lost = {"test-double": (0, None, False), "hidden-double": (0, None, False)}
    assert classroom.marks("ben") == classroom.marks("ana") | lost


def test_comments_say_what_is_wrong(classroom: Classroom):
    """At the answer, as Markdown that nothing in a submission can turn into HTML; at what is right there is none."""
    answer = 'def double(x):\n    raise ValueError("<script>alert(1)</script> [x](javascript:1)")\n'
    classroom.hand_in("ana", RIGHT | {"answer-double": answer})
    classroom.grade()
    comments = classroom.comments("ana")
    assert comments["answer-counter"] is None
    assert comments["written-linear"] is None
    assert comments["answer-double"].startswith("- double(x) is x + x. ValueError: < script>alert(1)< /script>")
    assert not re.search(r"<\S|\]\(", comments["answer-double"])


def test_what_is_not_answered_needs_nobody(classroom: Classroom):
    """Neither code nor text; nbgrader's words stand at the text."""
    classroom.hand_in("ana", {})
    classroom.grade()
    assert set(classroom.marks("ana").values()) == {(0, None, False)}
    comments = {"answer-double": "- This exercise is not written yet.", "written-linear": "No response."}
    assert classroom.comments("ana") == comments | {"answer-counter": comments["answer-double"]}


def written_cell(notebook: dict) -> int:
    """Where the cell for the derivation stands."""
    ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    return ids.index("written-linear")


def split(notebook: dict) -> None:
    """The derivation, and below it the rest of what was handed out, under the same id: as Jupyter splits a cell."""
    at = written_cell(notebook)
    below = json.loads(json.dumps(notebook["cells"][at]))
    notebook["cells"][at]["source"] = RIGHT["written-linear"]
    notebook["cells"].insert(at + 1, below)


def write_below(notebook: dict) -> None:
    """The derivation in a new cell below the one that asks for it."""
    text = {"cell_type": "markdown", "metadata": {}, "source": RIGHT["written-linear"]}
    notebook["cells"].insert(written_cell(notebook) + 1, text)


def delete(notebook: dict) -> None:
    """The cell is gone."""
    del notebook["cells"][written_cell(notebook)]


def clear(notebook: dict) -> None:
    """The cell is empty."""
    notebook["cells"][written_cell(notebook)]["source"] = "\n"


@pytest.mark.parametrize(
    ("edit", "note"),
    [
        (split, ""),
        (write_below, "ana/scaling: the cell written-linear is as it was handed out, but a new cell with text"),
        (delete, "ana/scaling: the cell written-linear was deleted: does the answer stand in another cell?"),
    ],
    ids=["split", "below", "deleted"],
)
def test_a_derivation_that_may_be_there_waits_for_a_person(classroom: Classroom, edit, note: str):
    """Wherever the tools of a student have left it; where to look is told."""
    code = {name: text for name, text in RIGHT.items() if name.startswith("answer")}
    classroom.hand_in("ana", code, edit=edit)
    done = classroom.grade()
    assert classroom.marks("ana")["written-linear"] == (None, None, True)
    assert classroom.comments("ana").get("written-linear") is None
    assert note in done.output
    assert note or "written-linear" not in done.output


def test_a_derivation_that_was_emptied_is_not_there(classroom: Classroom):
    """Nobody has to look."""
    classroom.hand_in("ana", RIGHT, edit=clear)
    classroom.grade()
    assert classroom.marks("ana")["written-linear"] == (0, None, False)


@pytest.mark.parametrize(
    ("when", "is_told"),
    [("2026-01-31 13:59:00 QQST", True), ("2026-01-31 13:59:00 +0200", False), ("2026-01-31 13:59:00 UTC", False)],
)
def test_a_time_zone_that_nobody_knows_is_told(classroom: Classroom, when: str, is_told: bool):
    """It would pass for UTC, and cost all points of whoever was in time."""
    classroom.hand_in("ana", RIGHT, when=when)
    assert ("names a time zone that is not known, and was taken for UTC" in classroom.grade().output) is is_told


def test_the_gradebook_knows_students_by_their_folders(classroom: Classroom):
    """As these are called, blanks and invisible characters too; no second student appears."""
    name = "Cara  Dorn\u200b"
    classroom.hand_in(name, RIGHT)
    classroom.grade()
    with classroom.gradebook() as book:
        assert [student.id for student in book.students] == [name]
    assert classroom.marks(name)["test-double"] == (4.5, None, False)


def test_who_handed_in_nothing_is_not_recorded(classroom: Classroom):
    """As nbgrader does it; a folder without a notebook, though, gets its marks."""
    classroom.hand_in("ana", RIGHT)
    (classroom.root / "submitted" / "ben").mkdir()
    (classroom.root / "submitted" / "eva" / "scaling").mkdir(parents=True)
    classroom.grade()
    with classroom.gradebook() as book:
        assert [s.student.id for s in book.assignment_submissions("scaling")] == ["ana", "eva"]
    assert classroom.marks("eva")["test-double"] == (0, None, False)


def test_a_mark_by_hand_outlives_a_regrade(classroom: Classroom):
    """Of an unchanged submission nothing is to be looked at again; of a changed one everything marked by hand is."""
    classroom.hand_in("ana", RIGHT)
    classroom.grade()
    by_hand(classroom, "ana", "written-linear", 2)
    by_hand(classroom, "ana", "test-double", 1)
    before = classroom.marks("ana")
    for options in ((), ("--fresh",)):
        classroom.grade(str(classroom.root), *options)
        assert classroom.marks("ana") == before
    classroom.hand_in("ana", RIGHT | {"answer-double": SQUARE})
    classroom.grade()
    after = {"test-double": (0, 1, True), "hidden-double": (0, None, False), "written-linear": (None, 2, True)}
    assert classroom.marks("ana") == before | after


def test_saving_twice_changes_nothing(classroom: Classroom):
    """Whether the results were kept or found anew."""
    classroom.hand_in("ana", RIGHT, when="2026-01-02 03:04:05 UTC")
    classroom.grade()
    before, copy = content(classroom), classroom.autograded("ana")
    for options in ((), ("--fresh",)):
        classroom.grade(str(classroom.root), *options)
        assert (content(classroom), classroom.autograded("ana")) == (before, copy)


def test_results_are_kept_as_for_any_class(classroom: Classroom):
    """In OUT, the gradebook being a second place."""
    classroom.hand_in("ana", RIGHT)
    classroom.grade()
    stored = json.loads((classroom.root.parent / "results" / "ana" / "scaling.json").read_text())
    assert (stored["score"], stored["max_score"]) == (10, 10)


def test_a_lost_gradebook_is_filled_from_kept_results(classroom: Classroom, released: Path):
    """Nothing needs to be graded again."""
    classroom.hand_in("ana", RIGHT)
    classroom.grade()
    marks = classroom.marks("ana")
    shutil.copy(released / "gradebook.db", classroom.root / "gradebook.db")
    assert "(unchanged)" in classroom.grade().output
    assert classroom.marks("ana") == marks


LATE = {  # configuration, options, extension, penalty of 10 points for an hour
    "no penalty": ("", [], 0, None),
    "everything": ('c.LateSubmissionPlugin.penalty_method = "zero"', [], 0, 10),
    "within the extension": ('c.LateSubmissionPlugin.penalty_method = "zero"', [], 2, None),
    "a plug-in": ("c.AssignLatePenalties.plugin_class = 'my_penalty.PerHour'", ["--run-config"], 0, 1.5),
    "more than there is": (
        "import my_penalty\nc.AssignLatePenalties.plugin_class = my_penalty.Everything", ["--run-config"], 0, 10,
    ),
}  # fmt: skip
PLUGINS = """
from nbgrader.plugins import BasePlugin

class PerHour(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1.5 * total_seconds_late / 3600

class Everything(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1000
"""


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of nbgrader's own code
@pytest.mark.parametrize(("line", "options", "extension", "penalty"), LATE.values(), ids=LATE)
def test_penalties_and_extensions_stay_those_of_nbgrader(
    classroom: Classroom, line: str, options: list[str], extension: int, penalty: float | None
):
    """By the plug-in that the course is configured with."""
    with (classroom.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\n{line}\n")
    (classroom.root / "my_penalty.py").write_text(PLUGINS)
    with classroom.gradebook() as book:
        book.find_assignment("scaling").duedate = datetime.datetime(2026, 1, 2, 3)
        book.update_or_create_student("ana")
        book.add_submission("scaling", "ana", extension=datetime.timedelta(hours=extension))
        book.db.commit()
    classroom.hand_in("ana", RIGHT, when="2026-01-02 04:00:00 UTC")
    assert classroom.grade(str(classroom.root), *options).exit_code == 0
    with classroom.gradebook() as book:
        notebook = book.find_submission_notebook("scaling", "scaling", "ana")
        late = 0 if extension else 3600
        assert (notebook.score, notebook.late_submission_penalty) == (10, penalty)
        assert book.find_submission("scaling", "ana").total_seconds_late == late


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_the_penalty_is_that_of_the_newest_mark(classroom: Classroom):
    """A regrade reckons it anew."""
    with (classroom.root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    with classroom.gradebook() as book:
        book.find_assignment("scaling").duedate = datetime.datetime(2026, 1, 2, 3)
        book.db.commit()
    for answer, penalty in ((SQUARE, 4), (DOUBLE, 10)):
        classroom.hand_in("ana", RIGHT | {"answer-double": answer}, when="2026-01-02 04:00:00 UTC")
        classroom.grade()
        with classroom.gradebook() as book:
            assert book.find_submission_notebook("scaling", "scaling", "ana").late_submission_penalty == penalty


def test_a_time_that_is_none_is_told(classroom: Classroom):
    """The submission counts all the same."""
    classroom.hand_in("ana", RIGHT, when="yesterday")
    assert "timestamp.txt holds no time and was ignored" in classroom.grade().output
    assert classroom.marks("ana")["test-double"] == (4.5, None, False)


def test_other_points_in_the_gradebook_are_told(classroom: Classroom):
    """The share that was earned is kept until the notebook is generated anew."""
    with classroom.gradebook() as book:
        book.find_grade_cell("test-double", "scaling", "scaling").max_score = 9
        book.db.commit()
    classroom.hand_in("ana", RIGHT)
    told = classroom.grade().output
    assert "In the gradebook test-double of scaling is worth 9 points, in the course 4.5: run `nbgrader gen" in told
    assert classroom.marks("ana")["test-double"] == (9, None, False)


def test_a_fault_of_the_grader_is_left_to_a_person(classroom: Classroom, tmp_path: Path):
    """The points are given, and somebody should look."""
    course = shutil.copytree(classroom.course.root, tmp_path / "course")
    with (course / "assignments" / "scaling" / "checks.py").open("a") as checks:
        checks.write('\n\n@check("counter")\ndef breaks(student, case):\n    """Breaks."""\n    raise RuntimeError\n')
    classroom.hand_in("ana", RIGHT)
    done = Classroom(classroom.root, Course(course)).grade()
    assert done.exit_code == 3
    score, _, needs_person = classroom.marks("ana")["test-counter"]
    assert (score, needs_person) == (2, True)


def test_a_fault_with_one_submission_leaves_the_others_alone(classroom: Classroom, monkeypatch: pytest.MonkeyPatch):
    """Where our own code breaks while a result goes into the gradebook; its mark in the results is kept."""
    write = gradebook.autograded_notebook

    def breaks_on_ana(notebook, known, result, assignment):
        return {}["injected"] if result.student == "ana" else write(notebook, known, result, assignment)

    monkeypatch.setattr(gradebook, "autograded_notebook", breaks_on_ana)
    for student in ("ana", "ben"):
        classroom.hand_in(student, RIGHT)
    done = classroom.grade()
    results = classroom.root.parent / "results"
    assert done.exit_code == 3
    assert "A fault of the grader itself: ana/scaling could not be written to the gradebook" in done.output
    assert "KeyError: 'injected'" in (results / "faults.log").read_text()
    assert classroom.marks("ben")["test-double"] == (4.5, None, False)
    assert all((results / student / "scaling.json").is_file() for student in ("ana", "ben"))


def test_what_the_course_does_not_know_is_left_to_a_person(classroom: Classroom):
    """A test that the instructor added by hand is not executed."""
    with classroom.gradebook() as book:
        book.add_grade_cell("extra", "scaling", "scaling", max_score=1, cell_type="code")
    classroom.hand_in("ana", RIGHT)
    classroom.grade()
    assert classroom.marks("ana")["extra"] == (None, None, True)


def test_a_python_file_is_marked_too(classroom: Classroom):
    """Where a notebook is expected; its text is in the copy that formgrader shows."""
    folder = classroom.root / "submitted" / "ana" / "scaling"
    folder.mkdir(parents=True)
    (folder / "scaling.py").write_text(f"{DOUBLE}\n\n{COUNTER}")
    classroom.grade()
    assert {cell: classroom.marks("ana")[cell][0] for cell in GRADED} == GRADED
    assert classroom.autograded("ana")["cells"][0]["source"].startswith(f"# scaling.py\n{DOUBLE}")


def test_any_class_can_be_written_into_a_gradebook(classroom: Classroom, tmp_path: Path):
    """By its address; without the folder of a course there are no copies for formgrader."""
    (tmp_path / "class" / "ana").mkdir(parents=True)
    (tmp_path / "class" / "ana" / "scaling.py").write_text(f"{DOUBLE}\n\n{COUNTER}")
    url = f"sqlite:///{classroom.root / 'gradebook.db'}"
    done = classroom.grade(str(tmp_path / "class"), "--gradebook", url)
    assert done.exit_code == 0, done.output
    assert {cell: classroom.marks("ana")[cell][0] for cell in GRADED} == GRADED
    assert not (classroom.root / "autograded").exists()


def test_the_gradebook_may_be_elsewhere(classroom: Classroom):
    """Where the course's configuration says."""
    elsewhere = classroom.root.parent / "elsewhere.db"
    (classroom.root / "gradebook.db").rename(elsewhere)
    with (classroom.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = 'sqlite:///{elsewhere}'\n")
    classroom.hand_in("ana", RIGHT)
    assert classroom.grade(str(classroom.root), "--run-config").exit_code == 0
    assert not (classroom.root / "gradebook.db").exists()
    elsewhere.rename(classroom.root / "gradebook.db")
    assert classroom.marks("ana")["test-double"] == (4.5, None, False)


def test_an_assignment_that_was_not_generated_is_told_first(classroom: Classroom):
    """Before anything is graded, with the command that is missing."""
    with classroom.gradebook() as book:
        book.remove_assignment("scaling")
    classroom.hand_in("ana", RIGHT)
    done = classroom.grade()
    assert said(done).endswith("of an assignment scaling: run `nbgrader generate_assignment scaling` first.")
    assert not (classroom.root.parent / "results" / "ana").exists()


def test_a_missing_gradebook_is_not_created(classroom: Classroom):
    """It would be an empty one."""
    (classroom.root / "gradebook.db").unlink()
    classroom.hand_in("ana", RIGHT)
    assert said(classroom.grade()).endswith("gradebook.db: run `nbgrader generate_assignment` first.")
    assert not (classroom.root / "gradebook.db").exists()


UNUSABLE = {
    "no address": "nonsense",
    "an unknown kind of database": "nosuchbase://user:s3cret@host/db",
    "a missing driver": "postgresql+nosuchdriver://user:s3cret@host/db",
    "a folder": "sqlite:////",
}


@pytest.mark.parametrize("url", UNUSABLE.values(), ids=UNUSABLE)
def test_an_address_that_is_wrong_is_told_in_a_line(classroom: Classroom, url: str):
    """Without the password in it."""
    classroom.hand_in("ana", RIGHT)
    line = said(classroom.grade(str(classroom.root), "--gradebook", url))
    assert "gradebook" in line
    assert "s3cret" not in line


def test_a_configuration_that_is_wrong_is_told_in_a_line(classroom: Classroom):
    """With its path."""
    (classroom.root / "nbgrader_config.py").write_text("c = get_config(\n")
    classroom.hand_in("ana", RIGHT)
    assert "nbgrader_config.py cannot be read (SyntaxError: " in said(classroom.grade())


PLANTED = {
    "code": "open('PLANTED', 'w')",
    "another gradebook": "c.CourseDirectory.db_url = 'sqlite:///OTHER'",
    "another folder": "c.CourseDirectory.autograded_directory = '../PLANTED'",
    "another root": "c.CourseDirectory.root = 'PLANTED'",
    "a plug-in": "c.AssignLatePenalties.plugin_class = 'planted.Plugin'",
    "a computed value": "c.CourseDirectory.course_id = open('PLANTED', 'w').name",
    "a setting in a condition": "if open('PLANTED', 'w'):\n    c.CourseDirectory.course_id = 'x'",
    "another file": "load_subconfig('planted.py')",
}


@pytest.mark.parametrize("line", PLANTED.values(), ids=PLANTED)
def test_a_folder_that_is_dressed_up_as_a_course_runs_nothing(classroom: Classroom, tmp_path: Path, line: str):
    """Its configuration is only read, unless one says that it may be run; nothing is written outside."""
    shutil.copy(classroom.root / "gradebook.db", tmp_path / "OTHER")
    before = (tmp_path / "OTHER").read_bytes()
    (classroom.root / "planted.py").write_text(f"open({str(tmp_path / 'PLANTED')!r}, 'w')")
    line = line.replace("PLANTED", str(tmp_path / "PLANTED")).replace("OTHER", str(tmp_path / "OTHER"))
    (classroom.root / "nbgrader_config.py").write_text(f"c = get_config()\n{line}\n")
    classroom.hand_in("ana", RIGHT)
    done = classroom.grade()
    assert done.exit_code == 0 or said(done).endswith("add --run-config if you trust what lies there.")
    assert not (tmp_path / "PLANTED").exists()
    assert (tmp_path / "OTHER").read_bytes() == before


LINKS = ["gradebook.db", "autograded", "autograded/ana/scaling", "autograded/ana/scaling/pictures"]


@pytest.mark.parametrize("name", LINKS)
def test_a_link_does_not_lead_out_of_a_course(classroom: Classroom, tmp_path: Path, name: str):
    """To another course's gradebook, say."""
    (tmp_path / "other").mkdir()
    shutil.copy(classroom.root / "gradebook.db", tmp_path / "other" / "gradebook.db")
    before = (tmp_path / "other" / "gradebook.db").read_bytes()
    link = classroom.root / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(tmp_path / "other" / (name if name == "gradebook.db" else ""))
    (classroom.hand_in("ana", RIGHT) / "pictures").mkdir()
    (classroom.root / "submitted" / "ana" / "scaling" / "pictures" / "proof.png").write_bytes(b"png")
    assert "by a link: add --run-config" in said(classroom.grade())
    assert (tmp_path / "other" / "gradebook.db").read_bytes() == before
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["gradebook.db"]


def test_a_database_of_an_older_nbgrader_is_told_in_a_line(classroom: Classroom):
    """With nbgrader's command for it."""
    with closing(sqlite3.connect(classroom.root / "gradebook.db")) as connection:
        connection.execute("alter table grade drop column extra_credit")
        connection.commit()
    classroom.hand_in("ana", RIGHT)
    assert said(classroom.grade()).endswith("has no column named extra_credit; run `nbgrader db upgrade`.")


def impatient(classroom: Classroom) -> str:
    """The gradebook's address, with the database itself hardly waiting for others."""
    return f"sqlite:///{classroom.root / 'gradebook.db'}?timeout=0.1"


def test_a_gradebook_that_is_in_use_is_waited_for(classroom: Classroom):
    """Formgrader writes while we do, be it a new submission or one that it knows."""
    classroom.hand_in("ana", RIGHT | {"answer-double": SQUARE})
    classroom.grade()
    classroom.hand_in("ana", RIGHT)
    classroom.hand_in("ben", RIGHT)
    with closing(sqlite3.connect(classroom.root / "gradebook.db", check_same_thread=False)) as other:
        other.execute("begin immediate")
        release = threading.Timer(3, other.rollback)
        release.start()
        done = classroom.grade(str(classroom.root), "--gradebook", impatient(classroom))
        release.join()
    assert done.exit_code == 0, done.output
    assert {classroom.marks(student)["test-double"] for student in ("ana", "ben")} == {(4.5, None, False)}


def test_a_gradebook_that_stays_locked_is_told_in_a_line(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """Without nbgrader's traceback; the result is kept, so that the next run writes it."""
    monkeypatch.setattr(gradebook, "PATIENCE_SECONDS", 0)
    classroom.hand_in("ana", RIGHT)
    with closing(sqlite3.connect(classroom.root / "gradebook.db")) as other:
        other.execute("begin immediate")
        line = said(classroom.grade(str(classroom.root), "--gradebook", impatient(classroom)))
        other.rollback()
    assert "other programs keep it locked; close formgrader" in line
    assert caplog.records == []
    assert (classroom.root.parent / "results" / "ana" / "scaling.json").exists()
    classroom.grade()
    assert classroom.marks("ana")["test-double"] == (4.5, None, False)


def test_two_courses_of_nbgrader_are_graded_one_after_the_other(classroom: Classroom, tmp_path: Path):
    """They have a gradebook each."""
    other = Classroom(shutil.copytree(classroom.root, tmp_path / "other"), classroom.course)
    classroom.hand_in("ana", RIGHT)
    other.hand_in("ben", RIGHT)
    assert "are both courses of nbgrader" in said(classroom.grade(str(classroom.root), str(other.root)))


def test_a_course_without_submissions_is_told(classroom: Classroom):
    """Nothing was collected."""
    assert "nothing was collected into" in said(classroom.grade())


def test_nbgrader_is_needed_only_here(monkeypatch: pytest.MonkeyPatch, classroom: Classroom):
    """Where it is not installed, a line says so."""
    for package in ("nbgrader", "sqlalchemy"):
        monkeypatch.setitem(sys.modules, package, None)
    nbgrader_api.cache_clear()
    for root, url in ((classroom.root, None), (None, "sqlite:///gradebook.db")):
        with pytest.raises(UsageError, match="pip install nbgrader"):
            Gradebook(root, url)
    nbgrader_api.cache_clear()
