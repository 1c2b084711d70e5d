"""What a text imports from the modules of other assignments."""

from __future__ import annotations

import ast
from collections.abc import Collection


def imported_from(text: str, modules: Collection[str]) -> dict[str, str]:
    """The names that a text imports from some modules, each with its module; none if it is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    names: dict[str, str] = {}
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module and statement.module in modules:
            for alias in statement.names:
                names[alias.asname or alias.name] = statement.module
    return names
