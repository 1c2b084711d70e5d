"""autograder.reports.feedback: what a student reads of a result, as a page, as Markdown and in a terminal."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from autograder.grading.results import for_student
from autograder.model import Outcome, Result
from autograder.reports.feedback import Feedback
from autograder.reports.feedback_page import feedback_page
from autograder.reports.feedback_text import in_markdown, print_feedback

from .conftest import CHECKS, SEED, TITLES

STAFF_ONLY = (str(SEED), "0123456789abcdef", "namespaces", "starts_at_one", "Traceback", "secret path", "0.125")


def feedback_of(result: Result, titles: dict[str, str] = TITLES) -> Feedback:
    return Feedback.of(for_student(result), titles)


def in_terminal(result: Result, width: int = 100) -> str:
    page = io.StringIO()
    console = Console(file=page, width=width, highlight=False, color_system=None)
    print_feedback(feedback_of(result), console)
    return page.getvalue()


WAYS = {
    "page": lambda result: feedback_page(feedback_of(result)),
    "markdown": lambda result: in_markdown(feedback_of(result)),
    "terminal": in_terminal,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_tells_marks_mistakes_and_checks(wrong: Result, way: str):
    """Points of each exercise, the named mistake before the checks, and what a check saw."""
    text = WAYS[way](wrong)
    for words in ("Twice a tensor", "An object with state", "Do you start at 1?", "A counter adds up."):
        assert words in text
    assert text.index("Do you start at 1?") < text.index("The result is wrong in 1 of 2 entries.")
    assert "It is too small: is it halved? The second entry is right." in " ".join(text.split())
    assert "called: double([2] float64)" in text
    assert re.search(r"2 of 6", text)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_for_the_staff_reaches_a_student(wrong: Result, way: str):
    """No seed, hash, time, traceback, and no name of a known mistake or of a hidden check."""
    text = WAYS[way](wrong)
    told = [secret for secret in (*STAFF_ONLY, "doubles_real_images", "two_counters_are_apart") if secret in text]
    assert told == []


def test_the_version_for_the_staff_is_refused(wrong: Result):
    """Nothing can be made of it by mistake."""
    with pytest.raises(ValueError, match="not for the student"):
        Feedback.of(wrong.to_dict(), TITLES)


def test_the_page_shows_arrays_and_curves(wrong: Result):
    """Yours, what must be, the difference with its mark, and a drawing with its numbers."""
    page = WAYS["page"](wrong)
    for words in (
        "the result, yours",
        "the result, must be",
        "the result, difference",
        ">1.5 ✗",
        ">-1",
        "1, nan, 0.25",
    ):
        assert words in page
    assert 'aria-label="the loss. double(x) is x + x."' in page
    assert "Largest error at [0]: 1 (allowed: 1e-09)" in page


def test_what_passes_has_neither(made):
    """Nor an explanation."""
    page = WAYS["page"](made("bo", *[Outcome.PASSED] * 4))
    assert "What explains it" not in page
    assert '<div class="grids"' not in page
    assert "10 of 10 points" in page


def test_the_same_words_are_said_once(made):
    """That an exercise is not written need not be read under each of its checks."""
    told = {"message": "This exercise is not written yet."}
    result = made("bo", *[Outcome.NOT_ATTEMPTED] * 4, doubles_each_entry=told, doubles_real_images=told, adds_up=told)
    for way in WAYS.values():
        assert way(result).count("This exercise is not written yet.") == 2  # in each exercise once


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("outcome", "message", "said"),
    [
        (Outcome.NOT_ATTEMPTED, "There is no scaling.py in this submission.", ""),
        (Outcome.NOT_ATTEMPTED, "This exercise is not written yet.", "No exercise is written yet."),
        (Outcome.ERROR, "SyntaxError: invalid syntax (scaling.py, line 3).", ""),
    ],
    ids=["not handed in", "not written", "broken"],
)
def test_what_all_checks_say_is_said_of_the_whole(made, way: str, outcome: Outcome, message: str, said: str):
    """Where nothing could be looked at no check is listed; the exercises have their points, and a note is no echo."""
    told = {name: {"message": message} for name, *_ in CHECKS}
    text = WAYS[way](made("bo", *[outcome] * 4, notes=(message,), **told))
    assert text.count(said or message) == 1
    assert "A counter adds up." not in text
    assert "0 of 10 points" in text


def test_what_one_check_says_otherwise_is_listed(made):
    """So is what fails alike, since the checks ask different things."""
    told = {name: {"message": "It is 3."} for name, *_ in CHECKS}
    for outcomes in ([Outcome.ERROR] * 3 + [Outcome.TIMED_OUT], [Outcome.FAILED] * 4):
        for way in WAYS.values():
            assert "A counter adds up." in way(made("bo", *outcomes, **told))


def test_lines_of_a_heading_begin_below_each_other(made):
    """In a terminal, also where it does not fit."""
    long = {"double": "Twice a tensor, and then twice again, until it is as long as a title can be made at all"}
    page = io.StringIO()
    screen = Console(file=page, width=80, highlight=False, color_system=None)
    print_feedback(feedback_of(made("bo", *[Outcome.PASSED] * 4), long), screen)
    told = page.getvalue().splitlines()
    assert [line for line in told if line.strip() and not line.startswith("  ")] == [told[1]]
    assert told[1].startswith("Scaling")


def test_an_exercise_without_a_title_goes_by_its_id(wrong: Result):
    """As where the course has changed."""
    assert [exercise.title for exercise in feedback_of(wrong, {}).exercises] == ["double", "counter"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<b>", r"\<b\>"),
        ("a*b*c", r"a\*b\*c"),
        ("`a*b` and my_name", "`a*b` and my_name"),
        ("_so_", r"\_so\_"),
        ("# x", r"\# x"),
        ("1. x", r"\1. x"),
        ("- x", r"\- x"),
        ("one ` tick", r"one \` tick"),
        ("[x](y)", r"\[x\](y)"),
        ("two\nlines", "two lines"),
    ],
)
def test_markdown_shows_text_as_it_is(made, text: str, written: str):
    """What has a meaning in Markdown or HTML is escaped; code between backticks stays code."""
    page = in_markdown(feedback_of(made("bo", *[Outcome.FAILED] * 4, adds_up={"message": text})))
    assert f"\n  {written}\n" in page


def test_a_block_of_markdown_ends_where_we_end_it(made):
    """Whatever the code printed."""
    printed = "```\n<script>alert(1)</script>\n````"
    page = in_markdown(feedback_of(made("bo", *[Outcome.FAILED] * 4, adds_up={"output": printed})))
    assert "  `````\n  ```\n  <script>alert(1)</script>\n  ````\n  `````\n" in page


@pytest.mark.parametrize("width", [80, 200])
def test_the_terminal_is_used_as_it_is(wrong: Result, width: int):
    """No line is longer, and none ends in blanks."""
    lines = in_terminal(wrong, width).splitlines()
    assert max(map(len, lines)) <= width
    assert [line for line in lines if line != line.rstrip()] == []
