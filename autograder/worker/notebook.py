"""The Python of a notebook: its cells with everything blanked that makes no module, and statement after statement run.

Lines keep their numbers. The cells that a notebook was handed out with count whole. Of a cell that the student added,
imports, definitions and assignments count, as long as these call nothing that the notebook defines: experiments neither
fail nor take time when a submission is loaded. Notebook commands are left out everywhere.

Nothing here costs more than itself: not a cell that Python cannot read, not a statement that fails.
"""

from __future__ import annotations
import __future__

import ast
import linecache
import re
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .loader import is_stub

MOST_COMMANDS = 200  # of one cell; each costs to parse the cell anew
PROVIDED = ("check", "hint", "display", "get_ipython")  # what a notebook may call and what means nothing here
COMMAND = re.compile(r"\s*[%!?]|.*\?\s*$|\s*[\w., ]+=\s*[%!]")
CELL_COMMAND = re.compile(r"\s*%%\s*(\w*)")
TIMED = re.compile(r"(\s*)%time\s+(.+)")
AROUND_PYTHON = ("time", "timeit", "capture", "prun")  # cell commands whose cell is Python all the same
DEFINES = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
HARMLESS = {
    "abs", "bool", "complex", "dict", "enumerate", "float", "frozenset", "int", "len", "list", "max", "min", "object",
    "range", "reversed", "round", "set", "slice", "sorted", "str", "sum", "tuple", "type", "zip",
}  # fmt: skip
DEFINITION = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
BINDING = DEFINITION | ast.Assign | ast.AnnAssign | ast.AugAssign | ast.If | ast.Try | ast.Pass
Note = tuple[int, str]  # a line of the notebook, and what is to be said of it


@dataclass
class Reading:
    """What was made of a notebook: Python text, notes on what does not count, and the names in unreadable cells."""

    text: str
    notes: list[Note] = field(default_factory=list)
    unreadable: dict[str, Failed] = field(default_factory=dict)

    def execute(self, text: str, path: str, module: types.ModuleType) -> None:
        """Run statement after statement of its text in a module, and note which failed.

        One that lacks a name is tried again in the end: cells are often run in another order than they stand in.
        """
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
        vars(module).update(dict.fromkeys(PROVIDED, _Nothing()))
        nodes = ast.parse(text).body
        future = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in nodes)
        run = partial(_run_each, path=path, module=module, flags=__future__.annotations.compiler_flag if future else 0)
        failed = run(nodes)
        lacking = [node for node, error in failed if isinstance(error, NameError)]
        failed = [(node, error) for node, error in failed if node not in lacking] + run(lacking)
        definitions = {n.name: Failed(e) for n, e in failed if isinstance(n, DEFINITION) and hasattr(n, "name")}
        for name, stand_in in (definitions | self.unreadable).items():
            vars(module).setdefault(name, stand_in)
        self.notes += [(n.lineno, _failure(e)) for n, e in failed if not isinstance(e, NotImplementedError)]


class Failed:
    """Stands for a name whose definition failed, and for anything of it: every use raises why."""

    def __init__(self, error: BaseException) -> None:
        self._error = error
        self._traceback = error.__traceback__

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        raise self._error.with_traceback(self._traceback)

    def __getattr__(self, name: str) -> Failed:
        return self


class _Nothing:
    """Stands for what only a notebook has; calling it does nothing."""

    def __call__(self, *args: Any, **kwargs: Any) -> _Nothing:
        return self

    def __getattr__(self, name: str) -> _Nothing:
        return self


def read(cells: list[tuple[bool, str]], path: str) -> Reading:
    """The text of all cells, one after the other, with what does not count blanked.

    Args:
        cells: of each cell whether it counts whole, and its text.
        path: the name that errors give to the text.
    """
    reader = _Reader(path)
    with warnings.catch_warnings(action="ignore"):  # Python's on the text will come when it is executed
        for whole, text in cells:
            reader.read_cell(text.split("\n"), whole)
        reader.drop_copies()
    return Reading("\n".join(reader.lines), reader.notes, reader.unreadable)


class _Reader:
    """Collects the lines of cell after cell; a line that does not count becomes empty."""

    def __init__(self, path: str) -> None:
        self.lines: list[str] = []
        self.notes: list[Note] = []
        self.unreadable: dict[str, Failed] = {}
        self._path = path
        self._callable = set(HARMLESS)  # names whose calls run no code of the notebook's own

    def read_cell(self, lines: list[str], whole: bool) -> None:
        """Add a cell; `whole` says whether all of it counts."""
        try:
            lines = self._without_commands(lines)
            left_out = [node for node in ast.parse("\n".join(lines)).body if not self._counts(node, whole)]
        except UNREADABLE as error:
            self._give_up(lines, error)
            self.lines += [""] * len(lines)
        else:
            self.lines += _blanked(lines, left_out)

    def _note(self, index: int, text: str) -> None:
        """Note something on a line of the cell that is being read, counted from 0."""
        self.notes.append((len(self.lines) + index + 1, text))

    def drop_copies(self) -> None:
        """Leave out each copy of a function or class that is a stub where another copy is written."""
        statements = ast.parse("\n".join(self.lines)).body
        definitions = [node for node in statements if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        written = {node.name for node in definitions if not _is_empty(node)}
        copies = [node for node in definitions if _is_empty(node) and node.name in written]
        for node in copies:
            self.notes.append((node.lineno, f"this copy of `{node.name}` is not written; the other one counts."))
        self.lines = _blanked(self.lines, copies)

    def _without_commands(self, lines: list[str]) -> list[str]:
        """The lines of a cell without its notebook commands, which are found where Python stumbles over them."""
        lines = list(lines)
        start = next((i for i, line in enumerate(lines) if line.strip()), 0)
        cell_command = CELL_COMMAND.match(lines[start]) if lines else None
        if cell_command:
            of_python = cell_command[1] in AROUND_PYTHON
            what = "was left out" if of_python else "is not Python; nothing of this cell counts"
            self._note(start, f"the notebook command %%{cell_command[1]} {what}.")
            lines = [""] * (start + 1) + lines[start + 1 :] if of_python else [""] * len(lines)
        for _ in range(MOST_COMMANDS):
            try:
                ast.parse("\n".join(lines))
                break
            except SyntaxError as error:
                at = (error.lineno or 0) - 1
                if not 0 <= at < len(lines) or not COMMAND.match(lines[at]):
                    break
                timed = TIMED.fullmatch(lines[at])
                if not timed:
                    self._note(at, "this notebook command was left out.")
                indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
                lines[at] = f"{indent}{timed[2] if timed else 'pass'}"
        return lines

    def _counts(self, node: ast.stmt, whole: bool) -> bool:
        """Whether a statement is part of the module; what it binds may be called by later ones."""
        if _imports_engine(node):
            return False
        if not (whole or isinstance(node, DEFINITION) or self._only_binds(node)):
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
                names = ", ".join(f"`{name}`" for name in sorted(_bound(node))) or "this"
                self._note(node.lineno - 1, f"{names} was left out, since it runs other code of the notebook.")
            return False
        self._callable |= _bound(node)
        return True

    def _only_binds(self, node: ast.stmt) -> bool:
        """Whether a statement only gives names to values, without running code of the notebook's own."""
        run = list(_run_at_load(node))
        calls = (n.func for n in run if isinstance(n, ast.Call))
        return all(isinstance(n, BINDING) for n in run if isinstance(n, ast.stmt)) and all(map(self._is_foreign, calls))

    def _is_foreign(self, function: ast.expr) -> bool:
        """Whether a function that is called, or what it is a part of, comes from elsewhere than the notebook."""
        while isinstance(function, ast.Attribute | ast.Subscript | ast.Call):
            function = function.func if isinstance(function, ast.Call) else function.value
        return not isinstance(function, ast.Name | ast.Lambda) or getattr(function, "id", "") in self._callable

    def _give_up(self, lines: list[str], error: Exception) -> None:
        """Note that a cell cannot be read, and remember what it would have defined."""
        at = min(max(getattr(error, "lineno", None) or 1, 1), len(lines)) - 1
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        place = self._path, len(self.lines) + at + 1, getattr(error, "offset", None), lines[at]
        why = SyntaxError(what, place)
        self.unreadable |= dict.fromkeys(DEFINES.findall("\n".join(lines)), Failed(why))
        self._note(at, f"Python cannot read this cell, so nothing of it counts ({type(error).__name__}: {what}).")


def _run_each(
    nodes: list[ast.stmt], path: str, module: types.ModuleType, flags: int
) -> list[tuple[ast.stmt, BaseException]]:
    failed = []
    for node in nodes:
        try:
            exec(compile(ast.Module([node], []), path, "exec", flags, dont_inherit=True), vars(module))
        except BaseException as error:  # SystemExit and the like end no more than their statement
            failed.append((node, error))
    return failed


def _failure(error: BaseException) -> str:
    try:
        text = f"{type(error).__name__}: {error}"
    except BaseException:
        text = type(error).__name__
    return f"this failed when the notebook was loaded and was left out ({text[:500]})."


def _blanked(lines: list[str], nodes: list[ast.stmt]) -> list[str]:
    """The lines with each of these statements replaced by one that does nothing."""
    lines = list(lines)
    for node in reversed(nodes):
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]) - 1
        last = node.end_lineno - 1
        after = lines[last].encode()[node.end_col_offset :].decode()
        before = lines[first].encode()[: node.col_offset].decode()
        lines[first : last + 1] = [f"{before}0{after}"] + [""] * (last - first)
    return lines


def _imports_engine(node: ast.stmt) -> bool:
    """Whether it imports the autograder, which means something only in a notebook."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", None)]
    return any((name or "").split(".")[0] == "autograder" for name in names)


def _run_at_load(node: ast.AST) -> Iterator[ast.AST]:
    """A node and everything in it that is executed with it: not the bodies of functions."""
    yield node
    for inner in ast.iter_child_nodes(node):
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _run_at_load(inner)


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement gives to values and to imported modules."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return set()
    run = list(_run_at_load(node))
    stored = {n.id for n in run if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {(n.asname or n.name).split(".")[0] for n in run if isinstance(n, ast.alias)}


def _is_empty(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether a function, or every method of a class, is a stub."""
    functions = [n for n in node.body if isinstance(n, ast.FunctionDef)]
    functions = [node] if isinstance(node, ast.FunctionDef) else functions
    return bool(functions) and all(map(is_stub, functions))
