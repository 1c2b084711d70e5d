"""Cut a reference solution down to the stub that students fill in.

Signatures, docstrings, imports and what `given` names stay. The bodies that an exercise asks for become
`raise NotImplementedError`. Everything else (helpers, comments, constants) is left out.
"""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..course import Course
from ..course.uses import defined_names
from ..errors import CourseError
from ..model import Assignment, Exercise
from .syntax import docstring_of, end_of, first_line, methods_of, segment, text_of

HEADER = '''# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""{title}.

Read assignments/{slug}/handout.html, then write the functions below. `autograder check {slug}` tells how you are doing.
"""
'''
PLACEHOLDER = "# YOUR CODE HERE\nraise NotImplementedError"

# Shorter lines (`else:`, `return x`) and imports stand in any module and give no solution away.
TELLING_LENGTH = 12
COMMON_BEGINNINGS = ("import ", "from ", '"""')

Fill = Callable[[ast.FunctionDef], str]  # what stands in place of a body that students write, indented


@dataclass(frozen=True)
class Piece:
    """A top-level statement that students get, under the heading of the exercise that begins with it, if one does.

    Args:
        exercise: the first of the assignment that asks for something in it; None if all of it is given.
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
    header = HEADER.format(title=assignment.title, slug=assignment.slug)
    kept = pieces(solution, assignment)
    stub = "\n".join([header, *_headings_of_imports(assignment, kept), *imports(solution)])
    for piece in kept:
        if piece.heading:
            stub += f"\n\n{piece.heading}\n"
        stub += f"\n\n{piece.text}\n"
    return stub


def _headings_of_imports(assignment: Assignment, kept: list[Piece]) -> list[str]:
    """The headings of exercises that ask only for what is imported, so that no piece begins with them."""
    defined: set[str] = set()
    for piece in kept:
        defined |= defined_names(piece.node)
    headings = []
    for number, exercise in enumerate(assignment.exercises, start=1):
        owners = {function.partition(".")[0] for function in exercise.functions}
        if defined.isdisjoint(owners):
            headings.append(f"# Exercise {number}: {exercise.title} ({exercise.points:g} points), imported here\n")
    return headings


def reference_of(course: Course, slug: str) -> str:
    """The source of a reference solution.

    Raises:
        CourseError: the file is missing, or is not Python.
    """
    path = course.solution_path(slug)
    solution = course.solution(slug)
    if solution is None:
        raise CourseError("the reference solution is missing", path=path)
    try:
        ast.parse(solution)
    except SyntaxError as error:
        raise CourseError(f"SyntaxError: {error.msg}", path=path, line=error.lineno) from error
    return solution


def imports(solution: str) -> list[str]:
    """The imports of a solution as they stand; those from `__future__` are a group of their own."""
    lines = solution.splitlines()
    future = []
    others = []
    for node in ast.parse(solution).body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            future.append(text_of(node, lines))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            others.append(text_of(node, lines))
    return ["\n".join(group) + "\n" for group in (future, others) if group]


def pieces(solution: str, assignment: Assignment, fill: Fill | None = None) -> list[Piece]:
    """The statements that students get, in order.

    Args:
        fill: what to put in place of the bodies that an exercise asks for; by default the placeholder.
    Raises:
        CourseError: as `cut_stub`.
    """
    tree = ast.parse(solution)
    _verify_names(tree, assignment)
    return list(_Cutter(solution, assignment, fill or _placeholder).pieces(tree))


def body_begin(solution: str, node: ast.FunctionDef) -> tuple[int, int]:
    """The 1-based line, and the column, where a function's signature and docstring end and its body begins."""
    docstring = docstring_of(node)
    if docstring is not None:
        return end_of(docstring)
    return _colon(solution.splitlines(), node)


def stripped_lines(text: str) -> set[str]:
    """The lines of a text without their indentation, each once."""
    return set(map(str.strip, text.splitlines()))


def solution_lines(solution: str, stub: str) -> set[str]:
    """The telling lines, stripped, that a solution has and its stub lacks."""
    telling = set()
    for line in stripped_lines(solution) - stripped_lines(stub):
        if len(line) >= TELLING_LENGTH and not line.startswith(COMMON_BEGINNINGS):
            telling.add(line)
    return telling


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
        """The top-level statements that students get; the first of an exercise comes with its heading."""
        given = set(self._assignment.given)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and self._assignment.exercise_of(node.name):
                exercise = self._assignment.exercise_of(node.name)
                yield Piece(node, exercise, self._heading(node.name), self._opened(node))
            elif isinstance(node, ast.ClassDef) and node.name not in given:
                yield from self._class(node)
            elif defined_names(node) & given:  # a class that is given too, whole
                yield Piece(node, None, "", text_of(node, self._lines))

    def _heading(self, name: str) -> str:
        """The heading of the exercise that asks for a name, but only once for each exercise."""
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
        docstring = docstring_of(node)
        if docstring is not None:
            lines.append(" " * (node.col_offset + 4) + segment(docstring, self._lines))
        lines.append(self._fill(node))
        return "\n".join(lines)

    def _class(self, node: ast.ClassDef) -> Iterator[Piece]:
        """A class with those of its methods that students get, if there are any."""
        methods = methods_of(node)
        names = [name for name, _ in methods]
        heading = self._first_heading(names)  # stands above the class, not inside it
        parts = []
        for name, method in methods:
            part = self._method(method, name)
            if part:
                parts.append(part)
        if parts:
            head = self._class_head(node, methods[0][1])
            yield Piece(node, self._first_exercise(names), heading, "\n\n".join([head, *parts]))

    def _first_heading(self, names: list[str]) -> str:
        for name in names:
            heading = self._heading(name)
            if heading:
                return heading
        return ""

    def _first_exercise(self, names: list[str]) -> Exercise | None:
        """The first exercise of the assignment that asks for one of the names."""
        for exercise in self._assignment.exercises:
            if not set(names).isdisjoint(exercise.functions):
                return exercise
        return None

    def _method(self, node: ast.FunctionDef, name: str) -> str:
        """What students get of a method; the heading of a later exercise stands above its first one."""
        if self._assignment.exercise_of(name):
            heading = self._heading(name)
            if heading:
                heading = f"{' ' * node.col_offset}{heading}\n"
            return heading + self._opened(node)
        if name in self._assignment.given:
            return text_of(node, self._lines)
        return ""

    def _class_head(self, node: ast.ClassDef, method: ast.FunctionDef) -> str:
        """The lines of a class before its first method, without comments on that method."""
        lines = self._lines[first_line(node) - 1 : first_line(method) - 1]
        while lines[-1].strip() == "" or lines[-1].lstrip().startswith("#"):
            lines.pop()
        return "\n".join(lines)


def _colon(source: list[str], node: ast.FunctionDef) -> tuple[int, int]:
    """The 1-based line, and the column, where the colon before a function's body ends."""
    # The syntax tree does not say where. It is the first colon outside of brackets: those of annotations, of slices
    # and of dicts in a signature are inside some.
    depth = 0
    lines = io.StringIO("\n".join(source[node.lineno - 1 :]))
    for token in tokenize.generate_tokens(lines.readline):
        if token.type != tokenize.OP:
            continue
        if token.string == ":" and depth == 0:
            break
        if token.string in "([{":
            depth += 1
        elif token.string in ")]}":
            depth -= 1
    return node.lineno - 1 + token.end[0], token.end[1]


def _verify_names(tree: ast.Module, assignment: Assignment) -> None:
    """Refuse an assignment that names what its solution does not define."""
    defined: set[str] = set()
    imported: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported |= defined_names(node)
        else:
            defined |= defined_names(node)
        if isinstance(node, ast.ClassDef):
            defined.update(name for name, _ in methods_of(node))
    for name in (*assignment.functions, *assignment.given):
        if name not in defined and name.partition(".")[0] not in imported:
            path = assignment.folder / "assignment.toml"
            raise CourseError(f"names {name!r}, which the solution does not define", path=path)
