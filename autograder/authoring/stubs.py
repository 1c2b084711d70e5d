"""Cut a reference solution down to the stub that students fill in.

Signatures, docstrings, imports and what `given` names stay; bodies that an exercise asks for become
`raise NotImplementedError`; everything else (helpers, comments, constants) is left out.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

from ..errors import CourseError
from ..model import Assignment, Exercise

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
        self._lines = solution.splitlines()
        self._assignment = assignment
        self._announced: set[str] = set()

    def text(self, node: ast.AST, *, until: ast.AST | None = None) -> str:
        """The source lines of a statement with its decorators, or those before the statement `until` in its body."""
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(d.lineno for d in decorators)])
        last = node.end_lineno if until is None else until.lineno - 1
        return "\n".join(self._lines[first - 1 : last]).rstrip()

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
                yield self._heading(node) + block

    def _heading(self, node: ast.stmt) -> str:
        prefix = f"{getattr(node, 'name', '')}."
        for number, exercise in enumerate(self._assignment.exercises, start=1):
            owns = any(name == prefix[:-1] or name.startswith(prefix) for name in exercise.functions)
            if owns and exercise.id not in self._announced:
                self._announced.add(exercise.id)
                return f"{_banner(number, exercise)}\n\n\n"
        return ""

    def _function(self, node: ast.FunctionDef, name: str) -> str:
        if self._assignment.exercise_of(name):
            return self._emptied(node)
        return self.text(node) if name in self._assignment.given else ""

    def _emptied(self, node: ast.FunctionDef) -> str:
        has_docstring = ast.get_docstring(node) is not None
        body = node.body[1:] if has_docstring else node.body
        if has_docstring:
            kept = "\n".join([self.text(node, until=node.body[0]), self.text(node.body[0])])
        else:
            kept = self.text(node, until=body[0])
        kept = kept.rstrip()
        return f"{kept}\n{textwrap.indent(PLACEHOLDER, ' ' * (node.col_offset + 4))}"

    def _class(self, node: ast.ClassDef) -> str:
        if node.name in self._assignment.given:
            return self.text(node)
        methods = [m for m in node.body if isinstance(m, ast.FunctionDef)]
        parts = [part for part in (self._function(m, f"{node.name}.{m.name}") for m in methods) if part]
        if not parts:
            return ""
        return "\n\n".join([self.text(node, until=methods[0]), *parts])


def _names(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {t.id for t in targets if isinstance(t, ast.Name)}


def _banner(number: int, exercise: Exercise) -> str:
    return f"# Exercise {number}: {exercise.title} ({exercise.points:g} points)"


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
