"""`autograder nbgrader`."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_init_makes_a_course_directory_and_says_what_is_next(run, own: Path, tmp_path: Path):
    """The id is the name of the folder; the first assignment can be generated at once."""
    done = run(own, f"autograder nbgrader init {tmp_path / 'nn101'}")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"{tmp_path / 'nn101'}: 5 files written.\n"
        f"Next:\n  cd {tmp_path / 'nn101'}\n  nbgrader generate_assignment scaling\n"
    )
    assert 'course_id = "nn101"' in (tmp_path / "nn101" / "nbgrader_config.py").read_text()
    assert (tmp_path / "nn101" / "source" / "scaling" / "scaling.ipynb").is_file()


def test_init_again_keeps_everything(run, own: Path, tmp_path: Path):
    """Files that differ by now are named, and how to get the new ones."""
    line = f"autograder nbgrader init {tmp_path / 'nn101'} --id physics-9"
    run(own, line)
    config = tmp_path / "nn101" / "nbgrader_config.py"
    config.write_text("# mine\n")
    done = run(own, line)
    assert (done.returncode, done.stderr) == (0, "")
    assert ": 0 files written; 5 that exist were kept as they are.\n" in done.stdout
    assert "nbgrader_config.py differs from the course; move it away and run this again" in done.stdout
    assert config.read_text() == "# mine\n"


def test_a_kit_cannot_be_made_a_course_directory(run, refused, own: Path, tmp_path: Path):
    """Students have no references; the file that is missing is named."""
    run(own, "autograder build")
    said = refused(own / "student_template", f"autograder nbgrader init {tmp_path / 'nn101'}")
    assert "scaling.py: the reference solution is missing" in said
    assert not (tmp_path / "nn101").exists()


def test_a_wrong_id_is_refused(refused, own: Path, tmp_path: Path):
    """In one line that names the option."""
    said = refused(own, f"autograder nbgrader init '{tmp_path / 'my course'}'")
    assert "'my course' cannot be the id of a course: use letters, digits, _, - and . (see --id)." in said


def test_check_release_searches_every_file(run, refused, own: Path, tmp_path: Path):
    """Exit code 1 and a line for each finding; 0 and their number if there is none; before a release, what to run."""
    line = f"autograder nbgrader check-release {tmp_path}"
    assert "release: run `nbgrader generate_assignment` first." in refused(own, line)
    (tmp_path / "release" / "scaling").mkdir(parents=True)
    (tmp_path / "release" / "scaling" / "scaling.py").write_text("def add(self, amount):\n    pass\n")
    clean = run(own, line)
    assert (clean.returncode, clean.stderr) == (0, "")
    assert clean.stdout == f"1 files in {tmp_path / 'release'} tell nothing that students must not know.\n"
    (tmp_path / "release" / "scaling" / "scaling.py").write_text("    self.total += amount\n    return self.total\n")
    told = run(own, line)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.splitlines() == [
        "release/scaling/scaling.py holds a line of solutions/scaling.py: return self.total",
        "release/scaling/scaling.py holds a line of solutions/scaling.py: self.total += amount",
    ]
