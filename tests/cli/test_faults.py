"""Faults of our own, injected at every seam: they cost nobody a point, show themselves, and leave the rest alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from autograder.model import Outcome, Result
from autograder.reports.renderers import text_below

pytestmark = pytest.mark.slow

WAITING = '''

from autograder.checking import close as _close

@check("double", needs=doubles_each_entry)
def doubles_twice(student, case):
    """double(double(x)) is 4 x."""
    x = case.normal(2)
    _close(student.double(student.double(x)), 4 * x)
'''
BREAKING = """

def _broken(*args, **kwargs):
    raise KeyError("injected")
"""


class Seam(NamedTuple):
    """A place where our own code can break.

    Args:
        line: added to checks.py, so that it breaks wherever the checks are loaded.
        faulty: of each student, the checks that must end in a fault of the grader.
    """

    line: str
    faulty: dict[str, set[str]]


ALL = {
    "doubles_each_entry", "keeps_its_input", "adds_up", "doubles_twice", "doubles_real_images", "two_counters_are_apart"
}  # fmt: skip
WRONG = {"doubles_each_entry", "keeps_its_input", "doubles_real_images"}  # what ben's square fails
SEAMS = {
    "a check": Seam(
        "doubles_each_entry.__code__ = _broken.__code__",
        dict.fromkeys(("ana", "ben"), {"doubles_each_entry", "doubles_twice"}),
    ),
    "the inputs of a check": Seam(
        "import autograder.grading.runner as r; r.case_of = _broken", {"ana": ALL, "ben": ALL}
    ),
    "the explanation": Seam(
        "import autograder.explaining.telling as t; t.explanation_of = _broken", {"ben": WRONG | {"doubles_twice"}}
    ),
    "the diagnosis": Seam(
        "import autograder.grading.recognition as r; r.explain = _broken", {"ben": WRONG | {"doubles_twice"}}
    ),
    "the diagnosis of one check": Seam(
        "import autograder.grading.recognition as r\n"
        "_explain = r.explain\n"
        "_breaks = lambda run: run.failed and run.name == 'keeps_its_input'\n"
        "r.explain = lambda runs, *rest: _broken() if any(map(_breaks, runs)) else _explain(runs, *rest)",
        {"ben": {"keeps_its_input"}},
    ),
    "the reading of a submission": Seam(
        "import autograder.grading.runner as r; r.read_submission = _broken", {"ana": ALL, "ben": ALL}
    ),
    "the start of a worker": Seam(
        "import autograder.sandbox.workers as w; w.Workers.take = _broken", {"ana": ALL, "ben": ALL}
    ),
    "the frame around a submission": Seam(
        "import autograder.grading.runner as r\nclass _Clock:\n    time = _broken\nr.time = _Clock",
        {"ana": ALL, "ben": ALL},
    ),
}
MISTAKEN = {"ben": WRONG | {"doubles_twice"}}


@pytest.fixture
def lecture(own: Path, work) -> Path:
    """The miniature course with a check that waits for another; ana's work is right, ben squares, cy wrote nothing."""
    with (own / "assignments" / "scaling" / "checks.py").open("a") as file:
        file.write(WAITING)
    for student, text in (("ana", work()), ("ben", work("x**2")), ("cy", "")):
        (own / "class" / student).mkdir(parents=True)
        (own / "class" / student / "scaling.py").write_text(text)
    return own


def stored(root: Path) -> dict[str, Result]:
    paths = (root / "results").glob("*/scaling.json")
    return {path.parent.name: Result.from_dict(json.loads(path.read_text())) for path in paths}


def ended(result: Result, outcome: Outcome) -> set[str]:
    return {check.name for check in result.checks if check.outcome is outcome}


ALONE = ("a check", "the diagnosis", "the frame around a submission")  # tried in the command's own process too
RUNS = [(seam, jobs) for jobs in (1, 2) for seam in SEAMS if jobs == 2 or seam in ALONE]


@pytest.mark.parametrize(("seam", "jobs"), RUNS, ids=[f"{seam}, jobs {jobs}" for seam, jobs in RUNS])
def test_a_fault_in_grading_costs_nobody_a_point(run, lecture: Path, seam: str, jobs: int):
    """The checks that it touches, and those that wait for them, keep their points; all else is as without it."""
    with (lecture / "assignments" / "scaling" / "checks.py").open("a") as file:
        file.write(f"{BREAKING}\n{SEAMS[seam].line}\n")
    done = run(lecture, f"grade class --jobs {jobs}")
    results = stored(lecture)
    assert done.returncode == 3
    assert "a fault of the grader itself" in done.stderr
    assert "Traceback" not in done.stderr
    for student in ("ana", "ben"):
        faulty = SEAMS[seam].faulty.get(student, set())
        assert ended(results[student], Outcome.GRADER_FAULT) == faulty
        lost = MISTAKEN.get(student, set()) - faulty
        earned = sum(check.max_points for check in results[student].checks if check.name not in lost)
        assert results[student].score == pytest.approx(earned)
        kept = {check.name for check in results[student].checks if "injected" in text_below(check.evidence)}
        assert kept - {"doubles_twice"} == faulty - {"doubles_twice"}
    assert ended(results["cy"], Outcome.PASSED) == set()


def test_without_a_fault_the_mistakes_are_named(run, lecture: Path):
    """What the tests of the seams compare with: exit code 0, and ben's mistake costs its points."""
    done = run(lecture, "grade class --jobs 2")
    assert (done.returncode, "fault of the grader" in done.stdout + done.stderr) == (0, False)
    results = stored(lecture)
    assert results["ana"].score == 10
    assert {check.misconception for check in results["ben"].checks} == {"squared", ""}
    assert ended(results["ben"], Outcome.PASSED) == ALL - WRONG - {"doubles_twice"}


def test_a_faulty_result_is_graded_again_until_the_fault_is_gone(run, lecture: Path):
    """It is never taken for finished; then the marks are what they must be, without --fresh."""
    checks = lecture / "assignments" / "scaling" / "checks.py"
    sound = checks.read_text()
    checks.write_text(f"{sound}{BREAKING}\n{SEAMS['the diagnosis'].line}\n")
    assert run(lecture, "grade class").returncode == 3
    assert run(lecture, "autograder regrade class").returncode == 3
    checks.write_text(sound)
    assert run(lecture, "grade class").returncode == 0
    assert stored(lecture)["ben"].score < 10


def test_a_grader_that_dies_is_told_and_tried_again(run, lecture: Path):
    """Nobody knows whose fault it was, so that the staff are asked to look; the others have their marks."""
    checks = lecture / "assignments" / "scaling" / "checks.py"
    sound = checks.read_text()
    with checks.open("a") as file:
        file.write("\nimport os\ndoubles_each_entry.__code__ = (lambda student, case: os._exit(9)).__code__\n")
    done = run(lecture, "grade class --jobs 2")
    assert done.returncode == 3
    for student in ("ana", "ben"):
        assert f"A fault of the grader itself: The grader's own process died on {student}/scaling, twice" in done.stderr
        assert ended(stored(lecture)[student], Outcome.CRASHED) == ALL
    assert ended(stored(lecture)["cy"], Outcome.NOT_ATTEMPTED) == ALL
    assert run(lecture, "grade class --jobs 2").returncode == 3
    checks.write_text(sound)
    assert run(lecture, "grade class --jobs 2").returncode == 0
    assert stored(lecture)["ana"].score == 10


def run_broken(root: Path, breaking: str, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command whose own process breaks somewhere."""
    code = f"import sys\n{BREAKING}\n{breaking}\nfrom autograder.cli import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code, *command.split()],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


OUTSIDE = {
    "storing one result": (
        "from autograder.grading.results import ResultsFolder as R\n"
        "_write = R.write\n"
        "R.write = lambda self, result: _broken() if result.student == 'ben' else _write(self, result)",
        "ben/scaling could not be written to the results",
        {"ana", "cy"},
    ),
    "the table of marks in a file": (
        "from autograder.grading.results import ResultsFolder as R\nR.write_marks = _broken",
        "marks.csv could not be finished",
        {"ana", "ben", "cy"},
    ),
    "showing progress": (
        "import autograder.cli.class_options as c\nc._in_words = _broken",
        "ben/scaling could not be written to the terminal",
        {"ana", "ben", "cy"},
    ),
}


@pytest.mark.parametrize(("breaking", "told", "kept"), OUTSIDE.values(), ids=OUTSIDE)
def test_a_fault_outside_of_checks_is_told_and_kept(lecture: Path, breaking: str, told: str, kept: set):
    """A line says what was lost and where its traceback stands; every other result is there; exit code 3."""
    done = run_broken(lecture, breaking, "grade class --jobs 2")
    assert done.returncode == 3
    assert f"A fault of the grader itself: {told} (KeyError: 'injected'); the details are in " in done.stderr
    assert "Traceback" not in done.stderr
    assert "KeyError: 'injected'" in (lecture / "results" / "faults.log").read_text()
    assert set(stored(lecture)) == kept


def test_a_fault_of_the_report_ends_with_its_traceback_and_every_result(lecture: Path):
    """The table cannot be shown, which is told at once; all marks are in their files."""
    done = run_broken(lecture, "import autograder.reports.marks_table as t\nt.ClassMarks = _broken", "grade class")
    assert done.returncode == 3
    assert "KeyError: 'injected'" in done.stderr
    assert "please report the lines above" in done.stderr
    assert set(stored(lecture)) == {"ana", "ben", "cy"}
    assert (lecture / "results" / "marks.csv").read_text().count("\n") == 4


def test_a_student_sees_a_fault_of_the_printer(lecture: Path):
    """`check` goes on with the other checks, and its exit code says that it was not the student's."""
    breaking = (
        "from autograder.reports.overview import Overview as P\n"
        "_show = P.show\n"
        "P.show = lambda self, c: _broken() if c.name == 'adds_up' and c.outcome != 'grader_fault' else _show(self, c)"
    )
    done = run_broken(lecture / "class" / "ana", breaking, "check scaling")
    assert done.returncode == 3
    assert "A counter holds the sum of what it was given.  [grader fault]" in done.stdout
    assert "3 passed, 1 grader fault" in done.stdout


def test_an_answer_too_large_to_look_at_is_no_fault(run, lecture: Path):
    """Else it would earn the points of the check; the verdict stands without a word more."""
    with (lecture / "assignments" / "scaling" / "checks.py").open("a") as file:
        file.write(
            "\n\ndef _full(*args, **kwargs):\n    raise MemoryError\n\n"
            "import autograder.grading.recognition as r, autograder.explaining.telling as t\n"
            "t.explanation_of = r.explain = _full\n"
        )
    done = run(lecture, "grade class --jobs 2")
    assert done.returncode == 0
    assert ended(stored(lecture)["ben"], Outcome.FAILED) == WRONG


WEIGHED = """
def weighed(student, case):
    'It is weighed.'

check('double', weight={})(weighed)
"""
MISTAKE = "misconception('x', "
WEIGHT = "a weight is a number greater than 0"
TYPOS = {  # the file, a line more in it, and what must be told beside the file
    "a name": ("misconceptions.py", "misconceptoin()", "NameError"),
    "syntax": ("checks.py", "def (:", "SyntaxError"),
    "a weight": ("checks.py", WEIGHED.format("-1"), WEIGHT),
    "a text for a weight": ("checks.py", WEIGHED.format("'a'"), WEIGHT),
    "the name of a check": ("checks.py", "check('double', needs='adds_up')(_close)", "not its name"),
    "no edit": ("misconceptions.py", f"{MISTAKE}('return 2', 'return 3'))", "('return 2', 'return 3') is no edit"),
    "nothing changed": ("misconceptions.py", "misconception('x').says('?')", "it changes nothing"),
    "a record": ("outcomes.toml", "<<<<<<< ours", "run `autograder validate scaling --record`"),
    "a table": ("assignment.toml", "[budgets]", "budgets"),
}


BY_COMMAND = [("validate --jobs 2", *typo) for typo in TYPOS.values()]
BY_COMMAND += [("grade class --jobs 2", *TYPOS["a name"]), ("grade class", *TYPOS["a weight"])]


@pytest.mark.parametrize(("command", "file", "line", "what"), BY_COMMAND)
def test_a_typo_of_an_author_is_one_line(run, lecture: Path, command: str, file: str, line: str, what: str):
    """With file and line, and exit code 2; no traceback, whichever process met it."""
    with (lecture / "assignments" / "scaling" / file).open("a") as text:
        text.write(f"\n{line}\n")
    done = run(lecture, f"autograder {command}")
    said = done.stdout + done.stderr
    assert done.returncode == 2
    assert "Traceback" not in said
    (told,) = [each for each in done.stderr.splitlines() if each.startswith("Error: ")]
    assert f"{file}:" in told
    assert what in told


def test_a_check_that_breaks_is_one_line_for_its_author(run, lecture: Path):
    """The exception and the line of checks.py that raised it."""
    path = lecture / "assignments" / "scaling" / "checks.py"
    path.write_text(path.read_text().replace("equal(counter.add(3), 6)", "equal(counter.add(3), sixx)"))
    number = path.read_text().splitlines().index("    equal(counter.add(3), sixx)") + 1
    assert run(lecture, "autograder build").returncode == 0
    done = run(lecture, "autograder validate", COLUMNS="300")
    assert (done.returncode, done.stderr) == (1, "1 problem.\n")
    assert "Traceback" not in done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert f"checks.py:{number}: your check adds_up raised NameError: name 'sixx' is not defined" in said
