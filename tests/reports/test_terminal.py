"""autograder.reports.terminal: how a student sees checks, in terminals of any width, with and without colour."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from autograder.evidence import Array, Bars, CallShown, Comparison, Snippet
from autograder.evidence import Text as EvidenceText
from autograder.model import Assignment, CheckResult, Exercise, Outcome
from autograder.reports.terminal import CheckPrinter

TITLE = "A title that is so long that it does not fit into a line of a narrow terminal, whatever one does."
MESSAGE = "dw is wrong in 2 of 3 entries. Every entry is exactly 7 times what it must be, and 7 is the number of rows."
YOURS = Array((3,), (("1.5", "2", "3.25"),))
RIGHT = Array((3,), (("2.5", "2", "4.25"),))
SHOWN = (CallShown("f([7, 3] float64)"), Comparison("dw", 3, 2, yours=YOURS, right=RIGHT, marks=((0, 0), (0, 2))))
SNIPPET = "import torch\nfrom scaling import f\n\nprint(f(1))  # must be 2, in a line longer than a narrow terminal"
EXERCISES = (
    Exercise("one", "The first", 1, ("f",), hints=("Look.", "Look again.")),
    Exercise("two", "Other", 1, ("g",), needs=("one",)),
)


def failed(
    exercise: str = "one", *, message: str = MESSAGE, snippet: bool = True, output: str = "", mistake: str = ""
) -> CheckResult:
    evidence = (*SHOWN, Snippet(SNIPPET)) if snippet else SHOWN
    fields = {"message": message, "evidence": evidence, "output": output, "mistake": mistake}
    return CheckResult("f_holds", exercise, TITLE, True, Outcome.FAILED, 0, 1, **fields)


@pytest.fixture
def shown() -> Callable[..., str]:
    """Print checks in a terminal of a width; gives what arrives there."""

    def show(*checks: CheckResult, width: int = 80, hints: int = 0, colour: bool = False) -> str:
        system = "standard" if colour else None
        screen = Console(file=io.StringIO(), width=width, color_system=system, force_terminal=colour, highlight=False)
        assignment = Assignment("scaling", "Scaling", 1, "", EXERCISES, Path())
        printer = CheckPrinter(screen, assignment, hints=hints)
        for check in checks:
            printer.show(check)
        printer.finish()
        return screen.file.getvalue()

    return show


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_fit_the_terminal(shown, width: int):
    """All but the snippet, which is to be copied, is wrapped, with nothing at the end of a line."""
    lines = shown(failed(snippet=False), width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert [line for line in lines if line != line.rstrip()] == []


def test_lines_of_a_title_and_of_a_message_begin_where_the_first_does(shown):
    """A title that is wrapped does not look like the next check."""
    lines = shown(failed(snippet=False)).splitlines()
    of_title = [line for line in lines if line.strip() and line.strip() in f"✗ {TITLE}"]
    assert [len(line) - len(line.lstrip()) for line in of_title] == [2, 4]
    assert all(line.startswith("      ") for line in lines[lines.index(of_title[-1]) + 1 :])


@pytest.mark.parametrize("width", [40, 80])
def test_a_snippet_can_be_copied(shown, width: int):
    """It stands at the margin, and none of its lines is broken."""
    assert f"\n{SNIPPET}\n" in shown(failed(), width=width)


def test_only_the_first_failure_has_its_snippet_shown(shown):
    """One place to begin is enough; the others are asked for by their exercise."""
    assert shown(failed(), failed("two")).count("import torch") == 1


def test_wrong_entries_have_a_symbol_and_a_colour(shown):
    """Who sees no colours sees the mark."""
    assert "yours  1.5 ✗  2  3.25 ✗" in shown(failed())
    coloured = shown(failed(), colour=True)
    assert re.findall(r"\x1b\[[\d;]*31m([^\x1b]*)", coloured) == ["  ✗ ", "1.5 ✗", "3.25 ✗"]


def test_texts_are_no_markup(shown):
    """Brackets of arrays and of students stay as they are."""
    assert "w[0] [bold]is[/bold] wrong" in shown(failed(message="w[0] [bold]is[/bold] wrong"))


def test_hints_come_after_the_checks_of_their_exercise(shown):
    """As many as asked for, and only where something failed."""
    told = shown(failed(), hints=1)
    assert told.index("import torch") < told.index("Hint 1 of 2: Look.")
    assert "Look again." not in told


def test_the_same_sentence_is_said_once(shown):
    """What fails for the same reason as the one before says so in a line."""
    told = shown(failed(), failed())
    assert told.count("Every entry") == 1
    assert told.count("As above.") == 1
    assert "As above." not in shown(failed(), failed(message="Another."))


def test_what_an_outcome_says_is_said_once(shown):
    """That something is ruled out, or not written yet, stands behind each title; where, and why, only once."""
    where = (EvidenceText(("a.py, line 3, uses `b` too",)),)
    message = "a.py, line 2, uses `b`."
    ruled_out = dataclasses.replace(failed(message=message), outcome=Outcome.FORBIDDEN, evidence=where)
    told = shown(ruled_out, ruled_out)
    assert told.count("[forbidden]") == 2
    assert told.count("line 3") == told.count("line 2") == 1
    assert "As above." not in told


def test_an_exercise_that_builds_on_a_failing_one_says_where_to_begin(shown):
    """A failure that may only be handed on is not looked for in the wrong place."""
    told = shown(failed(), failed("two", message="Wrong."))
    assert told.index("Wrong.") < told.index('This exercise uses "The first", which does not pass yet: begin there.')
    assert "begin there" not in shown(failed("two"))


def test_where_to_begin_stands_below_the_first_failure_and_not_below_a_pass(shown):
    """It is about what failed, and once for an exercise is enough."""
    passed = dataclasses.replace(failed("two"), outcome=Outcome.PASSED, title="It holds.", evidence=(), message="")
    told = shown(failed(), passed, failed("two", message="Wrong."), failed("two", message="Other."), passed)
    assert told.count("begin there") == 1
    assert told.index("Wrong.") < told.index("begin there") < told.index("Other.")


def test_much_printed_output_is_cut(shown):
    """A student who prints in a loop still finds the message."""
    told = shown(failed(output="\n".join(f"line {i}" for i in range(50))))
    assert "line 7" in told
    assert "line 8\n" not in told
    assert "... and 42 more lines" in told


def test_what_a_passed_check_measured_stands_below_its_title(shown):
    """A bar for each number, though nothing failed."""
    measured = (Bars("time", "ms", ("f",), ("2",)),)
    text = shown(CheckResult("f_holds", "one", "It holds.", True, Outcome.PASSED, 1, 1, evidence=measured))
    assert "time, in ms (not graded)" in text
    assert "██ 2" in text
