"""What is new in a stub or notebook for a student who has begun to work in an older one, in a few words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

from .handed_out import cells_of


class Asked(NamedTuple):
    """What a stub says of a function or a class: its parameters without types, and its docstring."""

    parameters: str
    docstring: str


def changes(path: PurePath, mine: bytes, new: bytes) -> list[str]:
    """How what is asked differs: names that are new, other parameters, other texts."""
    if path.suffix == ".md":
        return []
    theirs = _asked(path, mine)
    told = []
    texts = []
    for name, asked in _asked(path, new).items():
        if name not in theirs:
            told.append(f"`{name}` is new")
        elif asked.parameters != theirs[name].parameters:
            told.append(f"`{name}` is now `{name.rpartition('.')[2]}({asked.parameters})`")
        elif asked.docstring != theirs[name].docstring:
            texts.append(f"`{name}`")
    if texts:
        told.append(f"the text of {', '.join(texts)} has changed")
    if path.suffix == ".ipynb" and _prose(mine) != _prose(new):
        told.append("the text between the code has changed")
    return told


def _asked(path: PurePath, data: bytes) -> dict[str, Asked]:
    """What is asked, by name; what cannot be read as Python asks for nothing."""
    asked: dict[str, Asked] = {}
    for source in _sources(path, data):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        asked.update(_definitions(tree.body, ""))
    return asked


def _sources(path: PurePath, data: bytes) -> Iterator[str]:
    if path.suffix == ".ipynb":
        for _, kind, source in cells_of(data):
            if kind == "code":
                yield source
    else:
        yield data.decode("utf-8", errors="replace")


def _definitions(body: list[ast.stmt], owner: str) -> Iterator[tuple[str, Asked]]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield owner + node.name, Asked(_parameters(node.args), _docstring(node))
        elif isinstance(node, ast.ClassDef):
            yield owner + node.name, Asked("", _docstring(node))
            yield from _definitions(node.body, f"{owner}{node.name}.")


def _parameters(arguments: ast.arguments) -> str:
    """Parameters without their types, which students may leave out."""
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return ast.unparse(arguments)


def _docstring(node: ast.FunctionDef | ast.ClassDef) -> str:
    return " ".join((ast.get_docstring(node) or "").split())


def _prose(notebook: bytes) -> dict[str, str]:
    """The cells of ours that hold text, by id."""
    return {id: source for id, kind, source in cells_of(notebook) if kind == "markdown" and id.startswith("text-")}
