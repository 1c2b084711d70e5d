"""`@check` and `misconception`: what an assignment's files declare, and how the course loader collects it."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

Edit = tuple[str, str]  # a text that occurs exactly once in the reference, and what stands there instead


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


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer: how it differs from the reference, what it fails, what the student reads.

    Args:
        id: its name, unique within the assignment.
        trips: names of exactly the checks that fail with it.
        says: the sentence for the student; a question or a pointer, never the corrected line.
        edits: changes of the reference, made one after the other.
        code: definitions appended to the reference, so that they replace its own.
        forms: edits that make the same mistake in other ways, with other answers; another constant, for instance.
    """

    id: str
    trips: tuple[str, ...]
    says: str
    edits: tuple[Edit, ...] = ()
    code: str = ""
    forms: tuple[tuple[Edit, ...], ...] = ()

    def written(self) -> list[Misconception]:
        """The mistake in each of its forms, this one first."""
        written = [self]
        for form in self.forms:
            written.append(dataclasses.replace(self, edits=form, code="", forms=()))
        return written

    def apply(self, reference: str) -> str:
        """The source of the wrong variant.

        Raises:
            ValueError: an edit's old text does not occur exactly once.
        """
        for old, new in self.edits:
            times = reference.count(old)
            if times != 1:  # the reference was changed since, and the mistake would be another one, or none
                raise ValueError(f"the text {old!r} occurs {times} times in the reference, not once")
            reference = reference.replace(old, new)
        if not self.code:
            return reference
        return f"{reference}\n\n{self.code}"


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


def _collect(declaration: Declaration) -> None:
    if _collected:  # without a block the file is imported for its functions only
        _collected[-1].append(declaration)


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


def misconception(
    name: str,
    *,
    trips: Sequence[str],
    says: str,
    edits: Sequence[Edit] = (),
    code: str = "",
    forms: Sequence[Sequence[Edit]] = (),
) -> None:
    """Declare a known wrong answer; see `Misconception` for the meaning of each part.

    Args:
        name: its id.
    Raises:
        TypeError: a part is not of its kind.
    """
    if isinstance(trips, str):
        raise TypeError(f"{name}: trips={trips!r}: give a list of the names of checks")
    own = _pairs(name, edits)
    others = tuple(_pairs(name, form) for form in forms)
    _collect(Misconception(name, tuple(trips), says, own, code, others))


def _pairs(name: str, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits as a file declares them, once each is known to be a pair."""
    pairs = []
    for edit in edits:
        if not isinstance(edit, tuple | list) or len(edit) != 2:  # one pair without its list, mostly
            raise TypeError(f"{name}: each of its edits is a pair of texts, (old, new)")
        old, new = edit
        pairs.append((old, new))
    return tuple(pairs)
