"""Which functions of a reference would carry a mistake alone, if they kept to themselves what they call.

In the reference a mistake in `softmax` is one of every function that calls it, and counts as caught wherever it shows.
A student who writes the softmax anew inside `train` makes it in `train` alone; one whose `train` has a right softmax of
its own makes it in `softmax` alone. Checks that ask one function only through another see neither.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...model import Assignment
from ..syntax import defined_names

ANNOTATIONS = {"annotation", "returns"}


def carriers(tree: ast.Module, assignment: Assignment) -> dict[str, tuple[str, ...]]:
    """By each top-level name of a reference, the functions and classes that would carry a mistake in it alone.

    These are what students write, and call it (through whatever else) or are it, in order. Where that is one only, it
    always is alone, and nothing is listed.
    """
    uses = _uses(tree)
    written = [name.partition(".")[0] for name in assignment.functions]
    defined = [name for name in dict.fromkeys(written) if name in uses]
    carried: dict[str, tuple[str, ...]] = {}
    for name in uses:
        users = [other for other in defined if name in _reached(other, uses)]
        if len(users) > 1:
            carried[name] = tuple(users)
    return carried


def _uses(tree: ast.Module) -> dict[str, set[str]]:
    """By each top-level name, the other top-level names that occur in its definition."""
    definitions = {}
    for statement in tree.body:
        for name in defined_names(statement):
            definitions[name] = statement
    uses = {}
    for name, statement in definitions.items():
        uses[name] = set(_names_at_work(statement)) & definitions.keys()
    return uses


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


def _reached(name: str, uses: dict[str, set[str]]) -> set[str]:
    """A name, and every other that its definition needs."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        next_name = waiting.pop()
        if next_name not in reached:
            reached.add(next_name)
            waiting += uses[next_name]
    return reached
