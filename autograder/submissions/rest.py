"""What lies in a submission and is not graded, so that nobody's work is lost without a word."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ..errors import SubmissionError
from ..model import Assignment
from ..text import clean
from .archives import is_archive, names_in
from .files import MAX_NOTEBOOK_BYTES, Submission, is_like, read_bytes, read_source
from .notebooks import parse_notebook

DEEPEST = 2  # folders down
MOST_FILES = 200  # that are looked at; a kit has 80
SHOWN = 4
CODE = (".py", ".ipynb", ".txt")
DEFINITION = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)
STUB = "NotImplementedError"


def remarks_on_the_rest(submission: Submission, assignment: Assignment) -> list[str]:
    """What else was handed in for an assignment in which something is missing, and what to do about it."""
    path = submission.path(assignment.slug)
    is_there = os.path.lexists(path)
    resembling = submission.resembling(assignment.slug)
    if resembling and not is_there:
        return [f"There is no {path.name}, but {resembling!r}: was it meant to be called {path.name}?"]
    rest = _rest(submission, assignment)
    wanted = _names_asked_for(assignment)
    for graded in submission.paths(assignment.slug):
        wanted -= _written_in(graded)
    best = ""
    most = 0
    for shown, other in rest.items():
        written = len(wanted & _written_in(other))
        if written > most:
            best = shown
            most = written
    if best and is_there:
        return [f"{best!r} has {most} of what {path.name} leaves unwritten: which of the two is to be graded?"]
    if best:
        has = f"has {most} of the {len(wanted)} names that are asked for"
        return [f"There is no {path.name}, but {best!r} {has}: rename or move it to {path.name}, and grade again."]
    untold = [shown for shown, other in rest.items() if not _is_told_elsewhere(other, submission, assignment)]
    if untold and not is_there:
        return [f"There is no {path.name}. Handed in, but not graded: {_listed(untold)}."]
    return []


def _is_told_elsewhere(path: Path, submission: Submission, assignment: Assignment) -> bool:
    """Whether a file has the name of another assignment, nearly, of which none is there: its own remark says so."""
    for slug in _slugs_beside(assignment):
        if slug != assignment.slug and is_like(path.name, slug) and not submission.paths(slug):
            return True
    return False


def _slugs_beside(assignment: Assignment) -> set[str]:
    """The slugs of all assignments in the course of this one."""
    return {folder.name for folder in assignment.folder.parent.iterdir()}


def _names_asked_for(assignment: Assignment) -> set[str]:
    names = set()
    for function in assignment.functions:
        names.add(function.partition(".")[0])
    return names


def _rest(submission: Submission, assignment: Assignment) -> dict[str, Path]:
    """The files of which none is an assignment's, by their paths as they are shown; those in archives too."""
    home = submission.home(assignment.slug)
    known = _slugs_beside(assignment)
    rest: dict[str, Path] = {}
    for path in islice(_files_below(home, DEEPEST), MOST_FILES):
        if path.parent == home and path.stem in known:
            continue
        shown = clean(str(path.relative_to(home)))
        rest[shown] = path
        if is_archive(path.name):
            for name in names_in(path, MOST_FILES):
                rest[f"{shown}/{clean(name)}"] = path
    return rest


def _files_below(folder: Path, depth: int) -> Iterator[Path]:
    """The files in a folder and in those below it, those nearest first; no link is followed."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:  # there is no such folder, or it may not be read
        return
    for path in entries:
        if not _is_hidden(path) and not path.is_dir():
            yield path
    for path in entries:
        # The checks of a kit ask for the names that are looked for, but define none.
        if depth and path.is_dir() and not _is_hidden(path) and not path.is_symlink():
            yield from _files_below(path, depth - 1)


def _is_hidden(path: Path) -> bool:
    return path.name.startswith((".", "__"))


def _written_in(path: Path) -> set[str]:
    """The functions and classes that a file defines, without those that are stubs."""
    _, *pieces = DEFINITION.split(_code_of(path))
    written = set()
    for name, body in zip(pieces[::2], pieces[1::2], strict=True):
        if STUB not in body:
            written.add(name)
    return written


def _code_of(path: Path) -> str:
    """The code in a file; "" if it holds none that can be read."""
    suffix = path.suffix.lower()
    try:
        if suffix == ".ipynb":
            notebook = parse_notebook(read_bytes(path, MAX_NOTEBOOK_BYTES), path.name)
            return "\n".join(cell.source for cell in notebook.code)
        if suffix in CODE:
            return read_source(path).text
    except SubmissionError:
        pass
    return ""


def _listed(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:SHOWN]))
    if len(names) > SHOWN:
        return f"{shown} and {len(names) - SHOWN} more"
    return shown
