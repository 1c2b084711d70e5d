"""`report RESULTS` and `explain RESULTS STUDENT`: a class as a page, and one mark in words."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lecture(make_course, work, run, tmp_path_factory) -> Path:
    """A course, a class of two in it, and its results."""
    root = make_course(tmp_path_factory.mktemp("lecture") / "course")
    for student, double in (("ana", "x + x"), ("ben", "x * x")):
        (root / "class" / student).mkdir(parents=True)
        (root / "class" / student / "scaling.py").write_text(work(double), encoding="utf-8")
    done = run(root, "autograder grade class --feedback back")
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def results(lecture: Path, tmp_path: Path) -> Path:
    """A copy of the results that a test may change."""
    return Path(shutil.copytree(lecture / "results", tmp_path / "results"))


def page_of(line: str) -> Path:
    """The file that the command says it wrote."""
    return Path(re.fullmatch(r"Class report: (.+) \(open it in a browser\)\n", line)[1])


def test_report_says_which_page_to_open(run, lecture: Path, results: Path):
    """It stands in the folder of results, or where --out says, and shows the class."""
    done = run(lecture, f"autograder report {results}")
    assert (done.returncode, done.stderr) == (0, "")
    path = page_of(done.stdout)
    assert path == results.resolve() / "report" / "index.html"
    page = path.read_text(encoding="utf-8")
    for words in ("ana", "ben", "Twice a tensor", "the square of x"):
        assert words in page
    items = (path.parent / "items.csv").read_text(encoding="utf-8-sig").splitlines()
    assert items[0].startswith("assignment,number,check,")
    assert items[1].startswith("scaling,1,doubles_each_entry,")
    elsewhere = page_of(run(lecture, f"autograder report {results} --out {results.parent / 'pages'}").stdout)
    assert elsewhere == results.parent.resolve() / "pages" / "index.html"
    assert elsewhere.read_text(encoding="utf-8") == page


def test_the_page_is_nobodys_result(run, lecture: Path, results: Path):
    """A second report, and a second run of `grade`, find what the first found."""
    first = page_of(run(lecture, f"autograder report {results}").stdout).read_text(encoding="utf-8")
    again = run(lecture, f"autograder grade class --out {results}")
    assert again.stderr.count("(unchanged)") == 2
    assert page_of(run(lecture, f"autograder report {results}").stdout).read_text(encoding="utf-8") == first


def test_names_can_be_hidden(run, lecture: Path, results: Path):
    """Nobody's name is in the page then."""
    done = run(lecture, f"autograder report {results} --anonymous")
    page = page_of(done.stdout).read_text(encoding="utf-8")
    assert "Student 1" in page
    assert re.search(r"\b(ana|ben)\b", page) is None


def test_report_works_without_the_course(run, results: Path, tmp_path: Path):
    """An exercise that no course here knows goes by its id."""
    page = page_of(run(tmp_path, f"autograder report {results}").stdout).read_text(encoding="utf-8")
    assert "Twice a tensor" not in page
    assert ">double<" in page


def test_a_folder_that_is_not_there_is_refused(refused, tmp_path: Path):
    """Nothing is made."""
    said = refused(tmp_path, "autograder report nowhere")
    assert "There is no folder nowhere; name the one that `grade` wrote its results to." in said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_results_is_refused(refused, tmp_path: Path):
    """As a class's own folder is."""
    (tmp_path / "class" / "ana").mkdir(parents=True)
    assert "class holds no STUDENT/SLUG.json; name the folder" in refused(tmp_path, "autograder report class")
    assert not (tmp_path / "class" / "report").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"schema_version": 3,\n', "scaling.json:2: this is no valid JSON"),
        ('{"schema_version": 99}', "scaling.json is no result of this grader"),
        ("[]", "scaling.json is no result of this grader"),
    ],
)
def test_a_broken_file_is_named(refused, results: Path, content: str, says: str):
    """With its line, and no page leaves somebody out in silence."""
    (results / "ben" / "scaling.json").write_text(content)
    assert says in refused(results.parent, "autograder report results")
    assert not (results / "report").exists()


def test_the_students_version_is_refused(refused, run, lecture: Path, tmp_path: Path):
    """It leaves out what a report needs."""
    run(lecture, f"autograder grade class --student-results {tmp_path / 'back'}")
    assert "this is the version for the student" in refused(tmp_path, "autograder report back")


def test_a_place_that_cannot_be_written_to_is_named(refused, results: Path):
    """And what to do about it."""
    (results.parent / "taken").write_text("")
    said = refused(results.parent, "autograder report results --out taken")
    assert "cannot be written" in said
    assert "name another folder with --out." in said


def test_explain_tells_why(run, lecture: Path):
    """The named mistake, the points of each exercise, and what is wrong."""
    done = run(lecture, "autograder explain results ben")
    assert (done.returncode, done.stderr) == (0, "")
    text = " ".join(done.stdout.split())
    assert "Scaling (scaling) ben: 4 of 10 points" in text
    assert text.index("the square of x") < text.index("Twice a tensor")
    assert "Twice a tensor 0 of 6 points, 0 of 3 checks passed" in text
    assert "called: double(" in text
    assert run(lecture, "autograder explain results ben scaling").stdout == done.stdout


def test_explain_follows_the_course(run, demo: Path, clone: Path):
    """Not the alphabet; what was not handed in is said in a line."""
    told = run(clone, f"autograder explain {demo} kofi").stdout
    places = [told.index(f"({slug})") for slug in ("matmul", "linear_unit", "sigmoid_gd", "softmax_backprop")]
    assert places == sorted(places)
    assert len(told[places[1] : places[2]].splitlines()) < 5


def test_explain_keeps_what_is_hidden(run, lecture: Path):
    """It shows what a student may read, so that it can be sent to one."""
    text = run(lecture, "autograder explain results ben").stdout
    staff = json.loads((lecture / "results" / "ben" / "scaling.json").read_text())
    hidden = [check["name"] for check in staff["checks"] if not check["visible"]]
    assert hidden
    assert [name for name in hidden if name in text] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("results bem", "results holds no result of 'bem'. Did you mean ben?"),
        ("results zoe", "results holds no result of 'zoe'."),
        ("results ben scalin", "results holds no result of ben in 'scalin', only in scaling."),
        ("nowhere ben", "There is no folder nowhere; name the one that `grade` wrote its results to."),
    ],
)
def test_explain_says_what_there_is(refused, lecture: Path, words: str, says: str):
    """For a name that is not there."""
    assert says in refused(lecture, f"autograder explain {words}")


def test_feedback_lies_in_a_folder_per_student(lecture: Path):
    """A page and the same as Markdown, with the titles of the course."""
    files = {path.relative_to(lecture / "back").as_posix() for path in (lecture / "back").rglob("*.*")}
    assert files == {f"{student}/scaling.{suffix}" for student in ("ana", "ben") for suffix in ("html", "md")}
    for suffix in ("html", "md"):
        text = (lecture / "back" / "ben" / f"scaling.{suffix}").read_text(encoding="utf-8")
        assert "Twice a tensor" in text
        assert "the square of x" in text


def test_feedback_tells_nothing_of_hidden_checks(lecture: Path):
    """No name and no input of one, and no seed, time or hash."""
    staff = json.loads((lecture / "results" / "ben" / "scaling.json").read_text())
    secrets = [check["name"] for check in staff["checks"] if not check["visible"]]
    secrets += [staff["run"]["hashes"]["submission"], staff["run"]["started"], staff["run"]["isolation"]]
    for path in (lecture / "back" / "ben").iterdir():
        text = path.read_text(encoding="utf-8")
        assert [secret for secret in secrets if secret in text] == []


def test_hand_ins_are_counted_over_the_runs(run, make_course, work, tmp_path: Path):
    """A second hand-in replaces the first result, and the report says how many it took; the same one counts once."""
    root = make_course(tmp_path / "course")
    handed_in = root / "class" / "ana" / "scaling.py"
    handed_in.parent.mkdir(parents=True)
    for double in ("3 * x", "x + x"):
        handed_in.write_text(work(double), encoding="utf-8")
        assert run(root, "autograder grade class").returncode == 0
    assert run(root, "autograder grade class --fresh").returncode == 0
    page = page_of(run(root, "autograder report results").stdout)
    with (page.parent / "items.csv").open(encoding="utf-8-sig", newline="") as file:
        counts = {row["check"]: row["mean_hand_ins_until_passed"] for row in csv.DictReader(file)}
    assert counts["doubles_each_entry"] == "2.0000"
    assert counts["adds_up"] == "1.0000"
    assert "Hand-ins: the mean number" in page.read_text(encoding="utf-8")


def test_nobody_who_handed_in_once_is_counted(run, lecture: Path, results: Path):
    """Then the page has no column for it."""
    page = page_of(run(lecture, f"autograder report {results}").stdout).read_text(encoding="utf-8")
    assert "Hand-ins" not in page


def test_what_discover_found_is_in_the_report(run, make_course, work, tmp_path: Path):
    """With a member's code and the lines to name it, which hidden names hide; a broken file is told in a line."""
    root = make_course(tmp_path / "course")
    for student in ("ana", "ben"):
        (root / "class" / student).mkdir(parents=True)
        (root / "class" / student / "scaling.py").write_text(work("3 * x"), encoding="utf-8")
    assert run(root, "autograder grade class").returncode == 0
    assert "Mistakes without a name" not in page_of(run(root, "autograder report results").stdout).read_text("utf-8")
    run(root, "autograder discover results class")
    page = page_of(run(root, "autograder report results").stdout).read_text("utf-8")
    assert "2 students (ana, ben)" in page
    assert "return 3 * x" in page
    assert "misconception(\n    &#34;unknown_1&#34;," in page
    page = page_of(run(root, "autograder report results --anonymous").stdout).read_text("utf-8")
    assert "Mistakes without a name" in page
    assert "return 3 * x" not in page
    assert "unknown_1" not in page
    assert "(ana, ben)" not in page
    (root / "results" / "unnamed.json").write_text("{")
    done = run(root, "autograder report results")
    assert done.returncode == 2
    assert "unnamed.json cannot be read" in done.stderr
