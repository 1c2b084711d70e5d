"""The code cells of a staff notebook: reference bodies between nbgrader's marks, so that a release has the stubs.

Helpers that students do not get have no cell of their own, since nbgrader would put its stub there. They stand
inside the last region of the exercise that needs them first.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator

from ..errors import CourseError
from ..model import Assignment, Exercise
from ..submissions.cells import CellId, Kind
from .stubs import PLACEHOLDER, Piece, body_begin, first_line, imports, names_of, pieces

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
REGION = re.compile(rf"^( *){BEGIN}\n.*?{END}$", re.DOTALL | re.MULTILINE)


def code_cells(solution: str, assignment: Assignment) -> dict[CellId, str]:
    """The source of the setup cell and of each answer and given cell, in order.

    Given code stands in the setup cell, where checks of any exercise find it, unless it needs an answer to be defined.

    Raises:
        CourseError: a helper has no place, because no function that an exercise asks for ends a statement there.
    """
    plain = pieces(solution, assignment)
    regions = _Regions(solution, _helpers(ast.parse(solution), plain, assignment))
    groups: dict[CellId, list[str]] = {CellId(Kind.SETUP): ["\n".join(imports(solution)).rstrip("\n")]}
    owners: dict[str, Exercise] = {}  # of every name that cannot be had before the answer to an exercise
    for piece in pieces(solution, assignment, regions):
        owner = piece.exercise
        if owner is None:
            needed = [owners[name] for name in _needed_at_once(piece.node) if name in owners]
            owner = max(needed, key=assignment.exercises.index, default=None)
        if owner is not None:
            owners |= dict.fromkeys(names_of(piece.node), owner)
        kind = Kind.ANSWER if piece.exercise else Kind.GIVEN
        groups.setdefault(CellId(kind, owner.id) if owner else CellId(Kind.SETUP), []).append(piece.text)
    return {cell: "\n\n\n".join(texts) for cell, texts in groups.items()}


def cleared(source: str) -> str:
    """A cell as students get it: every region replaced as nbgrader does it, with our placeholder."""
    return REGION.sub(lambda region: textwrap.indent(PLACEHOLDER, region[1]), source)


class _Regions:
    """What stands in place of each body: itself between marks, and what is kept there besides."""

    def __init__(self, solution: str, helpers: dict[int, list[ast.stmt]]) -> None:
        self._solution = solution
        self._lines = solution.splitlines()
        self._helpers = helpers

    def __call__(self, node: ast.FunctionDef) -> str:
        indent = " " * (node.col_offset + 4)
        helpers = [self._text(helper) for helper in self._helpers.get(node.lineno, ())]
        gap = "\n\n" if node.col_offset else "\n\n\n"
        return "\n".join([indent + BEGIN, gap.join([self._body(node), *helpers]), indent + END])

    def _body(self, node: ast.FunctionDef) -> str:
        line, column = body_begin(self._solution, node)
        rest = self._lines[line - 1].encode()[column:].decode().strip()
        beside = [" " * (node.col_offset + 4) + rest] if rest and not rest.startswith("#") else []
        return "\n".join([*beside, *self._lines[line : node.end_lineno]]).rstrip()

    def _text(self, node: ast.stmt) -> str:
        return "\n".join(self._lines[first_line(node) - 1 : node.end_lineno])


def _helpers(tree: ast.Module, kept: list[Piece], assignment: Assignment) -> dict[int, list[ast.stmt]]:
    """Statements that students do not get, by the line of the function in whose region they stand."""
    placed: dict[int, list[ast.stmt]] = {}
    for piece in kept:
        if isinstance(piece.node, ast.ClassDef) and piece.exercise:
            placed |= _of_class(piece.node, assignment)
    known = {piece.node.lineno for piece in kept}
    left = {name: node for node in tree.body if node.lineno not in known for name in names_of(node)}
    owners = [e for e in assignment.exercises if any(piece.exercise is e for piece in kept)]
    for exercise in owners:
        own = [piece.node for piece in kept if piece.exercise is exercise]
        needed = list(_needed(own, left))
        if exercise is owners[-1]:
            needed += dict.fromkeys(left.values())  # what nobody needs
        if needed:
            placed.setdefault(_carrier(own, assignment, needed[0]), []).extend(dict.fromkeys(needed))
    return placed


def _needed_at_once(node: ast.stmt) -> set[str]:
    """The names that a statement uses when it is run: not those in the bodies of functions."""
    if isinstance(node, ast.FunctionDef):
        parts = [*node.decorator_list, node.args, *([node.returns] if node.returns else [])]
    elif isinstance(node, ast.ClassDef):
        inside = [name for statement in node.body for name in _needed_at_once(statement)]
        parts = [*node.decorator_list, *node.bases, *node.keywords, *(ast.Name(name) for name in inside)]
    else:
        parts = [node]
    return {name.id for part in parts for name in ast.walk(part) if isinstance(name, ast.Name)}


def _needed(nodes: list[ast.stmt], left: dict[str, ast.stmt]) -> Iterator[ast.stmt]:
    """Take out of `left` what some statements use, and what that uses."""
    for node in nodes:
        used = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
        for name in dict.fromkeys(used):
            if name in left:
                helper = left[name]
                for defined in names_of(helper):
                    del left[defined]
                yield helper
                yield from _needed([helper], left)


def _of_class(node: ast.ClassDef, assignment: Assignment) -> dict[int, list[ast.stmt]]:
    """What students do not get of a class whose methods they write; it follows the last of these."""
    methods = [m for m in node.body if isinstance(m, ast.FunctionDef)]
    asked = [m for m in methods if assignment.exercise_of(f"{node.name}.{m.name}")]
    given = [m for m in methods if f"{node.name}.{m.name}" in assignment.given]
    after_head = node.body[node.body.index(methods[0]) :]
    dropped = [statement for statement in after_head if statement not in (*asked, *given)]
    return {asked[-1].lineno: dropped} if dropped else {}


def _carrier(nodes: list[ast.stmt], assignment: Assignment, helper: ast.stmt) -> int:
    """The line of the last function that students write and whose end is the end of a top-level statement."""
    for node in reversed(nodes):
        if isinstance(node, ast.FunctionDef):
            return node.lineno
        methods = [m for m in node.body if isinstance(m, ast.FunctionDef)]
        kept = [m for m in methods if f"{node.name}.{m.name}" not in assignment.given]
        if kept and kept[-1] is methods[-1] and assignment.exercise_of(f"{node.name}.{kept[-1].name}"):
            return kept[-1].lineno
    name = ", ".join(names_of(helper))
    raise CourseError(f"the helper {name} has no place in a notebook: move it into `given`", path=assignment.folder)
