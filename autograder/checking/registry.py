"""`@check` and `misconception`: what an assignment's files declare, and how the course loader collects it."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from .mistakes import Added, Change, Edit, Edits, Misconception, Replacement


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
        docstring = inspect.getdoc(self.run) or ""
        return " ".join(docstring.split())  # one line, however the author broke it

    @property
    def line(self) -> int:
        """1-based line of the definition in its file."""
        return self.run.__code__.co_firstlineno


Declaration = Check | Misconception

# One list for each block of `collecting` that is open, the innermost last. A decorator is handed nothing but its
# function, and the module's names would not do: of two checks with the same name only the second is left there.
_collected: list[list[Declaration]] = []


@contextmanager
def collecting() -> Iterator[list[Declaration]]:
    """Collect every check and misconception declared inside the block, in order, duplicates included."""
    declarations: list[Declaration] = []
    _collected.append(declarations)
    try:
        yield declarations
    finally:
        _collected.pop()


def _collect(declaration: Declaration) -> list[Declaration]:
    """The list that the declaration now is in; an empty one where the file is imported for its functions only."""
    if not _collected:
        return []
    _collected[-1].append(declaration)
    return _collected[-1]


def check(
    exercise: str, *, weight: float = 1.0, statistical: bool = False, needs: Callable | None = None
) -> Callable[[Callable], Callable]:
    """Declare a function of (student, case) to be a check of `exercise`.

    Args:
        exercise: id of the exercise in `assignment.toml`.
        weight: share of the exercise's points, relative to its other checks.
        statistical: whether the verdict rests on a statistical test (its false-alarm rate is at most 1e-9).
        needs: the function of a check that must have passed, or this one is skipped.
    Raises:
        TypeError: `needs` is not a function.
    """
    needed: str | None = None
    if callable(needs):
        needed = needs.__name__
    elif needs is not None:
        raise TypeError(f"needs={needs!r}: give the function of the check that must have passed, not its name")

    def declare(function: Callable) -> Callable:
        _collect(Check(function, exercise, weight, statistical, needed))
        return function

    return declare


def misconception(id: str, *edits: Edit, forms: Sequence[Edit | Sequence[Edit]] = ()) -> Declared:
    """Declare a known wrong answer by the edits that make it; its sentence follows: `misconception(...).says("...")`.

    What it fails is not declared but recorded by `autograder validate SLUG --record`.

    Args:
        id: its name.
        edits: what makes it out of the reference.
        forms: other ways to make the same mistake, each of them an edit or a list of edits.
    Raises:
        TypeError: a part is not of its kind.
    """
    others = []
    for form in forms:
        several = form if isinstance(form, list | tuple) else (form,)
        others.append(_edits(id, several))
    declarations = _collect(Misconception(id, (), "", _edits(id, edits), tuple(others)))
    return Declared(declarations, len(declarations) - 1)


@dataclass(frozen=True)
class Declared:
    """A declared mistake that waits for its sentence.

    Args:
        declarations: the list that it was collected in; empty if nothing is collected.
    """

    declarations: list[Declaration]
    index: int

    def says(self, sentence: str) -> None:
        """Give the mistake the sentence that students read."""
        if not self.declarations:
            return
        known = self.declarations[self.index]
        assert isinstance(known, Misconception)
        self.declarations[self.index] = dataclasses.replace(known, says=sentence)


def change(name: str, old: str, new: str) -> Change:
    """An edit: inside a function, a class or a `Class.method` of the reference, a text that occurs there once."""
    return Change(name, old, new)


def replacement(code: str) -> Replacement:
    """An edit: whole functions or classes in place of the reference's of the same names."""
    return Replacement(code)


def added(code: str) -> Added:
    """An edit: lines after the imports of the reference."""
    return Added(code)


def _edits(id: str, edits: Sequence[object]) -> Edits:
    """Edits as a file declares them, once each is known to be one."""
    known = []
    for edit in edits:
        if not isinstance(edit, Change | Replacement | Added):
            raise TypeError(f"{id}: {edit!r} is no edit: use change(...), replacement(...) or added(...)")
        known.append(edit)
    if not known:
        raise TypeError(f"{id}: it changes nothing; give the edits after its name")
    return tuple(known)
