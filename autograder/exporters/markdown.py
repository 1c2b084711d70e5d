"""Markdown for a wiki, an issue or a mail: a table of all marks, and one of the exercises of each assignment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..grading.marks import number, points_or_gap, state
from ..mark import Mark
from ..standing import by_student
from .formats import Export, Format, tell_what_is_no_mark

# What Markdown or HTML gives a meaning; an underscore inside a name has none, and a dash only at the beginning.
SPECIAL = re.compile(r"([\\`*{}\[\]<>()#+!|~$&]|(?<!\w)_|_(?!\w)|^[-=]|^\d+(?=\.))")
GAP = "–"  # where nothing was handed in, which is not a 0


def escaped(text: str) -> str:
    """Text for one line, in which nothing has a meaning."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is text, and whose others are numbers; cells are escaped already."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _write(export: Export) -> None:
    export.write("marks.md", "\n\n".join(_parts(export)) + "\n")
    tell_what_is_no_mark(export)


def _parts(export: Export) -> Iterator[str]:
    students = by_student(export.marks)
    yield "# Marks"
    rows = [_row(student, marks, export.slugs) for student, marks in students.items()]
    yield table(["student", *map(escaped, export.slugs), "total", "of"], rows)
    for slug in export.slugs:
        marks = [marks[slug] for marks in students.values() if slug in marks]
        yield f"## {escaped(marks[0].title)}"
        names = [export.exercise_title(slug, exercise.id) for exercise in marks[0].exercises]
        yield table(["student", *map(escaped, names), "of"], list(map(_row_of_exercises, marks)))
    remarks = [line for marks in students.values() for mark in marks.values() for line in _remarks(mark)]
    if remarks:
        yield "## Remarks"
        yield "\n".join(remarks)


def _row(student: str, marks: dict[str, Mark], slugs: Sequence[str]) -> list[str]:
    present = [marks[slug] for slug in slugs if slug in marks]
    cells = [points_or_gap(marks.get(slug)) or GAP for slug in slugs]
    total = sum(mark.score for mark in present)
    return [escaped(student), *cells, number(total), number(sum(mark.max_score for mark in present))]


def _row_of_exercises(mark: Mark) -> list[str]:
    cells = [number(exercise.points) if mark.handed_in else GAP for exercise in mark.exercises]
    return [escaped(mark.student), *cells, number(mark.max_score)]


def _remarks(mark: Mark) -> list[str]:
    said = [text for text in (state(mark), *mark.notes) if text]
    return [f"- {escaped(f'{mark.student}, {mark.assignment}: {text}')}" for text in said]


FORMAT = Format("markdown", "marks.md with tables", _write)
