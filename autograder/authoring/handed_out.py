"""A kit as students get it: its files, and a note in it of what each of them was when it was handed out.

    .autograder-kit.json   {"version": 1, "assignments": null or [SLUG, ...], "files": {PATH: FINGERPRINT}}

`start` and `update` write the note, and `update` tells by it what a student has changed. Without a note, or with one
that cannot be read, everything that differs counts as the student's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath

from ..course import Course
from .folders import files_under
from .leak_check import verify_release

FILE_NAME = PurePosixPath(".autograder-kit.json")
VERSION = 1
WORK = (".py", ".ipynb")


@dataclass(frozen=True)
class HandedOut:
    """What a kit was handed out as.

    Args:
        files: the fingerprint of each file.
        chosen: the assignments that were asked for; None if all were, those that a later kit brings too.
    """

    files: Mapping[PurePosixPath, str] = field(default_factory=dict)
    chosen: tuple[str, ...] | None = None

    def encoded(self) -> bytes:
        """The note."""
        files = {str(path): self.files[path] for path in sorted(self.files)}
        chosen = None if self.chosen is None else list(self.chosen)
        record = {"version": VERSION, "assignments": chosen, "files": files}
        return (json.dumps(record, indent=1) + "\n").encode()


def kit_files(source: Path, slugs: Sequence[str]) -> dict[PurePosixPath, bytes]:
    """The files of a kit, limited to some assignments.

    Raises:
        CourseError: the kit of a clone would tell students a line of a solution or of a hidden check.
    """
    files = {path: data for path, data in files_under(source).items() if slug_of(path) in (None, *slugs)}
    # A clone has its solutions beside the kit; where there are none, nothing can be compared.
    verify_release(files, Course(source.parent))
    return files


def is_work(path: PurePath) -> bool:
    """Whether a file of the kit is for students to write in: a stub or a notebook."""
    return len(path.parts) == 1 and path.suffix in WORK


def read_note(folder: Path) -> HandedOut | None:
    """The note in a student's folder; None if there is none that can be read."""
    try:
        record = json.loads((folder / FILE_NAME).read_bytes())
        if record["version"] != VERSION:
            return None
        chosen = record["assignments"]
        files = {PurePosixPath(path): str(value) for path, value in record["files"].items()}
        return HandedOut(files, chosen if chosen is None else tuple(map(str, chosen)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def fingerprints(files: Mapping[PurePosixPath, bytes]) -> dict[PurePosixPath, str]:
    """The fingerprint of each file."""
    return {path: fingerprint(path, data) for path, data in files.items()}


def fingerprint(path: PurePath, data: bytes) -> str:
    """A hash of what somebody wrote: neither the ends of lines count nor what a notebook's cells have printed."""
    if path.suffix == ".ipynb":
        cells = cells_of(data)
        if cells:
            data = json.dumps(cells).encode()
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()  # git and editors change the ends of lines


def cells_of(notebook: bytes) -> list[tuple[str, str, str]]:
    """The id, the kind and the source of each cell of a notebook; nothing if it cannot be read."""
    cells = []
    try:
        for cell in json.loads(notebook)["cells"]:
            cells.append((str(cell.get("id", "")), str(cell["cell_type"]), "".join(cell["source"])))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return cells


def slug_of(path: PurePath) -> str | None:
    """The assignment that a file of the kit is part of; None if it is part of none in particular."""
    if path.parts[0] == "assignments":
        return path.parts[1]
    if path.suffix in WORK:
        return path.stem
    return None
