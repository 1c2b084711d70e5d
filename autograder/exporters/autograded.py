"""The copy of a submission that nbgrader's formgrader and feedback show: the student's cells with what was found.

It is put together from the texts of the submission's cells and from what the gradebook knows of the assignment's, so
that nothing else that a submission holds gets into it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ..model import Assignment, CheckResult, Outcome, Result
from ..reports.html import Report
from ..reports.renderers import paragraph
from ..submissions.cells import CellId, Kind
from ..submissions.notebooks import Cell, Notebook

SCHEMA_VERSION = 3  # of nbgrader's metadata
TAG = re.compile(r"<(?=[A-Za-z/!?])")  # what begins a tag; with a blank after it, it begins none
PYTHON = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class KnownCell:
    """A cell of the assignment as the gradebook knows it.

    Args:
        name: its id in the notebook.
        type: "code" or "markdown".
        source: as it was handed out; of a read-only one with what students do not get.
        points: the maximum, or None if it is not graded.
    """

    name: str
    type: str
    source: str
    checksum: str
    locked: bool
    solution: bool
    task: bool
    points: float | None = None

    def metadata(self) -> dict[str, Any]:
        """What nbgrader wants to find in a notebook."""
        marks: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "grade_id": self.name,
            "grade": self.points is not None and not self.task,
            "locked": self.locked,
            "solution": self.solution,
            "task": self.task,
            "cell_type": self.type,
            "checksum": self.checksum,
        }
        if self.points is not None:
            marks["points"] = self.points
        return {"nbgrader": marks}


def autograded_notebook(notebook: Notebook, known: dict[str, KnownCell], result: Result, assignment: Assignment) -> str:
    """The copy, as the text of a notebook.

    Args:
        notebook: what was handed in; of several cells with one id the last keeps it.
        known: the cells of the assignment by their names; those that are missing are added in the end.
    """
    last: dict[str, Cell] = {}
    for cell in notebook.cells:
        if str(cell.id) in known:
            last[str(cell.id)] = cell  # of copies the last counts, as nbgrader has it
    records = []
    if result.notes:
        records.append(_notes(result.notes))
    for cell in notebook.cells:
        if last.get(str(cell.id)) is cell:
            records.append(_known(known[str(cell.id)], cell))
        else:
            records.append(_plain(cell.type, _shown(cell.type, cell.source), cell.attachments))
    for name, ours in known.items():
        if name not in last and (ours.points is not None or ours.solution):
            records.append(_known(ours, None))
    for record in records:
        _show_findings(record, result, assignment)
    content = {"cells": records, "metadata": {"kernelspec": PYTHON}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def comment(result: Result, exercises: set[str]) -> str | None:
    """What is wrong in some exercises, as Markdown; None if nothing is."""
    lines: dict[str, None] = {}
    for check in result.checks:
        if check.exercise in exercises and check.outcome is not Outcome.PASSED:
            text = paragraph(check)
            if not _says_all(check):
                text = f"{check.title} {text}"
            lines[f"- {_tame(' '.join(text.split()))}"] = None
    return "\n".join(lines) or None


def _says_all(check: CheckResult) -> bool:
    """Whether the message alone tells enough, as it is the same for all checks of an exercise."""
    return check.outcome in (Outcome.NOT_ATTEMPTED, Outcome.GRADER_FAULT)


def _known(ours: KnownCell, cell: Cell | None) -> dict[str, Any]:
    """A cell of the assignment; a read-only one as it was handed out."""
    source = ours.source
    attachments: dict[str, Any] = {}
    if cell is not None:
        if not ours.locked:  # else whatever a student made of it would be run, or read, as ours
            source = _shown(ours.type, cell.source)
        if ours.type != "code":
            attachments = cell.attachments
    return _plain(ours.type, source, attachments) | {"metadata": ours.metadata()}


def _show_findings(cell: dict[str, Any], result: Result, assignment: Assignment) -> None:
    """Below a test, and below a cell of hidden tests, stands what its checks found."""
    name = CellId.parse(cell["metadata"].get("nbgrader", {}).get("grade_id"))
    if cell["cell_type"] != "code" or name is None or name.kind not in (Kind.TEST, Kind.HIDDEN):
        return
    visible = name.kind is Kind.TEST
    checks = [check for check in result.checks if check.exercise == name.subject and check.visible == visible]
    if checks:
        cell["outputs"] = [_output(checks, assignment)]


def _plain(cell_type: str, source: str, attachments: dict[str, Any]) -> dict[str, Any]:
    """A cell that nbgrader does not look at; only those with text can have pictures attached."""
    record: dict[str, Any] = {"cell_type": cell_type, "metadata": {}, "source": source}
    if cell_type == "code":
        record |= {"execution_count": None, "outputs": []}
    elif attachments:
        record["attachments"] = attachments
    return record


def _notes(notes: tuple[str, ...]) -> dict[str, Any]:
    lines = ["**Notes of the grader**", ""]
    for note in notes:
        lines.append(f"- {_tame(note)}")
    return _plain("markdown", "\n".join(lines), {})


def _output(checks: list[CheckResult], assignment: Assignment) -> dict[str, Any]:
    page = Report(assignment, checks)._repr_html_()
    return {"output_type": "display_data", "data": {"text/html": page}, "metadata": {}}


def _shown(cell_type: str, source: str) -> str:
    """A student's text as pages of nbgrader may show it: no HTML of theirs runs there. Formulas keep their meaning."""
    if cell_type == "code":  # which is shown as it is
        return source
    return TAG.sub("< ", source)


def _tame(text: str) -> str:
    """Text for Markdown that cannot turn into HTML or into a link, and that a person can still read."""
    return text.replace("<", "< ").replace("](", "] (")
