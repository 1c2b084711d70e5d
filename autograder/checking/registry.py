"""`@check` and `misconception`: what an assignment's files declare, and how the course loader collects it."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Check:
    """One check: a function of (student, case) and what it is worth within its exercise.

    The function's name is the check's name, its docstring the title that students see.
    """

    run: Callable
    exercise: str
    weight: float = 1.0
    statistical: bool = False
    needs: str | None = None
    visible: bool = field(default=True, compare=False)

    @property
    def name(self) -> str:
        return self.run.__name__

    @property
    def title(self) -> str:
        return " ".join((inspect.getdoc(self.run) or "").split())

    @property
    def line(self) -> int:
        """1-based line of the definition in its file."""
        return self.run.__code__.co_firstlineno


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer: how it differs from the reference, what it fails, what the student reads.

    Args:
        id: its name, unique within the assignment.
        trips: names of exactly the checks that fail with it.
        says: the sentence for the student; a question or a pointer, never the corrected line.
        edits: (old, new) texts; each old text occurs exactly once in the reference.
        code: definitions appended to the reference, so that they replace its own.
        forms: edits that make the same mistake in other ways, and so answer otherwise; another constant, for instance.
    """

    id: str
    trips: tuple[str, ...]
    says: str
    edits: tuple[tuple[str, str], ...] = ()
    code: str = ""
    forms: tuple[tuple[tuple[str, str], ...], ...] = ()

    def written(self) -> list[Misconception]:
        """The mistake in each of its forms, this one first."""
        return [self, *(dataclasses.replace(self, edits=form, code="", forms=()) for form in self.forms)]

    def apply(self, reference: str) -> str:
        """The source of the wrong variant.

        Raises:
            ValueError: an edit's old text does not occur exactly once.
        """
        for old, new in self.edits:
            if reference.count(old) != 1:
                raise ValueError(f"the text {old!r} occurs {reference.count(old)} times in the reference, not once")
            reference = reference.replace(old, new)
        return f"{reference}\n\n{self.code}" if self.code else reference


_collected: list[list[Check | Misconception]] = []


@contextmanager
def collecting() -> Iterator[list]:
    """Collect every check and misconception declared inside the block, in order, doubles included."""
    found: list[Check | Misconception] = []
    _collected.append(found)
    try:
        yield found
    finally:
        _collected.pop()


def check(
    exercise: str, *, weight: float = 1.0, statistical: bool = False, needs: Callable | None = None
) -> Callable[[Callable], Callable]:
    """Declare a function of (student, case) to be a check of `exercise`.

    Args:
        exercise: id of the exercise in `assignment.toml`.
        weight: share of the exercise's points, relative to its other checks.
        statistical: whether the verdict rests on a statistical test (its false-alarm rate is at most 1e-9).
        needs: a check that must have passed, or this one is skipped.
    """

    if not (needs is None or callable(needs)):
        raise TypeError(f"needs={needs!r}: give the function of the check that must have passed, not its name")

    def declare(function: Callable) -> Callable:
        needed = None if needs is None else needs.__name__
        if _collected:
            _collected[-1].append(Check(function, exercise, weight, statistical, needed))
        return function

    return declare


def misconception(
    id: str,
    *,
    trips: Sequence[str],
    says: str,
    edits: Sequence[tuple[str, str]] = (),
    code: str = "",
    forms: Sequence[Sequence[tuple[str, str]]] = (),
) -> None:
    """Declare a known wrong answer; see `Misconception` for the meaning of each part.

    Raises:
        TypeError: a part is not of its kind.
    """
    if isinstance(trips, str):
        raise TypeError(f"{id}: trips={trips!r}: give a list of the names of checks")
    if not all(isinstance(edit, tuple | list) and len(edit) == 2 for edit in edits):
        raise TypeError(f"{id}: each of its edits is a pair of texts, (old, new)")
    others = tuple(tuple(map(tuple, form)) for form in forms)
    if _collected:
        _collected[-1].append(Misconception(id, tuple(trips), says, tuple(map(tuple, edits)), code, others))
