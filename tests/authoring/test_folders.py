"""autograder.authoring.folders: a folder as a mapping from paths to contents."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from autograder.authoring.folders import files_under, write_files

FILES = {PurePosixPath("a.py"): b"x = 1\n", PurePosixPath("b/c/d.txt"): b"\0\r\n"}


def test_what_is_written_is_read_again(tmp_path: Path):
    """Byte for byte, with the folders that the paths name."""
    write_files(tmp_path / "new", FILES)
    assert files_under(tmp_path / "new") == FILES


def test_files_are_those_that_somebody_wrote(tmp_path: Path):
    """What Python, Jupyter and `autograder check` leave behind is passed over, at any depth."""
    write_files(tmp_path, FILES)
    write_files(tmp_path, {PurePosixPath(".autograder-progress.json"): b"{}"})
    write_files(tmp_path, {PurePosixPath("__pycache__/a.pyc"): b"", PurePosixPath("b/.ipynb_checkpoints/a.ipynb"): b""})
    assert files_under(tmp_path) == FILES


def test_a_folder_that_is_missing_has_no_files(tmp_path: Path):
    """As the kit of a course that has never been built."""
    assert files_under(tmp_path / "missing") == {}
