"""Turn a student's source text into a module, and see which of the asked-for names are written."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import linecache
import sys
import types
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

Execute = Callable[[str, str, types.ModuleType], None]


def show_in_tracebacks(source: str, path: str) -> None:
    """Have tracebacks find the lines of a text, which need not be in a file."""
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)


def execute_text(source: str, path: str, module: types.ModuleType) -> None:
    """Execute Python text in a module."""
    show_in_tracebacks(source, path)
    code = compile(source, path, "exec", dont_inherit=True)  # else our own `from __future__` line would hold for it
    exec(code, module.__dict__)


def load_module(sources: dict[str, str], path: str, name: str, execute: Execute | None = None) -> types.ModuleType:
    """Execute a submission's module, so that tracebacks show its lines.

    Args:
        sources: text of each module that was handed in, by name; they may import each other.
        path: where tracebacks say that the module is; nothing is read from there.
        name: which of the modules to execute.
        execute: executes it, given text, path and module; as Python text, unless another way is named.
    """
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    neighbours = dict(sources)
    del neighbours[name]
    sys.meta_path.append(_Neighbours(neighbours, Path(path).parent))
    execute = execute or execute_text
    execute(sources[name], path, module)
    return module


class _Neighbours(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules handed in beside a submission's own. They are in memory: the worker need not see the folder."""

    def __init__(self, sources: dict[str, str], folder: Path) -> None:
        self._sources = sources
        self._folder = folder

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """A spec for a module that was handed in, else None."""
        if name not in self._sources:
            return None
        return importlib.machinery.ModuleSpec(name, self, origin=self._path_of(name))

    def exec_module(self, module: types.ModuleType) -> None:
        """Execute its text."""
        path = self._path_of(module.__name__)
        module.__file__ = path
        execute_text(self._sources[module.__name__], path, module)

    def _path_of(self, name: str) -> str:
        return str(self._folder / f"{name}.py")


@lru_cache(maxsize=8)
def parsed(source: str) -> ast.Module:
    """The tree of a text. It is shared, so nobody may change it."""
    return ast.parse(source)


def statuses(source: str, module: types.ModuleType, names: list[str]) -> dict[str, str]:
    """For each name ("f" or "Class.method"): "written", "stub" (only raises NotImplementedError) or "missing"."""
    definitions = dict(_definitions(parsed(source).body))
    found = {}
    for name in names:
        if name not in definitions:
            found[name] = "written" if _has(module, name) else "missing"
        elif is_stub(definitions[name]):
            found[name] = "stub"
        else:
            found[name] = "written"
    return found


def _definitions(body: list[ast.stmt]) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions of a module and the methods of its classes, by name."""
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    yield f"{node.name}.{member.name}", member


def _has(module: types.ModuleType, name: str) -> bool:
    """Whether a name is defined in another way: by assignment, by import, by inheritance."""
    value: object = module
    for part in name.split("."):
        value = getattr(value, part, None)
    return value is not None


def is_stub(function: ast.FunctionDef) -> bool:
    """Whether a function does nothing but raise NotImplementedError."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    if isinstance(raised, ast.Call):
        raised = raised.func
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
