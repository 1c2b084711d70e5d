"""Moodle: a CSV file for the import of grades, or the offline grading worksheet of an assignment, filled in."""

from __future__ import annotations

from ..errors import UsageError
from ..grading.marks import harmless, in_csv, number, points_or_gap
from ..mark import Mark
from ..standing import by_student
from ..submissions.roster import Roster, as_number
from .formats import Export, Format, tell_what_is_no_mark

STUDENT = ("Identifier", "Username", "ID number", "Email address", "Full name")


def _write(export: Export) -> None:
    if export.roster is None:
        text = _grades(export)
    else:
        text = _worksheet(export, Roster.read(export.roster, STUDENT))
    export.write("moodle.csv", text)
    tell_what_is_no_mark(export)


def _grades(export: Export) -> str:
    """A table for Grades > Import > CSV file, which asks what each column is."""
    export.notes.append("Students stand there with their folders' names as usernames; map that column when importing.")
    lines = [["username", *[export.assignment_titles[slug] for slug in export.slugs]]]
    for student, marks in by_student(export.marks).items():
        lines.append([harmless(student), *[points_or_gap(marks.get(slug)) for slug in export.slugs]])
    return in_csv(lines)


def _worksheet(export: Export, roster: Roster) -> str:
    """The worksheet with its grades filled in; all else in it is as Moodle wrote it, or it would be refused there.

    Raises:
        UsageError: it is no worksheet, or of which assignment is not clear, or that is worth something else there.
    """
    grade = roster.column("Grade")
    if grade is None or roster.column("Identifier") is None:
        problem = "there are no columns Identifier and Grade; download the grading worksheet of the assignment"
        raise UsageError(f"{roster.path}:1: {problem}.")
    if len(export.slugs) > 1:
        known = ", ".join(export.slugs)
        raise UsageError(f"{roster.path} is the worksheet of one assignment; name it with --assignment: {known}.")
    marks = {mark.student: mark for mark in export.marks}
    for student, row in roster.matches(list(marks), export.notes).items():
        mark = marks[student]
        _verify_maximum(roster, row, mark)
        if mark.handed_in:
            roster.rows[row][grade] = number(mark.score)
    return in_csv([roster.header, *roster.rows], delimiter=roster.delimiter)


def _verify_maximum(roster: Roster, row: int, mark: Mark) -> None:
    column = roster.column("Maximum Grade")
    if column is None:
        return
    maximum = roster.rows[row][column].strip()
    if maximum and as_number(maximum) != mark.max_score:
        worth = f"the maximum grade is {maximum} there, and {number(mark.max_score)} here"
        raise UsageError(f"{roster.path}:{row + 2}: {worth}; change it in Moodle, and download the worksheet again.")


FORMAT = Format("moodle", "moodle.csv for the import of grades, or the grading worksheet", _write, takes_roster=True)
