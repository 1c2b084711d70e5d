"""`autograder build`."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


def test_build_writes_the_kit_and_says_how_much_changed(run, own):
    """The first time every file is new, the second time none changes."""
    first, second = run(own, "autograder build"), run(own, "autograder build")
    assert (first.returncode, first.stdout) == (0, f"{own / 'student_template'}: 8 files changed.\n")
    assert (second.returncode, second.stdout) == (0, f"{own / 'student_template'}: 0 files changed.\n")
    assert (own / "student_template" / "scaling.py").is_file()


def test_build_check_passes_an_up_to_date_kit(run, own):
    """Nothing to do is exit code 0."""
    run(own, "autograder build")
    done = run(own, "autograder build --check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "student_template is up to date.\n", "")


def test_build_check_names_what_is_out_of_date_and_changes_nothing(run, own):
    """Every difference is a line on stderr, the exit code is 1, and the kit stays as it is."""
    run(own, "autograder build")
    (own / "student_template" / "scaling.py").write_text("old\n")
    (own / "student_template" / "notes.txt").write_text("mine\n")
    done = run(own, "autograder build --check")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "student_template: notes.txt does not belong there",
        "student_template: scaling.py is out of date",
        "Run `autograder build` and commit what it changes.",
    ]
    assert (own / "student_template" / "scaling.py").read_text() == "old\n"
    assert (own / "student_template" / "notes.txt").exists()


def test_a_missing_solution_is_told(refused, own):
    """A kit cannot be cut from nothing: the line names the file."""
    (own / "solutions" / "scaling.py").unlink()
    assert refused(own, "autograder build").endswith("solutions/scaling.py: the reference solution is missing\n")
