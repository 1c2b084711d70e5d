"""Where results go while a class is graded: the interface of a sink, and the two sinks that every run has.

The other sinks are exporters, one module each in `autograder.exporters`.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from ..errors import ResultsError
from ..model import Assignment, Result
from ..submissions.files import Submission
from .earlier import note_earlier
from .results import MARKS, ResultsFolder, read_result

# Every later result would fail alike, so that grading on would only waste time.
NO_MORE_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@dataclass(frozen=True)
class Graded:
    """What became of one assignment of one submission.

    Args:
        result: the result that holds now.
        submission: what was graded.
        before: the stored result that this one replaces, if there was one.
        reused: whether the result was stored by an earlier run, and nothing that it depends on has changed since.
    """

    result: Result
    submission: Submission
    before: Result | None = None
    reused: bool = False


class Sink(Protocol):
    """A place that results go to.

    A `UsageError` ends the run: there is something for the staff to put right first. Any other exception is a fault of
    ours. It is told and costs this sink one result; grading goes on, and the other sinks get everything.
    """

    @property
    def name(self) -> str:
        """What messages call it, as in "could not be written to the gradebook"."""

    def open(self, assignments: Sequence[Assignment], count: int) -> None:
        """Prepare for a run, before anything is graded.

        Args:
            assignments: those that are graded.
            count: how many results will come.
        Raises:
            UsageError: it cannot take them. It leaves nothing open then, and is not closed.
        """

    def save(self, graded: Graded) -> None:
        """Take a result. Taking it twice changes nothing.

        Raises:
            UsageError: it cannot take any more results.
        """

    def close(self) -> Sequence[str]:
        """Finish, also after a run that was interrupted; returns what there is to tell people, a line each."""


class StoredResults:
    """The folder of results: a run that is killed at any moment loses nothing that was saved, and resumes from it.

    Args:
        root: created when it is opened, so that wrong use leaves no folder behind.
    """

    name = "the results"

    def __init__(self, root: Path) -> None:
        self.root = root
        self._notes: list[str] = []

    @cached_property
    def folder(self) -> ResultsFolder:
        """The folder, created if it does not exist.

        Raises:
            ResultsError: it cannot be written to.
        """
        return ResultsFolder(self.root)

    def open(self, assignments: Sequence[Assignment], count: int) -> None:
        """Set aside files that are no results."""
        self._notes = self.folder.set_aside_broken()

    def stored(self, student: str, slug: str) -> Result | None:
        """The result of a student's assignment, if a whole one stands here."""
        path = self.folder.path(student, slug)
        if not path.is_file():
            return None
        try:
            return read_result(path)
        except ResultsError:  # it is graded again, and the file was set aside when the folder was opened
            return None

    def save(self, graded: Graded) -> None:
        """Store a new result, so that it survives whatever happens next.

        Raises:
            ResultsError: the disk is full or cannot be written to.
        """
        if graded.reused:  # it was read from here
            return
        try:
            if graded.before is not None:
                note_earlier(self.root, graded.before, graded.result)
            self.folder.write(graded.result)
        except OSError as error:
            if error.errno in NO_MORE_ROOM:
                raise ResultsError(f"{self.root} cannot be written to: {error.strerror}.") from error
            raise

    def close(self) -> Sequence[str]:
        """Say what was set aside."""
        return self._notes


class MarksTable:
    """marks.csv, written at the end from every result that is stored, also by earlier runs.

    Args:
        slugs: the assignments of the course; the columns stand in their order.
    """

    name = MARKS

    def __init__(self, results: StoredResults, slugs: tuple[str, ...]) -> None:
        self._results = results
        self._slugs = slugs
        self._is_stale = False

    def open(self, assignments: Sequence[Assignment], count: int) -> None:
        """Nothing to prepare."""

    def save(self, graded: Graded) -> None:
        """Remember that the table is out of date."""
        self._is_stale = True

    def close(self) -> Sequence[str]:
        """Write the table, unless the run ended before there was anything new."""
        # Once in the end: it reads every result, which after each of them would take quadratic time.
        if self._is_stale:
            self._results.folder.write_marks(self._slugs)
        return ()


@dataclass(frozen=True)
class Option:
    """An option of the command line that belongs to an exporter.

    Args:
        name: without the dashes in front.
        metavar: what its value is called; "" for a flag, which has none.
        is_folder: whether the value is a folder that results go to, where no submissions are looked for.
    """

    name: str
    help: str
    metavar: str = ""
    is_folder: bool = False

    @property
    def key(self) -> str:
        """Its name as that of a variable."""
        return self.name.replace("-", "_")


@dataclass(frozen=True)
class Request:
    """What a run was asked for, as far as exporters need to know.

    Args:
        paths: of the submissions.
        out: the folder of results.
        options: the values of every exporter's options by their keys; None or False where one was not given.
    """

    paths: tuple[Path, ...]
    out: Path
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Exporter:
    """A sink besides the results folder, and how it is asked for.

    Args:
        sink: the sink that a request asks for, or None if it asks for none; raises UsageError if it cannot be had.
    """

    options: tuple[Option, ...]
    sink: Callable[[Request], Sink | None]
