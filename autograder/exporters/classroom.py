"""GitHub Classroom: what its reporter reads of each check, annotations of the commit, and the workflow around both.

Of each check one runner tells, with one test. So every way of adding points up, by tests that passed or by their
scores, gives the same total. What is not told, as after a time limit, the workflow has an answer for, since the
reporter crashes on nothing.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import ResultsError, UsageError
from ..model import CheckResult, Outcome, Result
from ..standing import by_exercise
from .formats import Export, Format, as_told, explained, tell_what_is_no_mark
from .gradescope import in_hundredths
from .markdown import escaped, table

VERSION = 1  # of the reporter's records
NO_RUNNER = re.compile("[^a-z0-9]")  # the reporter takes letters and digits only
LINE = re.compile(r"(\w+\.py), line (\d+)")  # as evidence and messages name a place in a student's file
MOST_ANNOTATIONS = 10  # of one kind that GitHub keeps of a step; so there is one for each exercise
LONGEST_ANNOTATION = 3000
# In a student's repository there is nothing hidden, so that other checks would be missing from its reports.
OF_A_KIT = "it is made of the results of a kit, where no check is hidden. Run grade and export in one."
NOT_GRADED = "The grading did not end, so that nothing is known of this check."
WORKFLOW = """\
# Written by `autograder export --to classroom`. Put it into .github/workflows/ of the template repository, and the
# wheel of the autograder into .github/autograder/ there.
name: Autograding
on: [push, workflow_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  autograding:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - name: Install
        # The builds of torch for the CPU, a fifth in size of those with CUDA.
        run: pip install --extra-index-url https://download.pytorch.org/whl/cpu .github/autograder/*.whl
      - name: Grade
        id: grade
        timeout-minutes: 20
        run: |
          autograder grade . --assignment {slug} --out "$RUNNER_TEMP/results"
          autograder export "$RUNNER_TEMP/results" --to classroom
      - name: Report
        if: always()
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
{answers}
        with:
          runners: {runners}
"""


def records(result: Result) -> dict[str, dict[str, Any]]:
    """What each runner tells, by its name."""
    told = {}
    for number, check in enumerate(as_told(result), start=1):
        told[runner(result.assignment, number)] = _record(check)
    return told


def runner(slug: str, number: int) -> str:
    """The name of the runner that tells of a check."""
    return f"{NO_RUNNER.sub('', slug)}{number:02}"


def _record(check: CheckResult) -> dict[str, Any]:
    status = "pass" if check.outcome.earns else "fail"
    return _of_one_test(check, status, explained(check), check.points)


def _of_one_test(check: CheckResult, status: str, message: str, score: float) -> dict[str, Any]:
    test = {
        "name": check.title,
        "status": status,
        "message": message,
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": 0,
        "score": score,
    }
    return {"version": VERSION, "status": status, "max_score": check.max_points, "tests": [test]}


def in_base64(record: Mapping[str, Any]) -> str:
    """A record as the reporter reads it."""
    return base64.b64encode(json.dumps(record).encode()).decode()


def workflow(result: Result) -> str:
    """The workflow for one assignment, whose checks are those of a result of it."""
    answers = []
    names = []
    for number, check in enumerate(as_told(result), start=1):
        name = runner(result.assignment, number)
        unknown = in_base64(_of_one_test(check, "error", NOT_GRADED, 0))
        names.append(name)
        answers.append(f"          {name.upper()}_RESULTS: ${{{{ steps.grade.outputs.{name} || '{unknown}' }}}}")
    return WORKFLOW.format(slug=result.assignment, answers="\n".join(answers), runners=",".join(names))


def annotated(result: Result, export: Export) -> Iterator[str]:
    """Commands of the workflow's log: an annotation for each exercise that does not pass; a hidden check has none."""
    problems = [check for check in as_told(result) if check.outcome is not Outcome.PASSED and check.visible]
    for exercise, checks in list(by_exercise(problems).items())[:MOST_ANNOTATIONS]:
        text = "\n\n".join(f"{check.title}\n{explained(check)}" for check in checks)
        kind = "error"
        if all(check.outcome is Outcome.GRADER_FAULT for check in checks):
            kind = "notice"
        place = LINE.search(text)
        file = f"{result.assignment}.py"
        line = "1"
        if place is not None:
            file = place[1]
            line = place[2]
        title = export.exercise_title(result.assignment, exercise)
        properties = f"file={_property(file)},line={line},title={_property(title)}"
        yield f"::{kind} {properties}::{_data(text[:LONGEST_ANNOTATION])}"


def _data(text: str) -> str:
    """Text that cannot end its command: a line of a student's could begin another one."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(result: Result, export: Export) -> str:
    """The page of the run, in Markdown."""
    rows = []
    for exercise, checks in by_exercise(as_told(result)).items():
        points = sum(check.points for check in checks)
        maximum = sum(check.max_points for check in checks)
        title = escaped(export.exercise_title(result.assignment, exercise))
        rows.append([title, f"{in_hundredths(points):g}", f"{in_hundredths(maximum):g}"])
    total = f"{in_hundredths(result.score):g} of {in_hundredths(result.max_score):g} points"
    notes = "".join(f"\n\n> {escaped(note)}" for note in result.notes)
    return f"## {escaped(result.title)}: {total}\n\n{table(['exercise', 'points', 'of'], rows)}{notes}\n"


def _write(export: Export) -> None:
    last: dict[str, Result] = {}
    for student, result in export.results():
        last[result.assignment] = result
        if result.handed_in:
            text = json.dumps(records(result), indent=1, ensure_ascii=False)
            export.write(f"classroom/{student}/{result.assignment}.json", f"{text}\n")
    without = []
    for slug, result in last.items():
        if all(check.visible for check in result.checks):
            export.write(f"classroom/{slug}.yml", workflow(result))
        else:
            without.append(slug)
    if without:
        export.notes.append(f"There is no workflow for {', '.join(without)}: {OF_A_KIT}")
    tell_what_is_no_mark(export)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        _tell_github(list(last.values()), export)


def _tell_github(results: Sequence[Result], export: Export) -> None:
    """Annotations, outputs and the summary of the step that runs.

    Raises:
        UsageError: there are results of several students, of whom a step can tell one.
    """
    students = sorted({mark.student for mark in export.marks})
    if len(students) > 1:
        raise UsageError(f"A workflow tells of one student, and {export.folder} holds {', '.join(students)}.")
    for result in results:
        export.commands += annotated(result, export)
        for name, record in records(result).items():
            _append("GITHUB_OUTPUT", f"{name}={in_base64(record)}\n")
        _append("GITHUB_STEP_SUMMARY", summary(result, export))


def _append(variable: str, text: str) -> None:
    path = os.environ.get(variable)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ResultsError(f"{path}, which {variable} names, cannot be written: {error.strerror}.") from error


FORMAT = Format("classroom", "for GitHub Classroom's reporter, with a workflow and annotations", _write)
