"""A course directory for nbgrader: its configuration, and for every assignment the staff's notebook with what it needs.

Beside the notebook, the folder of an assignment holds only what students may have: nbgrader releases every other file
as it is, and copies it over each submission before it autogrades.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ..course import Course
from ..errors import UsageError
from .answers import committed_answers, path_of_answers
from .folders import files_under, write_files
from .kit import committed_files, visible_files
from .leak_check import leaks, verify_release
from .notebooks import staff_notebook, student_notebook
from .scaffold import TEMPLATES, filled
from .stubs import PLACEHOLDER

CONFIG = TEMPLATES / "nbgrader_config.py.tmpl"
COURSE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")  # it becomes a folder of the exchange


@dataclass(frozen=True)
class Started:
    """What became of each file of a course directory.

    Args:
        written: those that were missing.
        kept: those that existed.
        differing: those of `kept` that are not what would be written today.
    """

    written: list[PurePosixPath] = field(default_factory=list)
    kept: list[PurePosixPath] = field(default_factory=list)
    differing: list[PurePosixPath] = field(default_factory=list)


def start_course(course: Course, folder: Path, course_id: str) -> Started:
    """Write what is missing of a course directory. Nothing is ever overwritten.

    Raises:
        UsageError: the folder is a file, or the id cannot name a course.
        CourseError: the course lacks something, or would tell students a solution or a hidden check.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder for the course.")
    if not COURSE_ID.fullmatch(course_id):
        raise UsageError(f"{course_id!r} cannot be the id of a course: use letters, digits, _, - and . (see --id).")
    files = course_files(course, course_id)
    started = Started()
    for path, data in files.items():
        if not (folder / path).exists():
            write_files(folder, {path: data})
            started.written.append(path)
            continue
        started.kept.append(path)
        if (folder / path).read_bytes() != data:
            started.differing.append(path)
    return started


def course_files(course: Course, course_id: str) -> dict[PurePosixPath, bytes]:
    """Every file of a course directory, by its path inside it.

    Raises:
        CourseError: as `start_course`.
    """
    files = {PurePosixPath("nbgrader_config.py"): _config(course, course_id).encode()}
    answers = committed_answers(course, course.slugs)
    released: dict[PurePosixPath, bytes] = {}  # what nbgrader will make of them
    for slug in course.slugs:
        folder = PurePosixPath("source", slug)
        given = visible_files(course, slug) | committed_files(course, slug)
        if path_of_answers(slug) in answers:
            given[path_of_answers(slug)] = answers[path_of_answers(slug)]
        for path, data in given.items():
            files[folder / path] = data
            released[folder / path] = data
        files[folder / f"{slug}.ipynb"] = staff_notebook(course, slug)
        released[folder / f"{slug}.ipynb"] = student_notebook(course, slug)
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
    seconds = 0.0
    own_files = []
    for slug in course.slugs:
        # A cell of hidden checks may take as long as a whole submission, and nbgrader has one limit for all cells.
        seconds = max(seconds, course.assignment(slug).budget.submission_seconds)
        own_files.append(f'    "{slug}": ["{slug}.py"],')
    words = {
        # JSON's strings are Python's, whatever quotes or backslashes a path holds.
        "root": json.dumps(str(course.root.resolve())),
        "course_id": json.dumps(course_id),
        "placeholder": json.dumps(PLACEHOLDER),
        "seconds": f"{seconds:.0f}",
        "own_files": "\n".join(own_files),
    }
    return filled(CONFIG, words)
