"""Folders as mappings: what every file holds, by its path inside the folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from ..grading.progress import FILE_NAME

LEFT_BEHIND = {"__pycache__", ".ipynb_checkpoints", FILE_NAME}  # by Python, Jupyter and `check`; nobody wrote these


def files_under(folder: Path) -> dict[PurePosixPath, bytes]:
    """Read every file in a folder, at any depth; empty if there is no such folder."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and LEFT_BEHIND.isdisjoint(path.parts):
            inside = PurePosixPath(path.relative_to(folder).as_posix())
            files[inside] = path.read_bytes()
    return files


def write_files(folder: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    """Write files into a folder and make the folders that they need."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
