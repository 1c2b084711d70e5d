"""`grade PATH...`: a class goes in, marks come out; what cannot be graded is told and loses nothing."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.model import Outcome, Result

pytestmark = pytest.mark.slow

OFFLINE = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")  # where nobody answers


def hand_in(folder: Path, student: str, text: str) -> Path:
    (folder / student).mkdir(parents=True)
    (folder / student / "scaling.py").write_text(text, encoding="utf-8")
    return folder / student / "scaling.py"


def stored(out: Path) -> dict[str, Result]:
    """The results in a folder by student."""
    return {p.parent.name: Result.from_dict(json.loads(p.read_text())) for p in out.glob("*/scaling.json")}


def marks(out: Path) -> list[list[str]]:
    with (out / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture(scope="module")
def lecture(make_course, work, tmp_path_factory) -> Path:
    """A course, and in `class` four submissions: right, not UTF-8, a link to the first one, and empty."""
    root = make_course(tmp_path_factory.mktemp("lecture") / "course")
    right = hand_in(root / "class", "ana", work())
    hand_in(root / "class", "bo", "").write_bytes(b"# Jos\xe9\n" + work().encode())
    hand_in(root / "class", "cy", "").unlink()
    (root / "class" / "cy" / "scaling.py").symlink_to(right)
    hand_in(root / "class", "dee", "")
    return root


@pytest.fixture(scope="module")
def first(run, lecture):
    """The first run: a single file and three folders, with the results in the class's own folder."""
    return run(lecture, "grade class/ana/scaling.py class/bo class/cy class/dee --out class/results")


def test_everyone_gets_a_result_of_every_check(first, lecture):
    """Wrong, unreadable and empty files are no failure of the command, and the maximum is the same for all."""
    assert first.returncode == 0
    results = stored(lecture / "class" / "results")
    assert {student: result.score for student, result in results.items()} == {"ana": 10, "bo": 0, "cy": 0, "dee": 0}
    assert all(len(result.checks) == 5 and result.max_score == 10 for result in results.values())


def test_the_table_of_marks_goes_to_stdout(first, lecture):
    """A row per student, the outcomes in all, how it was graded and where the results are; no colours in a pipe."""
    rows = [line.split() for line in first.stdout.splitlines()]
    assert rows[1:3] == [["scaling"], ["student", "/10"]]
    assert rows[4:8] == [["ana", "10.0"], ["bo", "0.0"], ["cy", "0.0"], ["dee", "0.0"]]
    assert "Checks: 5 passed, 10 errors, 5 not attempted" in first.stdout
    assert "Graded on cpu with digits, seed 0, isolation: " in first.stdout
    assert str(lecture / "class" / "results" / "marks.csv") in first.stdout
    assert "\x1b" not in first.stdout


def test_the_progress_goes_to_stderr(first):
    """Without a terminal every result is a line, numbered to the total."""
    assert "[1/4] ana/scaling: 10.0/10" in first.stderr.splitlines()
    assert len(first.stderr.splitlines()) == 4
    assert "[1/4]" not in first.stdout


@pytest.mark.parametrize(
    ("student", "outcome", "note"),
    [
        ("bo", "error", "scaling.py is not UTF-8 text (byte 0xe9 in line 1): save it as UTF-8."),
        ("cy", "error", "scaling.py is a symbolic link: hand in the file itself."),
        ("dee", "not_attempted", "scaling.py is empty: was it saved before it was handed in?"),
    ],
)
def test_what_cannot_be_read_is_told(first, lecture, student: str, outcome: str, note: str):
    """The result of such a file says what is wrong with it, and so does the table."""
    result = stored(lecture / "class" / "results")[student]
    assert {str(check.outcome) for check in result.checks} == {outcome}
    assert list(result.notes) == [note] * bool(note)
    assert note.partition(":")[0] in " ".join(first.stdout.split())


@pytest.fixture(scope="module")
def second(run, lecture, first, work):
    """The second run, over the whole class: dee has left, eve has come, and one file among the results is broken."""
    hand_in(lecture / "class", "eve", work("3 * x"))
    shutil.rmtree(lecture / "class" / "dee")
    broken = lecture / "class" / "results" / "zoe" / "scaling.json"
    broken.parent.mkdir()
    broken.write_text('{"score":')
    return run(lecture, "grade class --out class/results --json")


def test_json_is_all_that_stdout_holds(second):
    """`--json` prints everybody's result in the published format; the folder of results is nobody's work."""
    assert second.returncode == 0
    report = json.loads(second.stdout)
    assert report["schema_version"] == 4
    results = [Result.from_dict(record) for record in report["results"]]
    assert {result.student: result.score for result in results} == {"ana": 10, "bo": 0, "cy": 0, "eve": 4}


def test_a_broken_results_file_is_set_aside(second, lecture):
    """It is renamed with its content, and a note on stderr says so."""
    folder = lecture / "class" / "results" / "zoe"
    assert [path.name for path in folder.iterdir()] == ["scaling.json.broken"]
    assert (folder / "scaling.json.broken").read_text() == '{"score":'
    note = next(line for line in second.stderr.splitlines() if line.startswith("Note: "))
    assert "zoe/scaling.json:1: this is no valid JSON" in note
    assert note.endswith("It was kept as scaling.json.broken.")


def test_marks_cover_the_runs_before(second, lecture):
    """The table of marks holds everyone who has a result, dee's of the first run and eve's of the second."""
    assert [row[:5] for row in marks(lecture / "class" / "results")] == [
        ["student", "scaling", "total", "maximum", "percent"],
        ["ana", "10", "10", "10", "100"],
        ["bo", "0", "0", "10", "0"],
        ["cy", "0", "0", "10", "0"],
        ["dee", "0", "0", "10", "0"],
        ["eve", "4", "4", "10", "40"],
    ]


def test_a_fault_of_the_grader_costs_nobody_a_point(run, own, work):
    """A check that breaks by itself ends with exit code 3 and a line on stderr; its points are given."""
    checks = own / "assignments" / "scaling" / "checks.py"
    checks.write_text(checks.read_text().replace("    counter.add(2)\n", "    counter.sum = 1 / 0\n"))
    path = hand_in(own / "class", "ana", work())
    done = run(own, f"grade {path.parent}")
    assert done.returncode == 3
    assert ["ana", "10.0"] in [line.split() for line in done.stdout.splitlines()]
    assert "1 grader fault" in done.stdout
    assert "fault of the grader" in done.stderr
    assert stored(own / "results")["ana"].checks[2].outcome is Outcome.GRADER_FAULT


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("grade nowhere", "There is no nowhere."),
        ("grade solutions --assignment scalin", "There is no assignment 'scalin'. Did you mean scaling? Known are:"),
        ("grade assignments", "assignments holds no submission: neither it nor a folder in it has a file called"),
        ("grade assignments/scaling/checks.py", "checks.py is not named after an assignment; known are: scaling."),
        ("grade empty", "empty holds no submission"),
        ("grade monday tuesday", "Two submissions are called 'ana': monday/ana and tuesday/ana. Rename one"),
        ("grade solutions --device cuda", "has no cuda device; use --device cpu."),
        ("grade solutions --course monday", "There is no course in "),
    ],
)
def test_wrong_use_is_told_in_one_line(refused, own, work, line: str, says: str):
    """Nothing is graded, no folder of results appears, and the line says what to change."""
    (own / "empty").mkdir()
    for day in ("monday", "tuesday"):
        hand_in(own / day, "ana", work())
    assert says in refused(own, line, CUDA_VISIBLE_DEVICES="")
    assert not (own / "results").exists()


def test_nothing_to_grade_is_told(refused, own):
    """A file of one assignment, graded for another: the line names the one that nobody handed in."""
    shutil.copytree(own / "assignments" / "scaling", own / "assignments" / "second")
    said = refused(own, "grade solutions/scaling.py --assignment second --json")
    assert said == "Error: There is nothing to grade: no file that was named belongs to second.\n"


def test_without_a_network_a_missing_data_set_names_its_folder_and_digits(run, own):
    """The line says where MNIST was looked for, how to name another folder, and which data set needs none."""
    settings = own / "assignments" / "scaling" / "assignment.toml"
    settings.write_text(settings.read_text() + "\n[training.mnist]\nrows = 50\n")
    done = run(own, f"grade solutions --dataset mnist --data-dir {own / 'data'}", **OFFLINE)
    assert (done.returncode, done.stdout) == (2, "")
    said = done.stderr.strip()  # the bar of the download ends with a line of its own
    assert said.startswith(f"Error: MNIST is not complete in {own / 'data' / 'MNIST' / 'raw'} and cannot be downloaded")
    assert said.endswith("with --data-dir or $AUTOGRADER_DATA, or use --dataset digits, which needs no files.")
    assert "\n" not in said


def test_a_data_set_that_an_assignment_does_not_mention_is_refused(refused, own):
    """In a class too, before anything is graded: a mark that is silently missing would be worse."""
    shutil.copytree(own / "assignments" / "scaling", own / "assignments" / "second")
    settings = own / "assignments" / "second" / "assignment.toml"
    settings.write_text(settings.read_text() + "\n[training.mnist]\nrows = 50\n")
    shutil.copy(own / "solutions" / "scaling.py", own / "solutions" / "second.py")
    says = "Error: There are no settings for mnist: scaling trains on digits. Give another --dataset, or name other "
    assert refused(own, "grade solutions --dataset mnist").startswith(says)
    assert refused(own, "autograder check --dir solutions --dataset mnist").startswith(says)
    assert not (own / "results").exists()
    both = "second trains on digits or mnist"
    assert both in refused(own, "grade solutions --assignment second --dataset fashion_mnist")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere graders are not forked")
def test_several_graders_spare_the_first_process_the_import_of_torch(own, work):
    """It only hands out the tasks: two graders compute, and whoever waits for them holds little memory."""
    hand_in(own / "class", "yan", work("x * x"))
    hand_in(own / "class", "zoe", work())
    grade = ["class", "--jobs", "2", "--fresh", "--out", "here"]
    code = f"import sys; from autograder.cli.grade_command import command; command({grade}, standalone_mode=False); "
    code += "sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=own, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert {name: r.score < 10 for name, r in stored(own / "here").items()} == {"yan": True, "zoe": False}


@pytest.mark.skipif("AUTOGRADER_DATA" not in os.environ, reason="needs the full MNIST in the folder $AUTOGRADER_DATA")
def test_several_graders_find_the_data_where_the_environment_says(run, own, work):
    """Though a grader that is forked knows little of the environment."""
    settings = own / "assignments" / "scaling" / "assignment.toml"
    patient = settings.read_text().replace("_seconds = ", "_seconds = 10")  # loading 60,000 images counts
    settings.write_text(patient + "\n[training.mnist]\nrows = 50\n")
    hand_in(own / "class", "yan", work())
    hand_in(own / "class", "zoe", work())
    done = run(own, "grade class --jobs 2 --dataset mnist --out here", AUTOGRADER_DATA=os.environ["AUTOGRADER_DATA"])
    assert done.returncode == 0, done.stderr
    assert {str(c.outcome) for result in stored(own / "here").values() for c in result.checks} == {"passed"}


@pytest.fixture(scope="module")
def references_and_stubs(run, clone, tmp_path_factory) -> dict[str, list[Result]]:
    """The results of `grade solutions student_template` in the real course."""
    out = tmp_path_factory.mktemp("real") / "results"
    done = run(clone, f"grade solutions student_template --out {out} --json")
    assert done.returncode == 0
    results = [Result.from_dict(record) for record in json.loads(done.stdout)["results"]]
    return {s: [r for r in results if r.student == s] for s in ("solutions", "student_template")}


def test_the_references_earn_everything(references_and_stubs, clone):
    """`grade solutions`: 100 % in every assignment of the course, every check passed."""
    results = references_and_stubs["solutions"]
    assert {result.assignment for result in results} == set(Course(clone).slugs)
    assert all(result.score == result.max_score for result in results)
    assert {str(check.outcome) for result in results for check in result.checks} == {"passed"}


def test_the_kit_earns_nothing(references_and_stubs, clone):
    """`grade student_template`: 0 % in every assignment of the course, every check not attempted."""
    results = references_and_stubs["student_template"]
    assert {result.assignment for result in results} == set(Course(clone).slugs)
    assert all(result.score == 0 for result in results)
    assert Counter(str(c.outcome) for r in results for c in r.checks).keys() == {"not_attempted"}
