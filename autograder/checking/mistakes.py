"""A known wrong answer and what makes it: edits of the reference, each of which names the definition it changes."""

from __future__ import annotations

import ast
import dataclasses
import re
from dataclasses import dataclass
from functools import lru_cache

ELSEWHERE = ""  # in place of a name: the lines outside of every function and method


@dataclass(frozen=True)
class Change:
    """A text inside one definition, and what stands there instead.

    Args:
        name: of a function, a class or a `Class.method` of the reference.
        old: occurs exactly once between the first line of the definition, decorators included, and its last.
    """

    name: str
    old: str
    new: str

    def apply(self, source: str) -> str:
        """The changed source.

        Raises:
            ValueError: there is no such definition, or the text does not occur in it exactly once.
        """
        start, end = _place(self.name, source)
        definition = source[start:end]
        times = definition.count(self.old)
        if times != 1:  # the reference was changed since, and the mistake would be another one, or none
            raise ValueError(f"the text {self.old!r} occurs {times} times in {self.name}, not once")
        return source[:start] + definition.replace(self.old, self.new) + source[end:]


@dataclass(frozen=True)
class Replacement:
    """Whole functions or classes that take the place of the reference's of the same names."""

    code: str

    def apply(self, source: str) -> str:
        """The changed source.

        Raises:
            ValueError: the code holds anything else than definitions of the reference.
        """
        for node in _parsed(self.code, "a replacement").body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef):
                raise ValueError(f"a replacement holds whole functions and classes only, not {ast.unparse(node)!r}")
            first, last = _extent(node)
            definition = "".join(_lines(self.code)[first - 1 : last])
            start, end = _place(node.name, source)
            source = f"{source[:start]}{definition.rstrip()}\n{source[end:]}"
        return source


@dataclass(frozen=True)
class Added:
    """Lines that are put after the imports of the reference: one more import, a helper, a constant."""

    code: str

    def apply(self, source: str) -> str:
        """The changed source."""
        lines = _lines(source)
        last = 0
        for node in _parsed(source, "the reference").body:
            if isinstance(node, ast.Import | ast.ImportFrom) or (last == 0 and _is_docstring(node)):
                last = node.end_lineno or 0
        lines.insert(last, f"\n{self.code.strip()}\n")
        return "".join(lines)


Edit = Change | Replacement | Added
Edits = tuple[Edit, ...]


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer: how it differs from the reference, what the student reads, and what it fails.

    Args:
        id: its name, unique within the assignment.
        trips: names of the checks that always fail with it; this and `may_trip` are recorded, never declared.
        says: the sentence for the student; a question or a pointer, never the corrected line.
        edits: changes of the reference, made one after the other.
        forms: edits that make the same mistake in other ways, with other answers; another constant, for instance.
        may_trip: names of the checks that fail with it by chance.
    """

    id: str
    trips: tuple[str, ...]
    says: str
    edits: Edits = ()
    forms: tuple[Edits, ...] = ()
    may_trip: tuple[str, ...] = ()

    def can_trip(self, name: str) -> bool:
        """Whether a check may fail with it."""
        return name in self.trips or name in self.may_trip

    def written(self) -> list[Misconception]:
        """The mistake in each of its forms, this one first."""
        written = [self]
        for form in self.forms:
            written.append(dataclasses.replace(self, edits=form, forms=()))
        return written

    def apply(self, reference: str) -> str:
        """The source of the wrong variant.

        Raises:
            ValueError: an edit does not fit the reference.
        """
        return _edited(self.id, self.edits, reference)


@lru_cache(maxsize=1024)  # a diagnosis asks for the same variants again for every failed check
def _edited(id: str, edits: Edits, source: str) -> str:
    for edit in edits:
        try:
            source = edit.apply(source)
        except ValueError as error:
            raise ValueError(f"misconception {id}: {error}") from error
    return source


def _place(name: str, source: str) -> tuple[int, int]:
    """Where a definition begins and ends in a source.

    Raises:
        ValueError: there is none of this name.
    """
    places = _places(source)
    if name not in places:
        raise ValueError(f"the reference has no function, class or Class.method called {name}")
    return places[name]


@lru_cache(maxsize=1024)
def _places(source: str) -> dict[str, tuple[int, int]]:
    """Begin and end of every function, class and method, whole lines, by its name."""
    offsets = [0]
    for line in _lines(source):
        offsets.append(offsets[-1] + len(line))
    places = {}
    for name, node in _definitions(_parsed(source, "the reference")):
        first, last = _extent(node)
        places[name] = (offsets[first - 1], offsets[last])
    return places


def _definitions(tree: ast.Module) -> list[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """The functions and classes of a module and the methods of its classes, with their names."""
    definitions: list[tuple[str, ast.FunctionDef | ast.ClassDef]] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            definitions.append((node.name, node))
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    definitions.append((f"{node.name}.{member.name}", member))
    return definitions


def _extent(node: ast.FunctionDef | ast.ClassDef) -> tuple[int, int]:
    """1-based first line of a definition, decorators included, and its last."""
    first = min(each.lineno for each in [node, *node.decorator_list])
    return first, node.end_lineno or first


def _lines(source: str) -> list[str]:
    """The lines of a source as Python counts them; `splitlines` would also break at a form feed."""
    return re.split(r"(?<=\n)", source)


def _parsed(source: str, what: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise ValueError(f"{what} is not Python at its line {error.lineno}: {error.msg}") from error


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def changed_definitions(reference: str, variant: str) -> frozenset[str] | None:
    """Names of the functions and methods in which a variant differs; None if it differs anywhere else."""
    before = _texts(reference)
    after = _texts(variant)
    if before.keys() != after.keys():
        return None
    changed = frozenset(name for name, text in before.items() if text != after[name])
    if ELSEWHERE in changed:
        return None
    return changed


def _texts(source: str) -> dict[str, str]:
    """The text of each function and method of a source, and what stands elsewhere."""
    texts = {}
    classes = {name.rpartition(".")[0] for name in _places(source)}
    elsewhere = []
    end = 0
    for name, (start, stop) in _places(source).items():
        if name in classes:  # its methods follow; the lines between them stand elsewhere
            continue
        texts[name] = source[start:stop]
        elsewhere.append(source[end:start])
        end = stop
    texts[ELSEWHERE] = "".join([*elsewhere, source[end:]])
    return texts
