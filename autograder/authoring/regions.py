"""The code cells of a staff notebook: reference bodies between nbgrader's marks, so that a release has the stubs.

Helpers that students do not get have no cell of their own, since nbgrader would put its stub there. They stand
inside the last region of the exercise that needs them first.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator

from ..course.uses import defined_names
from ..errors import CourseError
from ..model import Assignment, Exercise
from ..submissions.cells import CellId, Kind
from .stubs import PLACEHOLDER, Piece, body_begin, imports, pieces
from .syntax import methods_of, names_in, nodes_of, text_of

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
REGION = re.compile(rf"^( *){BEGIN}\n.*?{END}$", re.DOTALL | re.MULTILINE)


def code_cells(solution: str, assignment: Assignment) -> dict[CellId, str]:
    """The source of the setup cell and of each answer and given cell, in order.

    Given code stands in the setup cell, where checks of any exercise find it, unless it needs an answer to be defined.

    Raises:
        CourseError: a helper has no place, because no function that an exercise asks for ends a statement there.
    """
    helpers = _helpers(ast.parse(solution), pieces(solution, assignment), assignment)
    setup = CellId(Kind.SETUP)
    texts_of: dict[CellId, list[str]] = {setup: ["\n".join(imports(solution)).rstrip("\n")]}
    owners: dict[str, Exercise] = {}  # by every name that is not defined before the exercise is answered
    for piece in pieces(solution, assignment, _Regions(solution, helpers)):
        owner = piece.exercise or _last_needed(piece.node, owners, assignment)
        cell = setup
        if owner is not None:
            owners |= dict.fromkeys(defined_names(piece.node), owner)
            cell = CellId(Kind.ANSWER if piece.exercise else Kind.GIVEN, owner.id)
        texts_of.setdefault(cell, []).append(piece.text)
    return {cell: "\n\n\n".join(texts) for cell, texts in texts_of.items()}


def cleared(source: str) -> str:
    """A cell as students get it: every region replaced as nbgrader does it, with our placeholder."""
    return REGION.sub(lambda region: textwrap.indent(PLACEHOLDER, region[1]), source)


def _last_needed(node: ast.stmt, owners: dict[str, Exercise], assignment: Assignment) -> Exercise | None:
    """The last of the exercises that must be answered before a given statement can run, if there is one."""
    needed = filter(None, map(owners.get, _needed_at_once(node)))
    return max(needed, key=assignment.exercises.index, default=None)


class _Regions:
    """What stands in place of each body: the body itself between marks, and the helpers that are kept there."""

    def __init__(self, solution: str, helpers: dict[int, list[ast.stmt]]) -> None:
        self._solution = solution
        self._lines = solution.splitlines()
        self._helpers = helpers

    def __call__(self, node: ast.FunctionDef) -> str:
        indent = " " * (node.col_offset + 4)
        parts = [self._body(node)]
        for helper in self._helpers.get(node.lineno, ()):
            parts.append(text_of(helper, self._lines))
        gap = "\n\n\n"
        if node.col_offset:  # a method; what follows it is part of its class
            gap = "\n\n"
        return f"{indent}{BEGIN}\n{gap.join(parts)}\n{indent}{END}"

    def _body(self, node: ast.FunctionDef) -> str:
        line, column = body_begin(self._solution, node)
        lines = self._lines[line : node.end_lineno]
        # A short function may stand on one line: `def f(x): return x`.
        beside = self._lines[line - 1].encode()[column:].decode().strip()
        if beside and not beside.startswith("#"):
            lines.insert(0, " " * (node.col_offset + 4) + beside)
        return "\n".join(lines).rstrip()


def _helpers(tree: ast.Module, kept: list[Piece], assignment: Assignment) -> dict[int, list[ast.stmt]]:
    """The statements that students do not get, by the line of the function in whose region they stand."""
    placed: dict[int, list[ast.stmt]] = {}
    nodes_by_exercise: dict[str, list[ast.stmt]] = {}
    for piece in kept:
        if piece.exercise is None:
            continue
        nodes_by_exercise.setdefault(piece.exercise.id, []).append(piece.node)
        if isinstance(piece.node, ast.ClassDef):
            placed |= _of_class(piece.node, assignment)
    left = _left_over(tree, kept)
    owners = [exercise.id for exercise in assignment.exercises if exercise.id in nodes_by_exercise]
    for owner in owners:
        own = nodes_by_exercise[owner]
        helpers = list(_needed(own, left))
        if owner == owners[-1]:
            helpers += left.values()  # what nobody needs has to stand somewhere too
        if helpers:
            line = _carrier(own, assignment, helpers[0])
            # A statement that defines several names is in `left` once for each of them.
            placed.setdefault(line, []).extend(dict.fromkeys(helpers))
    return placed


def _left_over(tree: ast.Module, kept: list[Piece]) -> dict[str, ast.stmt]:
    """The top-level statements that students do not get, by every name that they define."""
    kept_lines = {piece.node.lineno for piece in kept}
    left: dict[str, ast.stmt] = {}  # nodes of another tree than those kept, so they are compared by their lines
    for node in tree.body:
        if node.lineno not in kept_lines and not isinstance(node, ast.Import | ast.ImportFrom):
            left |= dict.fromkeys(defined_names(node), node)
    return left


def _needed_at_once(node: ast.stmt) -> set[str]:
    """The names that a statement uses when it runs; those in the bodies of functions come later."""
    names: set[str] = set()
    parts: list[ast.AST] = [node]
    if isinstance(node, ast.FunctionDef):
        parts = [*node.decorator_list, node.args]
        if node.returns:
            parts.append(node.returns)
    elif isinstance(node, ast.ClassDef):
        parts = [*node.decorator_list, *node.bases, *node.keywords]
        for statement in node.body:
            names |= _needed_at_once(statement)
    for part in parts:
        names |= names_in(part)
    return names


def _needed(nodes: list[ast.stmt], left: dict[str, ast.stmt]) -> Iterator[ast.stmt]:
    """Take the statements that some others use out of `left`, and then those that these use."""
    for node in nodes:
        for used in nodes_of(node, ast.Name):
            helper = left.get(used.id)
            if helper is None:
                continue
            for defined in defined_names(helper):
                left.pop(defined, None)
            yield helper
            yield from _needed([helper], left)


def _of_class(node: ast.ClassDef, assignment: Assignment) -> dict[int, list[ast.stmt]]:
    """What students do not get of a class whose methods they write; it follows the last of these."""
    methods = methods_of(node)
    kept: list[ast.stmt] = []
    last_asked = 0
    for name, method in methods:
        if assignment.exercise_of(name):
            kept.append(method)
            last_asked = method.lineno
        elif name in assignment.given:
            kept.append(method)
    after_head = node.body[node.body.index(methods[0][1]) :]  # the head is in the stub, with all its attributes
    dropped = [statement for statement in after_head if statement not in kept]
    if not dropped:
        return {}
    return {last_asked: dropped}


def _carrier(nodes: list[ast.stmt], assignment: Assignment, helper: ast.stmt) -> int:
    """The line of the last function that students write and that ends where a top-level statement ends."""
    # A helper in a region stands on the level of the module, so nothing of the class may follow it.
    for node in reversed(nodes):
        if isinstance(node, ast.FunctionDef):
            return node.lineno
        if isinstance(node, ast.ClassDef):
            name, last = methods_of(node)[-1]
            if name not in assignment.given and assignment.exercise_of(name):
                return last.lineno
    name = ", ".join(defined_names(helper))
    raise CourseError(f"the helper {name} has no place in a notebook: move it into `given`", path=assignment.folder)
