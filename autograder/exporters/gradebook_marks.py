"""The marks and comments of a submission, as they stand in nbgrader's gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..grading.sinks import Graded
from ..model import Assignment, Outcome, Result
from ..submissions.cells import CellId, Kind, points_by_cell
from ..submissions.notebooks import Notebook, answer_cells
from .autograded import KnownCell, comment

if TYPE_CHECKING:
    from nbgrader import api

EXACT = 1e-9  # points are rounded to 0.01, so that a difference below this is none
NO_RESPONSE = "No response."  # as nbgrader says it


@dataclass(frozen=True)
class KnownAssignment:
    """What the gradebook knows of an assignment.

    Args:
        number: that of its notebook in the database.
        cells: by name, in the order of the assignment.
        names: those of the cells by their numbers in the database.
    """

    number: str
    assignment: Assignment
    cells: dict[str, KnownCell]
    names: dict[str, str]

    @classmethod
    def of(cls, notebook: api.Notebook, assignment: Assignment) -> KnownAssignment:
        """Read it."""
        # nbgrader keeps what one cell is in up to three rows: its source, its points, and that it is a solution.
        names: dict[str, str] = {}
        points: dict[str, float] = {}
        for row in (*notebook.grade_cells, *notebook.task_cells):
            names[row.id] = row.name
            points[row.name] = row.max_score
        for row in notebook.solution_cells:
            names[row.id] = row.name
        solutions = [row.name for row in notebook.solution_cells]
        tasks = [row.name for row in notebook.task_cells]
        cells = {}
        for row in sorted(notebook.source_cells, key=lambda row: _rank(row.name, assignment)):
            cells[row.name] = KnownCell(
                name=row.name,
                type=row.cell_type,
                source=row.source or "",
                checksum=row.checksum,
                locked=row.locked,
                solution=row.name in solutions,
                task=row.name in tasks,
                points=points.get(row.name),
            )
        return cls(notebook.id, assignment, cells, names)


def _rank(name: str, assignment: Assignment) -> tuple[int, int, str]:
    """Where a cell stands in the notebook; cells that are not of the assignment stand at the end."""
    subjects = [exercise.id for exercise in assignment.exercises]
    subjects += [written.id for written in assignment.written]
    cell = CellId.parse(name)
    if cell is None or cell.subject not in subjects:
        return len(subjects), 0, name
    return subjects.index(cell.subject), list(Kind).index(cell.kind), name


class Marks:
    """The marks and comments of one submission."""

    def __init__(self, known: KnownAssignment, graded: Graded, notebook: Notebook) -> None:
        self._known = known
        self._result = graded.result
        self._same = _is_of_same_text(graded)
        self._answers: dict[str, list[str]] = {}  # several where a cell was split or copied
        for cell in notebook.cells:
            if cell.id is not None:
                self._answers.setdefault(str(cell.id), []).append(cell.source)
        self._texts_below = _texts_below(notebook, known.assignment)
        self._holds_text = any(cell.type != "code" for cell in notebook.cells)  # a module has no place for derivations
        checks = graded.result.checks
        self._scores = points_by_cell((check.exercise, check.visible, check.points) for check in checks)
        self._maxima = points_by_cell((check.exercise, check.visible, check.max_points) for check in checks)
        self._faulty: set[CellId] = set()
        for check in checks:
            if check.outcome is Outcome.GRADER_FAULT:
                self._faulty.add(CellId.of_checks(check.exercise, visible=check.visible))

    def give(self, record: api.SubmittedNotebook, notes: dict[str, None]) -> None:
        """Fill in every mark and comment of a notebook that was handed in."""
        for grade in record.grades:
            name = self._known.names[grade.cell_id]
            cell = CellId.parse(name)
            if cell is not None and cell in self._maxima:
                self._give_score(grade, cell, notes)
            else:
                self._leave_to_a_person(grade, name)
                self._tell_where_to_look(name, notes)
        for remark in record.comments:
            remark.auto_comment = self._comment(self._known.names[remark.cell_id])

    def _comment(self, name: str) -> str | None:
        """What is to be said below a cell that students fill in."""
        exercises = set()
        for exercise, cell in answer_cells(self._known.assignment).items():
            if str(cell) == name:
                exercises.add(exercise)
        if exercises:
            return comment(self._result, exercises)
        if self._may_be_answered(name):
            return None
        return NO_RESPONSE

    def _give_score(self, grade: api.Grade, cell: CellId, notes: dict[str, None]) -> None:
        points = self._known.cells[str(cell)].points or 0.0
        maximum = self._maxima[cell]
        score = self._scores[cell]
        if abs(points - maximum) > EXACT:
            slug = self._known.assignment.slug
            problem = f"In the gradebook {cell} of {slug} is worth {points:g} points, in the course {maximum:g}"
            notes[f"{problem}: run `nbgrader generate_assignment {slug} --force`."] = None
            score = points * score / maximum
        changed = not self._same or grade.auto_score is None or abs(grade.auto_score - score) > EXACT
        grade.auto_score = score
        if cell in self._faulty:
            grade.needs_manual_grade = True
        elif grade.manual_score is None:
            grade.needs_manual_grade = False
        elif changed:
            grade.needs_manual_grade = True  # the mark by hand stays, but somebody should look at it again

    def _leave_to_a_person(self, grade: api.Grade, name: str) -> None:
        """Mark what the engine cannot judge: a derivation, or a cell that the course does not have."""
        answered = self._may_be_answered(name)
        grade.auto_score = None
        if not answered:
            grade.auto_score = 0.0
        if not self._same or not answered:
            grade.needs_manual_grade = answered or grade.manual_score is not None

    def _may_be_answered(self, name: str) -> bool:
        """Whether a person must look at a cell that students fill in; all others count as answered."""
        return self._is_answered(name) or bool(self._where_else(name))

    def _is_answered(self, name: str) -> bool:
        """Whether a cell that students fill in, or one of several, is not as it was handed out."""
        ours = self._known.cells.get(name)
        if ours is None or not ours.solution:
            return True
        return any(answer.strip() not in ("", ours.source.strip()) for answer in self._answers.get(name, []))

    def _where_else(self, name: str) -> str:
        """Where the answer may stand if its own cell holds none, in words; "" if nowhere."""
        if name not in self._answers and self._holds_text:
            return "was deleted: does the answer stand in another cell?"
        if name in self._texts_below:
            return "is as it was handed out, but a new cell with text stands below it: is that the answer?"
        return ""

    def _tell_where_to_look(self, name: str, notes: dict[str, None]) -> None:
        where = self._where_else(name)
        if where and not self._is_answered(name):
            notes[f"{self._result.student}/{self._result.assignment}: the cell {name} {where}"] = None


def _texts_below(notebook: Notebook, assignment: Assignment) -> set[str]:
    """The names of the cells right below which a student has written text into new cells."""
    titles = [exercise.title for exercise in assignment.exercises]
    titles += [question.title for question in assignment.written]
    names = set()
    above = ""
    for cell in notebook.cells:
        heading = cell.source.partition("\n")[0]
        if cell.id is not None:
            above = str(cell.id)
        elif heading.startswith("#") and any(title in heading for title in titles):
            above = ""  # the handout goes on
        elif cell.type != "code" and cell.source.strip():
            names.add(above)
    return names


def _is_of_same_text(graded: Graded) -> bool:
    """Whether the result before this one was of the very same submission."""
    if graded.reused:
        return True
    if graded.before is None:
        return False
    return _text_hash(graded.before) == _text_hash(graded.result)


def _text_hash(result: Result) -> str:
    return result.run.hashes.get("submission", "")
