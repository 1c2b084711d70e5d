"""autograder.authoring.gradescope_zip: what the zip holds, and what it does not."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from autograder.authoring.gradescope_zip import Contents, advice, lock, unpack, write_zip
from autograder.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("setup.sh", "run_autograder")


@pytest.fixture(scope="module")
def archive(course, tmp_path_factory) -> Path:
    """A zip for the miniature assignment."""
    path = tmp_path_factory.mktemp("zip") / "made" / "scaling.zip"
    write_zip(path, course, Contents(("scaling",)), unfinished="{}\n")
    return path


@pytest.fixture(scope="module")
def unpacked(archive: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked") / "source"
    unpack(archive, folder)
    return folder


def test_the_scripts_stand_at_the_root_and_can_be_run(archive: Path, unpacked: Path):
    """With their own first line, Unix line ends and the right to be executed; bash reads them."""
    assert set(SCRIPTS) <= set(zipfile.ZipFile(archive).namelist())
    for name in SCRIPTS:
        script = unpacked / name
        assert script.stat().st_mode & 0o111
        assert script.read_bytes().startswith(b"#!/usr/bin/env bash\n")
        assert b"\r" not in script.read_bytes()
        subprocess.run(["bash", "-n", script], check=True)


def test_the_engine_is_whole(unpacked: Path):
    """Every module, template and data file of the engine beside this test, byte for byte."""
    names = [path for path in (ROOT / "autograder").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert len(names) > 200
    differing = []
    for path in names:
        copy = unpacked / "engine" / path.relative_to(ROOT)
        if not copy.is_file() or copy.read_bytes() != path.read_bytes():
            differing.append(path)
    assert differing == []


def test_only_what_grading_needs_of_the_course_is_there(unpacked: Path):
    """The chosen assignment with its hidden side and its reference; no other one, no styles, no model answers."""
    names = {path.relative_to(unpacked / "course").as_posix() for path in (unpacked / "course").rglob("*.*")}
    folder = "assignments/scaling"
    files = ("assignment.toml", "checks.py", "hidden_checks.py", "misconceptions.py", "outcomes.toml")
    assert names == {"solutions/scaling.py", *(f"{folder}/{name}" for name in files)}


def test_every_package_is_locked_and_torch_is_a_build_for_the_cpu():
    """The versions are those of requirements.txt; nothing of CUDA is downloaded."""
    lines = [line for line in lock().splitlines() if line and not line.startswith(("#", "--"))]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+(\+cpu)?", line)] == []
    assert [line.partition("==")[0] for line in lines if line.endswith("+cpu")] == ["torch", "torchvision"]
    wanted = (ROOT / "requirements.txt").read_text()
    assert [line for line in lines if line.removesuffix("+cpu") not in wanted] == []
    assert lock().startswith("--extra-index-url ")


def test_the_same_course_gives_the_same_bytes(archive: Path, course, tmp_path: Path):
    """So that it can be told whether an image is current."""
    write_zip(tmp_path / "again.zip", course, Contents(("scaling",)), unfinished="{}\n")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_a_zip_says_what_it_is_for(unpacked: Path, tmp_path: Path):
    """And one of another schema is refused, as is a folder without any."""
    assert Contents.of(unpacked) == Contents(("scaling",), 0, "digits")
    record = json.loads((unpacked / "course.json").read_text())
    (tmp_path / "course.json").write_text(json.dumps({**record, "schema_version": 1}))
    with pytest.raises(UsageError, match="is of schema version 1, the engine"):
        Contents.of(tmp_path)
    with pytest.raises(UsageError, match="`autograder gradescope zip` writes it"):
        Contents.of(tmp_path / "nowhere")


def test_a_data_set_travels_along(course, tmp_path: Path):
    """The container has no network: the files stand in the zip, or the zip is not made."""
    raw = tmp_path / "data" / "MNIST" / "raw"
    contents = Contents(("scaling",), 3, "mnist")
    with pytest.raises(UsageError, match="name the folder of the data with --data-dir"):
        write_zip(tmp_path / "m.zip", course, contents, unfinished="", data=tmp_path / "data")
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):
        for kind in ("images-idx3", "labels-idx1"):
            (raw / f"{part}-{kind}-ubyte").write_bytes(b"x")
    write_zip(tmp_path / "m.zip", course, contents, unfinished="", data=tmp_path / "data")
    names = zipfile.ZipFile(tmp_path / "m.zip").namelist()
    assert "data/MNIST/raw/t10k-labels-idx1-ubyte" in names


def test_a_kit_makes_no_zip(course, tmp_path: Path):
    """It holds neither hidden checks nor references."""
    from autograder.course import Course

    kit = Course(tmp_path)
    (tmp_path / "assignments" / "scaling").mkdir(parents=True)
    for name in ("assignment.toml", "checks.py"):
        text = (course.assignments_folder / "scaling" / name).read_bytes()
        (kit.assignments_folder / "scaling" / name).write_bytes(text)
    with pytest.raises(UsageError, match="make the zip in a clone, which has the references"):
        write_zip(tmp_path / "k.zip", kit, Contents(("scaling",)), unfinished="")


def test_what_is_no_zip_is_told(tmp_path: Path):
    """By its name."""
    (tmp_path / "x.zip").write_text("no zip")
    with pytest.raises(UsageError, match="x.zip cannot be unpacked"):
        unpack(tmp_path / "x.zip", tmp_path / "out")


def test_the_advice_follows_the_budgets(limited):
    """Memory for the student's process and ours; a time limit only where the default is too short."""
    small = limited(submission_seconds=100, memory_mb=2048).assignment
    assert [line for line in advice([small]) if "2.8 GB" in line or "Time limit: 10 minutes" in line] == advice(
        [small]
    )[2:]
    large = limited(submission_seconds=900, memory_mb=4096).assignment
    assert "Time limit: 18 minutes" in "\n".join(advice([small, large]))
