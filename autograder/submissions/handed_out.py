"""Puts back what was handed out and is missing in a notebook, as students may delete what they cannot edit."""

from __future__ import annotations

import ast
import re

from ..model import Assignment
from .cells import CellId, Kind
from .notebooks import Cell

RESTORED = 0  # the number of a cell that stands nowhere in the notebook
IMPORT = ast.Import | ast.ImportFrom


def restored(cells: list[Cell], reference: str, assignment: Assignment) -> tuple[Cell | None, str]:
    """A cell with the handed-out code that none of the cells holds, if any is missing, and a note on it.

    Args:
        reference: the text of the solution, of which only imports and given code were handed out.
    """
    text = "\n".join(cell.source for cell in cells)
    lines = set(map(str.strip, text.split("\n")))
    missing = []
    named = []
    for node in ast.parse(reference).body:
        source = ast.get_source_segment(reference, node) or ""
        given = _bound(node) & set(assignment.given)
        if isinstance(node, IMPORT) and source not in lines and ("\n" not in source or source not in text):
            missing.append(source)
            named.append(source.partition("\n")[0])
        elif given and not any(_binds(text, name) for name in given):
            missing.append(source)
            named += sorted(given)
    if not missing:
        return None, ""
    cell = Cell(RESTORED, "code", "\n".join(missing), CellId(Kind.SETUP))
    return cell, f"Code that was handed out is missing in this notebook and was put back: `{'`, `'.join(named)}`."


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement of a reference binds, other than by an import."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    return set()


def _binds(text: str, name: str) -> bool:
    """Whether some line of a text begins to bind a name; the text need not be Python."""
    return re.search(rf"^\s*((def|class)\s+{name}\b|{name}\s*[:=])", text, re.MULTILINE) is not None
