"""autograder.authoring.updating: an update can be stopped anywhere; what the commands promise is in tests/cli."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path

import pytest

from autograder.authoring.kit import start_kit, write_kit
from autograder.authoring.updating import apply_update, plan_update
from autograder.course import Course
from autograder.errors import UsageError

WORK = "def double(x):\n    return x + x\n"


@pytest.fixture
def kit(own_course: Course) -> Path:
    """The kit of the miniature course, outside of any clone."""
    write_kit(own_course)
    return Path(shutil.move(own_course.kit, own_course.root.parent / "kit" / "new"))


@pytest.fixture
def mine(kit: Path, tmp_path: Path) -> Path:
    """A folder with an older kit, in which a student has worked in the stub and written into the handout."""
    older = shutil.copytree(kit, tmp_path / "older" / "kit")
    for name in ("scaling.py", "scaling.ipynb", "assignments/scaling/checks.py", "assignments/scaling/handout.md"):
        (older / name).write_text((older / name).read_text().replace("Scaling", "Older"))
    with (older / "assignments/scaling/checks.py").open("a") as file:
        file.write("# older\n")
    start_kit(older, tmp_path / "mine", ("scaling",), limited=False)
    (tmp_path / "mine" / "scaling.py").write_text(WORK)
    (tmp_path / "mine" / "assignments/scaling/handout.md").write_text("my notes\n")
    return tmp_path / "mine"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder by its path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_an_update_that_is_stopped_at_any_file_can_be_made_again(kit: Path, mine: Path, tmp_path: Path, monkeypatch):
    """It then ends as one that was not stopped, and before that nothing of the student's is lost."""
    whole = shutil.copytree(mine, tmp_path / "whole")
    apply_update(whole, plan_update(kit, whole))
    stopped_at = 0
    for number in itertools.count():
        folder = shutil.copytree(mine, tmp_path / f"stopped-{number}")
        if not stopped_after(number, kit, folder, monkeypatch):
            break
        stopped_at += 1
        texts = contents(folder).values()
        assert WORK.encode() in texts
        assert b"my notes\n" in texts
        apply_update(folder, plan_update(kit, folder))
        assert contents(folder) == contents(whole)
    assert stopped_at >= 5  # files, and the note


def stopped_after(number: int, kit: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Update until so many files are written; gives whether there was more to write."""
    left = [number]

    def replace(source: Path, target: Path) -> None:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        os.rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr("autograder.authoring.updating.os.replace", replace)
        try:
            apply_update(folder, plan_update(kit, folder))
        except KeyboardInterrupt:
            return True
    return False


def test_a_file_that_is_saved_meanwhile_is_left_alone(kit: Path, mine: Path):
    """An editor was quicker."""
    update = plan_update(kit, mine)
    (mine / "assignments/scaling/checks.py").write_text("# saved just now\n")
    with pytest.raises(UsageError, match=r"checks\.py has changed just now and was left alone; update again"):
        apply_update(mine, update)
    assert (mine / "assignments/scaling/checks.py").read_text() == "# saved just now\n"


def test_what_cannot_be_written_is_told(kit: Path, mine: Path):
    """A file stands where a folder must."""
    (mine / "assignments/scaling/checks.py").unlink()
    update = plan_update(kit, mine)
    shutil.move(mine / "assignments", mine / "moved")
    (mine / "assignments").write_text("")
    with pytest.raises(UsageError, match="Nothing of yours is lost: mend this and update again"):
        apply_update(mine, update)
