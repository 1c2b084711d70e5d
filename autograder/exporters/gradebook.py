"""Results into nbgrader's own gradebook, so that formgrader, feedback and `nbgrader export` show them.

nbgrader keeps its own decisions: a mark given by hand outlives every regrade, and its rules and plug-ins reckon
extensions and the penalty for being late. Saving a result twice changes nothing.
"""

from __future__ import annotations

import contextlib
import logging
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SubmissionError, UsageError
from ..grading.sinks import Exporter, Graded, Option, Request
from ..model import Assignment
from ..submissions.files import MAX_NOTEBOOK_BYTES, Submission, read_bytes, read_source
from ..submissions.finding import is_nbgrader_course
from ..submissions.notebooks import Cell, Notebook, parse_notebook
from .autograded import autograded_notebook
from .gradebook_marks import KnownAssignment, Marks
from .nbgrader_course import TIMESTAMP, NbgraderCourse, nbgrader_api, read_config

if TYPE_CHECKING:
    from nbgrader import api

PATIENCE_SECONDS = 60.0  # formgrader and other runs write to the database for moments only
PASSING = ("locked", "unique", "deadlock", "serialize")  # in the errors of a database that others use at the same time
UNKNOWN_ZONE = "UnknownTimezoneWarning"  # of dateutil, by which nbgrader reads times
AS_NUMBER = "Write it as a number, like 2026-01-31 13:59:00 +0200, and grade again."
URL = Option("gradebook", "The nbgrader gradebook to fill (default: that of the nbgrader course PATH).", "URL")
RUN_CONFIG = Option("run-config", "Run the nbgrader_config.py of the course, as nbgrader itself does.")


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
        self._known: dict[str, KnownAssignment] = {}
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

    def _look_up(self, assignment: Assignment) -> KnownAssignment:
        slug = assignment.slug
        try:
            notebook = self._book.find_notebook(slug, slug)
        except nbgrader_api().MissingEntry as error:
            problem = f"The gradebook knows no notebook {slug} of an assignment {slug}"
            raise UsageError(f"{problem}: run `nbgrader generate_assignment {slug}` first.") from error
        return KnownAssignment.of(notebook, assignment)

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
        # A failed attempt leaves the session unusable until it is rolled back.
        with self._explained():
            _persistently(lambda: self._record(graded, notebook), self._book.db.rollback)
        if self._course is not None:
            known = self._known[slug]
            copy = autograded_notebook(notebook, known.cells, graded.result, known.assignment)
            self._course.write_autograded(_account(submission), slug, copy, submission.home(slug))

    def _record(self, graded: Graded, notebook: Notebook) -> None:
        slug = graded.result.assignment
        student = _account(graded.submission)
        known = self._known[slug]
        self._book.update_or_create_student(student)
        submitted = self._book.update_or_create_submission(slug, student)
        when = self._timestamp(graded.submission, slug)
        if when is not None:
            submitted.timestamp = when
        for record in submitted.notebooks:
            if record.notebook_id == known.number:
                Marks(known, graded, notebook).give(record, self._notes)
                # After the marks, since the penalty may be a share of them.
                record.late_submission_penalty = self._penalty(student, record.score, submitted.total_seconds_late)
        self._book.db.commit()

    def _timestamp(self, submission: Submission, slug: str) -> datetime | None:
        """When it was handed in, in UTC, as nbgrader noted beside it."""
        from nbgrader.utils import parse_utc

        path = submission.home(slug) / TIMESTAMP
        if not path.exists():
            return None
        try:
            with warnings.catch_warnings(record=True) as doubts:
                warnings.simplefilter("always")
                when = parse_utc(read_bytes(path, 1000).decode().strip() or None)
            if any(doubt.category.__name__ == UNKNOWN_ZONE for doubt in doubts):
                self._notes[f"{path} names a time zone that is not known here; it was taken for UTC. {AS_NUMBER}"] = (
                    None
                )
            return when
        except (SubmissionError, ValueError, OverflowError):
            self._notes[f"{path} holds no time and was ignored."] = None
            return None

    def _penalty(self, student: str, score: float, seconds_late: float) -> float | None:
        """What is taken off for being late, by the plug-in that the course is configured with."""
        if seconds_late <= 0:
            return None
        penalty = self._late_plugin.late_submission_penalty(student, score, seconds_late)
        if penalty is None:
            return None
        return min(max(penalty, 0.0), score)  # a plug-in is somebody else's code and may return anything

    @cached_property
    def _late_plugin(self) -> Any:
        from nbgrader.preprocessors import AssignLatePenalties

        if self._course is not None:
            config = self._course.config
        else:
            config = read_config(None, run=False)
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
            # What follows in the message is the statement and its values, somebody's marks among them.
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
    # nbgrader's constructor connects before it can fail, and whoever calls it then has nothing to close.
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
            if not _will_pass(error) or time.monotonic() > end:
                raise
            time.sleep(0.2)


def _will_pass(error: Exception) -> bool:
    """Whether trying again may help, as with a lock that others hold, or a row that they have just inserted."""
    text = str(error).lower()
    return any(word in text for word in PASSING)


def _account(submission: Submission) -> str:
    """What the gradebook calls a student: the name of the folder as it is, blanks and all."""
    return submission.account or submission.student


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


def _asked_for(request: Request) -> Gradebook | None:
    """The gradebook that --gradebook names, or that of the course of nbgrader that is graded."""
    url: str | None = request.options[URL.key]
    courses = list(filter(is_nbgrader_course, request.paths))
    if len(courses) > 1:
        raise UsageError(f"{courses[0]} and {courses[1]} are both courses of nbgrader: grade one after the other.")
    if not courses and not url:
        return None
    root = next(iter(courses), None)
    return Gradebook(root, url, run_config=request.options[RUN_CONFIG.key])


EXPORTER = Exporter((URL, RUN_CONFIG), _asked_for)
