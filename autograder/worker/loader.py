"""Turn a student's source text into a module, and see which of the asked-for names are written."""

from __future__ import annotations

import ast
import linecache
import sys
import types
from pathlib import Path


def load_module(source: str, path: str, name: str) -> types.ModuleType:
    """Execute source text as module `name`, with tracebacks that show its lines.

    The file's folder is importable, so that a submission may bring helper modules of its own.
    """
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    folder = str(Path(path).parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    exec(compile(source, path, "exec"), module.__dict__)
    return module


def statuses(source: str, module: types.ModuleType, names: list[str]) -> dict[str, str]:
    """For each name ("f" or "Class.method"): "written", "stub" (only raises NotImplementedError) or "missing"."""
    defined = _definitions(ast.parse(source))
    return {name: _status(name, defined, module) for name in names}


def _definitions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{m.name}": m for m in node.body if isinstance(m, ast.FunctionDef)}
    return found


def _status(name: str, defined: dict[str, ast.FunctionDef], module: types.ModuleType) -> str:
    if name in defined:
        return "stub" if _is_stub(defined[name]) else "written"
    owner: object = module
    for part in name.split("."):  # defined in another way: by assignment, by import, by inheritance
        owner = getattr(owner, part, None)
    return "missing" if owner is None else "written"


def _is_stub(function: ast.FunctionDef) -> bool:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    raised = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
