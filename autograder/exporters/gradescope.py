"""Gradescope: the results.json of each submission, as an autograder of theirs leaves it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..grading.marks import number
from ..model import CheckResult, Outcome, Result
from ..standing import by_exercise
from .formats import Export, Format, as_told, explained, tell_what_is_no_mark

# Seen once marks are published. While work can still be handed in again, a hidden check must not be an oracle; and as
# long as one is not visible, Gradescope shows no total either.
OF_HIDDEN = "after_published"


def results_json(result: Result, titles: Mapping[str, str]) -> str:
    """The text of results.json.

    Args:
        titles: of the exercises by their ids.
    """
    return json.dumps(record(result, titles), indent=1, ensure_ascii=False) + "\n"


def record(result: Result, titles: Mapping[str, str]) -> dict[str, Any]:
    """A result in Gradescope's form."""
    tests = []
    for place, (exercise, checks) in enumerate(by_exercise(as_told(result)).items(), start=1):
        title = titles.get(exercise, exercise.replace("_", " "))
        for number_there, check in enumerate(checks, start=1):
            tests.append(_test(check, title, f"{place}.{number_there}"))
    return {
        "score": in_hundredths(result.score),  # the sum of rounded points may be another
        "output": "\n".join(result.notes),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def in_hundredths(points: float) -> float:
    """Points as in marks.csv."""
    return float(number(points))


def _test(check: CheckResult, exercise: str, position: str) -> dict[str, Any]:
    test = {
        "name": f"{exercise}: {check.title}",
        "number": position,
        "score": in_hundredths(check.points),
        "max_score": in_hundredths(check.max_points),
        "output": explained(check),
        "tags": [check.exercise],
        "visibility": "visible" if check.visible else OF_HIDDEN,
    }
    if check.outcome is not Outcome.GRADER_FAULT:  # neither colour would be true of one
        test["status"] = "passed" if check.outcome is Outcome.PASSED else "failed"
    return test


def _write(export: Export) -> None:
    for student, result in export.results():
        if result.handed_in:
            text = results_json(result, export.titles.get(result.assignment, {}))
            export.write(f"gradescope/{student}/{result.assignment}/results.json", text)
    tell_what_is_no_mark(export)


FORMAT = Format("gradescope", "results.json of each submission", _write)
