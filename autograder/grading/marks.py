"""The tables of marks: a row per student, and in the long form a row per student, assignment and exercise.

They open right in Excel and LibreOffice. An empty cell means that nothing was handed in, a 0 that it earned nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..mark import ExerciseMark, Mark
from ..standing import by_student

BOM = "\ufeff"  # without it, Excel takes UTF-8 for the code page of the machine and shows "ZoÃ«"
# Beginnings that make a cell a formula; the wide forms are taken for them too where such keyboards are used.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
CARRIED = "with errors carried forward"  # the second mark; its cells are empty where none was formed
LONG_HEADER = (
    "student",
    "assignment",
    "exercise",
    "points",
    "maximum",
    "percent",
    "checks passed",
    "checks",
    "state",
    CARRIED,
)


def wide_table(marks: Iterable[Mark], slugs: Sequence[str]) -> str:
    """A table with a row per student and a column per assignment that has results.

    Args:
        slugs: the assignments in the order of their columns.
    """
    rows = by_student(marks)
    graded = {slug for row in rows.values() for slug in row}
    return BOM + in_csv(_wide_lines(rows, [slug for slug in slugs if slug in graded]))


def _wide_lines(rows: Mapping[str, dict[str, Mark]], columns: Sequence[str]) -> Iterator[Sequence[str]]:
    """The cells of each line; one by one, since those of a large class take more memory than its marks."""
    yield ["student", *columns, "total", "maximum", "percent", "remarks", CARRIED]
    for student, row in rows.items():
        yield [harmless(student), *_cells(row, columns)]


def long_table(marks: Iterable[Mark], slugs: Sequence[str]) -> str:
    """A table with a row per student, assignment and exercise, in the order of the course."""
    return BOM + in_csv(_long_lines(by_student(marks), slugs))


def _long_lines(rows: Mapping[str, dict[str, Mark]], slugs: Sequence[str]) -> Iterator[Sequence[str]]:
    yield LONG_HEADER
    for student, row in rows.items():
        for slug in slugs:
            if slug not in row:
                continue
            for exercise in row[slug].exercises:
                yield [harmless(student), slug, *_of_exercise(row[slug], exercise)]


def in_csv(lines: Iterable[Sequence[str]], *, delimiter: str = ",") -> str:
    """Lines of cells as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(lines)
    return text.getvalue()


def number(value: float) -> str:
    """Points as every table shows them, to the hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def points_or_gap(mark: Mark | None) -> str:
    """A cell of a mark; an empty one, where nothing was handed in, counts as no grade wherever it is imported."""
    if mark is None or not mark.handed_in:
        return ""
    return number(mark.score)


def harmless(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA):
        return f"'{text}"
    return text


def state(mark: Mark) -> str:
    """What a mark that is not simply earned needs people to know, or ""."""
    if not mark.handed_in:
        return "not handed in"
    if mark.faults:
        return f"waits for the staff (grader faults: {mark.faults})"
    return ""


def _cells(row: dict[str, Mark], columns: Sequence[str]) -> list[str]:
    """The cells of a student's row: points or a gap for each assignment, the sums, and remarks."""
    cells = []
    remarks = []
    total = 0.0
    maximum = 0.0
    for slug in columns:
        mark = row.get(slug)
        cells.append(points_or_gap(mark))
        if mark is None:
            continue
        total += mark.score
        maximum += mark.max_score
        remarks += [f"{slug}: {remark}" for remark in (state(mark), *mark.notes) if remark]
    percent = number(100 * total / maximum) if maximum else ""
    second = _second(row[slug] for slug in columns if slug in row)
    return [*cells, number(total), number(maximum), percent, harmless("; ".join(remarks)), second]


def _second(marks: Iterable[Mark]) -> str:
    """The sum of the second marks; a gap where one was not formed."""
    total = 0.0
    for mark in marks:
        if mark.carried is None:
            return ""
        total += mark.carried
    return number(total)


def _of_exercise(mark: Mark, exercise: ExerciseMark) -> list[str]:
    """The cells of an exercise after its name."""
    points = ""
    percent = ""
    if mark.handed_in:
        points = number(exercise.points)
        percent = number(100 * exercise.points / exercise.max_points)
    counts = [str(exercise.passed), str(exercise.checks)]
    second = ""
    if mark.carried is not None and mark.handed_in:
        second = number(exercise.carried)
    return [exercise.id, points, number(exercise.max_points), percent, *counts, _state(mark, exercise), second]


def _state(mark: Mark, exercise: ExerciseMark) -> str:
    if not mark.handed_in:
        return "not handed in"
    if exercise.faults:
        return "waits for the staff"
    return "graded"
