"""autograder.reports.overview: what fits a screen, at any width, with and without colour."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from autograder.evidence import Bars, CallShown, Snippet
from autograder.model import NOT_WRITTEN, Assignment, CheckResult, Exercise, Outcome
from autograder.reports.overview import Overview

EXERCISES = (
    Exercise("one", "The first of them, with a title that is so long that a narrow terminal cuts it", 6, ("f",)),
    Exercise("two", "The second", 3, ("g",), needs=("one",)),
    Exercise("three", "The third", 1, ("h",)),
)
SHOWN = (CallShown("f([7] float64)"), Snippet("print(f(1))"))
NAMED = "Your result is the square."


def decided(exercise: str, outcome: Outcome = Outcome.PASSED, *, title: str = "It holds.", **fields) -> CheckResult:
    """A check; the title is its name too."""
    told = {"message": "It is 3.", "evidence": SHOWN} if outcome is Outcome.FAILED else {}
    points = 1.0 if outcome is Outcome.PASSED else 0.0
    return CheckResult(f"{exercise} {title}", exercise, title, True, outcome, points, 1.0, **(told | fields))


def unwritten(exercise: str) -> CheckResult:
    return decided(exercise, Outcome.NOT_ATTEMPTED, message=NOT_WRITTEN)


@pytest.fixture
def shown() -> Callable[..., str]:
    """What an overview of some checks says."""

    def show(*checks: CheckResult, width: int = 80, alone: bool = True, colour: bool = False) -> str:
        system = "standard" if colour else None
        screen = Console(file=io.StringIO(), width=width, color_system=system, force_terminal=colour, highlight=False)
        overview = Overview(screen, alone=alone)
        overview.begin(Assignment("scaling", "Scaling", 1, "", EXERCISES, Path()), Counter(c.exercise for c in checks))
        for check in checks:
            overview.show(check)
        overview.finish_assignment(checks)
        overview.finish()
        return screen.file.getvalue()

    return show


def lines_of(text: str) -> list[str]:
    """The lines without the blanks that align them."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_an_exercise_has_a_line_with_its_points(shown):
    """Passed, or not written yet."""
    lines = lines_of(shown(decided("two"), unwritten("three"), width=100))
    assert lines == ["Scaling (scaling)", "✓ 2 The second 1 of 1 points", "· 3 The third not written yet"]


def test_of_several_assignments_an_unwritten_one_has_one_line(shown):
    """And one in which something is written has its exercises."""
    assert lines_of(shown(unwritten("one"), unwritten("two"), alone=False)) == [
        "· Scaling (scaling) not written yet",
    ]
    assert len(lines_of(shown(unwritten("one"), decided("two"), alone=False))) == 3


def test_the_first_failure_stands_in_full_with_its_mistake(shown):
    """And once; the second has a line."""
    told = shown(
        decided("one", Outcome.FAILED, title="A.", mistake=NAMED),
        decided("one", Outcome.FAILED, title="B.", mistake=NAMED),
        decided("one", Outcome.FAILED, title="C.", message="Else."),
    )
    assert told.count("called: f(") == told.count(NAMED) == told.count("print(f(1))") == 1
    assert told.count("B.") == told.count("C.") == 1
    assert "The same mistake explains 1 more of the failures." in told
    assert told.index("C.") < told.index("called:")


def test_what_says_the_same_is_marked(shown):
    """And what says something else is not."""
    told = shown(*(decided("one", Outcome.FAILED, title=title) for title in ("A.", "B.")))
    assert told.count("as above") == 1
    told = shown(decided("one", Outcome.FAILED, title="A."), decided("one", Outcome.FAILED, title="B.", message="No."))
    assert "as above" not in told


def test_a_consequence_has_one_line(shown):
    """An exercise that needs a failing one; what needs none has its own failures listed."""
    told = shown(
        decided("one", Outcome.FAILED, title="A."),
        decided("two", Outcome.FAILED, title="B.", message="Else."),
        decided("three", Outcome.FAILED, title="C.", message="Other."),
    )
    assert "may follow from 1: 0 of 1 points" in told
    assert "B." not in told
    assert "✗ C." in told


def test_an_exercise_that_waits_says_for_what(shown):
    """Nothing is wrong with it."""
    told = shown(unwritten("one"), decided("two", Outcome.SKIPPED, message="It needs the first."))
    assert "» 2 The second" in told
    assert "waits for 1" in told


def test_one_error_for_the_whole_file_is_told_once(shown):
    """Other exercises say "as above", whatever they need."""
    checks = [decided(id, Outcome.ERROR, message="SyntaxError in line 3.") for id in ("one", "two", "three")]
    told = shown(*checks)
    assert told.count("SyntaxError") == 1
    assert told.count("as above") == 2


def test_a_name_that_is_missing_is_asked_about(shown):
    """It is not just "not written"."""
    asked = "It defines no `f`. Is `F` meant to be `f`?"
    assert asked in shown(decided("one", Outcome.NOT_ATTEMPTED, message=asked))


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_fit_the_terminal(shown, width: int):
    """Those of exercises and of further failures are cut, not wrapped."""
    checks = [decided("one", Outcome.FAILED, title=f"{letter} {'holds ' * 30}", evidence=()) for letter in "AB"]
    lines = shown(*checks, decided("two", Outcome.FAILED), width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert sum("…" in line for line in lines) >= 2


def test_every_colour_has_a_symbol(shown):
    """Who sees no colours reads the same."""
    checks = (decided("one", Outcome.FAILED), decided("three"))
    assert "\x1b[" in shown(*checks, colour=True)
    plain = shown(*checks)
    assert "\x1b[" not in plain
    assert "✗ 1" in plain
    assert "✓ 3" in plain


def test_what_a_passed_check_measured_stands_below_its_exercise(shown):
    """A bar for each number, though nothing failed."""
    lines = lines_of(shown(decided("two", evidence=(Bars("time", "ms", ("f",), ("2",)),)), width=100))
    assert lines[1].startswith("✓ 2 The second")
    assert lines[2] == "time, in ms (not graded)"
    assert lines[3].startswith("f ██")
    assert lines[3].endswith(" 2")
