"""Cut a reference solution down to the stub that students fill in.

Signatures, docstrings, imports and what `given` names stay; bodies that an exercise asks for become
`raise NotImplementedError`; everything else (helpers, comments, constants) is left out.
"""

from __future__ import annotations

import ast
import textwrap
import tokenize
from collections.abc import Iterator

from ..errors import CourseError
from ..model import Assignment

HEADER = '''# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""{title}.

Read assignments/{slug}/handout.md, then write the functions below. `autograder check {slug}` tells how you are doing.
"""
'''
PLACEHOLDER = "# YOUR CODE HERE\nraise NotImplementedError"


def cut_stub(solution: str, assignment: Assignment) -> str:
    """The stub of an assignment.

    Args:
        solution: source of the reference solution.
        assignment: says which names are exercises and which are given.
    Raises:
        CourseError: an exercise or `given` names something that the solution does not define.
    """
    tree = ast.parse(solution)
    _verify_names(tree, assignment)
    cutter = _Cutter(solution, assignment)
    head = [HEADER.format(title=assignment.title, slug=assignment.slug)]
    imports = [cutter.text(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    future = [line for line in imports if line.startswith("from __future__")]
    others = [line for line in imports if line not in future]
    head += ["\n".join(group) + "\n" for group in (future, others) if group]
    return "\n".join(head) + "".join(f"\n\n{block}\n" for block in cutter.blocks(tree))


def solution_lines(solution: str, stub: str) -> set[str]:
    """The telling lines that a solution has and its stub has not, stripped; short ones (`else:`) tell nothing."""
    found = {line.strip() for line in solution.splitlines()} - {line.strip() for line in stub.splitlines()}
    return {line for line in found if len(line) >= 12 and not line.startswith(("import ", "from ", '"""'))}


class _Cutter:
    """Takes the top-level statements of one solution apart."""

    def __init__(self, solution: str, assignment: Assignment) -> None:
        self._source = solution
        self._lines = solution.splitlines()
        self._assignment = assignment
        self._announced: set[str] = set()

    def text(self, node: ast.stmt) -> str:
        """The source lines of a statement with its decorators."""
        return "\n".join(self._lines[_first_line(node) - 1 : node.end_lineno]).rstrip()

    def blocks(self, tree: ast.Module) -> Iterator[str]:
        """The top-level statements that students get, an exercise's first one under its heading."""
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                block = self._function(node, node.name)
            elif isinstance(node, ast.ClassDef):
                block = self._class(node)
            elif isinstance(node, ast.Assign | ast.AnnAssign) and _names(node) & set(self._assignment.given):
                block = self.text(node)
            else:
                continue
            if block:
                yield block

    def _heading(self, name: str) -> str:
        """The heading of the exercise that asks for a name, the first time that one does."""
        exercise = self._assignment.exercise_of(name)
        if exercise is None or exercise.id in self._announced:
            return ""
        self._announced.add(exercise.id)
        number = self._assignment.exercises.index(exercise) + 1
        return f"# Exercise {number}: {exercise.title} ({exercise.points:g} points)"

    def _function(self, node: ast.FunctionDef, name: str) -> str:
        if self._assignment.exercise_of(name):
            indent, gap = " " * node.col_offset, "\n" if node.col_offset else "\n\n\n"
            heading = self._heading(name)
            return (f"{indent}{heading}{gap}" if heading else "") + self._emptied(node)
        return self.text(node) if name in self._assignment.given else ""

    def _emptied(self, node: ast.FunctionDef) -> str:
        """A function with its docstring and without its body, wherever that begins."""
        indent = " " * (node.col_offset + 4)
        parts = [self._signature(node)]
        if ast.get_docstring(node) is not None:
            parts.append(indent + ast.get_source_segment(self._source, node.body[0]))
        return "\n".join([*parts, textwrap.indent(PLACEHOLDER, indent)])

    def _signature(self, node: ast.FunctionDef) -> str:
        """The lines of a function down to its colon, with decorators and with a comment that follows."""
        line, column = self._colon(node)
        lines = self._lines[_first_line(node) - 1 : line]
        if node.body[0].lineno == line:
            lines[-1] = lines[-1][:column]
        return "\n".join(lines)

    def _colon(self, node: ast.FunctionDef) -> tuple[int, int]:
        """1-based line, and column, where the colon before a function's body ends."""
        depth = 0
        lines = (f"{line}\n" for line in self._lines[node.lineno - 1 :])
        for token in tokenize.generate_tokens(lambda: next(lines)):
            if token.type == tokenize.OP:
                if token.string == ":" and depth == 0:
                    break
                depth += (token.string in "([{") - (token.string in ")]}")
        return node.lineno - 1 + token.end[0], token.end[1]

    def _class(self, node: ast.ClassDef) -> str:
        if node.name in self._assignment.given:
            return self.text(node)
        methods = [m for m in node.body if isinstance(m, ast.FunctionDef)]
        names = [f"{node.name}.{m.name}" for m in methods]
        heading = next(filter(None, map(self._heading, names)), "")  # of its first exercise; it stands above the class
        parts = [part for part in map(self._function, methods, names) if part]
        if not parts:
            return ""
        block = "\n\n".join([self._class_head(node, methods[0]), *parts])
        return f"{heading}\n\n\n{block}" if heading else block

    def _class_head(self, node: ast.ClassDef, method: ast.FunctionDef) -> str:
        """The lines of a class before its first method, without comments on that method."""
        lines = self._lines[_first_line(node) - 1 : _first_line(method) - 1]
        while lines[-1].strip() == "" or lines[-1].lstrip().startswith("#"):
            lines.pop()
        return "\n".join(lines)


def _first_line(node: ast.stmt) -> int:
    """1-based line on which a statement, or its first decorator, begins."""
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])


def _names(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {t.id for t in targets if isinstance(t, ast.Name)}


def _verify_names(tree: ast.Module, assignment: Assignment) -> None:
    defined: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            defined |= _names(node)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
            if isinstance(node, ast.ClassDef):
                defined |= {f"{node.name}.{m.name}" for m in node.body if isinstance(m, ast.FunctionDef)}
    asked = [name for exercise in assignment.exercises for name in exercise.functions]
    for name in (*asked, *assignment.given):
        if name not in defined:
            path = assignment.folder / "assignment.toml"
            raise CourseError(f"names {name!r}, which the solution does not define", path=path)
