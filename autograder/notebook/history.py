"""Rules of from-scratch work in a notebook: what its cells, as they have run, use of what an assignment rules out.

The grader finds the same in the notebook that is handed in, and more as the code runs.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from ..model import Assignment, Exercise
from ..worker.rules.names import Rules
from ..worker.rules.static import inspect_text

MODULE = "notebook"


def finder(assignment: Assignment, namespace: dict[str, Any]) -> Callable[[Exercise], str]:
    """A function that tells what an exercise visibly uses of what is ruled out there; "" if nothing."""
    stated = Rules([{"names": rule.names, "allow": rule.allow} for rule in assignment.rules])
    sources = {**_beside(), MODULE: text_in_force(namespace.get("In", ()))}
    found = inspect_text(sources, MODULE, assignment.functions, stated)

    def ruled_out(exercise: Exercise) -> str:
        for function in exercise.functions:
            for use in found.get(function, ()):
                rule = assignment.rules[use.rule]
                if rule.holds_for(exercise.id):
                    return f"`{function}` uses `{use.name}`, which is ruled out here. {rule.reason}"
        return ""

    return ruled_out


def _beside() -> dict[str, str]:
    """The texts of the student's own modules, which were imported from the notebook's folder, by name."""
    texts = {}
    for name, module in list(sys.modules.items()):
        path = Path(getattr(module, "__file__", None) or "")
        if path.suffix == ".py" and path.parent == Path.cwd():
            texts[name] = path.read_text(encoding="utf-8", errors="replace")
    return texts


def text_in_force(cells: list[str]) -> str:
    """The statements at the top of cells that bind a name, each as the last cell that ran has it."""
    kept: dict[tuple[str, ...], str] = {}
    for cell in cells:
        for statement in _statements(cell):
            names = tuple(_bound(statement))
            kept.pop(names, None)  # so that it stands where it ran last
            kept[names] = ast.unparse(statement)
    return "\n".join(text for names, text in kept.items() if names)


def _statements(cell: str) -> list[ast.stmt]:
    try:
        return ast.parse(TransformerManager().transform_cell(cell)).body
    except (SyntaxError, ValueError):  # such a cell has not run
        return []


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            for node in ast.walk(target):
                if isinstance(node, ast.Name):
                    yield node.id
