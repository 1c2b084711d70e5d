"""The cells of an assignment's notebook: what their ids mean, and which points belong to which. Standard library only.

    setup              imports and given code; read-only
    tools              imports of `check` and `hint`; read-only, no part of a submission's module
    answer-EXERCISE    the student's code; a class with methods of several exercises stands where the first is asked
    given-EXERCISE     given code that needs that exercise's, like a class derived from the student's; read-only
    test-EXERCISE      the visible checks, worth their share of the exercise's points
    hidden-EXERCISE    the hidden checks, worth the rest
    written-ID         a written answer in Markdown, graded by hand; its points are not the engine's

All code of a student is that of the cells `setup`, `given` and `answer`, and of cells that the student added, in order
of the notebook.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..model import SUBJECT


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
    """The id of a cell, unique within its notebook; `subject` is that of an exercise or a written answer."""

    kind: Kind
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.kind}-{self.subject}" if self.subject else str(self.kind)

    @classmethod
    def parse(cls, text: object) -> CellId | None:
        """What an id means, or None if it is none of ours; never raises, whatever a submission holds."""
        kind, dash, subject = text.partition("-") if isinstance(text, str) else ("", "", "")
        if kind not in list(Kind) or Kind(kind).is_single == bool(dash) or dash and not SUBJECT.fullmatch(subject):
            return None
        return cls(Kind(kind), subject)


def points_by_cell(parts: Iterable[tuple[str, bool, float]]) -> dict[CellId, float]:
    """The points of every test and hidden cell, from (exercise, visible, points) of each check.

    With what checks are worth it gives the maxima, with what they earned the scores; rounded alike, so that a
    score never exceeds its maximum.
    """
    found: dict[CellId, float] = {}
    for exercise, visible, points in parts:
        cell = CellId(Kind.TEST if visible else Kind.HIDDEN, exercise)
        found[cell] = found.get(cell, 0.0) + points
    return {cell: round(points, 6) for cell, points in found.items()}


def checksum(cell: CellId, source: str, points: float | None = None) -> str:
    """The checksum by which nbgrader tells whether a cell of ours was changed."""
    cell_type = "markdown" if cell.kind is Kind.WRITTEN else "code"
    locked = not cell.kind.is_solution
    parts = [source, cell_type, str(cell.kind.is_graded), str(cell.kind.is_solution), str(locked), str(cell)]
    if cell.kind.is_graded:
        parts.append(str(float(points)))
    return hashlib.md5("".join(parts).encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()
