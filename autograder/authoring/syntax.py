"""What several parts of authoring ask of the syntax tree of a reference."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)


def nodes_of(tree: ast.AST, kind: type[Node]) -> Iterator[Node]:
    """Every node of one kind in a tree, the tree itself included."""
    for node in ast.walk(tree):
        if isinstance(node, kind):
            yield node


def names_in(tree: ast.AST) -> set[str]:
    """The names of all variables, functions and classes that occur in a tree."""
    return {name.id for name in nodes_of(tree, ast.Name)}


def first_line(node: ast.stmt) -> int:
    """The 1-based line on which a statement, or its first decorator, begins."""
    lines = [node.lineno]  # since Python 3.8 that of `def` or `class`, below the decorators
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        lines += [decorator.lineno for decorator in node.decorator_list]
    return min(lines)


def end_of(node: ast.stmt | ast.expr) -> tuple[int, int]:
    """The 1-based line, and the column in bytes, where a parsed node ends."""
    assert node.end_lineno is not None  # the parser sets both; only nodes made by hand lack them
    assert node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset


def text_of(node: ast.stmt, lines: list[str]) -> str:
    """The source of a statement with its decorators.

    Args:
        lines: those of the whole module.
    """
    return "\n".join(lines[first_line(node) - 1 : node.end_lineno]).rstrip()


def segment(node: ast.stmt | ast.expr, lines: list[str]) -> str:
    """The source of a node from its first character to its last.

    Args:
        lines: those of the whole module.
    """
    end_line, end_column = end_of(node)
    # The columns of a syntax tree count bytes. The end is cut first: both may be on one line.
    pieces = [line.encode() for line in lines[node.lineno - 1 : end_line]]
    pieces[-1] = pieces[-1][:end_column]
    pieces[0] = pieces[0][node.col_offset :]
    return b"\n".join(pieces).decode()


def methods_of(node: ast.ClassDef) -> list[tuple[str, ast.FunctionDef]]:
    """The methods of a class in order, each with its full name, "Class.method"."""
    methods = []
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef):
            methods.append((f"{node.name}.{statement.name}", statement))
    return methods


def docstring_of(node: ast.FunctionDef) -> ast.Expr | None:
    """The statement that is a function's docstring, if it has one."""
    first = node.body[0]
    if isinstance(first, ast.Expr) and ast.get_docstring(node) is not None:
        return first
    return None


def code_of(node: ast.FunctionDef) -> list[ast.stmt]:
    """The statements of a function without its docstring."""
    if docstring_of(node) is None:
        return node.body
    return node.body[1:]
