"""`autograder discover RESULTS PATH...`: what several students get wrong alike, where no name explains it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.mark import Unnamed
from autograder.reports.skeleton import skeleton

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lecture(make_course, work, run, tmp_path_factory) -> Path:
    """A course with a graded class: two multiply by 3, in two ways, one by 5, one squares, which has a name."""
    root = make_course(tmp_path_factory.mktemp("lecture") / "course")
    answers = {"ana": "3 * x", "ben": "x + x + x", "cem": "5 * x", "dee": "x**2", "eve": "x + x"}
    for student, double in answers.items():
        (root / "class" / student).mkdir(parents=True)
        (root / "class" / student / "scaling.py").write_text(work(double))
    assert run(root, "grade class").returncode == 0
    return root


def test_who_is_wrong_alike_makes_a_group(run, lecture: Path):
    """However they wrote it; who is alone with a mistake, or has one with a name, is in none."""
    done = run(lecture, "autograder discover results class")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "2 students answer alike in scaling, `double`: ana, ben"
    assert lines[-1].startswith("3 submissions with failures that have no name, 1 group of 2 or more alike. ")
    assert "  fails: double(x) is x + x." in lines
    assert "        return 3 * x" in lines


def test_the_skeleton_makes_a_course_that_names_them(run, make_course, lecture: Path, tmp_path: Path):
    """Pasted as it is, it is a mistake like every other."""
    shown = run(lecture, "autograder discover results class").stdout
    skeleton = shown[shown.index("    misconception(") : shown.index("3 submissions with")]
    course = make_course(tmp_path / "course")
    with (course / "assignments" / "scaling" / "misconceptions.py").open("a") as file:
        file.write("\n".join(line[4:] for line in skeleton.splitlines()))
    assert run(course, "autograder validate scaling --record").returncode == 0
    done = run(course, f"grade {lecture / 'class'}")
    assert [line for line in done.stdout.splitlines() if "unknown 1" in line and ("ana" in line or "ben" in line)]


DOCSTRINGS = ["", '"""Twice."""', "'''Twice.'''", '"""Not \\n, and not \'\'\'."""']


@pytest.mark.parametrize("docstring", DOCSTRINGS)
def test_the_skeleton_means_the_code_that_it_shows(docstring: str):
    """Though that has a docstring, as the stub of every function has."""
    code = f"def double(x):\n    {docstring}\n    return 3 * x"
    lines = skeleton(Unnamed("scaling", ["double"], [], ["ana"], code), 1)
    shown = []
    exec(lines, {"replacement": shown.append, "misconception": lambda *_: SimpleNamespace(says=str)})
    assert shown == [f"\n{code}\n"]


def test_a_class_with_nothing_unknown_is_told_so(run, lecture: Path):
    """In a line; nothing runs again."""
    assert run(lecture, "grade class/dee class/eve --out named").returncode == 0
    done = run(lecture, "autograder discover named class")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Every failure has a name.\n", "")


def test_a_class_in_which_nobody_is_alike_is_told_so(run, lecture: Path):
    """Everybody is alone with a mistake."""
    assert run(lecture, "grade class/ana class/cem --out apart").returncode == 0
    done = run(lecture, "autograder discover apart class")
    said = "2 submissions with failures that have no name, but no 2 of them are alike.\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
