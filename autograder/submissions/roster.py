"""A list of students as a learning platform exports it, and who in it is whose submission."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from .files import Submission
from .finding import shown_name

DELIMITERS = ",;\t"
# Columns that tell who somebody is, in the exports of Canvas, Moodle and Gradescope and in most other lists.
IDENTIFYING = (
    "Student", "ID", "SIS User ID", "SIS Login ID", "Identifier", "Username", "ID number", "Email address", "Full name",
    "Name", "Email", "SID", "Student ID",
)  # fmt: skip
NAMES = ("Student", "Full name", "Name")
FIRST_NAMES = ("First name", "Given name")
LAST_NAMES = ("Last name", "Surname", "Family name")
NOBODY = ("points possible", "student, test")  # rows of Canvas that are no students
NUMBERED = re.compile(r"(.+)_(\d{3,})")  # as a student of a download is called here
MOODLE_FOLDER = re.compile(r"(.+)_(\d+)_(?:assignsubmission_.*)?")  # as Moodle names a student's folder


@dataclass(frozen=True)
class Roster:
    """A table with a row for each student.

    Args:
        identifying: the columns that tell who somebody is, as far as they are there.
    """

    path: Path
    delimiter: str
    header: list[str]
    rows: list[list[str]]
    identifying: list[int]

    @classmethod
    def read(cls, path: Path, identifying: Sequence[str]) -> Roster:
        """Read one.

        Args:
            identifying: how columns that tell who somebody is may be called.
        Raises:
            UsageError: it cannot be read, or tells of nobody who they are.
        """
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}; name a file with --roster.") from error
        except UnicodeDecodeError as error:
            problem = f"{path} is not UTF-8 text (byte {error.start}): export it again, and do not save it with Excel."
            raise UsageError(problem) from error
        return cls._of_text(path, text, identifying)

    @classmethod
    def _of_text(cls, path: Path, text: str, identifying: Sequence[str]) -> Roster:
        first = text.partition("\n")[0]
        delimiter = max(DELIMITERS, key=first.count)
        try:
            header, *lines = filter(None, csv.reader(io.StringIO(text), delimiter=delimiter))
        except (csv.Error, ValueError) as error:  # a ValueError where there is no line at all
            raise UsageError(f"{path} is no CSV file with a header; export it again.") from error
        header = [cell.strip() for cell in header]
        known = {name.casefold() for name in identifying}
        columns = [number for number, name in enumerate(header) if name.casefold() in known]
        if not columns:
            names = ", ".join(identifying)
            raise UsageError(f"{path}:1: there is none of the columns {names}; export the list again, with its header.")
        width = len(header)
        rows = [(line + [""] * width)[:width] for line in lines]  # spreadsheets drop empty cells at the end
        return cls(path, delimiter, header, rows, columns)

    def column(self, name: str) -> int | None:
        """The number of a column, or None."""
        for number, title in enumerate(self.header):
            if title.casefold() == name.casefold():
                return number
        return None

    def matches(self, students: Sequence[str], notes: list[str]) -> dict[str, int]:
        """The rows of students, by the names of their submissions; of whom there is not exactly one, a note is made."""
        rows_of: dict[str, set[int]] = {}
        for number, row in enumerate(self.rows):
            for key in self._keys_of_row(row):
                rows_of.setdefault(key, set()).add(number)
        found = {}
        for student in students:
            rows: set[int] = set()
            for key in _keys_of_submission(student):
                rows = rows or rows_of.get(key, set())
            if len(rows) == 1:
                (found[student],) = rows
            else:
                how_many = f"{len(rows)} rows" if rows else "no row"
                notes.append(f"{self.path} has {how_many} for {student}, who was left out; rename the submission.")
        return found

    def name(self, row: Sequence[str]) -> str:
        """What somebody is called: the first name comes first."""
        named = self._first_of(row, NAMES)
        first = self._first_of(row, FIRST_NAMES)
        last = self._first_of(row, LAST_NAMES)
        if not named:
            named = f"{first} {last}".strip() or self._first_of(row, IDENTIFYING)
        last, comma, first = named.partition(",")
        if comma:
            return f"{first.strip()} {last.strip()}"
        return named

    def _first_of(self, row: Sequence[str], columns: Sequence[str]) -> str:
        for name in columns:
            column = self.column(name)
            if column is not None and row[column].strip():
                return row[column].strip()
        return ""

    def _keys_of_row(self, row: Sequence[str]) -> Iterator[str]:
        for column in self.identifying:
            text = _key(row[column])
            if not text:
                continue
            yield text
            if "@" in text:
                yield text.partition("@")[0]
            last, comma, first = text.partition(",")
            if comma:
                yield f"{first.strip()} {last}"


def with_names(submissions: Sequence[Submission], path: Path, notes: list[str]) -> list[Submission]:
    """The submissions by the names that their students have in a roster; who is in one of both only becomes a note.

    Raises:
        UsageError: the roster cannot be read.
    """
    roster = Roster.read(path, IDENTIFYING)
    unknown: list[str] = []
    rows = roster.matches([submission.student for submission in submissions], unknown)
    named: list[Submission] = []
    taken: set[str] = set()
    for submission in submissions:
        student = submission.student
        if student in rows and not submission.account:
            student = shown_name(roster.name(roster.rows[rows[student]]))
        if student in taken:  # two people of one name
            student = submission.student
        taken.add(student)
        named.append(dataclasses.replace(submission, student=student))
    for note in unknown:
        notes.append(note.replace(", who was left out; rename the submission.", ": is that name right?"))
    missing = []
    for number, row in enumerate(roster.rows):
        if number not in rows.values() and not row[0].strip().casefold().startswith(NOBODY):
            missing.append(roster.name(row))
    if missing:
        notes.append(f"Nothing was handed in by {len(missing)} of {path.name}: {', '.join(missing)}.")
    return sorted(named, key=lambda submission: submission.student)


def as_number(text: str) -> float | None:
    """A number as Canvas or Moodle writes it, in some languages with a comma; None if it is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _keys_of_submission(student: str) -> Iterator[str]:
    """What may stand in a roster for the student of a submission, the likeliest first."""
    yield _key(student)
    folder = MOODLE_FOLDER.fullmatch(student)
    if folder is not None:
        yield f"participant {folder[2]}"
        yield _key(folder[1])
    numbered = NUMBERED.fullmatch(student)
    if numbered is not None:
        yield f"participant {numbered[2]}"
        yield numbered[2]
        yield _key(numbered[1])


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()
