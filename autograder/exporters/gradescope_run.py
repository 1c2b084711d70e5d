"""Grading inside Gradescope's container: results.json is written anew after every check.

    ROOT/source/       the zip, see authoring/gradescope_zip.py
    ROOT/submission/   what a student has uploaded
    ROOT/submission_metadata.json
    ROOT/results/results.json

When a run is stopped from outside, for example by the time limit of Gradescope, the last results.json counts. It has
every check in it from the beginning, so that the maximum never changes.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import SubmissionError
from ..grading.marks import number
from ..grading.results import write_whole
from ..model import Result
from ..submissions.files import Submission
from ..submissions.finding import find_submissions
from ..text import clean
from .gradescope import in_hundredths, record

SOMEBODY = "student"
METADATA = "submission_metadata.json"
RESULTS = Path("results", "results.json")
UPLOADED = "submission"
NOT_BEGUN = "The grader could not begin. Please tell the staff; this is not your fault."

Titles = Mapping[str, Mapping[str, str]]


def unfinished() -> str:
    """The results.json that stands until the grader has begun."""
    empty = {"score": 0, "output": NOT_BEGUN, "output_format": "text", "stdout_visibility": "hidden", "tests": []}
    return json.dumps(empty, indent=1) + "\n"


def uploaded(root: Path, slugs: Sequence[str]) -> Submission:
    """The submission in a container: the folder of uploads, or the one folder in it that holds work."""
    folder = root / UPLOADED
    student = _student(root / METADATA)
    candidates = []
    try:
        candidates = [found for found in find_submissions([folder], tuple(slugs)) if found.slugs(tuple(slugs))]
    except SubmissionError:  # nothing of ours is there, which the result will tell
        pass
    if len(candidates) == 1:
        return dataclasses.replace(candidates[0], student=student)
    return Submission(student, folder)


def _student(metadata: Path) -> str:
    """The names of those who handed in, by Gradescope's own record."""
    try:
        users = json.loads(metadata.read_text(encoding="utf-8"))["users"]
        names = sorted(str(user.get("name") or user["email"]) for user in users)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return SOMEBODY
    return clean(", ".join(names)) or SOMEBODY


class ResultsJson:
    """results.json of a container, written whole each time.

    Args:
        titles: of the exercises, by assignment and id.
    """

    def __init__(self, root: Path, titles: Titles) -> None:
        self.path = root / RESULTS
        self._titles = titles
        self._begun = time.monotonic()

    def write(self, results: Sequence[Result]) -> None:
        """Write what is known."""
        seconds = round(time.monotonic() - self._begun, 1)
        told = together([record(result, self._titles.get(result.assignment, {})) for result in results])
        text = json.dumps({**told, "execution_time": seconds}, indent=1, ensure_ascii=False) + "\n"
        write_whole(self.path, text.encode("utf-8", "replace"))


def together(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Several assignments in one results.json; the numbers of their tests begin with that of the assignment."""
    if len(records) == 1:
        return records[0]
    tests = []
    for place, told in enumerate(records, start=1):
        for test in told["tests"]:
            tests.append({**test, "number": f"{place}.{test['number']}"})
    score = in_hundredths(sum(told["score"] for told in records))
    output = "\n".join(filter(None, [told["output"] for told in records]))
    return {**records[0], "score": score, "output": output, "tests": tests}


def in_words(told: Mapping[str, Any]) -> list[str]:
    """A results.json in lines for people: each test, and the sum."""
    lines = []
    for test in told["tests"]:
        marks = f"{number(test['score'])} of {number(test['max_score'])}"
        seen = "" if test["visibility"] == "visible" else f"  [{test['visibility']}]"
        lines.append(f"{test['number']:>6}  {marks:>14}  {test.get('status', 'not decided')}  {test['name']}{seen}")
    maximum = round(sum(test["max_score"] for test in told["tests"]), 1)  # of rounded parts
    lines.append(f"Score: {number(told['score'])} of {number(maximum)}")
    if told["output"]:
        lines.append(told["output"])
    return lines
