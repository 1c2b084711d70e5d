"""Results into nbgrader's own gradebook, so that formgrader, feedback and `nbgrader export` show them.

What nbgrader decides stays nbgrader's: a mark given by hand outlives every regrade, extensions and the penalty for
being late are reckoned by its rules and plug-ins. Saving a result twice changes nothing.
"""

from __future__ import annotations

import contextlib
import logging
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SubmissionError, UsageError
from ..grading.classroom import Graded
from ..model import Assignment, Outcome, Result
from ..submissions.cells import CellId, Kind, points_by_cell
from ..submissions.files import MAX_NOTEBOOK_BYTES, Submission, read_bytes, read_source
from ..submissions.notebooks import Cell, Notebook, answer_cells, parse_notebook
from .autograded import KnownCell, autograded_notebook, comment
from .nbgrader_course import TIMESTAMP, NbgraderCourse, nbgrader_api, read_config

if TYPE_CHECKING:
    from nbgrader import api

PATIENCE_SECONDS = 60.0
PASSING = ("locked", "unique", "deadlock", "serialize")  # in the errors of a database that others use at the same time
EXACT = 1e-9


class Gradebook:
    """The gradebook of a course of nbgrader.

    Args:
        root: the folder of the course; without it no copies of submissions are stored for formgrader.
        url: where the gradebook is, if not where the course's configuration says.
        run_config: whether that configuration may be run.
    Raises:
        UsageError: there is no gradebook, or it cannot be used.
    """

    def __init__(self, root: Path | None, url: str | None, *, run_config: bool = False) -> None:
        self._course = NbgraderCourse(root, run_config=run_config) if root is not None else None
        self._url = url or self._course.database
        self._known: dict[str, _Known] = {}
        self.notes: dict[str, None] = {}  # what is to be said in the end, in order and nothing twice
        with self._explained():
            self._verify_is_there()
            self._book = _opened(self._url, self._course.id if self._course else "")

    def close(self) -> None:
        """Hang up."""
        self._book.close()

    def expect(self, assignment: Assignment) -> None:
        """Prepare for results of an assignment.

        Raises:
            UsageError: the gradebook does not know it.
        """
        slug = assignment.slug
        with self._explained():
            try:
                notebook = self._book.find_notebook(slug, slug)
            except nbgrader_api().MissingEntry as error:
                problem = f"The gradebook knows no notebook {slug} of an assignment {slug}"
                raise UsageError(f"{problem}: run `nbgrader generate_assignment {slug}` first.") from error
            self._known[slug] = _Known.of(notebook, assignment)

    def save(self, graded: Graded, submission: Submission) -> None:
        """Record a result, and store the copy of the submission that formgrader shows.

        Raises:
            UsageError: the gradebook cannot be written to.
        """
        slug = graded.result.assignment
        if not (submission.home(slug).is_dir() if submission.nested else submission.paths(slug)):
            return  # nothing was handed in, of which nbgrader has no record either
        notebook = _handed_in(submission, slug)
        with self._explained():
            _persistently(lambda: self._record(graded, submission, notebook), self._book.db.rollback)
        if self._course is not None:
            known = self._known[slug]
            copy = autograded_notebook(notebook, known.cells, graded.result, known.assignment)
            self._course.write_autograded(submission.student, slug, copy, submission.home(slug))

    def _record(self, graded: Graded, submission: Submission, notebook: Notebook) -> None:
        slug, student = graded.result.assignment, submission.student
        self._book.update_or_create_student(student)
        when = self._timestamp(submission, slug)
        submitted = self._book.update_or_create_submission(slug, student, **({"timestamp": when} if when else {}))
        record = next(n for n in submitted.notebooks if n.notebook_id == self._known[slug].id)
        _Marks(self._known[slug], graded, notebook).give(record, self.notes)
        record.late_submission_penalty = self._penalty(student, record.score, submitted.total_seconds_late)
        self._book.db.commit()

    def _timestamp(self, submission: Submission, slug: str) -> datetime | None:
        """When it was handed in, in UTC, as nbgrader noted beside it."""
        from nbgrader.utils import parse_utc

        path = submission.home(slug) / TIMESTAMP
        if not path.exists():
            return None
        try:
            return parse_utc(read_bytes(path, 1000).decode().strip() or None)
        except (SubmissionError, ValueError, OverflowError):
            self.notes[f"{path} holds no time and was ignored."] = None
            return None

    def _penalty(self, student: str, score: float, seconds_late: float) -> float | None:
        """What is taken off for being late, by the plug-in that the course is configured with."""
        if seconds_late <= 0:
            return None
        penalty = self._late_plugin.late_submission_penalty(student, score, seconds_late)
        return None if penalty is None else min(max(penalty, 0.0), score)

    @cached_property
    def _late_plugin(self) -> Any:
        from nbgrader.preprocessors import AssignLatePenalties

        penalties = AssignLatePenalties(config=self._course.config if self._course else read_config(None, run=False))
        penalties.init_plugin()
        return penalties.plugin_inst

    def _verify_is_there(self) -> None:
        """Do not let nbgrader create an empty database where a file was expected."""
        from sqlalchemy.engine import make_url

        url = make_url(self._url)
        file = url.database if url.get_backend_name() == "sqlite" else None
        if file and not Path(file).is_file():
            raise UsageError(f"There is no gradebook {file}: run `nbgrader generate_assignment` first.")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors of the database as one line, without what nbgrader and its library print of each."""
        from sqlalchemy.exc import SAWarning, SQLAlchemyError

        log = logging.getLogger("tornado.application")
        log.disabled, before = True, log.disabled
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)
                yield
        except (SQLAlchemyError, nbgrader_api().InvalidEntry, ImportError) as error:
            what = " ".join(str(error).split("[SQL:")[0].split())
            if "locked" in what:
                what = "other programs keep it locked; close formgrader, then run this again: every result is kept"
            elif "column" in what:
                what += "; run `nbgrader db upgrade`"
            raise UsageError(f"The gradebook cannot be used: {what}.") from error
        finally:
            log.disabled = before


def _opened(url: str, course: str) -> api.Gradebook:
    """The gradebook of nbgrader; one that cannot be used leaves no connection open."""
    kind = nbgrader_api().Gradebook
    book = kind.__new__(kind)
    try:
        book.__init__(url, course)
    except BaseException:
        if hasattr(book, "engine"):
            book.engine.dispose()
        raise
    return book


def _persistently(action: Callable[[], None], undo: Callable[[], None]) -> None:
    """Do something with a database, again and again while others are in the way."""
    from sqlalchemy.exc import SQLAlchemyError

    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return action()
        except (SQLAlchemyError, nbgrader_api().InvalidEntry) as error:
            undo()
            if not any(word in str(error).lower() for word in PASSING) or time.monotonic() > end:
                raise
            time.sleep(0.2)


def _handed_in(submission: Submission, slug: str) -> Notebook:
    """The cells of the notebook, as far as it can be read; other files for the assignment follow as cells."""
    cells: list[Cell] = []
    for path in sorted(submission.paths(slug)):
        with contextlib.suppress(SubmissionError):
            if path.suffix == ".ipynb":
                cells += parse_notebook(read_bytes(path, MAX_NOTEBOOK_BYTES), path.name).cells
            else:
                cells.append(Cell(len(cells) + 1, "code", f"# {path.name}\n{read_source(path).text}"))
    return Notebook(tuple(cells))


@dataclass(frozen=True)
class _Known:
    """What the gradebook knows of an assignment: its cells by name, and their names by number in the database."""

    id: str
    assignment: Assignment
    cells: dict[str, KnownCell]
    names: dict[str, str]

    @classmethod
    def of(cls, notebook: api.Notebook, assignment: Assignment) -> _Known:
        """Read it, its cells in the order of the assignment."""
        points = {cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)}
        solutions, tasks = ({cell.name for cell in group} for group in (notebook.solution_cells, notebook.task_cells))
        cells = {
            cell.name: KnownCell(
                name=cell.name,
                type=cell.cell_type,
                source=cell.source or "",
                checksum=cell.checksum,
                locked=cell.locked,
                solution=cell.name in solutions,
                task=cell.name in tasks,
                points=points.get(cell.name),
            )
            for cell in sorted(notebook.source_cells, key=lambda cell: _rank(cell.name, assignment))
        }
        every = (*notebook.grade_cells, *notebook.solution_cells, *notebook.task_cells)
        return cls(notebook.id, assignment, cells, {cell.id: cell.name for cell in every})


def _rank(name: str, assignment: Assignment) -> tuple[int, int, str]:
    subjects = [part.id for part in (*assignment.exercises, *assignment.written)]
    id = CellId.parse(name)
    if id is None or id.subject not in subjects:
        return len(subjects), 0, name
    return subjects.index(id.subject), list(Kind).index(id.kind), name


class _Marks:
    """The marks and comments of one submission."""

    def __init__(self, known: _Known, graded: Graded, notebook: Notebook) -> None:
        self._known = known
        self._result = graded.result
        before = graded.result if graded.reused else graded.before
        self._same = before is not None and _text_hash(before) == _text_hash(graded.result)
        self._answers = {str(cell.id): cell.source for cell in notebook.cells if cell.id is not None}
        checks = graded.result.checks
        self._scores = points_by_cell((c.exercise, c.visible, c.points) for c in checks)
        self._maxima = points_by_cell((c.exercise, c.visible, c.max_points) for c in checks)
        faults = {(c.exercise, c.visible) for c in checks if c.outcome is Outcome.GRADER_FAULT}
        self._faulty = {CellId(Kind.TEST if visible else Kind.HIDDEN, exercise) for exercise, visible in faults}

    def give(self, record: api.SubmittedNotebook, notes: dict[str, None]) -> None:
        """Fill in every mark and comment of a notebook that was handed in."""
        for grade in record.grades:
            name = self._known.names[grade.cell_id]
            id = CellId.parse(name)
            if id in self._maxima:
                self._give_score(grade, id, notes)
            else:
                self._leave_to_a_person(grade, name)
        cells = answer_cells(self._known.assignment)
        for comment_record in record.comments:
            name = self._known.names[comment_record.cell_id]
            exercises = {exercise for exercise, cell in cells.items() if str(cell) == name}
            unanswered = None if exercises or self._is_answered(name) else "No response."  # as nbgrader says it
            comment_record.auto_comment = comment(self._result, exercises) if exercises else unanswered

    def _give_score(self, grade: api.Grade, id: CellId, notes: dict[str, None]) -> None:
        points, maximum = self._known.cells[str(id)].points, self._maxima[id]
        if abs(points - maximum) > EXACT:
            slug = self._known.assignment.slug
            problem = f"In the gradebook {id} of {slug} is worth {points:g} points, in the course {maximum:g}"
            notes[f"{problem}: run `nbgrader generate_assignment {slug} --force`."] = None
        score = self._scores[id] if abs(points - maximum) <= EXACT else points * self._scores[id] / maximum
        changed = not self._same or grade.auto_score is None or abs(grade.auto_score - score) > EXACT
        grade.auto_score = score
        if id in self._faulty:
            grade.needs_manual_grade = True
        elif grade.manual_score is None:
            grade.needs_manual_grade = False
        elif changed:
            grade.needs_manual_grade = True  # the mark by hand stays, but somebody should look at it again

    def _leave_to_a_person(self, grade: api.Grade, name: str) -> None:
        """What the engine cannot judge: an answer on paper, or a cell that the course does not have."""
        answered = self._is_answered(name)
        grade.auto_score = None if answered else 0.0
        if not self._same or not answered:
            grade.needs_manual_grade = answered or grade.manual_score is not None

    def _is_answered(self, name: str) -> bool:
        """Whether a cell that students fill in is not as it was handed out; all others count as answered."""
        ours = self._known.cells.get(name)
        if ours is None or not ours.solution:
            return True
        return name in self._answers and self._answers[name] != ours.source


def _text_hash(result: Result) -> str:
    return result.run.hashes.get("submission", "")
