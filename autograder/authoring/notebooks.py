"""An assignment as a notebook, for its staff and for its students, made of the same texts as the stub and the handout.

The staff's holds the reference in nbgrader's regions; the students' is, cell by cell, what nbgrader releases of it.
Written as plain JSON of notebook format 4.5, the way Jupyter saves it, so that building needs no more than Python.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..course import Course
from ..errors import CourseError
from ..model import Exercise, Written
from ..submissions.cells import CellId, Kind, checksum, points_by_cell
from .figures import SHOWN, Picture, committed_pictures
from .regions import BEGIN, END, cleared, code_cells
from .stubs import reference_of

if TYPE_CHECKING:
    from ..plan import Plan

BEGIN_HIDDEN = "### BEGIN HIDDEN TESTS"
END_HIDDEN = "### END HIDDEN TESTS"
TEXT_STUB = "YOUR ANSWER HERE"  # nbgrader's own
SCHEMA_VERSION = 3  # of nbgrader's metadata
GENERATED = "Generated from the course by `autograder build`; in your own copy this notebook is yours to edit."
TOOLS = "from autograder.notebook import check, hint"
VISIBLE = 'check("{name}", points={points})'
HIDDEN = """\
# The hidden checks of this exercise run here when your work is graded.
{begin}
from autograder.notebook import check_hidden

check_hidden("{name}", points={points})
{end}"""
HOW_TO = """\
**How to work here.** Run the cells from top to bottom. Replace `# YOUR CODE HERE` and the line below it, run the cell,
then run the check that follows it, as often as you like. `hint("{name}")` gives a hint for an exercise, and one more
each time. Add cells for experiments wherever you want. Sections that begin with *On paper* ask for a derivation; write
it in the cell below them, with formulas between dollar signs. A check also looks for what is ruled out in the cells as
you last ran them; grading looks more closely, while your code runs. Before you hand in, restart the kernel and run all
cells.

The next two cells are needed by all others."""

Pictures = Mapping[str, Picture]  # by name


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook.

    Args:
        meaning: what it is for; None for prose, which nbgrader leaves alone.
    """

    id: str
    source: str
    meaning: CellId | None = None
    points: float | None = None

    @property
    def is_code(self) -> bool:
        return self.meaning is not None and self.meaning.kind is not Kind.WRITTEN


def staff_notebook(course: Course, slug: str, pictures: Pictures | None = None) -> bytes:
    """The notebook of an assignment with its reference, for nbgrader's `source` folder.

    Args:
        pictures: those of the handout (default: those of the committed kit).
    Raises:
        CourseError: the solution, the handout or the model answers lack something, or a picture is not drawn yet.
    """
    author = _author(course, slug, pictures)
    return _file(slug, [author.json(cell, released=False) for cell in author.cells()])


def student_notebook(course: Course, slug: str, pictures: Pictures | None = None) -> bytes:
    """The notebook of an assignment as students get it, byte for byte what nbgrader releases of the staff's.

    Args:
        pictures: as `staff_notebook`.
    Raises:
        CourseError: as `staff_notebook`.
    """
    author = _author(course, slug, pictures)
    return _file(slug, [author.json(_released(cell), released=True) for cell in author.cells()])


def sections(text: str) -> list[tuple[str, str]]:
    """The second-level sections of a Markdown text as (heading, text); what stands before them has the heading ""."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    fenced = False  # between ``` and ```, where ## begins a comment, not a section
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        if line.startswith("## ") and not fenced:
            parts.append((line[3:].strip(), []))
        else:
            parts[-1][1].append(line)
    return [(heading, "\n".join(lines).strip()) for heading, lines in parts]


def _author(course: Course, slug: str, pictures: Pictures | None) -> _Author:
    from ..plan import Plan  # imports torch, which copying a kit need not wait for

    reference = reference_of(course, slug)
    if pictures is None:
        pictures = committed_pictures(course, slug)
    return _Author(course, Plan.of(course, slug), reference, pictures)


class _Author:
    """Writes the cells of one assignment, in the order of its handout."""

    def __init__(self, course: Course, plan: Plan, solution: str, pictures: Pictures) -> None:
        self._course = course
        self._pictures = pictures
        self._assignment = plan.assignment
        self._code = code_cells(solution, plan.assignment)
        self._points = points_by_cell((c.exercise, c.visible, plan.points(c)) for c in plan.checks)
        self._answers = dict(sections(course.model_answers(self._assignment.slug)))

    def cells(self) -> Iterator[Cell]:
        """Every cell, as the staff see it."""
        tasks: tuple[Exercise | Written, ...] = (*self._assignment.exercises, *self._assignment.written)
        asked = {task.title: task for task in tasks}
        parts = sections(self._course.handout(self._assignment.slug))
        self._verify([heading for heading, _ in parts], list(asked))
        for number, (heading, text) in enumerate(parts):
            name = f"text-{number}"
            match asked.get(heading):
                case Exercise() as exercise:
                    yield from self._exercise(name, exercise, text)
                case Written() as question:
                    yield from self._question(name, question, text)
                case None if heading:
                    yield Cell(name, f"## {heading}\n\n{text}")
                case None:
                    yield Cell(name, text)
            if number == 0:  # the title of the handout stands above everything else
                yield from self._beginning()

    def json(self, cell: Cell, *, released: bool) -> dict:
        """A cell as a notebook holds it; the pictures that its text shows are attached to it."""
        attachments = {}
        for name in self._shown_in(cell):
            if name not in self._pictures:
                path = self._course.assignments_folder / self._assignment.slug / "figures.py"
                raise CourseError(f"the picture {name} is not drawn yet: run `autograder build`", path=path)
            png = base64.b64encode(self._pictures[name].png).decode()
            attachments[f"{name}.png"] = {"image/png": png}
        if not attachments:
            return _json(cell, released=released)
        source = SHOWN.sub(_attached, cell.source)
        return _json(replace(cell, source=source), released=released) | {"attachments": attachments}

    def _shown_in(self, cell: Cell) -> list[str]:
        """The pictures of the handout that a cell shows."""
        if cell.is_code:
            return []
        return [match["name"] for match in SHOWN.finditer(cell.source)]

    def _verify(self, headings: list[str], titles: list[str]) -> None:
        """Refuse a handout that lacks a section, or whose exercises are not in order, since code builds on code."""
        path = self._course.assignments_folder / self._assignment.slug / "handout.md"
        for title in titles:
            if headings.count(title) != 1:
                raise CourseError(f"there must be one section called '## {title}'", path=path)
        order = [exercise.title for exercise in self._assignment.exercises]
        if [heading for heading in headings if heading in order] != order:
            raise CourseError("the exercises must come in the order of assignment.toml", path=path)

    def _beginning(self) -> Iterator[Cell]:
        name = f"{self._assignment.slug}.{self._assignment.exercises[0].id}"
        yield Cell("text-how-to", HOW_TO.format(name=name))
        yield self._code_cell(CellId(Kind.SETUP))
        yield Cell("tools", TOOLS, CellId(Kind.TOOLS))

    def _exercise(self, name: str, exercise: Exercise, text: str) -> Iterator[Cell]:
        """The section of an exercise: its text, its code, the visible checks, the hidden ones."""
        answer = CellId(Kind.ANSWER, exercise.id)
        given = CellId(Kind.GIVEN, exercise.id)
        number = self._assignment.exercises.index(exercise) + 1
        prose = f"## Exercise {number}: {exercise.title} ({exercise.points:g} points)\n\n{text}"
        if answer not in self._code:
            prose += f"\n\n{self._elsewhere(exercise)}"
        yield Cell(name, prose)
        for cell in (answer, given):
            if cell in self._code:
                yield self._code_cell(cell)
        for kind, template in ((Kind.TEST, VISIBLE), (Kind.HIDDEN, HIDDEN)):
            cell = CellId(kind, exercise.id)
            if cell in self._points:
                yield self._graded(cell, template)

    def _graded(self, cell: CellId, template: str) -> Cell:
        """A cell that runs checks of an exercise."""
        points = self._points[cell]
        source = template.format(
            name=f"{self._assignment.slug}.{cell.subject}",
            points=f"{points:.12g}",
            begin=BEGIN_HIDDEN,
            end=END_HIDDEN,
        )
        return Cell(str(cell), source, cell, points)

    def _elsewhere(self, exercise: Exercise) -> str:
        """Where to write an exercise whose methods belong to a class of an earlier one."""
        classes = _outer_names(exercise)
        earlier = next(e for e in self._assignment.exercises if classes & _outer_names(e))
        asked = "`" + "` and `".join(exercise.functions) + "`"
        return f"Write {asked} in the cell of the exercise *{earlier.title}* above."

    def _question(self, name: str, question: Written, text: str) -> Iterator[Cell]:
        if question.title not in self._answers:
            path = self._course.model_answers_path(self._assignment.slug)
            raise CourseError(f"there must be a section called '## {question.title}'", path=path)
        yield Cell(name, f"## {question.title} ({question.points:g} points)\n\n{text}")
        cell = CellId(Kind.WRITTEN, question.id)
        yield Cell(str(cell), f"{BEGIN}\n{self._answers[question.title]}\n{END}", cell, float(question.points))

    def _code_cell(self, cell: CellId) -> Cell:
        return Cell(str(cell), self._code[cell], cell)


def _attached(shown: re.Match[str]) -> str:
    """A picture of a handout as a cell refers to it; what it shows is told in one line."""
    alt = " ".join(shown["alt"].split())
    return f"![{alt}](attachment:{shown['name']}.png)"


def _outer_names(exercise: Exercise) -> set[str]:
    """The functions that an exercise asks for, and the classes of its methods."""
    return {name.partition(".")[0] for name in exercise.functions}


# What follows repeats ClearSolutions, ClearHiddenTests, LockCells and ComputeChecksums of nbgrader, so that a kit can
# be built without it; a test compares both.


def _released(cell: Cell) -> Cell:
    """A cell as nbgrader releases it."""
    if cell.meaning is None:
        return cell
    if cell.meaning.kind is Kind.WRITTEN:
        return replace(cell, source=TEXT_STUB)
    without_hidden = re.sub(rf"{BEGIN_HIDDEN}\n.*?{END_HIDDEN}", "", cell.source, flags=re.DOTALL)
    return replace(cell, source=cleared(without_hidden).rstrip("\n"))


def _json(cell: Cell, *, released: bool) -> dict:
    record = {"id": cell.id, "metadata": {}, "source": cell.source.splitlines(keepends=True)}
    if cell.meaning is not None:
        record["metadata"] = _metadata(cell, cell.meaning, released=released)
    if cell.is_code:
        return record | {"cell_type": "code", "execution_count": None, "outputs": []}
    return record | {"cell_type": "markdown"}


def _metadata(cell: Cell, meaning: CellId, *, released: bool) -> dict:
    """What nbgrader has to know of a cell, in its own words."""
    kind = meaning.kind
    nbgrader = {
        "grade": kind.is_graded,
        "grade_id": str(meaning),
        "locked": not kind.is_solution,
        "schema_version": SCHEMA_VERSION,
        "solution": kind.is_solution,
        "task": False,
    }
    if kind.is_graded:
        nbgrader["points"] = cell.points
    if not released:
        return {"nbgrader": nbgrader}
    # `generate_assignment` adds the rest; a build without nbgrader must come to the same bytes.
    nbgrader["cell_type"] = "code" if cell.is_code else "markdown"
    nbgrader["checksum"] = checksum(meaning, cell.source, cell.points)
    metadata = {"nbgrader": nbgrader, "deletable": False}
    if not kind.is_solution:
        metadata["editable"] = False
    return metadata


def _file(slug: str, cells: list[dict]) -> bytes:
    # The notebook works in whatever version the student has: no version of Python is written down.
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {
        "autograder": {"assignment": slug, "note": GENERATED},
        "kernelspec": kernel,
        "language_info": {"name": "python"},
    }
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    # As Jupyter writes it, so that saving an untouched notebook changes nothing.
    return (json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
