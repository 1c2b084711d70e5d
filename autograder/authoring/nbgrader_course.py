"""A course directory for nbgrader: its configuration, and for every assignment the staff's notebook with what it needs.

The folder of an assignment holds, beside the notebook, only what students may have: nbgrader releases every other file
as it is, and copies it over each submission before it autogrades.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..course import Course
from ..errors import UsageError
from .kit import visible_files
from .leak_check import files_under, leaks, verify_release
from .notebooks import staff_notebook, student_notebook
from .stubs import PLACEHOLDER

CONFIG = Path(__file__).with_name("templates") / "nbgrader_config.py.tmpl"
COURSE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")  # it becomes a folder of the exchange


@dataclass(frozen=True)
class Started:
    """What became of each file: written, or there before; of these the ones that are not as they would be written."""

    written: list[PurePosixPath]
    kept: list[PurePosixPath]
    differing: list[PurePosixPath]


def start_course(course: Course, folder: Path, course_id: str) -> Started:
    """Write what is missing of a course directory. Nothing is ever overwritten.

    Raises:
        UsageError: the folder is a file, or the id cannot name a course.
        CourseError: the course lacks something, or students would be told a solution or a hidden check.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder for the course.")
    if not COURSE_ID.fullmatch(course_id):
        raise UsageError(f"{course_id!r} cannot be the id of a course: use letters, digits, _, - and . (see --id).")
    files = course_files(course, course_id)
    kept = [path for path in files if (folder / path).exists()]
    differing = [path for path in kept if (folder / path).read_bytes() != files[path]]
    written = [path for path in files if path not in kept]
    for path in written:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(files[path])
    return Started(written, kept, differing)


def course_files(course: Course, course_id: str) -> dict[PurePosixPath, bytes]:
    """Every file of a course directory by its path in there.

    Raises:
        CourseError: as `start_course`.
    """
    files = {PurePosixPath("nbgrader_config.py"): _config(course, course_id).encode()}
    released = {}
    for slug in course.slugs:
        folder = PurePosixPath("source", slug)
        beside = {folder / path: data for path, data in visible_files(course, slug).items()}
        released |= beside | {folder / f"{slug}.ipynb": student_notebook(course, slug)}
        files |= beside | {folder / f"{slug}.ipynb": staff_notebook(course, slug)}
    verify_release(released, course)
    return files


def leaks_of_release(course: Course, folder: Path) -> tuple[list[str], int]:
    """What the `release` folder of a course directory tells students, a sentence each; and how many files it has.

    Raises:
        UsageError: there is no such folder.
    """
    if not (folder / "release").is_dir():
        raise UsageError(f"There is no {folder / 'release'}: run `nbgrader generate_assignment` first.")
    files = files_under(folder / "release")
    return leaks(files, course), len(files)


def _config(course: Course, course_id: str) -> str:
    own_files = "\n".join(f'    "{slug}": ["{slug}.py"],' for slug in course.slugs)
    seconds = max(course.assignment(slug).budget.submission_seconds for slug in course.slugs)
    words = {
        "root": json.dumps(str(course.root.resolve())),
        "course_id": json.dumps(course_id),
        "placeholder": json.dumps(PLACEHOLDER),
        "seconds": f"{seconds:.0f}",
        "own_files": own_files,
    }
    text = CONFIG.read_text(encoding="utf-8")
    for key, value in words.items():
        text = text.replace(f"{{{key}}}", value)
    return text
