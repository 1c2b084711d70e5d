"""`autograder new SLUG`."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


def test_a_new_assignment_is_sound_as_it_is(run, own):
    """`new`, then `build`, then `validate`, as the author is told to: sound, with any number of seeds."""
    new = run(own, "autograder new skip_connection")
    assert (new.returncode, new.stderr) == (0, "")
    *wrote, pictures, following = new.stdout.splitlines()
    assert len(wrote) == 7
    assert all((own / line.removeprefix("wrote ")).is_file() for line in wrote)
    assert "def NAME(figure) in assignments/skip_connection/figures.py draws figures/NAME.svg" in pictures
    assert following == "Next: autograder build && autograder validate skip_connection"
    assert run(own, "autograder build").returncode == 0
    validated = run(own, "autograder validate skip_connection --repeat 2 --jobs 1")
    assert (validated.returncode, validated.stderr) == (0, "")
    assert "✓ skip_connection: 3 checks, 5 misconceptions, reference " in validated.stdout
    assert validated.stdout.endswith("Sound with 2 seeds.\n")


@pytest.mark.parametrize(
    ("name", "says"),
    [("scaling", "assignments/scaling exists already; nothing was changed."), ("LayerNorm", "cannot be a name")],
)
def test_a_name_that_cannot_be_used_is_refused(refused, own, name: str, says: str):
    """An assignment that exists, or a name that no module can have."""
    before = set(own.rglob("*"))
    assert says in refused(own, f"autograder new {name}")
    assert set(own.rglob("*")) == before


def test_a_new_course_begins_in_an_empty_folder(run, tmp_path):
    """With one assignment, sound as it is, also after `git init`; the engine's own clone is left alone."""
    (tmp_path / ".git").mkdir()
    new = run(tmp_path, "autograder new skip_connection")
    assert new.returncode == 0
    assert (tmp_path / "solutions" / "skip_connection.py").is_file()
    assert "wrote README.md\nwrote .gitignore\n" in new.stdout
    assert run(tmp_path, "autograder build").returncode == 0
    assert run(tmp_path, "autograder validate --jobs 1").stdout.endswith("Sound with 1 seed.\n")


@pytest.mark.parametrize("command", ["new skip_connection", "build", "build --check"])
@pytest.mark.parametrize("named", ["", "--course ."])
def test_a_folder_that_holds_no_course_changes_no_other(refused, clone, tmp_path, command: str, named: str):
    """Not even the course beside the engine, which other commands find from anywhere."""
    (tmp_path / "notes.txt").write_text("mine")
    before = {path: path.stat().st_mtime_ns for path in (clone / "student_template").rglob("*")}
    assert "There is no course in " in refused(tmp_path, f"autograder {command} {named}")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert not (clone / "solutions" / "skip_connection.py").exists()
    assert {path: path.stat().st_mtime_ns for path in (clone / "student_template").rglob("*")} == before
