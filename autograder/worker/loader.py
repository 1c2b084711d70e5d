"""The module of a submission and those beside it, and which of the asked-for names are written."""

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

from ..hosting import is_in_stub, is_stub

Execute = Callable[[str, str, types.ModuleType], None]


def show_in_tracebacks(source: str, path: str) -> None:
    """Have tracebacks find the lines of a text, which need not be in a file."""
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)


def new_module(path: str, name: str, beside: dict[str, str], execute: Execute) -> types.ModuleType:
    """An empty module for a submission, which finds itself and what lies beside it.

    Args:
        path: where tracebacks say that the module is; nothing is read from there.
        beside: text of each module that was handed in beside it, by name; they may import each other.
        execute: executes one of these, given its text, path and module.
    """
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    sys.meta_path.append(_Neighbours(beside, Path(path).parent, execute))
    return module


class _Neighbours(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules handed in beside a submission's own. They are in memory: the worker need not see the folder."""

    def __init__(self, sources: dict[str, str], folder: Path, execute: Execute) -> None:
        self._sources = sources
        self._folder = folder
        self._execute = execute

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """A spec for a module that was handed in, else None."""
        if name not in self._sources:
            return None
        return importlib.machinery.ModuleSpec(name, self, origin=self._path_of(name))

    def exec_module(self, module: types.ModuleType) -> None:
        """Execute its text."""
        path = self._path_of(module.__name__)
        module.__file__ = path
        self._execute(self._sources[module.__name__], path, module)

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
            found[name] = _status_elsewhere(module, name)
        elif not is_stub(definitions[name]):
            found[name] = "written"
        elif _is_replaced(definitions[name], _value(module, name)):
            found[name] = _status_elsewhere(module, name)
        else:
            found[name] = "stub"
    return found


def _is_replaced(definition: ast.FunctionDef, value: object) -> bool:
    """Whether a name stands for something else than the function that was defined by it, as after an assignment."""
    if definition.decorator_list:  # which may have made anything of it
        return False
    code = getattr(value, "__code__", None)
    if not isinstance(code, types.CodeType):
        return True
    return not definition.lineno <= code.co_firstlineno <= (definition.end_lineno or definition.lineno)


def _value(module: types.ModuleType, name: str) -> object:
    """What "f" or "Class.method" stands for in a module, or None."""
    value: object = module
    for part in name.split("."):
        value = getattr(value, part, None)
        if value is None:  # which has an `__init__` of its own
            return None
    return value


def _is_stub_beside(function: types.FunctionType, module: types.ModuleType) -> bool:
    """Whether a function is a stub in the text of another module of the student's."""
    code = function.__code__
    if code.co_filename == module.__file__ or code.co_filename not in linecache.cache or code.co_name == "<lambda>":
        return False
    return is_in_stub(code, code.co_firstlineno)


def _definitions(body: list[ast.stmt]) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions of a module and the methods of its classes, by name."""
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    yield f"{node.name}.{member.name}", member


def _status_elsewhere(module: types.ModuleType, name: str) -> str:
    """The status of a name that is defined in another way: by assignment, by import, by inheritance."""
    value = _value(module, name)
    if value is None:
        return "missing"
    if isinstance(value, types.FunctionType) and _is_stub_beside(value, module):
        return "stub"
    return "written"
