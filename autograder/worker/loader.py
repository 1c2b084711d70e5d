"""Turn a student's source text into a module, and see which of the asked-for names are written."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import linecache
import sys
import types
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path


def load_module(
    sources: dict[str, str], path: str, name: str, execute: Callable[[str, str, types.ModuleType], None] | None = None
) -> types.ModuleType:
    """Execute a submission's module, with tracebacks that show its lines.

    Args:
        sources: text of each module that was handed in, by name; they may import each other.
        path: of the module to execute, for tracebacks; nothing is read from there.
        name: which of them to execute.
        execute: does so, given text, path and module, where it is not simply Python text.
    """
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    sys.meta_path.append(_Beside({other: text for other, text in sources.items() if other != name}, Path(path).parent))
    (execute or _execute)(sources[name], path, module)
    return module


class _Beside(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules that lie beside a submission's, in memory; the worker need not see the folder."""

    def __init__(self, sources: dict[str, str], folder: Path) -> None:
        self._sources = sources
        self._folder = folder

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """A spec for a module that was handed in, else None."""
        if name not in self._sources:
            return None
        return importlib.machinery.ModuleSpec(name, self, origin=str(self._folder / f"{name}.py"))

    def exec_module(self, module: types.ModuleType) -> None:
        """Execute its text."""
        module.__file__ = module.__spec__.origin
        _execute(self._sources[module.__name__], module.__file__, module)


def _execute(source: str, path: str, module: types.ModuleType) -> None:
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    code = compile(source, path, "exec", dont_inherit=True)  # else our own `from __future__` line would hold for it
    exec(code, module.__dict__)


@lru_cache(maxsize=8)
def parsed(source: str) -> ast.Module:
    """The tree of a text, which is read only: the rules and the statuses ask for the same ones."""
    return ast.parse(source)


def statuses(source: str, module: types.ModuleType, names: list[str]) -> dict[str, str]:
    """For each name ("f" or "Class.method"): "written", "stub" (only raises NotImplementedError) or "missing"."""
    defined = _definitions(parsed(source))
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
        return "stub" if is_stub(defined[name]) else "written"
    owner: object = module
    for part in name.split("."):  # defined in another way: by assignment, by import, by inheritance
        owner = getattr(owner, part, None)
    return "missing" if owner is None else "written"


def is_stub(function: ast.FunctionDef) -> bool:
    """Whether a function does nothing but raise NotImplementedError."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    raised = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
