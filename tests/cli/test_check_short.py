"""`autograder check` fits a screen: a line for what is not written, one failure in full, and the next step last."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

UNWRITTEN = """import torch


def double(x):
    raise NotImplementedError


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        {add}
"""
ENDLESS = "\n    while True:\n        x = x * 1\n"


@pytest.fixture
def kit(own: Path) -> Path:
    """A folder in which nothing is written yet."""
    (own / "scaling.py").write_text(UNWRITTEN.format(add="raise NotImplementedError"))
    return own


def test_what_is_not_written_has_a_line_for_each_exercise(run, kit):
    """No check is named, and the next step is the first exercise."""
    done = run(kit, "autograder check")
    assert done.returncode == 1
    lines = [" ".join(line.split()) for line in done.stdout.splitlines() if line]
    assert lines == [
        "Scaling (scaling)",
        "· 1 Twice a tensor not written yet",
        "· 2 An object with state not written yet",
        "0 of 10 points: 3 not attempted",
        "Next: write `double` in scaling.py.",
        'Read: "Twice a tensor" in assignments/scaling/handout.md',
        "A hint: autograder check scaling --exercise double --hints 1",
    ]


def test_one_failure_stands_in_full_and_the_next_step_last(run, kit, work):
    """The second one has a line; `--all` shows its numbers too."""
    (kit / "scaling.py").write_text(work("3 * x"))
    short = run(kit, "autograder check").stdout
    assert short.count("called: double(") == 1
    assert short.count("✗ double(x) is x + x.") == 2  # in the list, and in full
    assert short.count("✗ double leaves x as it was") == 1
    assert "The first of 2 failures; autograder check --all shows them all in full." in short
    assert short.endswith("A hint: autograder check scaling --exercise double --hints 1\n")
    whole = run(kit, "autograder check --all").stdout
    assert whole.count("called: double(") == 2
    assert "The first of" not in whole


def test_when_everything_passes_it_says_so(run, kit, work):
    """There is nothing in full, and no hint."""
    (kit / "scaling.py").write_text(work())
    done = run(kit, "autograder check")
    assert done.returncode == 0
    assert "✓ 1 Twice a tensor" in done.stdout
    assert "10 of 10 points: 3 passed" in done.stdout
    assert "well done!" in done.stdout
    assert "A hint" not in done.stdout


@pytest.mark.parametrize("name", ["counter", "2", "'An object with state'", "'an OBJECT with state'"])
def test_an_exercise_has_an_id_a_number_and_a_title(run, kit, work, name: str):
    """Each of them means that exercise alone."""
    (kit / "scaling.py").write_text(work("3 * x"))
    done = run(kit, f"autograder check --exercise {name}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 of 4 points: 1 passed" in done.stdout
    assert "Twice a tensor" not in done.stdout


@pytest.mark.parametrize("line", ["check scaling.py", "check ./scaling.py --exercise 1", "check kit/scaling.py"])
def test_a_file_can_be_named(run, kit, work, line: str):
    """With a path from here; what else is in the folder does not matter."""
    (kit / "scaling.py").write_text(work())
    (kit / "scaling.ipynb").write_text("no notebook")
    folder = kit
    if "kit/" in line:
        (kit.parent / "kit").symlink_to(kit, target_is_directory=True)
        folder = kit.parent
    done = run(folder, f"autograder {line}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "scaling.ipynb" not in done.stdout


def test_a_function_that_timed_out_is_not_asked_again(run, kit, work):
    """The first check waits for it, the next is skipped, and other exercises are checked as ever."""
    (kit / "scaling.py").write_text(work("x").replace("\n    return x\n", ENDLESS))
    done = run(kit, "autograder check")
    assert done.returncode == 1
    assert "No answer within 5 s: does a loop never end?" in done.stdout
    assert "`double` did not answer in time in a check before" in done.stdout
    assert "4 of 10 points: 1 passed, 1 timed out, 1 skipped" in done.stdout
    assert "running for" not in done.stdout  # that is for a terminal


MEASURED = '''@check("counter")
def is_quick(student, case):
    """double answers, and how long it takes is shown."""
    close(student.double(torch.ones(2)), torch.full((2,), 2.0))
    case.show_at_desk(lambda: bars("the time", {"double": student.double.seconds(torch.ones(2))}, unit="seconds"))


@check("counter")'''


def test_what_a_check_measures_is_shown_and_costs_nothing(run, kit, work):
    """At a desk only: `grade` does not measure."""
    checks = kit / "assignments" / "scaling" / "checks.py"
    text = checks.read_text().replace("import check", "import bars, check", 1)
    checks.write_text(text.replace('@check("counter")', MEASURED, 1))
    (kit / "scaling.py").write_text(work())
    done = run(kit, "autograder check")
    assert done.returncode == 0, done.stdout
    assert "the time, in seconds (not graded)" in done.stdout
    graded = run(kit, "autograder grade . --out graded")
    assert graded.returncode == 0, graded.stderr
    assert "the time" not in graded.stdout + next((kit / "graded").rglob("scaling.json")).read_text()
