"""Which names of a reference its definitions use, as its text shows it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

ANNOTATIONS = {"annotation", "returns"}


def uses_in(tree: ast.Module) -> dict[str, set[str]]:
    """By each top-level name, the other top-level names that occur in its definition; a class is one definition."""
    definitions = {}
    for statement in tree.body:
        for name in defined_names(statement):
            definitions[name] = statement
    uses = {}
    for name, statement in definitions.items():
        uses[name] = set(_names_at_work(statement)) & definitions.keys()
    return uses


def reached(name: str, uses: dict[str, set[str]]) -> set[str]:
    """A name, and every other that its definition needs."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        next_name = waiting.pop()
        if next_name not in seen:
            seen.add(next_name)
            waiting += uses[next_name]
    return seen


def defined_names(node: ast.stmt) -> set[str]:
    """The names that a top-level statement defines."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name for alias in node.names}
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _names_at_work(node: ast.AST) -> Iterator[str]:
    """The names in a piece of code, without those that only say of which type something is."""
    if isinstance(node, ast.Name):
        yield node.id
    for field, value in ast.iter_fields(node):
        if field in ANNOTATIONS:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _names_at_work(child)
