"""`autograder start DIR`."""

from __future__ import annotations

import pytest

from autograder.course import Course

pytestmark = pytest.mark.slow


def test_a_fresh_kit_is_put_into_a_new_folder(run, clone, tmp_path):
    """It holds every stub and the visible files, nothing hidden, and the user is told what to do next."""
    course = Course(clone)
    done = run(tmp_path, "autograder start mine")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == ["  cd mine", f"  autograder check {course.slugs[0]}"]
    assert {p.stem for p in (tmp_path / "mine").glob("*.py")} == set(course.slugs)
    names = {p.name for p in (tmp_path / "mine" / "assignments").rglob("*") if p.is_file()}
    assert {name for name in names if not name.endswith((".svg", ".png"))} == {
        "assignment.toml", "handout.md", "handout.html", "checks.py", "answers.json"
    }  # fmt: skip


def test_the_kit_can_be_limited_to_assignments(run, clone, tmp_path):
    """With `--assignment`, stubs and folders of the others are left out."""
    first, second = Course(clone).slugs[:2]
    run(tmp_path, f"autograder start mine --assignment {second} --assignment {first}")
    assert {p.stem for p in (tmp_path / "mine").glob("*.py")} == {first, second}
    assert {p.name for p in (tmp_path / "mine" / "assignments").iterdir()} == {first, second}


def test_a_second_start_overwrites_nothing(run, refused, clone, tmp_path):
    """Work that is there already is named, kept, and nothing else is written."""
    slug = Course(clone).slugs[0]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / f"{slug}.py").write_text("my work\n")
    said = refused(tmp_path, f"autograder start mine --assignment {slug}")
    assert f"mine already holds {slug}.py, and nothing is overwritten" in said
    assert [p.name for p in (tmp_path / "mine").iterdir()] == [f"{slug}.py"]
    assert (tmp_path / "mine" / f"{slug}.py").read_text() == "my work\n"


def test_an_unknown_assignment_gets_a_suggestion(refused, clone, tmp_path):
    """A slug with a typing mistake is answered with the one that was probably meant, and no folder appears."""
    slug = Course(clone).slugs[0]
    said = refused(tmp_path, f"autograder start mine --assignment {slug[:-1]}")
    assert f"There is no assignment '{slug[:-1]}'. Did you mean {slug}?" in said
    assert not (tmp_path / "mine").exists()
