"""The cells of an assignment's notebook: what their ids mean, and which points belong to which. Standard library only.

    setup              imports and given code; read-only
    tools              imports of `check` and `hint`; read-only, no part of a submission's module
    answer-EXERCISE    the student's code; a class with methods of several exercises stands where the first is asked
    given-EXERCISE     given code that needs that exercise's, like a class derived from the student's; read-only
    test-EXERCISE      the visible checks, worth their share of the exercise's points
    hidden-EXERCISE    the hidden checks, worth the rest
    written-ID         a written answer in Markdown, graded by hand; its points are not the engine's

A student's code is what the cells `setup`, `given` and `answer` hold, and the cells that the student added, in the
order of the notebook.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..model import SUBJECT

DECIMALS = 2  # of points: students read them in their notebooks


class Kind(StrEnum):
    """What a cell is for."""

    SETUP = "setup"
    TOOLS = "tools"
    ANSWER = "answer"
    GIVEN = "given"
    TEST = "test"
    HIDDEN = "hidden"
    WRITTEN = "written"

    @property
    def is_single(self) -> bool:
        """Whether a notebook has only one such cell."""
        return self in (Kind.SETUP, Kind.TOOLS)

    @property
    def holds_code(self) -> bool:
        """Whether a submission's module is made of it."""
        return self in (Kind.SETUP, Kind.ANSWER, Kind.GIVEN)

    @property
    def is_graded(self) -> bool:
        """Whether it has points."""
        return self in (Kind.TEST, Kind.HIDDEN, Kind.WRITTEN)

    @property
    def is_solution(self) -> bool:
        """Whether students fill it in; all others are locked."""
        return self in (Kind.ANSWER, Kind.WRITTEN)


@dataclass(frozen=True)
class CellId:
    """The id of a cell, unique within its notebook.

    Args:
        subject: the id of an exercise or of a written answer; "" where a notebook has a single cell of this kind.
    """

    kind: Kind
    subject: str = ""

    def __str__(self) -> str:
        if not self.subject:
            return str(self.kind)
        return f"{self.kind}-{self.subject}"

    @classmethod
    def parse(cls, text: object) -> CellId | None:
        """What an id means, or None if it is none of ours; never raises, whatever a submission holds."""
        if not isinstance(text, str):
            return None
        name, dash, subject = text.partition("-")
        if name not in list(Kind):
            return None
        kind = Kind(name)
        if kind.is_single:
            return cls(kind) if not dash else None
        if not SUBJECT.fullmatch(subject):
            return None
        return cls(kind, subject)

    @classmethod
    def of_checks(cls, exercise: str, *, visible: bool) -> CellId:
        """The cell that has the points of an exercise's visible checks, or of its hidden ones."""
        if visible:
            return cls(Kind.TEST, exercise)
        return cls(Kind.HIDDEN, exercise)


def points_by_cell(parts: Iterable[tuple[str, bool, float]]) -> dict[CellId, float]:
    """The points of every test and hidden cell, from (exercise, visible, points) of each check.

    From the maxima of the checks it returns the maxima of the cells, and from their scores the scores. Both are rounded
    alike, so that a score never exceeds its maximum.
    """
    totals: dict[CellId, float] = {}
    for exercise, visible, points in parts:
        cell = CellId.of_checks(exercise, visible=visible)
        totals[cell] = totals.get(cell, 0.0) + points
    return {cell: round(points, DECIMALS) for cell, points in totals.items()}


def checksum(cell: CellId, source: str, points: float | None = None) -> str:
    """The checksum by which nbgrader tells whether a cell of ours was changed.

    Args:
        points: needed for a cell that is graded.
    """
    kind = cell.kind
    cell_type = "markdown" if kind is Kind.WRITTEN else "code"
    is_locked = not kind.is_solution
    # The parts and their order are those of `nbgrader.utils.compute_checksum`.
    parts = [source, cell_type, str(kind.is_graded), str(kind.is_solution), str(is_locked), str(cell)]
    if kind.is_graded and points is not None:
        parts.append(str(float(points)))
    return hashlib.md5("".join(parts).encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()
