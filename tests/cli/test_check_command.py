"""`autograder check [SLUG...]`, as a student runs it in the folder of a kit."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from autograder.authoring.notebooks import student_notebook
from autograder.authoring.stubs import cut_stub
from autograder.model import Result

pytestmark = pytest.mark.slow

COLOUR = re.compile(r"\x1b\[[\d;]*3[1-7]m")
TITLES = ["double(x) is x + x.", "double leaves x as it was and keeps its dtype."]
OF_COUNTER = "A counter holds the sum of what it was given."


@pytest.fixture(scope="module")
def kit(make_course, work, tmp_path_factory):
    """A folder with work in which `double` is wrong and prints something, in a course that has hidden checks too."""
    folder = make_course(tmp_path_factory.mktemp("student") / "kit")
    (folder / "scaling.py").write_text(work("print('x is [bold]here', len(x)) or 3 * x"))
    return folder


@pytest.fixture(scope="module")
def failed(run, kit):
    """What `autograder check --all --hints 1` says to that work, in a terminal whose user wants no colours."""
    return run(kit, "autograder check --all --hints 1", FORCE_COLOR="1", NO_COLOR="1", COLUMNS="200")


def plain(text: str) -> str:
    """Without what makes text bold or dim."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_work_that_fails_ends_with_exit_code_1(failed):
    """Something does not pass yet: 1, not an error of the command."""
    assert (failed.returncode, failed.stderr) == (1, "")


def test_every_visible_check_is_shown_under_its_exercise(failed):
    """Titles stand under the exercises in order, with a symbol; hidden checks do not occur."""
    lines = [line.strip() for line in plain(failed.stdout).splitlines()]
    expected = ["Twice a tensor", *(f"✗ {title}" for title in TITLES), "An object with state", f"✓ {OF_COUNTER}"]
    assert [line for line in lines if line in expected] == expected
    assert "real images" not in failed.stdout
    assert lines[-3] == "4 of 10 points: 1 passed, 2 failed"


def test_a_failure_says_what_was_called_and_what_must_hold(failed):
    """Below a failed check stand the message and the call."""
    told = plain(failed.stdout)
    assert "It is too large by exactly x" in told
    assert "called: double(" in told


def test_what_the_work_printed_is_shown_as_it_is(failed):
    """Output of a student appears with its check, and is not taken for markup."""
    assert "printed: x is [bold]here 3" in plain(failed.stdout)


def test_as_many_hints_are_shown_as_asked_for(failed):
    """With `--hints 1` the first hint of the failing exercise appears, and how to get the next."""
    told = plain(failed.stdout)
    assert "Hint 1 of 2: What is x + x?" in told
    assert "Multiply." not in told
    assert "What does the counter remember" not in told
    assert told.endswith("A hint: autograder check scaling --exercise double --hints 2\n")


def test_no_color_is_honoured(failed):
    """With NO_COLOR set there is no colour even in a terminal; bold and dim stay."""
    assert "\x1b[" in failed.stdout
    assert not COLOUR.search(failed.stdout)


def test_one_exercise_is_checked_alone_and_as_json(run, kit):
    """Its checks alone decide the exit code, and stdout holds their result in the published format, nothing else."""
    done = run(kit, "autograder check scaling --exercise counter --json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert set(report) == {"schema_version", "results"}
    (result,) = map(Result.from_dict, report["results"])
    assert [(check.title, str(check.outcome)) for check in result.checks] == [(OF_COUNTER, "passed")]


def test_a_check_that_another_exercise_needs_is_run_too(run, kit, tmp_path):
    """The one exercise that is asked for may have a check that waits for one of another exercise."""
    shutil.copytree(kit, tmp_path / "kit")
    checks = tmp_path / "kit" / "assignments" / "scaling" / "checks.py"
    checks.write_text(checks.read_text().replace('@check("counter")', '@check("counter", needs=keeps_its_input)'))
    done = run(tmp_path / "kit", "autograder check scaling --exercise counter --json")
    (result,) = map(Result.from_dict, json.loads(done.stdout)["results"])
    assert [(check.name, str(check.outcome)) for check in result.checks] == [
        ("keeps_its_input", "failed"),
        ("adds_up", "skipped"),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("check scalling", "There is no assignment 'scalling'. Did you mean scaling? Known are: scaling."),
        (
            "check --exercise dobule",
            "There is no exercise 'dobule' here. Did you mean double? Known are: 1 double, 2 counter.",
        ),
        ("check --exercise 3", "There is no exercise '3' here. Known are: 1 double, 2 counter."),
        ("check scaling.ipynb", "There is no file scaling.ipynb."),
        ("check assignments/scaling/checks.py", "checks.py is not named after an assignment; known are: scaling."),
        ("check --dir nowhere", "There is no folder nowhere."),
    ],
)
def test_wrong_use_is_told_in_one_line(refused, kit, line: str, says: str):
    """A slug, an exercise or a folder that does not exist; with what does."""
    assert says in refused(kit, f"autograder {line}")


def test_work_elsewhere_in_a_course_is_found(refused, own, work):
    """`--dir` names a folder of work inside a course: the exercises are those of that course."""
    (own / "mine").mkdir()
    (own / "mine" / "scaling.py").write_text(work())
    said = refused(own / "mine", f"autograder check --dir {own / 'mine'} --exercise dobule")
    assert said.endswith("Known are: 1 double, 2 counter.\n")


def test_a_folder_without_work_is_told_what_to_do(refused, own):
    """Where no file of the course lies, the line says which file, which folder, and how to start."""
    said = refused(own, "autograder check")
    assert f"There is no scaling.py in {own}. Go to the folder of your kit, or make one with `autograder start" in said


def test_a_notebook_is_checked_like_a_file(run, make_course, course, work, tmp_path):
    """Where a kit has both, the one in which more is written counts; what is to be said about it is said once."""
    folder = make_course(tmp_path / "kit")
    (folder / "scaling.py").write_text(cut_stub(course.solution("scaling"), course.assignment("scaling")))
    notebook = json.loads(student_notebook(course, "scaling"))
    own = {"cell_type": "code", "metadata": {}, "source": "%matplotlib inline\n" + work()}
    notebook["cells"].append(own)
    (folder / "scaling.ipynb").write_text(json.dumps(notebook))
    checked = run(folder, "autograder check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    place = f"Cell {len(notebook['cells'])}, line 1"
    assert checked.stdout.count(f"Note: {place}: this notebook command was left out.") == 1
