"""Where in a file something stands, as an author reads it: `checks.py:19`."""

from __future__ import annotations

import ast

from ..syntax import methods_of


def place(name: str, text: str, needle: str) -> str:
    """The file and the first line that holds a text; the file alone if none does."""
    for number, line in enumerate(text.splitlines(), start=1):
        if needle in line:
            return f"{name}:{number}"
    return name


def lines_of_functions(source: str) -> dict[str, int]:
    """The line of each function and method of a module, by its name: "f" or "Class.method"."""
    lines = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            lines[node.name] = node.lineno
        elif isinstance(node, ast.ClassDef):
            for name, method in methods_of(node):
                lines[name] = method.lineno
    return lines
