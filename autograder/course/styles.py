"""Right solutions in other styles, and the table of single mistakes in them. An assignment need not have any.

assignments/SLUG/styles/loops.py        earns everything
assignments/SLUG/styles/mistakes.py     MISTAKES = [(style, right text, wrong text, ids of misconceptions), ...]
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

from ..errors import CourseError
from .tables import read_text

TABLE = "mistakes"


class SingleMistake(NamedTuple):
    """A line of the table: the text that is wrong in a style, and the ids of the misconceptions that it is.

    Code that several functions share can be several misconceptions at once.
    """

    style: str
    right: str
    wrong: str
    ids: frozenset[str]
    line: int


def read_styles(folder: Path) -> dict[str, str]:
    """The source of each style in a folder, by its name; none if there is no such folder.

    Raises:
        CourseError: a file cannot be read.
    """
    styles = {}
    for path in sorted(folder.glob("*.py")):
        if path.stem != TABLE:
            styles[path.stem] = read_text(path)
    return styles


def read_mistakes(folder: Path) -> tuple[SingleMistake, ...]:
    """The table of single mistakes in a folder of styles; empty if there is none.

    Raises:
        CourseError: it is wrong.
    """
    path = folder / f"{TABLE}.py"
    if not path.is_file():
        return ()
    return tuple(_mistake(entry, path) for entry in _entries(path))


def _entries(path: Path) -> list[ast.expr]:
    try:
        tree = ast.parse(read_text(path))
    except SyntaxError as error:
        raise CourseError(f"SyntaxError: {error.msg}", path=path, line=error.lineno) from error
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MISTAKES":
            if isinstance(node.value, ast.List):
                return node.value.elts
    raise CourseError("there must be a list MISTAKES = [(style, right, wrong, ids), ...]", path=path)


def _mistake(entry: ast.expr, path: Path) -> SingleMistake:
    """A line of the table, which is read and not executed, so that each has its line number."""
    try:
        style, right, wrong, ids = ast.literal_eval(entry)
        return SingleMistake(style, right, wrong, frozenset(ids.split()), entry.lineno)
    except (ValueError, TypeError, AttributeError):
        problem = "a single mistake is four texts: (style, right text, wrong text, ids of misconceptions)"
        raise CourseError(problem, path=path, line=entry.lineno) from None
