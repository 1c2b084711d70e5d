"""`autograder update [DIR]`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from autograder.authoring.handed_out import FILE_NAME, fingerprint
from autograder.course import Course

pytestmark = pytest.mark.slow

NOTE = str(FILE_NAME)


@pytest.fixture(scope="module")
def slug() -> str:
    """An assignment of the real course, with functions that these tests name."""
    return "sigmoid_gd"


@pytest.fixture(scope="module")
def started(run, slug: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kit with that assignment, as a student starts it."""
    folder = tmp_path_factory.mktemp("student")
    assert run(folder, f"autograder start mine --assignment {slug}").returncode == 0
    return folder / "mine"


@pytest.fixture
def mine(started: Path, tmp_path: Path) -> Path:
    """A copy of it for this test."""
    return shutil.copytree(started, tmp_path / "mine")


@pytest.fixture
def was(mine: Path) -> Callable[[str, str], None]:
    """Make it so that a file of the kit was handed out with another text, as an older kit has it."""

    def handed_out_as(name: str, text: str) -> None:
        path = PurePosixPath(name)
        (mine / path).write_text(text)
        note = json.loads((mine / NOTE).read_text())
        note["files"][name] = fingerprint(path, text.encode())
        (mine / NOTE).write_text(json.dumps(note))

    return handed_out_as


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder by its path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_kit_that_is_up_to_date_stays_as_it_is(run, mine):
    """Nothing is written, and that is said."""
    before = contents(mine)
    done = run(mine, "autograder update")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Your kit is up to date.\n")
    assert contents(mine) == before


def test_what_nobody_has_changed_is_replaced(run, mine, was, slug):
    """A stub that was never touched and a file of ours become those of the newer kit."""
    newest = contents(mine)
    was(f"{slug}.py", "def old():\n    raise NotImplementedError\n")
    was(f"assignments/{slug}/checks.py", "# older checks\n")
    done = run(mine.parent, "autograder update mine")
    assert done.stdout.startswith("Your kit is up to date now. Files: 2 replaced.\n")
    assert contents(mine) == newest


def test_a_stub_that_was_begun_stays_and_the_new_one_is_laid_beside_it(run, mine, was, slug):
    """The student reads what has changed in what is asked."""
    new = (mine / f"{slug}.py").read_bytes()
    was(f"{slug}.py", "def sigmoid(z):\n    raise NotImplementedError\n")
    work = "def sigmoid(z):\n    return 1 / (1 + (-z).exp())\n\n\ndef fit_nine(X, labels):\n    return X\n"
    (mine / f"{slug}.py").write_text(work)
    done = run(mine, "autograder update")
    assert (mine / f"{slug}.py").read_text() == work
    assert (mine / f"{slug}.new.py").read_bytes() == new
    assert f"{slug}.py: yours stays as it is; the new one is beside it, {slug}.new.py." in done.stdout
    assert "`predict_nine` is new" in done.stdout
    assert "`fit_nine` is now `fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None)`" in done.stdout
    assert "the text of `sigmoid` has changed" in done.stdout


def test_a_second_update_changes_nothing(run, mine, was, slug):
    """Whatever the first one had to do."""
    was(f"{slug}.py", "older\n")
    (mine / f"{slug}.py").write_text("my work\n")
    (mine / "assignments" / slug / "handout.md").write_text("my notes\n")
    run(mine, "autograder update")
    before = contents(mine)
    done = run(mine, "autograder update")
    assert done.stdout.startswith("Your kit is up to date.\n")
    assert contents(mine) == before


def test_a_file_of_ours_that_was_edited_is_kept_under_another_name(run, mine, slug):
    """Checks must be those that everybody runs."""
    checks = mine / "assignments" / slug / "checks.py"
    ours = checks.read_bytes()
    checks.write_text("# my own checks\n")
    done = run(mine, "autograder update")
    assert checks.read_bytes() == ours
    assert checks.with_name("checks.yours.py").read_text() == "# my own checks\n"
    assert f"assignments/{slug}/checks.py: you had changed it; your version is kept as checks.yours.py." in done.stdout


def test_no_other_version_that_was_kept_is_overwritten(run, mine, was, slug):
    """One that the student has gone on to work in is theirs too."""
    (mine / f"{slug}.new.py").write_text("I work here now\n")
    (mine / "assignments" / slug / "checks.yours.py").write_text("of last time\n")
    was(f"{slug}.py", "older\n")
    (mine / f"{slug}.py").write_text("my work\n")
    (mine / "assignments" / slug / "checks.py").write_text("of this time\n")
    run(mine, "autograder update")
    kept = contents(mine)
    assert kept[f"{slug}.new.py"] == b"I work here now\n"
    assert f"{slug}.new-2.py" in kept
    assert kept[f"assignments/{slug}/checks.yours.py"] == b"of last time\n"
    assert kept[f"assignments/{slug}/checks.yours-2.py"] == b"of this time\n"


def test_files_of_their_own_are_left_alone(run, mine, was, slug):
    """Notes, other modules and what `check` remembers."""
    own = {
        "notes.txt": b"mine\n",
        "helpers.py": b"x = 1\n",
        ".autograder-progress.json": b"{}",
        "README.md": b"my repo\n",
    }
    for name, data in own.items():
        (mine / name).write_bytes(data)
    was(f"{slug}.py", "older\n")
    run(mine, "autograder update")
    after = contents(mine)
    assert {name: after[name] for name in own} == own


def test_a_notebook_that_was_run_and_not_written_in_is_replaced(run, mine, was, slug):
    """What its cells have printed is no work; what is written in one is."""
    notebook = f"{slug}.ipynb"
    new = (mine / notebook).read_bytes()
    older = json.loads(new)
    older["cells"][0]["source"] = ["# An older title"]
    was(notebook, json.dumps(older))
    for cell in older["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["0\n"]}]
    (mine / notebook).write_text(json.dumps(older))
    assert "1 replaced" in run(mine, "autograder update").stdout
    assert (mine / notebook).read_bytes() == new
    was(notebook, json.dumps(older))
    older["cells"][2]["source"] = ["y = 1"]
    (mine / notebook).write_text(json.dumps(older))
    done = run(mine, "autograder update")
    assert json.loads((mine / notebook).read_text()) == older
    assert (mine / f"{slug}.new.ipynb").read_bytes() == new
    assert "the text between the code has changed" in done.stdout


def test_a_file_that_the_student_threw_away_does_not_come_back(run, mine, was, slug):
    """Who works in the module needs no notebook; a file of ours is needed."""
    (mine / f"{slug}.ipynb").unlink()
    (mine / "assignments" / slug / "checks.py").unlink()
    done = run(mine, "autograder update")
    assert done.stdout.startswith("Your kit is up to date now. Files: 1 added.\n")
    assert not (mine / f"{slug}.ipynb").exists()
    assert (mine / "assignments" / slug / "checks.py").exists()


def test_ends_of_lines_are_no_change(run, mine, slug):
    """Those of Windows, say, which git may write."""
    for path in mine.rglob("*.*"):
        if path.suffix in (".py", ".md", ".toml"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = contents(mine)
    assert run(mine, "autograder update").stdout.startswith("Your kit is up to date.\n")
    assert contents(mine) == before


def test_a_dry_run_writes_nothing_and_shows_everything(run, mine, was, slug):
    """Each file with what would become of it."""
    was(f"assignments/{slug}/checks.py", "older\n")
    before = contents(mine)
    done = run(mine, "autograder update --dry-run")
    assert contents(mine) == before
    assert f"  replaced  assignments/{slug}/checks.py\n" in done.stdout
    assert "Files: 1 replaced. Nothing was written; without --dry-run this is done.\n" in done.stdout


def test_a_file_that_the_kit_no_longer_has_goes_unless_it_was_edited(run, mine, was, slug):
    """In the folders that are ours."""
    was(f"assignments/{slug}/old.json", "{}\n")
    was(f"assignments/{slug}/edited.json", "{}\n")
    (mine / "assignments" / slug / "edited.json").write_text("[1]\n")
    assert "Files: 1 removed." in run(mine, "autograder update").stdout
    assert not (mine / "assignments" / slug / "old.json").exists()
    assert (mine / "assignments" / slug / "edited.json").read_text() == "[1]\n"


def test_an_update_that_was_interrupted_is_made_again(run, mine, was, slug):
    """Whatever it had written by then; the note comes last."""
    newest = contents(mine)
    was(f"{slug}.py", "older\n")
    was(f"assignments/{slug}/checks.py", "older\n")
    note = (mine / NOTE).read_bytes()
    (mine / f"{slug}.py").write_bytes(newest[f"{slug}.py"])  # all that it came to
    (mine / "assignments" / slug / ".checks.py.updating").write_bytes(b"half of a")
    assert (mine / NOTE).read_bytes() == note
    run(mine, "autograder update")
    assert contents(mine) == newest


def test_more_assignments_are_offered_and_brought_on_demand(run, clone, mine, slug):
    """Who chose some gets no other; who asks gets it, and the next update goes on with it."""
    others = [other for other in Course(clone).slugs if other != slug]
    second = others[0]
    assert f"The course has more: {', '.join(others)}. " in run(mine, "autograder update").stdout
    assert not (mine / f"{second}.py").exists()
    done = run(mine, f"autograder update --assignment {second}")
    assert f"New in the course: {second}." in done.stdout
    assert (mine / f"{second}.py").read_bytes() == (clone / "student_template" / f"{second}.py").read_bytes()
    assert f"The course has more: {second}" not in run(mine, "autograder update").stdout


def test_who_has_the_whole_course_gets_what_is_new_in_it(run, clone, tmp_path):
    """But not what they have thrown away."""
    first, second = Course(clone).slugs[:2]
    run(tmp_path, "autograder start all")
    note = json.loads((tmp_path / "all" / NOTE).read_text())
    note["files"] = {name: value for name, value in note["files"].items() if second not in name}
    (tmp_path / "all" / NOTE).write_text(json.dumps(note))  # of a kit that did not have the second yet
    for slug in (first, second):
        for path in (tmp_path / "all").rglob("*"):
            if path.is_file() and slug in str(path.relative_to(tmp_path / "all")):
                path.unlink()
    done = run(tmp_path, "autograder update all")
    assert f"New in the course: {second}.\n" in done.stdout
    assert (tmp_path / "all" / f"{second}.py").exists()
    assert not (tmp_path / "all" / f"{first}.py").exists()


def test_a_kit_without_a_note_keeps_everything_that_differs(run, mine, slug):
    """One that was handed out before there were notes."""
    (mine / NOTE).unlink()
    (mine / f"{slug}.py").write_text("perhaps my work\n")
    (mine / "assignments" / slug / "handout.md").write_text("perhaps my notes\n")
    run(mine, "autograder update")
    after = contents(mine)
    assert after[f"{slug}.py"] == b"perhaps my work\n"
    assert f"{slug}.new.py" in after
    assert after[f"assignments/{slug}/handout.yours.md"] == b"perhaps my notes\n"
    assert NOTE in after


def test_a_folder_that_is_no_kit_is_told_in_one_line(refused, tmp_path):
    """With what to do."""
    (tmp_path / "holiday.jpg").write_bytes(b"")
    said = refused(tmp_path, "autograder update")
    assert "is no kit: it has no assignments/SLUG/assignment.toml." in said
    assert "`autograder start DIR`" in said


@pytest.mark.parametrize(
    ("folder", "says"), [(".", "is the course itself"), ("student_template", "all others are copies")]
)
def test_the_course_is_never_updated(refused, clone, folder: str, says: str):
    """Its files are what kits are made of."""
    assert says in refused(clone, f"autograder update {folder}")


def test_an_unknown_assignment_gets_a_suggestion(refused, mine, slug):
    """And nothing is written."""
    before = contents(mine)
    assert f"Did you mean {slug}?" in refused(mine, f"autograder update --assignment {slug[:-1]}")
    assert contents(mine) == before


def test_a_folder_in_the_place_of_a_file_stops_it_before_anything_is_written(refused, mine, slug):
    """It is named."""
    (mine / f"{slug}.py").unlink()
    (mine / f"{slug}.py").mkdir()
    (mine / "assignments" / slug / "checks.py").unlink()
    assert f"{slug}.py is a folder where the kit has a file" in refused(mine, "autograder update")
    assert not (mine / "assignments" / slug / "checks.py").exists()
