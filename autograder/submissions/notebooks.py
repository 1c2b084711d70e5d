"""What a notebook that was handed in holds, read as data: nothing is executed, and nothing in it can do harm.

The cells that an assignment was handed out with are known by their ids; what became of them is told in notes. Which of
their lines are Python, and count, is for the worker to find out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from ..errors import SubmissionError
from ..model import Assignment
from ..text import clean
from .cells import CellId, Kind, checksum

MOST_CELLS = 5_000
MOST_CODE = 1 << 20  # characters
TYPES = ("code", "markdown", "raw")
FORMAT = 4


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook.

    Args:
        number: counted from 1, from the top of the notebook.
        type: "code", "markdown" or "raw".
        id: which of the cells that were handed out it is, if any.
        changed: whether it is one of those that are read-only, and not what it was.
        attachments: pictures that its Markdown shows, by name, as nbformat has them.
    """

    number: int
    type: str
    source: str
    id: CellId | None = None
    changed: bool = False
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def counts_whole(self) -> bool:
        """Whether all its code is part of the submission; of cells that the student added it is only definitions."""
        return self.id is not None and self.id.kind.holds_code

    @property
    def holds_code(self) -> bool:
        """Whether any of its code is part of the submission; also a changed test may hold a definition."""
        if self.id is None:
            return self.type == "code"
        return self.counts_whole or self.changed and self.type == "code" and self.id.kind is not Kind.WRITTEN


@dataclass(frozen=True)
class Notebook:
    """A notebook that was handed in, and what is to be said about its form."""

    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()

    @property
    def code(self) -> list[Cell]:
        """The cells that make up the submission's module."""
        return [cell for cell in self.cells if cell.holds_code]


def parse_notebook(data: bytes, name: str) -> Notebook:
    """What a file holds.

    Args:
        name: of the file, for messages.
    Raises:
        SubmissionError: it is no notebook, or has too many cells or too much code.
    """
    content = _json(data, name)
    entries = list(_entries(content))
    if not entries:
        raise SubmissionError(f"{name} has no cells: save the notebook again and hand that in.")
    if len(entries) > MOST_CELLS:
        raise SubmissionError(f"{name} has {len(entries)} cells; more than {MOST_CELLS} are not accepted.")
    cells = tuple(_cell(i, entry) for i, entry in enumerate(entries, 1) if isinstance(entry, dict))
    notebook = Notebook(cells, tuple(_notes_on_format(content, len(entries) - len(cells))))
    if sum(len(cell.source) for cell in notebook.code) > MOST_CODE:
        raise SubmissionError(f"{name} holds more than {MOST_CODE} characters of code, which is not accepted.")
    return notebook


def notes_on_cells(notebook: Notebook, assignment: Assignment) -> Iterator[str]:
    """What became of the cells that the assignment was handed out with."""
    known = [cell for cell in notebook.cells if cell.id is not None]
    if not known:
        yield "None of the cells of the assignment is in this notebook; your functions were found by their names."
        return
    places: dict[CellId, list[Cell]] = {}
    for cell in known:
        places.setdefault(cell.id, []).append(cell)
    answers = list(dict.fromkeys(answer_cells(assignment).values()))
    for id in answers:
        if id not in places:
            yield f"The cell {id} is missing; what it asks for was looked for in the other cells."
    present = [cell.id for cell in known if cell.id in answers]
    if [id for id in answers if id in places] != list(dict.fromkeys(present)):
        yield "The cells are not in their old order; each was read where it stands now."
    for id, found in places.items():
        yield from _notes_on_cell(id, found)


def _notes_on_cell(id: CellId, found: list[Cell]) -> Iterator[str]:
    numbers = " and ".join(str(cell.number) for cell in found)
    if len(found) > 1 and id.kind.holds_code:
        yield f"There are {len(found)} cells {id} (cells {numbers}); where both define a name, the later one counts."
    for cell in found:
        if cell.counts_whole and cell.type != "code":
            yield f"Cell {cell.number} ({id}) is no code cell any more; its text was read as code all the same."
        elif cell.changed:
            what = "it was read as it stands" if cell.counts_whole else "the tests that count are the grader's own"
            yield f"Cell {cell.number} ({id}) is read-only but was changed; {what}."


def answer_cells(assignment: Assignment) -> dict[str, CellId]:
    """The cell where each exercise is answered; a class whose methods several ask for stands where the first does."""
    cells: dict[str, CellId] = {}
    owners: dict[str, CellId] = {}
    for exercise in assignment.exercises:
        names = [function.split(".")[0] for function in exercise.functions]
        own = CellId(Kind.ANSWER, exercise.id)
        cells[exercise.id] = own if any(name not in owners for name in names) else owners[names[0]]
        owners |= {name: own for name in names if name not in owners}
    return cells


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
    if isinstance(content.get("cells"), list):
        yield from content["cells"]
    elif isinstance(content.get("worksheets"), list):
        sheets = (sheet.get("cells") for sheet in content["worksheets"] if isinstance(sheet, dict))
        yield from chain.from_iterable(cells for cells in sheets if isinstance(cells, list))


def _cell(number: int, entry: dict) -> Cell:
    kind = entry.get("cell_type")
    source = _text(entry.get("source", entry.get("input")))  # before format 4 code is called `input`
    marks = _dict(_dict(entry.get("metadata")).get("nbgrader"))
    id = CellId.parse(marks.get("grade_id"))
    changed = id is not None and not id.kind.is_solution and _is_changed(id, source, marks)
    kind = kind if kind in TYPES else "markdown"
    return Cell(number, kind, source, id, changed, _attachments(entry.get("attachments")))


def _is_changed(id: CellId, source: str, marks: dict) -> bool:
    """Whether a read-only cell is not what its checksum says; without one nobody can tell."""
    points = marks.get("points")
    if not isinstance(marks.get("checksum"), str) or id.kind.is_graded and not isinstance(points, int | float):
        return False
    try:
        return marks["checksum"] != checksum(id, source, points)
    except OverflowError:  # points with hundreds of digits
        return True


def _text(value: object) -> str:
    """A source as one text: lines may be listed; half a surrogate pair, which is no character, is replaced."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    text = value if isinstance(value, str) else ""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")


def _attachments(value: object) -> dict[str, dict[str, str]]:
    pictures = {_text(name): _dict(kinds) for name, kinds in _dict(value).items()}
    return {
        name: {_text(kind): _text(data) for kind, data in kinds.items() if kind.startswith("image/")}
        for name, kinds in pictures.items()
    }


def _dict(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _notes_on_format(content: dict, strays: int) -> Iterator[str]:
    form = content.get("nbformat")
    if form != FORMAT:
        yield f"The notebook has format {clean(str(form))[:20]} instead of {FORMAT}; it was read as far as it can be."
    metadata = _dict(content.get("metadata"))
    language = _dict(metadata.get("kernelspec")).get("language") or _dict(metadata.get("language_info")).get("name")
    if isinstance(language, str) and language.lower() not in ("python", "ipython"):
        yield f"The notebook is meant for a kernel of {clean(language)[:40]}; its cells were read as Python."
    if strays:
        yield f"What stands in the place of {strays} cells of the file is no cell and was left out."
