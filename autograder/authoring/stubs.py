"""Cut a reference solution down to the stub that students fill in.

Signatures, docstrings, imports and what `given` names stay; bodies that an exercise asks for become
`raise NotImplementedError`; everything else (helpers, comments, constants) is left out.
"""

from __future__ import annotations

import ast
import textwrap
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..errors import CourseError
from ..model import Assignment, Exercise

HEADER = '''# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""{title}.

Read assignments/{slug}/handout.md, then write the functions below. `autograder check {slug}` tells how you are doing.
"""
'''
PLACEHOLDER = "# YOUR CODE HERE\nraise NotImplementedError"


Fill = Callable[[ast.FunctionDef], str]  # what stands in place of a body that students write, indented


@dataclass(frozen=True)
class Piece:
    """A top-level statement that students get, under the heading of the exercise that begins with it, if one does.

    `exercise` is the first of the assignment that asks for something in it; None means that it is given whole.
    """

    node: ast.stmt
    exercise: Exercise | None
    heading: str
    text: str


def cut_stub(solution: str, assignment: Assignment) -> str:
    """The stub of an assignment.

    Args:
        solution: source of the reference solution.
        assignment: says which names are exercises and which are given.
    Raises:
        CourseError: an exercise or `given` names something that the solution does not define.
    """
    head = [HEADER.format(title=assignment.title, slug=assignment.slug), *imports(solution)]
    blocks = (f"{p.heading}\n\n\n{p.text}" if p.heading else p.text for p in pieces(solution, assignment))
    return "\n".join(head) + "".join(f"\n\n{block}\n" for block in blocks)


def imports(solution: str) -> list[str]:
    """The imports of a solution as they stand, those from `__future__` in a group of their own."""
    tree, lines = ast.parse(solution), solution.splitlines()
    texts = [_lines(lines, node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    future = [text for text in texts if text.startswith("from __future__")]
    return ["\n".join(group) + "\n" for group in (future, [t for t in texts if t not in future]) if group]


def pieces(solution: str, assignment: Assignment, fill: Fill | None = None) -> list[Piece]:
    """The statements that students get, in order.

    Args:
        fill: what to put in place of the bodies that an exercise asks for; the placeholder if not given.
    Raises:
        CourseError: as `cut_stub`.
    """
    tree = ast.parse(solution)
    _verify_names(tree, assignment)
    return list(_Cutter(solution, assignment, fill or _placeholder).pieces(tree))


def body_begin(solution: str, node: ast.FunctionDef) -> tuple[int, int]:
    """1-based line, and column, where a function's signature and docstring end and its body begins."""
    if ast.get_docstring(node) is not None:
        return node.body[0].end_lineno, node.body[0].end_col_offset
    return _colon(solution.splitlines(), node)


def solution_lines(solution: str, stub: str) -> set[str]:
    """The telling lines that a solution has and its stub has not, stripped; short ones (`else:`) tell nothing."""
    found = {line.strip() for line in solution.splitlines()} - {line.strip() for line in stub.splitlines()}
    return {line for line in found if len(line) >= 12 and not line.startswith(("import ", "from ", '"""'))}


def _placeholder(node: ast.FunctionDef) -> str:
    return textwrap.indent(PLACEHOLDER, " " * (node.col_offset + 4))


class _Cutter:
    """Takes the top-level statements of one solution apart."""

    def __init__(self, solution: str, assignment: Assignment, fill: Fill) -> None:
        self._lines = solution.splitlines()
        self._assignment = assignment
        self._fill = fill
        self._announced: set[str] = set()

    def pieces(self, tree: ast.Module) -> Iterator[Piece]:
        """The top-level statements that students get, an exercise's first one under its heading."""
        given = set(self._assignment.given)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and self._assignment.exercise_of(node.name):
                exercise = self._assignment.exercise_of(node.name)
                yield Piece(node, exercise, self._heading(node.name), self._opened(node))
            elif isinstance(node, ast.ClassDef) and node.name not in given:
                yield from self._class(node)
            elif names_of(node) & given:
                yield Piece(node, None, "", _lines(self._lines, node))

    def _heading(self, name: str) -> str:
        """The heading of the exercise that asks for a name, the first time that one does."""
        exercise = self._assignment.exercise_of(name)
        if exercise is None or exercise.id in self._announced:
            return ""
        self._announced.add(exercise.id)
        number = self._assignment.exercises.index(exercise) + 1
        return f"# Exercise {number}: {exercise.title} ({exercise.points:g} points)"

    def _opened(self, node: ast.FunctionDef) -> str:
        """A function with its signature and docstring, and something else for its body."""
        line, column = _colon(self._lines, node)
        lines = self._lines[first_line(node) - 1 : line]
        if node.body[0].lineno == line:
            lines[-1] = lines[-1][:column]
        if ast.get_docstring(node) is not None:
            lines.append(" " * (node.col_offset + 4) + self._docstring(node.body[0]))
        return "\n".join([*lines, self._fill(node)])

    def _docstring(self, node: ast.Expr) -> str:
        """The literal as it stands; columns count bytes."""
        lines = [line.encode() for line in self._lines[node.lineno - 1 : node.end_lineno]]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return b"\n".join(lines).decode()

    def _class(self, node: ast.ClassDef) -> Iterator[Piece]:
        methods = [m for m in node.body if isinstance(m, ast.FunctionDef)]
        names = [f"{node.name}.{m.name}" for m in methods]
        heading = next(filter(None, map(self._heading, names)), "")  # of its first exercise; it stands above the class
        parts = [part for part in map(self._method, methods, names) if part]
        if parts:
            owners = [e for e in self._assignment.exercises if set(names) & set(e.functions)]
            text = "\n\n".join([self._class_head(node, methods[0]), *parts])
            yield Piece(node, owners[0] if owners else None, heading, text)

    def _method(self, node: ast.FunctionDef, name: str) -> str:
        """What students get of a method; the heading of a later exercise stands above its first one."""
        if self._assignment.exercise_of(name):
            heading = self._heading(name)
            return (f"{' ' * node.col_offset}{heading}\n" if heading else "") + self._opened(node)
        return _lines(self._lines, node) if name in self._assignment.given else ""

    def _class_head(self, node: ast.ClassDef, method: ast.FunctionDef) -> str:
        """The lines of a class before its first method, without comments on that method."""
        lines = self._lines[first_line(node) - 1 : first_line(method) - 1]
        while lines[-1].strip() == "" or lines[-1].lstrip().startswith("#"):
            lines.pop()
        return "\n".join(lines)


def first_line(node: ast.stmt) -> int:
    """1-based line on which a statement, or its first decorator, begins."""
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])


def names_of(node: ast.stmt) -> set[str]:
    """The names that a top-level statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {t.id for t in targets if isinstance(t, ast.Name)}


def _lines(lines: list[str], node: ast.stmt) -> str:
    """The source lines of a statement with its decorators."""
    return "\n".join(lines[first_line(node) - 1 : node.end_lineno]).rstrip()


def _colon(source: list[str], node: ast.FunctionDef) -> tuple[int, int]:
    """1-based line, and column, where the colon before a function's body ends."""
    depth = 0
    lines = (f"{line}\n" for line in source[node.lineno - 1 :])
    for token in tokenize.generate_tokens(lambda: next(lines)):
        if token.type == tokenize.OP:
            if token.string == ":" and depth == 0:
                break
            depth += (token.string in "([{") - (token.string in ")]}")
    return node.lineno - 1 + token.end[0], token.end[1]


def _verify_names(tree: ast.Module, assignment: Assignment) -> None:
    defined: set[str] = set()
    for node in tree.body:
        defined |= names_of(node)
        if isinstance(node, ast.ClassDef):
            defined |= {f"{node.name}.{m.name}" for m in node.body if isinstance(m, ast.FunctionDef)}
    asked = [name for exercise in assignment.exercises for name in exercise.functions]
    for name in (*asked, *assignment.given):
        if name not in defined:
            path = assignment.folder / "assignment.toml"
            raise CourseError(f"names {name!r}, which the solution does not define", path=path)
