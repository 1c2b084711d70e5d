"""Reads a notebook that was handed in as data: nothing is executed, and nothing in it can do harm.

The cells that were handed out are recognised by their ids, and notes say what became of them. Which lines of a cell are
Python, and count, is for the worker to find out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..errors import SubmissionError
from ..model import Assignment
from ..text import clean
from .cells import CellId, Kind, checksum

# Far above any notebook that people write; they keep one submission from occupying a grader for long.
MOST_CELLS = 5_000
MOST_CODE = 1 << 20  # characters
ALWAYS_READ = 16 << 20  # bytes
MOST_PARTS = 5_000_000  # in a larger file; as JSON nests, a byte may become a hundred bytes of memory
BEGIN = 1_000  # bytes of a file in which it shows what it is
WEB_PAGE = ("<!doctype html", "<html", "<?xml", "<head")
TYPES = ("code", "markdown", "raw")
FORMAT = 4
PICTURE = re.compile(r"image/[A-Za-z0-9.+-]{1,40}")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook.

    Args:
        number: counted from 1, from the top of the notebook.
        type: "code", "markdown" or "raw".
        id: which of the handed-out cells it is, if any.
        changed: whether it is read-only and was changed all the same.
        attachments: pictures that its Markdown shows, by name, in nbformat's form.
    """

    number: int
    type: str
    source: str
    id: CellId | None = None
    changed: bool = False
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def counts_whole(self) -> bool:
        """Whether all its code is part of the submission; in cells that students added only definitions are."""
        return self.id is not None and self.id.kind.holds_code

    @property
    def holds_code(self) -> bool:
        """Whether any of its code is part of the submission; a changed test, too, may hold a definition."""
        if self.id is None:
            return self.type == "code"
        if self.counts_whole:
            return True
        return self.changed and self.type == "code" and self.id.kind is not Kind.WRITTEN

    @property
    def is_test(self) -> bool:
        """Whether checks of an exercise run here: they see what stands above."""
        return self.id is not None and self.id.kind in (Kind.TEST, Kind.HIDDEN) and self.type == "code"

    def as_part(self, assignment: Assignment) -> tuple[str, str, str, list[str]]:
        """What a worker is told of it: its kind, its code, and of a test the exercise and the names it asks for."""
        if self.id is not None and self.counts_whole:
            return str(self.id.kind), self.source, "", []
        if self.id is None or not self.is_test:
            return "own", self.source, "", []
        asked = []
        for exercise in assignment.exercises:
            if exercise.id == self.id.subject:
                asked = [function.partition(".")[0] for function in exercise.functions]
        return str(self.id.kind), self.source, self.id.subject, asked


@dataclass(frozen=True)
class Notebook:
    """A notebook that was handed in, and notes about its form."""

    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()
    made_for: str = ""  # the assignment that its metadata name

    @property
    def code(self) -> list[Cell]:
        """The cells that make up the submission's module, and its tests, empty unless they were changed."""
        code = []
        for cell in self.cells:
            if cell.holds_code:
                code.append(cell)
            elif cell.is_test:
                code.append(replace(cell, source=""))
        return code


def parse_notebook(data: bytes, name: str) -> Notebook:
    """The notebook in a file; how much it printed does not matter.

    Args:
        data: what the file holds.
        name: of the file, for messages.
    Raises:
        SubmissionError: it is no notebook, or has too many cells or too much code.
    """
    _refuse_what_is_none(data, name)
    content = _json(data, name)
    entries = list(_entries(content))
    if not entries:
        raise SubmissionError(f"{name} has no cells: save the notebook again and hand that in.")
    if len(entries) > MOST_CELLS:
        raise SubmissionError(f"{name} has {len(entries)} cells; more than {MOST_CELLS} are not accepted.")
    cells = []
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, dict):
            cells.append(_cell(number, entry))
    notes = _notes_on_format(content, len(entries) - len(cells))
    made_for = _dict(_dict(content.get("metadata")).get("autograder")).get("assignment")
    notebook = Notebook(tuple(cells), tuple(notes), made_for if isinstance(made_for, str) else "")
    if sum(len(cell.source) for cell in notebook.code) > MOST_CODE:
        raise SubmissionError(f"{name} holds more than {MOST_CODE} characters of code, which is not accepted.")
    return notebook


def notes_on_cells(notebook: Notebook, assignment: Assignment) -> Iterator[str]:
    """What became of the cells that were handed out."""
    if notebook.made_for not in ("", assignment.slug):
        made_for = clean(notebook.made_for)[:40]
        yield f"This is the notebook of {made_for}, not of {assignment.slug}: was another file meant to be handed in?"
    places: dict[CellId, list[Cell]] = {}
    for cell in notebook.cells:
        if cell.id is not None:
            places.setdefault(cell.id, []).append(cell)
    if not places:
        yield "None of the cells of the assignment is in this notebook; your functions were found by their names."
        return
    if CellId(Kind.SETUP) not in places:
        yield "The cell setup, which was handed out with all imports, is missing: take it from a new copy."
    expected = list(dict.fromkeys(answer_cells(assignment).values()))
    for answer in expected:  # code that was moved elsewhere still counts, so that this is a note and no error
        if answer not in places:
            yield f"The cell {answer} is missing; what it asks for was looked for in the other cells."
    old_order = list(filter(places.__contains__, expected))
    order = list(filter(expected.__contains__, places))
    if order != old_order:
        yield "The cells are not in their old order; each was read where it stands now."
    for cell_id, cells in places.items():
        yield from _notes_on_cell(cell_id, cells)


def _notes_on_cell(cell_id: CellId, cells: list[Cell]) -> Iterator[str]:
    """What became of one of the cells that were handed out, which may have been copied."""
    if len(cells) > 1 and cell_id.kind.holds_code:
        numbers = " and ".join(str(cell.number) for cell in cells)
        yield (
            f"There are {len(cells)} cells {cell_id} (cells {numbers}); where both define a name, the later one counts."
        )
    for cell in cells:
        if cell.counts_whole and cell.type != "code":
            yield f"Cell {cell.number} ({cell_id}) is no longer a code cell; its text was still read as code."
        elif cell.changed and cell.counts_whole:
            yield f"Cell {cell.number} ({cell_id}) is read-only but was changed; it was read as it stands."
        elif cell.changed:
            yield (
                f"Cell {cell.number} ({cell_id}) is read-only but was changed; "
                "the tests that count are the grader's own."
            )


def answer_cells(assignment: Assignment) -> dict[str, CellId]:
    """The cell where each exercise is answered, by the id of the exercise.

    If several exercises ask for methods of one class, the class stands where the first is answered.
    """
    cells: dict[str, CellId] = {}
    places: dict[str, CellId] = {}  # of each function and class
    for exercise in assignment.exercises:
        own = CellId(Kind.ANSWER, exercise.id)
        taken_from = []
        for function in exercise.functions:
            name = function.partition(".")[0]
            taken_from.append(places.setdefault(name, own))
        # An exercise needs a cell of its own as soon as one of its names stands nowhere else.
        cells[exercise.id] = own if own in taken_from else taken_from[0]
    return cells


def _refuse_what_is_none(data: bytes, name: str) -> None:
    """Refuse a file that is seen to be no notebook, or to need more memory than a notebook may.

    Raises:
        SubmissionError: it is one of these.
    """
    begin = data[:BEGIN].decode("utf-8", "replace").strip("\ufeff\0 \t\r\n").lower()
    if not begin and len(data) <= BEGIN:
        raise SubmissionError(f"{name} is empty: save the notebook again and hand that in.")
    if begin.startswith(WEB_PAGE):
        raise SubmissionError(f"{name} is a web page: download the notebook itself, and hand that in.")
    if len(data) > ALWAYS_READ and sum(map(data.count, (b"{", b"[", b","))) > MOST_PARTS:
        megabytes = len(data) >> 20
        raise SubmissionError(f"{name} holds {megabytes} MB of outputs: clear all outputs, and hand it in again.")


def _json(data: bytes, name: str) -> dict:
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SubmissionError(f"{name} is not UTF-8 text, so it is no notebook.") from error
    except json.JSONDecodeError as error:
        problem = f"{name} is no notebook, or a damaged one: line {error.lineno} is not valid JSON ({error.msg})."
        raise SubmissionError(problem) from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number with too many digits
        raise SubmissionError(f"{name} is no notebook: its JSON cannot be read.") from error
    if not isinstance(content, dict):
        raise SubmissionError(f"{name} is no notebook: its JSON is no object.")
    return content


def _entries(content: dict) -> Iterator[object]:
    """The cells as they stand in the file; before format 4 they lie in worksheets."""
    cells = content.get("cells")
    worksheets = content.get("worksheets")
    if isinstance(cells, list):
        yield from cells
    elif isinstance(worksheets, list):
        for sheet in worksheets:
            yield from _list(_dict(sheet).get("cells"))


def _cell(number: int, entry: dict) -> Cell:
    kind = entry.get("cell_type")
    if kind not in TYPES:
        kind = "markdown"
    source = _text(entry.get("source", entry.get("input")))  # before format 4 code is called `input`
    marks = _dict(_dict(entry.get("metadata")).get("nbgrader"))
    cell_id = CellId.parse(marks.get("grade_id"))
    changed = cell_id is not None and not cell_id.kind.is_solution and _is_changed(cell_id, source, marks)
    return Cell(number, kind, source, cell_id, changed, _attachments(entry.get("attachments")))


def _is_changed(cell_id: CellId, source: str, marks: dict) -> bool:
    """Whether a read-only cell is not what its checksum says; without one nobody can tell."""
    points = marks.get("points")
    if not isinstance(marks.get("checksum"), str):
        return False
    if cell_id.kind.is_graded and not isinstance(points, int | float):
        return False
    try:
        return marks["checksum"] != checksum(cell_id, source, points)
    except OverflowError:  # points with hundreds of digits
        return True


def _text(value: object) -> str:
    """A source as one text; it may be stored as a list of lines."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    if not isinstance(value, str):
        return ""
    unix_lines = value.replace("\r\n", "\n").replace("\r", "\n")
    # JSON may hold half a surrogate pair, which is no character and could not be written to a file.
    return unix_lines.encode("utf-8", "replace").decode("utf-8")


def _attachments(value: object) -> dict[str, dict[str, str]]:
    """The pictures among a cell's attachments: by name, and for each its data by MIME type."""
    pictures = {}
    for name, by_type in _dict(value).items():
        images = {}
        for mime_type, data in _dict(by_type).items():
            text = _text(data)
            if PICTURE.fullmatch(mime_type) and BASE64.fullmatch(text):  # both stand in the HTML that shows them
                images[mime_type] = text
        pictures[_text(name)] = images
    return pictures


def _dict(value: object) -> dict:
    """The value if it is what it should be; a notebook that was handed in may hold anything anywhere."""
    if isinstance(value, dict):
        return value
    return {}


def _list(value: object) -> list:
    if isinstance(value, list):
        return value
    return []


def _notes_on_format(content: dict, strays: int) -> Iterator[str]:
    """What is unusual about a notebook, in which some entries are no cells."""
    version = content.get("nbformat")
    if version != FORMAT:
        shown = clean(str(version))[:20]
        yield f"The notebook has format {shown} instead of {FORMAT}; it was read as far as it can be."
    metadata = _dict(content.get("metadata"))
    language = _dict(metadata.get("kernelspec")).get("language") or _dict(metadata.get("language_info")).get("name")
    if isinstance(language, str) and language.lower() not in ("python", "ipython"):
        yield f"The notebook is meant for a kernel of {clean(language)[:40]}; its cells were read as Python."
    if strays:
        yield f"Entries of the file that are no cells were left out: {strays}."
