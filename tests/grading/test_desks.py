"""The real course where students work: what its references earn at a desk and in a notebook's kernel."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from autograder import data
from autograder.course import Course
from autograder.grading.runner import grade
from autograder.model import Outcome
from autograder.plan import Plan, Setting
from autograder.submissions.files import Submission

pytestmark = pytest.mark.slow

COURSE = Course(Path(__file__).resolve().parents[2])
IN_A_KERNEL = """
from autograder.course import find_course
from autograder.notebook import check

course = find_course()
lost = []
for slug in course.slugs:
    for exercise in course.assignment(slug).exercises:
        text = f"{course.solution(slug)}\\nearned = check('{slug}.{exercise.id}', points=1)\\n"
        names = {"check": check, "In": [course.solution(slug)]}
        exec(compile(text, f"<{slug}>", "exec"), names)
        if float(names["earned"]) != 1:
            lost.append(f"{slug}.{exercise.id}")
print("not earned:", *lost)
"""


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_right_code_passes_at_a_desk(workers, slug: str):
    """Every visible check of `autograder check`, those that look at calls of their functions too."""
    setting = Setting(load_data=partial(data.load, "digits"), desk=True)
    work = Submission("you", COURSE.root / "solutions")
    result = grade(Plan.of(COURSE, slug, hidden=False), work, setting, workers=workers)
    assert [(check.name, check.message) for check in result.checks if check.outcome is not Outcome.PASSED] == []


def test_right_code_earns_everything_in_a_kernel():
    """Whatever the functions of a check use that is ruled out, and whatever modules beside it are called."""
    command = [sys.executable, "-c", IN_A_KERNEL]
    named = os.environ | {"AUTOGRADER_COURSE": str(COURSE.root)}
    done = subprocess.run(command, cwd=COURSE.root / "solutions", capture_output=True, encoding="utf-8", env=named)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "not earned:"
