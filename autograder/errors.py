"""Every error that the engine raises on purpose, with the exit code of the command that it ends.

    AutograderError             3   a fault of the grader itself
    ├── UsageError              2   the caller asked for something that cannot be done
    │   ├── CourseError         2   a course file is wrong (names file and line)
    │   ├── SubmissionError     2   a path is not a submission, or a submission cannot be read
    │   ├── ResultsError        2   a results file or folder cannot be used
    │   └── DataError           2   a data set is missing or broken
    └── WorkerError             3   the student's process is unusable; carries the outcome it means

Standard library only. Only the command line turns these into text and an exit code.
"""

from __future__ import annotations

from pathlib import Path


class AutograderError(Exception):
    """A fault of the grader itself; the root of all errors below."""

    exit_code = 3


class UsageError(AutograderError):
    """The caller asked for something that cannot be done."""

    exit_code = 2


class CourseError(UsageError):
    """A file of the course is wrong.

    Args:
        problem: what is wrong and what to do about it.
        path: the file it is in.
        line: 1-based line in that file, where known.
    """

    def __init__(self, problem: str, *, path: Path | None = None, line: int | None = None) -> None:
        place = ""
        if path is not None:
            # In the form that editors and terminals turn into a link.
            place = f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(f"{place}{problem}")
        self.path = path


class SubmissionError(UsageError):
    """A path is not a submission, or a submission cannot be read."""


class ResultsError(UsageError):
    """A results file or folder cannot be used."""


class DataError(UsageError):
    """A data set is missing or broken."""


class WorkerError(AutograderError):
    """The student's process died, overran its time, or sent something that is not a reply.

    Args:
        outcome: the value of `model.Outcome` with which the running check ends.
        message: one sentence for the student.
    """

    # A plain text, not the enumeration: this module imports nothing of the engine.
    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome
