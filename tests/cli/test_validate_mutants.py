"""`autograder validate --mutants`: what the checks let through is shown, and ends with exit code 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.model import REASON_TO_WRITE

pytestmark = pytest.mark.slow

EQUIVALENT = """
[[equivalent]]
function = "double"
old = "return 2 * x"
new = ["return {new}"]
reason = "{reason}"
"""


def without_a_check(course: Path) -> Path:
    """The course, in which nobody asks any more whether `double` leaves its input alone."""
    checks = course / "assignments" / "scaling" / "checks.py"
    checks.write_text(checks.read_text().replace("unchanged(student.double, x)", "student.double(x)"))
    return course


def excuse(course: Path, new: str, reason: str) -> None:
    """List a mutant of `double` as equivalent."""
    path = course / "assignments" / "scaling" / "equivalent_mutants.toml"
    path.write_text(EQUIVALENT.format(new=new, reason=reason))


@pytest.fixture(scope="module")
def unsound(run, make_course, tmp_path_factory):
    """What the command says where a mutant survives and an excuse has grown stale."""
    course = without_a_check(make_course(tmp_path_factory.mktemp("mutants") / "course"))
    excuse(course, "x + x + x", "It once was.")
    return run(course, "autograder validate --mutants --jobs 2")


def test_a_survivor_ends_with_exit_code_1(unsound):
    """One line on stderr says what is asked for."""
    assert unsound.returncode == 1
    assert unsound.stderr == "In every assignment, 98% of the mutants that are not equivalent must be caught.\n"


def test_a_survivor_is_shown_as_a_block_to_paste(unsound):
    """Its file and line, and the statement before and after; only the reason is still to be written."""
    heading, block, _ = unsound.stdout.split("\n\n", 2)
    assert heading.startswith("scaling: no check catches these changes of the reference.")
    assert "assignments/scaling/equivalent_mutants.toml" in heading
    assert block.splitlines() == [
        "# solutions/scaling.py:15: in_place",
        "[[equivalent]]",
        'function = "double"',
        'old = "return 2 * x"',
        'new = ["return x.mul_(2)"]',
        f'reason = "{REASON_TO_WRITE}"',
    ]


def test_a_pasted_block_wants_its_reason(refused, unsound, make_course, tmp_path):
    """What is printed is read, and refused as long as nobody has said why."""
    course = make_course(tmp_path / "course")
    block = unsound.stdout.split("\n\n", 2)[1]
    (course / "assignments" / "scaling" / "equivalent_mutants.toml").write_text(block)
    assert "equivalent_mutants.toml:6: the reason is still to be" in refused(course, "autograder validate --mutants")


def test_a_stale_excuse_is_reported(unsound):
    """It names the mutant that does not exist."""
    line = "equivalent_mutants.toml lists a mutant of double that does not exist: return x + x + x"
    assert f"assignments/scaling: {line}" in unsound.stdout.splitlines()


def test_a_table_counts_what_was_caught(unsound):
    """All but one of them, one survivor, and the share in percent."""
    (row,) = (line for line in unsound.stdout.splitlines() if line.startswith("│ scaling"))
    total, caught, equivalent, survivors, alone, percent, _ = map(float, row.split("│")[2:-1])
    assert (caught, equivalent, survivors, alone) == (total - 1, 0, 1, 0)
    assert percent == pytest.approx(100 * caught / total, abs=0.1)


def test_a_survivor_with_a_reason_is_none(run, own):
    """What is listed as equivalent does not count."""
    excuse(without_a_check(own), "x.mul_(2)", "Nobody needs x again.")
    done = run(own, "autograder validate scaling --mutants")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no check catches" not in done.stdout


def test_a_broken_list_is_refused(refused, own):
    """With the file and what is wrong in it."""
    path = own / "assignments" / "scaling" / "equivalent_mutants.toml"
    path.write_text('[[equivalent]]\nfunction = "double"\nold = "a"\nnew = ["b"]\n')
    assert f"{path}:1: the key 'reason' is missing" in refused(own, "autograder validate --mutants")
