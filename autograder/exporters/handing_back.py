"""Folders whose files are handed back to students: what all of them have in common."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import ResultsError, UsageError
from ..grading.results import write_whole
from ..grading.sinks import Option, Request


def free_folder(request: Request, option: Option) -> Path | None:
    """The folder that an option names, if it does.

    Raises:
        UsageError: it is needed for something else: files there would be overwritten, or handed back by mistake.
    """
    folder: Path | None = request.options[option.key]
    if folder is None:
        return None
    taken = map(Path.resolve, (request.out, *request.paths))
    if folder.resolve() in taken:  # through links and ".." too
        raise UsageError(f"{folder} is not free for --{option.name}; name a folder of its own.")
    return folder


def create(root: Path, purpose: str, option: Option) -> None:
    """Create the folder that an option names, if it does not exist.

    Raises:
        ResultsError: it cannot be written to.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResultsError(f"{root} cannot be used as a folder for {purpose}: {error.strerror}.") from error
    if not os.access(root, os.W_OK):
        raise ResultsError(f"{root} cannot be written to; name another folder with --{option.name}.")


def write_changed(path: Path, content: bytes) -> None:
    """Write a file; an unchanged one keeps its time, so that tools that hand files back send nothing twice."""
    if not path.is_file() or path.read_bytes() != content:
        write_whole(path, content)
