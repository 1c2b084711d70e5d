"""Canvas: a CSV file for the import of its gradebook.

Canvas finds a student by ID, else by SIS ID, else by login, else by name. A column that it does not know becomes a new
assignment, and the row of points possible changes what an assignment is worth. So both are taken from its own export,
if that is given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..errors import UsageError
from ..grading.marks import harmless, in_csv, number, points_or_gap
from ..standing import by_student
from ..submissions.roster import Roster, as_number
from .formats import Export, Format, tell_what_is_no_mark

STUDENT = ("Student", "ID", "SIS User ID", "SIS Login ID")
COLUMNS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]  # their order is Canvas's
KEPT = (*COLUMNS, "Root Account")
POSSIBLE = "Points Possible"
NUMBERED = re.compile(r"(.*) \(\d+\)")


def _write(export: Export) -> None:
    marks = by_student(export.marks)
    maxima = {mark.assignment: mark.max_score for mark in export.marks}
    titles = {slug: export.assignment_titles[slug] for slug in export.slugs}
    if export.roster is None:
        export.notes.append("Students stand there with their folders' names as logins; --roster takes Canvas's own.")
        columns = COLUMNS
        people = {student: [student, "", "", student, ""] for student in marks}
    else:
        roster = Roster.read(export.roster, STUDENT)
        columns, people = _of_roster(roster, list(marks), export.notes)
        titles = _known_titles(titles, maxima, roster, export.notes)
    blanks = [""] * (len(columns) - 1)
    lines = [
        [*columns, *titles.values()],
        [f"    {POSSIBLE}", *blanks, *[number(maxima[slug]) for slug in titles]],
    ]
    for student, cells in people.items():
        lines.append([*map(harmless, cells), *[points_or_gap(marks[student].get(slug)) for slug in titles]])
    export.write("canvas.csv", in_csv(lines))
    tell_what_is_no_mark(export)


def _of_roster(roster: Roster, students: Sequence[str], notes: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The columns that tell who somebody is, as Canvas wrote them, and what stands in them for each student."""
    present = [number for number, name in enumerate(roster.header) if name in KEPT]
    people = {}
    for student, row in roster.matches(students, notes).items():
        people[student] = [roster.rows[row][column] for column in present]
    return [roster.header[column] for column in present], people


def _known_titles(
    titles: Mapping[str, str], maxima: Mapping[str, float], roster: Roster, notes: list[str]
) -> dict[str, str]:
    """The assignments' columns in Canvas, by slug; whatever it does not know yet keeps its title.

    Raises:
        UsageError: an assignment is worth something else there.
    """
    known = {}
    for slug, title in titles.items():
        known[slug] = title
        for column, name in enumerate(roster.header):
            numbered = NUMBERED.fullmatch(name)
            if numbered is not None and numbered[1] in (title, slug):
                known[slug] = name
                _verify_worth(roster, column, maxima[slug])
        if known[slug] == title:
            notes.append(f"Canvas has no assignment {title!r} yet; importing the file makes one.")
    return known


def _verify_worth(roster: Roster, column: int, maximum: float) -> None:
    for row in roster.rows:
        worth = row[column].strip()
        if POSSIBLE not in row[0] or not worth or worth == "(read only)":
            continue
        if as_number(worth) != maximum:
            problem = f"{roster.header[column]} is worth {worth} points there, and {number(maximum)} here"
            raise UsageError(f"{roster.path}: {problem}; change it in Canvas, and export the gradebook again.")


FORMAT = Format("canvas", "canvas.csv for the import of its gradebook", _write, takes_roster=True)
