"""`autograder export RESULTS --to FORMAT`: what other places import, from the results of a real class."""

from __future__ import annotations

import base64
import csv
import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograder.exporters.formats import known_formats

pytestmark = pytest.mark.slow

FORMATS = ["canvas", "classroom", "gradescope", "junit", "markdown", "moodle"]
SHOUTS = "=cmd|' C calc'!A0, \"Zoë\""
WRITTEN = {
    "canvas": "canvas.csv",
    "classroom": "classroom/ana/scaling.json",
    "gradescope": "gradescope/ana/scaling/results.json",
    "junit": "junit.xml",
    "markdown": "marks.md",
    "moodle": "moodle.csv",
}


@pytest.fixture(scope="module")
def lecture(make_course, run, work, tmp_path_factory) -> Path:
    """A course with the results of four: ana is right, ben squares, cy handed in nothing, the last has an odd name."""
    root = make_course(tmp_path_factory.mktemp("export") / "course")
    for student, double in (("ana", "x + x"), ("ben", "x * x"), (SHOUTS, "1 / 0")):
        (root / "class" / student).mkdir(parents=True)
        (root / "class" / student / "scaling.py").write_text(work(double), encoding="utf-8")
    shutil.copytree(root / "assignments" / "scaling", root / "assignments" / "second")
    shutil.copy(root / "solutions" / "scaling.py", root / "solutions" / "second.py")
    (root / "class" / "cy").mkdir()
    (root / "class" / "cy" / "second.py").write_text(work(), encoding="utf-8")
    done = run(root, "grade class --assignment scaling")
    assert done.returncode == 0, done.stderr
    return root


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def scores(lecture: Path) -> dict[str, str]:
    """The cell of each student in marks.csv."""
    return {row[0]: row[1] for row in table(lecture / "results" / "marks.csv")[1:]}


def test_every_format_is_found(run, lecture):
    """Each file of the folder that holds one, and the help says what each writes."""
    assert list(known_formats()) == FORMATS
    said = " ".join(run(lecture, "autograder export --help").stdout.split())
    for known in known_formats().values():
        assert f"{known.name}: {known.purpose}" in said


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_written_beside_the_results(run, lecture, name: str):
    """The command says where; the results stay what they were, and are read no worse afterwards."""
    before = {path: path.read_bytes() for path in lecture.glob("results/*/*.json")}
    done = run(lecture, f"autograder export results --to {name}")
    assert done.returncode == 0, done.stderr
    assert (lecture / "results" / "export" / WRITTEN[name]).is_file()
    assert done.stdout.startswith("Written: ")
    assert "Note: Nothing was handed in, so that there is no mark, for cy/scaling." in done.stderr.splitlines()
    assert {path: path.read_bytes() for path in lecture.glob("results/*/*.json")} == before


def test_what_students_read_tells_no_hidden_check(run, lecture, course):
    """No name of one, no seed, and no hash of the staff's."""
    hidden = [check.name for check in course.checks("scaling") if not check.visible]
    assert hidden
    staff = json.loads((lecture / "results" / "ben" / "scaling.json").read_text())
    private = [*hidden, *staff["run"]["hashes"].values(), staff["run"]["versions"]["torch"]]
    for name in ("gradescope", "junit", "classroom", "markdown"):
        run(lecture, f"autograder export results --to {name} --out told")
    texts = [path.read_text(encoding="utf-8") for path in (lecture / "told").rglob("*") if path.is_file()]
    assert len(texts) >= 8
    assert [word for word in private for text in texts if word in text] == []


def test_gradescope_gets_the_marks_and_hides_what_is_hidden(run, lecture, course):
    """The points of marks.csv; hidden checks wait until marks are published."""
    run(lecture, "autograder export results --to gradescope --out g")
    written = {path.parts[-3]: json.loads(path.read_text()) for path in lecture.glob("g/gradescope/*/*/results.json")}
    marks = scores(lecture)
    assert {student: record["score"] for student, record in written.items()} == {
        student: float(cell) for student, cell in marks.items() if cell and not student.startswith("'")
    } | {SHOUTS: float(marks[f"'{SHOUTS}"])}
    shown = [test["visibility"] for test in written["ben"]["tests"]]
    order = [exercise.id for exercise in course.assignment("scaling").exercises]
    checks = sorted(course.checks("scaling"), key=lambda check: order.index(check.exercise))  # numbered 1.1, 1.2 ...
    assert shown == ["visible" if check.visible else "after_published" for check in checks]
    assert {test["status"] for test in written["ana"]["tests"]} == {"passed"}
    assert written["ana"]["stdout_visibility"] == "hidden"


def test_canvas_gets_a_gap_for_nothing_and_no_formula(run, lecture):
    """Without its own list, the names of folders are logins; the row of points possible stands second."""
    done = run(lecture, "autograder export results --to canvas --out c")
    lines = table(lecture / "c" / "canvas.csv")
    assert lines[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert (lines[1][0].strip(), lines[1][5]) == ("Points Possible", "10")
    assert {row[3]: row[5] for row in lines[2:]} == scores(lecture)
    assert {row[3]: row[5] for row in lines[2:]}["cy"] == ""
    assert "--roster takes Canvas's own" in done.stderr


ROSTER = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Old quiz (7),{title} (4711),Current Score
"    Points Possible",,,,,5,{worth},(read only)
"Byron, Ana",101,s1,ana,A,5,,90
"Young, Ben",102,s2,by,A,5,,90
"Twin, Cy",103,s3,cy,A,,,
"""


@pytest.fixture
def mine(lecture, tmp_path) -> Path:
    """The course and its results, in a folder that this test may change."""
    ignored = shutil.ignore_patterns("class", *"cgjm", "cl", "md", "told", "export")
    return shutil.copytree(lecture, tmp_path / "mine", ignore=ignored)


@pytest.fixture
def title(lecture) -> str:
    """What the assignment is called."""
    return json.loads((lecture / "results" / "ana" / "scaling.json").read_text())["title"]


def test_canvas_keeps_its_own_columns_and_ids(run, mine, title: str):
    """A roster: the assignment's column with its number, IDs for names, and a note on whom Canvas does not know."""
    (mine / "canvas.in.csv").write_text(ROSTER.format(title=title, worth="10.0"), encoding="utf-8")
    done = run(mine, "autograder export results --to canvas --roster canvas.in.csv --out c")
    assert done.returncode == 0, done.stderr
    lines = table(mine / "c" / "canvas.csv")
    assert lines[0][5:] == [f"{title} (4711)"]
    assert lines[2:] == [["Byron, Ana", "101", "s1", "ana", "A", "10"], ["Twin, Cy", "103", "s3", "cy", "A", ""]]
    assert "has no row for ben, who was left out" in done.stderr


def test_another_worth_in_canvas_is_refused(refused, mine, title: str):
    """Points out of 10 would be a mark out of 20."""
    (mine / "canvas.in.csv").write_text(ROSTER.format(title=title, worth="20"), encoding="utf-8")
    said = refused(mine, "autograder export results --to canvas --roster canvas.in.csv --out c")
    assert "is worth 20 points there, and 10 here; change it in Canvas" in said
    assert not (mine / "c").exists()


WORKSHEET = """\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade)
Participant 31,Ana Byron,ana@uni.example,Submitted,,{maximum},-
Participant 32,Ben Young,ben@uni.example,Submitted,3,"10,00",-
Participant 33,Cy Twin,cy@uni.example,No submission,,"10,00",-
Participant 34,"Dee ""D"" Ö",dee@uni.example,Submitted,7,"10,00",-
"""


def test_a_worksheet_of_moodle_is_filled_in(run, lecture):
    """Only grades change, of those who handed something in; everything else is as Moodle wrote it."""
    (lecture / "sheet.csv").write_text(WORKSHEET.format(maximum='"10,00"'), encoding="utf-8")
    done = run(lecture, "autograder export results --to moodle --roster sheet.csv --out m")
    assert done.returncode == 0, done.stderr
    before = table(lecture / "sheet.csv")
    after = table(lecture / "m" / "moodle.csv")
    assert [row[4] for row in after] == ["Grade", "10", scores(lecture)["ben"], "", "7"]
    assert [row[:4] + row[5:] for row in after] == [row[:4] + row[5:] for row in before]


def test_a_worksheet_with_another_maximum_is_refused(refused, lecture):
    """With the line of the file."""
    (lecture / "bad.csv").write_text(WORKSHEET.format(maximum="100"), encoding="utf-8")
    said = refused(lecture, "autograder export results --to moodle --roster bad.csv --out m2")
    assert said.startswith("Error: bad.csv:2: the maximum grade is 100 there, and 10 here; change it in Moodle")


def test_moodle_gets_usernames_and_gaps(run, lecture):
    """Without a worksheet."""
    run(lecture, "autograder export results --to moodle --out m3")
    lines = table(lecture / "m3" / "moodle.csv")
    assert lines[0][0] == "username"
    assert dict(lines[1:]) == scores(lecture)


def test_junit_loses_no_check(run, lecture):
    """As many test cases as checks; what failed is a failure, and of nobody's work it is skipped."""
    run(lecture, "autograder export results --to junit --out j")
    root = ElementTree.parse(lecture / "j" / "junit.xml").getroot()
    suites = {suite.get("name").rpartition("/")[0]: suite for suite in root}
    assert {len(suite.findall("testcase")) for suite in suites.values()} == {5}
    assert root.get("tests") == "20"
    assert [suites["ana"].get(count) for count in ("failures", "errors", "skipped")] == ["0", "0", "0"]
    assert suites["cy"].get("skipped") == "5"
    assert int(suites["ben"].get("failures")) > 0
    points = [float(p.get("value")) for p in suites["ben"].findall(".//testcase/properties/property[@name='points']")]
    assert sum(points) == pytest.approx(float(scores(lecture)["ben"]))


def test_markdown_escapes_names(run, lecture):
    """A gap is a dash; a name breaks no table."""
    run(lecture, "autograder export results --to markdown --out md")
    text = (lecture / "md" / "marks.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| cy |")]
    assert lines[0] == "| cy | – | 0 | 10 |"
    assert "cmd\\|' C calc'\\!A0" in text
    assert "- cy, scaling: not handed in" in text


def test_classroom_adds_up_either_way(run, lecture):
    """By tests that passed as by scores: of each check one runner tells, which always has a test."""
    run(lecture, "autograder export results --to classroom --out cl")
    for student in ("ana", "ben"):
        told = json.loads((lecture / "cl" / "classroom" / student / "scaling.json").read_text()).values()
        by_scores = sum(test["score"] for record in told for test in record["tests"])
        passed = [sum(test["status"] == "pass" for test in record["tests"]) / len(record["tests"]) for record in told]
        by_share = sum(share * record["max_score"] for share, record in zip(passed, told, strict=True))
        assert by_scores == pytest.approx(by_share)
        assert by_scores == pytest.approx(float(scores(lecture)[student]))


@pytest.fixture
def pushed(run, own, work) -> Path:
    """A student's repository, without hidden checks, with results; an exception's text tries to begin a command."""
    (own / "assignments" / "scaling" / "hidden_checks.py").write_text("")
    (own / "repo").mkdir()
    bad = work("[][1]").replace("def double(x):", "def double(x):\n    raise ValueError('a\\n::error::injected')")
    (own / "repo" / "scaling.py").write_text(bad)
    done = run(own, "grade repo")
    assert done.returncode == 0, done.stderr
    return own


def test_a_workflow_has_an_answer_for_every_check(run, pushed):
    """Also when grading never ended: the reporter crashes on nothing."""
    run(pushed, "autograder export results --to classroom --out cl")
    text = (pushed / "cl" / "classroom" / "scaling.yml").read_text()
    answers = re.findall(r"(SCALING\d\d)_RESULTS: \$\{\{ steps.grade.outputs.(\w+) \|\| '([^']+)' \}\}", text)
    (runners,) = re.findall(r"runners: (.*)", text)
    assert [output for _, output, _ in answers] == runners.split(",")
    assert [name.lower() for name, _, _ in answers] == runners.split(",")
    fallback = [json.loads(base64.b64decode(answer)) for _, _, answer in answers]
    assert {(record["status"], len(record["tests"])) for record in fallback} == {("error", 1)}
    assert sum(record["max_score"] for record in fallback) == pytest.approx(10)


def test_a_workflow_is_told_by_annotations_outputs_and_a_summary(run, pushed):
    """One annotation for each exercise that fails, on its line; a student's text cannot begin a command."""
    files = {"GITHUB_OUTPUT": str(pushed / "output"), "GITHUB_STEP_SUMMARY": str(pushed / "summary")}
    done = run(pushed, "autograder export results --to classroom", GITHUB_ACTIONS="true", **files)
    assert done.returncode == 0, done.stderr
    commands = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert len(commands) == 1
    assert commands[0].startswith("::error file=scaling.py,line=")
    assert "%0A" in commands[0]
    outputs = dict(line.split("=", 1) for line in (pushed / "output").read_text().splitlines())
    told = [json.loads(base64.b64decode(value)) for value in outputs.values()]
    assert len(told) == 3
    assert sum(test["score"] for record in told for test in record["tests"]) < 10
    assert "of 10 points" in (pushed / "summary").read_text()


def test_a_workflow_tells_of_one_student(refused, lecture):
    """Whose points would the step's be?"""
    said = refused(lecture, "autograder export results --to classroom --out w", GITHUB_ACTIONS="true")
    assert "A workflow tells of one student, and results holds " in said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nowhere --to junit", "There is no folder nowhere; name the one that `grade` wrote its results to."),
        ("class --to junit", "class holds no STUDENT/SLUG.json; name the folder that `grade` wrote its results to."),
        ("results --to junit --assignment scalin", "results holds no result of 'scalin', only of scaling."),
        ("results --to junit --roster x.csv", "junit needs no --roster; only canvas and moodle take one."),
        ("results --to canvas --roster no.csv", "no.csv cannot be read: No such file or directory; name a file with"),
        ("results --to canvas --roster empty.csv", "empty.csv is no CSV file with a header"),
        ("results --to canvas --roster sheet2.csv", "sheet2.csv:1: there is none of the columns Student, ID, SIS User"),
        ("results --to canvas --roster utf16.csv", "utf16.csv is not UTF-8 text (byte 0): export it again"),
        ("results --to moodle --roster grades.csv", "grades.csv:1: there are no columns Identifier and Grade;"),
        ("results --to junit --out results", "results is not free for --out: the results stand there;"),
        ("results --to junit --out class/ana/scaling.py", "scaling.py/junit.xml cannot be written: "),
    ],
)
def test_wrong_use_is_told_in_one_line(refused, lecture, line: str, says: str):
    """What is wrong, where, and what to do."""
    (lecture / "empty.csv").write_text("")
    (lecture / "sheet2.csv").write_text("Identifier,Grade\n")
    (lecture / "utf16.csv").write_bytes("Student,ID\n".encode("utf-16"))
    (lecture / "grades.csv").write_text("Username,Points\nana,3\n")
    assert says in refused(lecture, f"autograder export {line}")


def test_a_broken_result_is_told(refused, mine):
    """With its file and line; nothing is written."""
    (mine / "results" / "ben" / "scaling.json").write_text('{"score":')
    assert "ben/scaling.json:1: this is no valid JSON" in refused(mine, "autograder export results --to junit --out j")
    assert not (mine / "j").exists()
