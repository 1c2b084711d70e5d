"""autograder.cluster.parcels: a submission is elsewhere what it is here, whatever lies in its folder."""

from __future__ import annotations

import dataclasses
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cluster.parcels import MAX_BYTES, packed, unpacked
from autograder.errors import AutograderError
from autograder.grading.classroom import Task
from autograder.grading.fingerprints import submission_hash
from autograder.submissions.files import Submission

ODD: dict[str, Callable[[Path], object]] = {
    "a text": lambda path: path.write_text("x = 1\n"),
    "bytes that are no text": lambda path: path.write_bytes(b"\xff\0"),
    "a link": lambda path: path.symlink_to("/etc/passwd"),
    "a folder": Path.mkdir,
    "a pipe": lambda path: os.mkfifo(path),
    "too many bytes": lambda path: path.write_bytes(b"#" * (MAX_BYTES + 1)),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A student's folder with a module beside the work, and what nobody needs to carry."""
    (tmp_path / "ana").mkdir()
    (tmp_path / "ana" / "helper.py").write_text("y = 2\n")
    (tmp_path / "ana" / "scaling (1).py").write_text("z = 3\n")
    (tmp_path / "ana" / "data.csv").write_text("1, 2\n" * 1000)
    return tmp_path / "ana"


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_a_file_arrives_as_what_it_is(home: Path, odd: str, suffix: str):
    """Its fingerprint, for which it was read, is the same; what a file tells when it is refused counts too."""
    ODD[odd](home / f"scaling{suffix}")
    here = Submission("ana", home)
    with unpacked(pickle.loads(pickle.dumps(packed(Task(here, "scaling"))))) as task:
        there = task.submission
        assert there.folder != home
        assert submission_hash(there, "scaling") == submission_hash(here, "scaling")
        assert [path.name for path in there.paths("scaling")] == [path.name for path in here.paths("scaling")]
        assert [path.name for path in there.modules("scaling")] == [path.name for path in here.modules("scaling")]
        assert not (there.folder / "data.csv").exists()
    assert not there.folder.exists()


@pytest.mark.parametrize("nested", [False, True])
def test_a_file_of_another_name_is_told_of_there_too(home: Path, nested: bool):
    """Without work there is a hint at the file that was probably meant; in a folder of its own it may be missing."""
    here = Submission("ana", home, nested=nested)
    with unpacked(packed(Task(here, "scaling"))) as task:
        assert task.submission.resembling("scaling") == ("" if nested else "scaling (1).py")
        assert task.submission.path("scaling").name == ("scaling.ipynb" if nested else "scaling.py")


@pytest.mark.parametrize(("text", "arrives"), [("import helper\n", True), ("import torch\n", False)])
def test_the_modules_that_the_work_names_arrive(home: Path, text: str, arrives: bool):
    """No others: a folder may hold a whole course."""
    (home / "scaling.py").write_text(text)
    with unpacked(packed(Task(Submission("ana", home), "scaling"))) as task:
        assert (task.submission.folder / "helper.py").exists() is arrives


def test_a_name_that_is_no_text_arrives(home: Path):
    """A file system may hold any bytes."""
    (home / "scaling (1).py").unlink()
    name = os.fsdecode(b"scaling \xff.py")
    (home / name).write_text("")
    with unpacked(packed(Task(Submission("ana", home), "scaling"))) as task:
        assert (task.submission.folder / name).exists()


def test_what_changed_on_its_way_is_not_graded(home: Path):
    """It would be the mark of something else."""
    (home / "scaling.py").write_text("x = 1\n")
    parcel = packed(Task(Submission("ana", home), "scaling"))
    changed = dataclasses.replace(parcel, files=parcel.files[:-1])
    with pytest.raises(AutograderError, match="The files of ana changed on their way"), unpacked(changed):
        pass
