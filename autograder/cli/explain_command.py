"""`autograder explain RESULTS STUDENT [SLUG]`."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from ..errors import UsageError
from .options import FOLDER, console, course_option, exercise_titles


@click.command("explain")
@click.argument("results", metavar="RESULTS", type=FOLDER)
@click.argument("student")
@click.argument("slug", metavar="[SLUG]", required=False)
@course_option
def command(results: Path, student: str, slug: str | None, course_folder: Path | None) -> None:
    """Explain the marks of STUDENT: what the student may read of a result in the RESULTS that `grade` wrote.

    Without SLUG, of every assignment.
    """
    from ..grading.results import for_student, read_result, results_of

    paths = results_of(results)
    if student not in paths:
        raise UsageError(f"{results} holds no result of {student!r}.{_close_to(student, list(paths))}")
    own = paths[student]
    if slug is not None and slug not in own:
        raise UsageError(f"{results} holds no result of {student} in {slug!r}, only in {', '.join(own)}.")

    from ..reports.feedback import Feedback
    from ..reports.feedback_text import print_feedback

    titles = exercise_titles(course_folder)
    screen = console()
    in_order = [*(name for name in titles if name in own), *(name for name in own if name not in titles)]
    for name in [slug] if slug is not None else in_order:
        feedback = Feedback.of(for_student(read_result(own[name])), titles.get(name, {}))
        print_feedback(feedback, screen)


def _close_to(name: str, known: list[str]) -> str:
    """A question whether another name was meant, if one is alike."""
    close = difflib.get_close_matches(name, known, n=1)
    if not close:
        return ""
    return f" Did you mean {close[0]}?"
