"""The marks of a class in a terminal of any width: never cut, with a summary of the class below.

Where the names of the assignments need too much room, columns have numbers; where these need too much, they are divided
into bands, one below the other.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from ..mark import Mark
from ..model import Outcome
from ..standing import by_student
from .screen import counted, summary, together

NAME_SHARE = 5  # of the width goes to the names of students, a fifth; longer ones are folded
SHORTEST_NAME = 12
SHOWN_MISTAKES = 4  # of a student
COMMONEST = 5  # mistakes of the class
FEW_STUDENTS = 20  # whose remarks still leave the table on the screen
ALL_POINTS = 0.999
FEW_POINTS = 0.5
NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """A column of the table: one assignment, or the sum of all."""

    name: str
    marks: dict[str, Mark]  # by student; only of those who handed something in

    @property
    def maximum(self) -> float:
        """The points that can be earned."""
        return max((mark.max_score for mark in self.marks.values()), default=0.0)

    def cell(self, student: str) -> Text:
        """A student's points; what was not handed in is told apart from 0."""
        mark = self.marks.get(student)
        if mark is None:
            return Text(NOTHING, style="dim")
        share = mark.score / mark.max_score
        style = "yellow"
        if share > ALL_POINTS:
            style = "green"
        elif share < FEW_POINTS:
            style = "red"
        return Text(f"{mark.score:.1f}", style=style)

    @cached_property
    def scores(self) -> list[float]:
        """The points of those who handed something in."""
        return [mark.score for mark in self.marks.values()]


class ClassMarks:
    """The marks of a class, to be printed.

    Args:
        marks: of every student and assignment, in any order.
        slugs: the assignments in the order of their columns.
    """

    def __init__(self, marks: Sequence[Mark], slugs: Sequence[str]) -> None:
        self._rows = by_student(marks)
        self._marks = marks
        graded = {mark.assignment for mark in marks}
        self._slugs = [slug for slug in slugs if slug in graded]
        self._columns = list(map(self._of_assignment, self._slugs))
        if len(self._slugs) > 1:
            self._columns.append(self._of_all())

    @property
    def is_small(self) -> bool:
        """Whether remarks on everybody can be read at a glance."""
        return len(self._rows) <= FEW_STUDENTS

    def show(self, console: Console, *, remarks: bool) -> None:
        """Print marks, notes and a summary.

        Args:
            remarks: whether to tell which mistakes were recognised in whose work.
        """
        console.print(Text("Marks", style="bold"))
        for part in self._tables(console):
            console.print(part)
            console.print()
        self._show_notes(console, remarks)
        for line in self._summary():
            console.print(line)

    def _of_assignment(self, slug: str) -> Column:
        marks = {}
        for student, row in self._rows.items():
            if slug in row and row[slug].handed_in:
                marks[student] = row[slug]
        return Column(slug, marks)

    def _of_all(self) -> Column:
        """The sums of those who handed anything in."""
        marks = {}
        for student, row in self._rows.items():
            if any(mark.handed_in for mark in row.values()):
                score = sum(mark.score for mark in row.values())
                maximum = sum(mark.max_score for mark in row.values())
                marks[student] = Mark(student, "", score, maximum, {}, (), ())
        return Column("total", marks)

    def _tables(self, console: Console) -> Iterator[Table | Text]:
        """All columns side by side if they fit, with folded names if need be; else with numbers for names, in bands."""
        whole = {column.name: column.name for column in self._columns}
        folded = {name: name.replace("_", "_\n") for name in whole}
        for heads in (whole, folded):
            table = self._table(self._columns, heads, console)
            if _width(table, console) <= console.width:
                yield table
                return
        numbered = {slug: str(number) for number, slug in enumerate(self._slugs, start=1)}
        yield Text(", ".join(f"{number}={slug}" for slug, number in numbered.items()), style="dim")
        numbered["total"] = "total"
        for band in self._bands(numbered, console):
            yield self._table(band, numbered, console)

    def _bands(self, heads: dict[str, str], console: Console) -> list[list[Column]]:
        """The columns in as few bands as fit."""
        bands: list[list[Column]] = [[]]
        for column in self._columns:
            longer = self._table([*bands[-1], column], heads, console)
            if bands[-1] and _width(longer, console) > console.width:
                bands.append([])
            bands[-1].append(column)
        return bands

    def _table(self, columns: Sequence[Column], heads: dict[str, str], console: Console) -> Table:
        """A row for each student, and what is to be said of all of them below."""
        longest = max(SHORTEST_NAME, console.width // NAME_SHARE)
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 0, 0, 1), header_style="bold")
        table.add_column("student", overflow="fold", max_width=longest, vertical="bottom")
        for column in columns:
            head = f"{heads[column.name]}\n/{column.maximum:g}"
            table.add_column(Text(head, justify="right"), justify="right", no_wrap=True, vertical="bottom")
        for student in self._rows:
            table.add_row(Text(student), *(column.cell(student) for column in columns))
        if len(self._rows) > 1:
            table.add_section()
            for name, function in (("mean", statistics.mean), ("median", statistics.median)):
                middle = [f"{function(column.scores):.1f}" if column.scores else NOTHING for column in columns]
                table.add_row(name, *middle, style="bold")
            table.add_row("handed in", *(str(len(column.scores)) for column in columns), style="dim")
        return table

    def _show_notes(self, console: Console, remarks: bool) -> None:
        """What people should know of each student: always what was noted, the mistakes if they are asked for."""
        left_out = 0
        for student, row in self._rows.items():
            own = [row[slug] for slug in self._slugs if slug in row]
            notes = [note for mark in own for note in mark.notes]
            more = _remarks(own)
            if remarks and more:
                notes.append(more)
            elif more:
                left_out += 1
            if notes:
                line = Text.assemble((student, "bold"), ": ", " ".join(notes))
                console.print(line)
        if left_out:
            told = f"There are remarks on {left_out} of {len(self._rows)} students: --remarks shows them."
            console.print(Text(told, style="dim"))

    def _summary(self) -> Iterator[Text]:
        """The mistakes that several works have in common, and how the checks ended."""
        counts = Counter(name for mark in self._marks for name in mark.misconceptions)
        common = [(name, count) for name, count in counts.most_common(COMMONEST) if count > 1]
        if common:
            told = [f"{name.replace('_', ' ')} ({count})" for name, count in common]
            yield Text(f"Commonest mistakes: {', '.join(told)}")
        yield Text("Checks: ").append_text(summary(self._marks))


def _width(table: Table, console: Console) -> int:
    """The columns of a terminal that a table needs, so that nothing in it is cut."""
    unlimited = console.options.update(max_width=100_000)
    return Measurement.get(console, unlimited, table).maximum


def _remarks(marks: Sequence[Mark]) -> str:
    """The mistakes that were recognised in a student's work, and outcomes other than right or wrong."""
    mistakes: dict[str, None] = {}
    for mark in marks:
        for name in mark.misconceptions:
            mistakes[name.replace("_", " ")] = None
    told = list(mistakes)[:SHOWN_MISTAKES]
    if len(mistakes) > SHOWN_MISTAKES:
        told.append(f"and {len(mistakes) - SHOWN_MISTAKES} more")
    for outcome, count in together([mark for mark in marks if mark.handed_in]).items():
        if outcome not in (Outcome.PASSED, Outcome.FAILED):
            told.append(counted(outcome, count))
    return "; ".join(told)
