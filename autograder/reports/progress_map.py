"""The whole course at a glance: a row for each assignment, a sign for each of its exercises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from ..model import Assignment, Outcome
from ..standing import Standing
from .overview import points_in_words
from .screen import SYMBOLS, Screen


def show_map(console: Console, assignments: Sequence[Assignment], known: Mapping[str, Mapping[str, Standing]]) -> None:
    """Print it.

    Args:
        known: where exercises stand, by assignment and exercise; those that are not in it were not checked yet.
    """
    screen = Screen(console)
    longest = max((len(assignment.exercises) for assignment in assignments), default=0)
    widest = max((len(assignment.slug) for assignment in assignments), default=0)
    points = 0.0
    maximum = 0.0
    screen.heading("Your progress")
    for assignment in assignments:
        standings = known.get(assignment.slug, {})
        signs = Text("  ")
        earned = 0.0
        for exercise in assignment.exercises:
            standing = standings.get(exercise.id, Standing(Outcome.NOT_ATTEMPTED, 0, exercise.points))
            symbol, style = SYMBOLS[standing.outcome]
            signs.append(f"{symbol} ", style=style)
            earned += standing.points
        signs.append("  " * (longest - len(assignment.exercises)))
        # The slug first: it is what commands take, and a narrow screen cuts the end of a title.
        signs.append(f"{assignment.slug:{widest}} ")
        screen.line(signs, assignment.title, end=points_in_words(earned, assignment.points))
        points += earned
        maximum += assignment.points
    console.print(f"\n{points_in_words(points, maximum)}, by the checks that you have.")
