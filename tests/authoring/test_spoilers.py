"""autograder.authoring.spoilers: a hint, a handout or a check that holds a line of the solution is found."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from autograder.authoring.leak_check import leaks, verify_release
from autograder.authoring.spoilers import spoilers, telling_answers
from autograder.course import Course
from autograder.errors import CourseError

SOLUTION = '''import torch


def double(x):
    """Twice a tensor: x + x + 0 * x."""
    order = range(len(x))
    total = x + x + 0 * x
    if total.sum() > x.sum():
        total -= torch.zeros_like(x)
    return total * (x != 0), total["half", 0] - 1


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        self.total += amount
        return self.total
'''
TOML = PurePosixPath("assignments/scaling/assignment.toml")
HANDOUT = PurePosixPath("assignments/scaling/handout.md")
CHECKS = PurePosixPath("assignments/scaling/checks.py")


@pytest.fixture
def found(course: Course):
    """What a file with this text would tell of the solution above."""

    def find(path: PurePosixPath, text: str) -> list[str]:
        return spoilers({path: text.encode()}, SOLUTION, course.assignment("scaling"))

    return find


def test_what_counts_as_an_answer(course: Course):
    """Values and statements with two operations; not what the docstring says, nor what only calls Python."""
    answers = telling_answers(SOLUTION, course.assignment("scaling"))
    assert [(answer.line, answer.text) for answer in answers] == [
        (8, "total.sum() > x.sum()"),
        (10, "total * (x != 0)"),
        (10, 'total["half", 0] - 1'),
        (9, "total -= torch.zeros_like(x)"),
        (18, "self.total += amount"),
    ]


TEXTS = {
    "a hint": (TOML, 'a = 1\nhints = ["Try total * (x != 0) first."]\n', 2),
    "a hint with other spaces": (TOML, 'hints = ["total*( x!=0 )"]\n', 1),
    "a hint over two lines": (TOML, 'hints = [\n  """Try total \\\n  * (x != 0).""",\n]\n', 2),
    "a reason": (TOML, '[[rules]]\nreason = "total * (x != 0)"\n', 2),
    "a sentence of the handout": (HANDOUT, "One.\n\nThen `total * (x != 0)` is what\nyou want.\n", 3),
    "a line of the handout that is broken": (HANDOUT, "One.\nThen `total *\n(x != 0)`.\n", 2),
    "the title of a check": (CHECKS, 'import a\n\n\ndef f():\n    """Is it total * (x != 0)?"""\n', 5),
    "a file that is no Python": (CHECKS, "x = (\nreturn total * (x != 0)\n", 2),
    "a message of a check": (CHECKS, 'def f(x):\n    require(x, f"{x} is not total * (x != 0)")\n', 2),
}


@pytest.mark.parametrize(("path", "text", "line"), TEXTS.values(), ids=TEXTS)
def test_a_text_that_holds_an_answer_is_found(found, path: PurePosixPath, text: str, line: int):
    """With its file and line, and the line of the solution."""
    assert found(path, text) == [f"{path}:{line} holds line 10 of solutions/scaling.py: total * (x != 0)"]


def test_escaped_quotes_hide_nothing(found):
    """TOML escapes quotes inside of quotes."""
    (sentence,) = found(TOML, 'hints = ["Return total[\\"half\\", 0] - 1."]\n')
    assert sentence.startswith(f"{TOML}:1 holds line 10 of ")


def test_other_escapes_hide_nothing_but_the_line(found):
    """What stands in the file in other words is found in what it means."""
    (sentence,) = found(TOML, 'hints = ["total\\u0020* (x != 0)"]\n')
    assert sentence.startswith(f"{TOML} holds line 10 of ")


@pytest.mark.parametrize(
    "text",
    [
        "Where is x not 0?",
        "subtotal * (x != 0)",  # another name
        "total * (x != 0)_",
        "range(len(x)) are its rows",  # calls only functions of Python
        "torch.zeros_like(x)",  # a single call
        "x + x + 0 * x, as the docstring says",
        "(x != 0) * total",
    ],
)
def test_a_text_that_holds_none_is_left_alone(found, text: str):
    """Other code, code that the stub shows, and what anybody would write."""
    assert found(HANDOUT, text) == []


def test_code_of_a_visible_check_is_no_text(found):
    """An oracle may be written as a solution is; that is its author's decision."""
    assert found(CHECKS, "def f(total, x):\n    return total * (x != 0)\n") == []


def test_files_of_other_assignments_are_not_compared(found):
    """What is a line of one solution is a known formula in the next handout."""
    assert found(PurePosixPath("assignments/other/handout.md"), "total * (x != 0)") == []


def test_a_hint_with_an_answer_is_no_release(own_course: Course):
    """It is among the leaks of what goes to students, and refused."""
    files = {TOML: b'hints = ["Is it self.total += amount ?"]\n'}
    sentence = f"{TOML}:1 holds line 26 of solutions/scaling.py: self.total += amount"
    assert leaks(files, own_course) == [sentence]
    with pytest.raises(CourseError, match="must not go to students"):
        verify_release(files, own_course)
