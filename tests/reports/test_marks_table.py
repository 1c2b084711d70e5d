"""The table of marks in terminals of three widths, compared with files that were looked at.

After a change of the table, `python -m tests.reports.test_marks_table` writes those files anew; read the diff.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from autograder.mark import Mark
from autograder.model import Outcome
from autograder.reports.marks_table import ClassMarks

GOLDEN = Path(__file__).parent / "golden"
NAMES = ("Ada Lovelace", "bo", "Zoë 王小明", "Maximilian Ferdinand von und zu Hohenlohe")
SIX = ("sigmoid_gd", "softmax_backprop", "kaiming_init", "batch_norm", "dropout_scaling", "adamw")
SIXTEEN = tuple(f"assignment_{number}" for number in range(1, 17))
WIDTHS = (80, 120, 200)
COURSES = {"six": SIX, "sixteen": SIXTEEN}
NOTE = "There is no adamw.py, but 'adamw (1).py': was it meant to be called adamw.py?"


def made_up(students: int, slugs: tuple[str, ...]) -> list[Mark]:
    """Marks of a class, in which everybody has handed in all assignments but one."""
    marks = []
    for number in range(students):
        name = NAMES[number % len(NAMES)]
        if students > len(NAMES):
            name = f"{name} {number}"
        for place, slug in enumerate(slugs):
            points = 100 - (7.25 * number + 12.5 * place) % 101
            mistakes = ("loss_halved", f"mistake_{place}") if points < 50 else ()
            outcomes = {Outcome.PASSED: 9, Outcome.FAILED: 2, Outcome.TIMED_OUT: number % 2}
            notes = (NOTE,) if (number, place) == (1, 5) else ()
            if place == (number + 3) % len(slugs):
                marks.append(Mark(name, slug, 0, 100, {Outcome.NOT_ATTEMPTED: 11}, (), notes, handed_in=False))
            else:
                marks.append(Mark(name, slug, points, 100, outcomes, mistakes, notes))
    return marks


def shown(marks: list[Mark], slugs: tuple[str, ...], width: int, *, remarks: bool = True) -> str:
    """What arrives in a terminal of this width, without spaces at the ends of lines."""
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    ClassMarks(marks, slugs).show(console, remarks=remarks)
    lines = console.file.getvalue().splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COURSES)
def test_the_table_is_as_it_was_looked_at(name: str, width: int):
    """Whatever has to give, no mark is cut."""
    slugs = COURSES[name]
    assert shown(made_up(4, slugs), slugs, width) == golden(name, width).read_text(encoding="utf-8")


def golden(name: str, width: int) -> Path:
    return GOLDEN / f"marks-{name}-{width}.txt"


@pytest.mark.parametrize("width", [40, *WIDTHS])
@pytest.mark.parametrize("count", [1, 7, 16])
def test_every_mark_of_a_large_class_is_there_and_fits(count: int, width: int):
    """Sixty students: each number stands in some row of theirs, and no line is longer than the terminal is wide."""
    marks = made_up(60, SIXTEEN[:count])
    lines = shown(marks, SIXTEEN, width, remarks=False).splitlines()
    assert max(map(len, lines)) <= width
    for mark in marks:
        rows = [line.split() for line in lines if mark.student.split()[-1] in line.split()]
        wanted = f"{mark.score:.1f}" if mark.handed_in else "–"
        assert any(wanted in row for row in rows), mark


def test_the_class_is_summed_up_below():
    """Means and medians are of those who handed in; the sum of all assignments has its own."""
    marks = [Mark("ana", "one", 10, 10, {Outcome.PASSED: 2}, (), ()), Mark("ben", "one", 5, 10, {}, (), ())]
    marks += [Mark("ana", "two", 4, 10, {}, ("lr_forgotten",), ())]
    marks += [Mark("ben", "two", 0, 10, {Outcome.NOT_ATTEMPTED: 1}, (), (), handed_in=False)]
    rows = [line.split() for line in shown(marks, ("two", "one"), 80).splitlines()]
    assert rows[1:3] == [["two", "one", "total"], ["student", "/10", "/10", "/20"]]
    assert ["ben", "–", "5.0", "5.0"] in rows
    assert ["mean", "4.0", "7.5", "9.5"] in rows
    assert ["median", "4.0", "7.5", "9.5"] in rows
    assert ["handed", "in", "1", "2", "2"] in rows
    assert not any("mistakes" in row for row in rows)  # a single one is nobody's habit
    assert "Checks: 2 passed, 1 not attempted".split() in rows


def test_mistakes_that_several_make_are_counted():
    """Over all assignments, the commonest first."""
    marks = []
    for number, names in enumerate([("a_b", "once"), ("c_d", "a_b"), ("a_b", "c_d")]):
        marks.append(Mark(f"student {number}", "one", 1, 10, {}, names, ()))
    assert "Commonest mistakes: a b (3), c d (2)\n" in shown(marks, ("one",), 80)


def test_a_note_is_always_shown_and_remarks_are_if_asked_for():
    """What is wrong with a file cannot wait; who made which mistake can."""
    marks = [Mark("ana", "scaling", 1, 4, {Outcome.ERROR: 2}, ("lr_forgotten",), ("Was it meant so?",))]
    assert "ana: Was it meant so? lr forgotten; 2 errors\n" in shown(marks, ("scaling",), 80)
    told = shown(marks, ("scaling",), 80, remarks=False)
    assert "ana: Was it meant so?\n" in told
    assert "There are remarks on 1 of 1 students: --remarks shows them." in told


def test_remarks_follow_the_order_of_the_course():
    """Whichever assignment was graded first."""
    marks = [Mark("ana", slug, 0, 4, {}, (f"mistake_of_{slug}",), ()) for slug in ("second", "first")]
    assert "mistake of first; mistake of second" in shown(marks, ("first", "second"), 80)


def test_colours_come_with_numbers():
    """All points are green, less than half of them red."""
    marks = [Mark(name, "one", points, 10, {}, (), ()) for name, points in (("a", 10), ("b", 2), ("c", 7))]
    console = Console(file=io.StringIO(), width=80, color_system="standard", force_terminal=True, highlight=False)
    ClassMarks(marks, ("one",)).show(console, remarks=False)
    written = console.file.getvalue()
    assert "\x1b[32m10.0" in written
    assert "\x1b[31m 2.0" in written or "\x1b[31m2.0" in written
    assert "\x1b[33m" in written


def write_golden() -> None:
    """Write the files that the tests compare with."""
    for name, slugs in COURSES.items():
        for width in WIDTHS:
            golden(name, width).write_text(shown(made_up(4, slugs), slugs, width), encoding="utf-8")


if __name__ == "__main__":
    write_golden()
