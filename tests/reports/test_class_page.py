"""autograder.reports.class_page: a class on a page, by name or without."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from autograder.model import Outcome, Result
from autograder.reports.class_figures import ClassFigures
from autograder.reports.class_page import class_page, hidden_names

from .conftest import TITLES

PASSED, FAILED, UNWRITTEN = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_ATTEMPTED
NOTE = "There is no scaling.py, but 'anas scaling.py'."


@pytest.fixture
def results(made: Callable[..., Result]) -> list[Result]:
    """Five students, of whom one has nothing, one was stopped, and for one the grader failed."""
    named = {"misconception": "starts_at_one", "mistake": "Do you start at 1?"}
    return [
        made("ana", PASSED, FAILED, FAILED, PASSED, notes=(NOTE,), adds_up=named),
        made("ben", PASSED, PASSED, PASSED, PASSED),
        made("cy", *[UNWRITTEN] * 4),
        made("dee", PASSED, Outcome.TIMED_OUT, Outcome.CRASHED, FAILED, seconds=99.5),
        made("eva", PASSED, Outcome.GRADER_FAULT, Outcome.FORBIDDEN, FAILED),
    ]


@pytest.fixture
def page(results: list[Result]) -> str:
    return class_page(ClassFigures(results), {"scaling": TITLES})


def rows(page: str, id: str) -> list[list[str]]:
    """The cells of the first table behind an element with this id, row by row, as text."""
    body = re.search(r"<tbody>(.*?)</tbody>", page[page.index(f'id="{id}"') :], re.DOTALL)[1]
    table = []
    for row in re.split(r"<tr[^>]*>", body)[1:]:
        cells = re.split(r"<t[hd][^>]*>", row)[1:]
        table.append([" ".join(unescape(re.sub(r"<[^>]*>", " ", cell)).split()) for cell in cells])
    return table


def test_every_student_has_a_row(page: str):
    """What was not handed in is told from 0; what ended otherwise than right or wrong is counted."""
    assert rows(page, "students") == [
        ["ana", "6", "6", "60 %", ""],
        ["ben", "10", "10", "100 %", ""],
        ["cy", "–", "0", "0 %", ""],
        ["dee", "4", "4", "40 %", "1 timed out, 1 crashed"],
        ["eva", "6", "6", "60 %", "1 forbidden, 1 grader fault"],
    ]


def test_the_mark_that_does_not_count_stands_in_brackets(made: Callable[..., Result]):
    """Whichever of the two that is; where both are the same there is one."""
    carried = {"carried": ("double",)}
    results = [
        made("ana", PASSED, FAILED, FAILED, PASSED, carry_forward="report", adds_up=carried),
        made("ben", PASSED, PASSED, PASSED, PASSED, carry_forward="report"),
        made("cy", PASSED, PASSED, FAILED, PASSED, carry_forward="count", adds_up=carried | {"points": 2}),
    ]
    page = class_page(ClassFigures(results), {"scaling": TITLES})
    shown = [row[1] for row in rows(page, "students")]
    assert shown == ["6 (8)", "10", "10 (8)"]
    assert "In brackets" in page


def test_students_can_be_filtered_by_kind(page: str):
    """Each row says which kinds it is of."""
    kinds = re.findall(r'data-s="(\d)" data-k="([^"]*)"', page)
    assert kinds == [("0", "wait"), ("1", ""), ("2", "low none"), ("3", "low stop"), ("4", "rule wait")]


def test_what_waits_for_the_staff(page: str):
    """Notes, and faults of the grader itself."""
    waiting = rows(page, "staff")
    assert waiting[0] == ["ana", "scaling", NOTE]
    assert waiting[1][0] == "eva"
    assert "The grader itself failed in 1 check" in waiting[1][2]
    assert len(waiting) == 2


def test_the_overview_is_of_those_who_handed_in(page: str):
    """Mean 65 %, median 60 %."""
    assert rows(page, "overview") == [["Scaling", "4 of 5", "65 %", "60 %", "55 %, 70 %", "1"]]


def test_mistakes_have_their_sentence_and_their_share(page: str):
    """Of those who handed in."""
    assert rows(page, "mistakes") == [["starts at one Do you start at 1?", "scaling", "1", "25 %"]]


def test_exercises_items_and_the_matrix(page: str):
    """In the order of the assignment."""
    assert [row[:3] for row in rows(page, "a-scaling")] == [
        ["Twice a tensor", "6", "83 %"],
        ["An object with state", "4", "38 %"],
    ]
    items = page[page.index("Item analysis") :]
    assert "double(x) is <code>x + x</code>." in items
    matrix = page[page.index('class="matrix') :]
    table = rows('id="m"' + matrix, "m")
    assert [row[0] for row in table] == ["ana", "ben", "cy", "dee", "eva"]
    assert table[0][1:] == ["✓✗", "✗✓"]
    assert table[1][1:] == ["✓✓", "✓✓"]
    assert table[2][1:] == ["··", "··"]
    assert len({symbol for row in table for cell in row[1:] for symbol in cell}) == 7


def test_checks_that_nobody_fails_are_listed(page: str):
    """The first is passed by everybody who handed in; the others are not."""
    listed = page[page.index("Checks that nobody fails") : page.index('id="mistakes"')]
    assert "1 of 4 checks" in listed
    assert "<code>x + x</code>" in listed
    assert "A counter adds up." not in listed


def test_slow_and_stopped_submissions(page: str):
    """The one that took longest first; what was stopped by its ending."""
    assert rows(page, "slow") == [["dee", "scaling", "timed out", "1"], ["dee", "scaling", "crashed", "1"]]
    slowest = page[page.index("The slowest submissions;") :]
    assert rows('id="s"' + slowest, "s")[0] == ["dee", "scaling", "99.5", "2.0"]


def test_how_it_was_graded(page: str, results: list[Result]):
    """One way is a row; several ways are pointed out."""
    assert rows(page, "conditions") == [["5", "namespaces", "cpu", "digits", "70421", "python 3.11.7, torch 2.13.0"]]
    assert "Not all results were formed alike" not in page
    import dataclasses

    other = dataclasses.replace(results[0], run=dataclasses.replace(results[0].run, isolation="process"))
    mixed = class_page(ClassFigures([other, *results[1:]]), {})
    assert "Not all results were formed alike" in mixed


def test_names_can_be_hidden(results: list[Result]):
    """Nothing tells who a student is: not a name, not a note that quotes a file; the marks are the same."""
    page = class_page(ClassFigures(results), {"scaling": TITLES}, anonymous=True)
    assert re.search(r"\b(ana|anas|ben|cy|dee|eva)\b", page) is None
    assert sorted(row[1] for row in rows(page, "students")) == ["10", "4", "6", "6", "–"]
    assert {row[0] for row in rows(page, "students")} == {f"Student {number}" for number in range(1, 6)}
    assert "There is a note on the submission." in page


def test_numbers_follow_no_order():
    """They are drawn anew, so that a list of names does not tell them."""
    students = [f"s{number}" for number in range(60)]
    drawn = hidden_names(students)
    assert sorted(drawn.values()) == [f"Student {number:02}" for number in range(1, 61)]
    assert drawn != hidden_names(students)


def test_nobody_handed_in(made):
    """The page says so by gaps."""
    page = class_page(ClassFigures([made("ana", *[UNWRITTEN] * 4)]), {})
    assert rows(page, "overview") == [["Scaling", "0 of 1", "–", "–", "–", "0"]]
    assert "No known mistake was recognised." in page
    assert "None was stopped." in page
