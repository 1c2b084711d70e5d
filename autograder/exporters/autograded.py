"""The copy of a submission that nbgrader's formgrader and feedback show: the student's cells and what checks found.

It is put together from the texts of the student's cells and from what the gradebook knows of the assignment's cells, so
that nothing else in a submission gets into it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ..model import Assignment, CheckResult, Outcome, Result
from ..reports.html import Report
from ..submissions.cells import CellId, Kind
from ..submissions.notebooks import Cell, Notebook

SCHEMA_VERSION = 3  # of nbgrader's metadata
PYTHON = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class KnownCell:
    """A cell of the assignment as the gradebook knows it.

    Args:
        name: its id in the notebook.
        type: "code" or "markdown".
        source: as it was handed out; a read-only cell also holds what students do not get.
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

    def metadata(self) -> dict:
        """What nbgrader expects in a notebook."""
        marks: dict[str, object] = {
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
        known: the cells of the assignment by their names; those that are missing are added at the end.
    """
    # Copying a cell in Jupyter copies its id, but nbgrader accepts an id only once.
    last: dict[str, Cell] = {}
    for cell in notebook.cells:
        if cell.id is not None:
            last[str(cell.id)] = cell
    records = []
    if result.notes:
        records.append(_notes(result.notes))
    for cell in notebook.cells:
        ours = known.get(str(cell.id))
        if ours is not None and last[ours.name] is cell:
            records.append(_known(ours, cell))
        else:
            records.append(_plain(cell.type, cell.source, cell.attachments))
    for name, ours in known.items():
        is_marked = ours.points is not None or ours.solution
        if is_marked and name not in last:
            records.append(_known(ours, None))
    for record in records:
        _show_findings(record, result, assignment)
    content = {"cells": records, "metadata": {"kernelspec": PYTHON}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def comment(result: Result, exercises: set[str]) -> str | None:
    """What is wrong in some exercises, as Markdown; None if nothing is."""
    wrong = [check for check in result.checks if check.exercise in exercises and check.outcome is not Outcome.PASSED]
    lines = dict.fromkeys(check.message if _says_all(check) else f"{check.title} {check.message}" for check in wrong)
    return "\n".join(f"- {_tame(' '.join(line.split()))}" for line in lines) or None


def _says_all(check: CheckResult) -> bool:
    """Whether the message alone tells enough, as it is the same for all checks of an exercise."""
    return check.outcome in (Outcome.NOT_ATTEMPTED, Outcome.GRADER_FAULT)


def _known(ours: KnownCell, cell: Cell | None) -> dict:
    """A cell of the assignment; a read-only one, and one that is missing, as it was handed out."""
    source = ours.source
    attachments = {}
    if cell is not None:
        attachments = cell.attachments
        if not ours.locked:
            source = cell.source
    return _plain(ours.type, source, attachments) | {"metadata": ours.metadata()}


def _show_findings(cell: dict, result: Result, assignment: Assignment) -> None:
    """Below a test, and below a cell of hidden tests, stands what its checks found."""
    meaning = CellId.parse(cell["metadata"].get("nbgrader", {}).get("grade_id"))
    if cell["cell_type"] != "code" or meaning is None or meaning.kind not in (Kind.TEST, Kind.HIDDEN):
        return
    checks = []
    for check in result.checks:
        if CellId.of_checks(check.exercise, visible=check.visible) == meaning:
            checks.append(check)
    if checks:
        cell["outputs"] = [_output(checks, assignment)]


def _plain(cell_type: str, source: str, attachments: dict) -> dict:
    """A cell in nbformat's form."""
    record: dict[str, object] = {"cell_type": cell_type, "metadata": {}, "source": source}
    if cell_type == "code":
        record["execution_count"] = None
        record["outputs"] = []
    elif attachments:
        record["attachments"] = attachments
    return record


def _notes(notes: tuple[str, ...]) -> dict:
    lines = ["**Notes of the grader**", ""]
    lines += [f"- {_tame(note)}" for note in notes]
    return _plain("markdown", "\n".join(lines), {})


def _output(checks: list[CheckResult], assignment: Assignment) -> dict:
    page = Report(assignment, checks)._repr_html_()
    return {"output_type": "display_data", "data": {"text/html": page}, "metadata": {}}


def _tame(text: str) -> str:
    """Text that Markdown turns neither into HTML nor into a link, and that people can still read."""
    return text.replace("<", "< ").replace("](", "] (")
