"""Results into nbgrader's own gradebook, so that formgrader, feedback and `nbgrader export` show them.

What nbgrader decides stays nbgrader's: a mark given by hand outlives every regrade, extensions and the penalty for
being late are reckoned by its rules and plug-ins. Saving a result twice changes nothing.
"""

from __future__ import annotations

import contextlib
import logging
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SubmissionError, UsageError
from ..grading.sinks import Exporter, Graded, Option, Request
from ..model import Assignment, Outcome, Result
from ..submissions.cells import CellId, Kind, points_by_cell
from ..submissions.files import MAX_NOTEBOOK_BYTES, Submission, is_nbgrader_course, read_bytes, read_source
from ..submissions.notebooks import Cell, Notebook, answer_cells, parse_notebook
from .autograded import KnownCell, autograded_notebook, comment
from .nbgrader_course import TIMESTAMP, NbgraderCourse, nbgrader_api, read_config

if TYPE_CHECKING:
    from nbgrader import api

PATIENCE_SECONDS = 60.0  # formgrader and other runs write to the database for moments only
PASSING = ("locked", "unique", "deadlock", "serialize")  # in the errors of a database that others use at the same time
EXACT = 1e-9  # points are rounded to 1e-6, so that a difference below this is none
NO_RESPONSE = "No response."  # as nbgrader says it
URL = Option("gradebook", "Gradebook of nbgrader (default: that of its course, if PATH is one).", "URL")
RUN_CONFIG = Option("run-config", "Run the nbgrader_config.py of a course, as nbgrader itself does.")


class Gradebook:
    """The gradebook of a course of nbgrader.

    Args:
        root: the folder of the course; without it no copies of submissions are stored for formgrader.
        url: where the gradebook is; None if it is where the course's configuration says.
        run_config: whether that configuration may be run.
    Raises:
        UsageError: nbgrader is not installed, or the configuration of the course cannot be used.
    """

    name = "the gradebook"
    _book: api.Gradebook  # from `open` to `close`

    def __init__(self, root: Path | None, url: str | None, *, run_config: bool = False) -> None:
        nbgrader_api()  # says in one line if nbgrader is not installed
        self._url = url or ""
        self._course: NbgraderCourse | None = None
        if root is not None:
            self._course = NbgraderCourse(root, run_config=run_config)
            self._url = url or self._course.database
        self._known: dict[str, _Known] = {}
        self._notes: dict[str, None] = {}  # in order, and nothing twice

    def open(self, assignments: Sequence[Assignment], count: int) -> None:
        """Connect, and look up what the gradebook knows of the assignments.

        Raises:
            UsageError: there is no gradebook, it cannot be used, or it does not know one of them.
        """
        with self._explained(), ExitStack() as undo:
            self._verify_is_there()
            self._book = _opened(self._url, self._course.id if self._course else "")
            undo.callback(self._book.close)
            for assignment in assignments:
                self._known[assignment.slug] = self._look_up(assignment)
            undo.pop_all()  # all went well: it stays open

    def _look_up(self, assignment: Assignment) -> _Known:
        slug = assignment.slug
        try:
            notebook = self._book.find_notebook(slug, slug)
        except nbgrader_api().MissingEntry as error:
            problem = f"The gradebook knows no notebook {slug} of an assignment {slug}"
            raise UsageError(f"{problem}: run `nbgrader generate_assignment {slug}` first.") from error
        return _Known.of(notebook, assignment)

    def close(self) -> Sequence[str]:
        """Disconnect; returns what people should know of the marks."""
        self._book.close()
        return list(self._notes)

    def save(self, graded: Graded) -> None:
        """Record a result, and store the copy of the submission that formgrader shows.

        Raises:
            UsageError: the gradebook cannot be written to.
        """
        slug = graded.result.assignment
        submission = graded.submission
        if not _is_handed_in(submission, slug):
            return  # nbgrader has no record of it either
        notebook = _read_cells(submission, slug)
        with self._explained():
            _persistently(lambda: self._record(graded, notebook), self._book.db.rollback)
        if self._course is not None:
            known = self._known[slug]
            copy = autograded_notebook(notebook, known.cells, graded.result, known.assignment)
            self._course.write_autograded(submission.student, slug, copy, submission.home(slug))

    def _record(self, graded: Graded, notebook: Notebook) -> None:
        slug = graded.result.assignment
        student = graded.submission.student
        known = self._known[slug]
        self._book.update_or_create_student(student)
        when = self._timestamp(graded.submission, slug)
        timestamp = {} if when is None else {"timestamp": when}
        submitted = self._book.update_or_create_submission(slug, student, **timestamp)
        (record,) = (record for record in submitted.notebooks if record.notebook_id == known.number)
        _Marks(known, graded, notebook).give(record, self._notes)
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
            self._notes[f"{path} holds no time and was ignored."] = None
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

        config = self._course.config if self._course is not None else read_config(None, run=False)
        penalties = AssignLatePenalties(config=config)
        penalties.init_plugin()
        return penalties.plugin_inst

    def _verify_is_there(self) -> None:
        """Do not let nbgrader create an empty database where a file was expected."""
        from sqlalchemy.engine import make_url

        url = make_url(self._url)
        if url.get_backend_name() != "sqlite" or not url.database:
            return
        if not Path(url.database).is_file():
            raise UsageError(f"There is no gradebook {url.database}: run `nbgrader generate_assignment` first.")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Inside the block, an error of the database becomes one line, and nothing else is printed about it."""
        from sqlalchemy.exc import SAWarning, SQLAlchemyError

        log = logging.getLogger("tornado.application")
        before = log.disabled
        log.disabled = True
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


def _is_handed_in(submission: Submission, slug: str) -> bool:
    """Whether there is anything of an assignment; where each has a folder of its own, an empty one counts."""
    if submission.nested:
        return submission.home(slug).is_dir()
    return bool(submission.paths(slug))


def _read_cells(submission: Submission, slug: str) -> Notebook:
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
    def of(cls, notebook: api.Notebook, assignment: Assignment) -> _Known:
        """Read it."""
        marked = (*notebook.grade_cells, *notebook.task_cells)
        points = {cell.name: cell.max_score for cell in marked}
        solutions = {cell.name for cell in notebook.solution_cells}
        tasks = {cell.name for cell in notebook.task_cells}
        cells = {}
        for cell in sorted(notebook.source_cells, key=lambda cell: _rank(cell.name, assignment)):
            cells[cell.name] = KnownCell(
                name=cell.name,
                type=cell.cell_type,
                source=cell.source or "",
                checksum=cell.checksum,
                locked=cell.locked,
                solution=cell.name in solutions,
                task=cell.name in tasks,
                points=points.get(cell.name),
            )
        names = {cell.id: cell.name for cell in (*marked, *notebook.solution_cells)}
        return cls(notebook.id, assignment, cells, names)


def _rank(name: str, assignment: Assignment) -> tuple[int, int, str]:
    """Where a cell stands in the notebook; cells that are not of the assignment stand at the end."""
    subjects = [exercise.id for exercise in assignment.exercises]
    subjects += [written.id for written in assignment.written]
    cell = CellId.parse(name)
    if cell is None or cell.subject not in subjects:
        return len(subjects), 0, name
    return subjects.index(cell.subject), list(Kind).index(cell.kind), name


class _Marks:
    """The marks and comments of one submission."""

    def __init__(self, known: _Known, graded: Graded, notebook: Notebook) -> None:
        self._known = known
        self._result = graded.result
        before = graded.result if graded.reused else graded.before
        self._same = before is not None and _text_hash(before) == _text_hash(graded.result)
        self._answers = {str(cell.id): cell.source for cell in notebook.cells if cell.id is not None}
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
        return None if self._is_answered(name) else NO_RESPONSE

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
        answered = self._is_answered(name)
        grade.auto_score = None
        if not answered:
            grade.auto_score = 0.0
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


def _asked_for(request: Request) -> Gradebook | None:
    """The gradebook that --gradebook names, or that of the course of nbgrader that is graded."""
    url: str | None = request.options[URL.key]
    courses = [path for path in request.paths if is_nbgrader_course(path)]
    if len(courses) > 1:
        raise UsageError(f"{courses[0]} and {courses[1]} are both courses of nbgrader: grade one after the other.")
    if not courses and not url:
        return None
    root = courses[0] if courses else None
    return Gradebook(root, url, run_config=request.options[RUN_CONFIG.key])


EXPORTER = Exporter((URL, RUN_CONFIG), _asked_for)
