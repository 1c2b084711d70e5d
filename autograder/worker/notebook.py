"""Makes a module of a notebook: blanks what does not count, and runs the rest statement by statement.

Lines keep their numbers. All code in the cells that were handed out counts. In cells that a student added, only
imports, definitions and assignments that call nothing from the notebook count, so that experiments neither fail nor
take time when a submission is loaded. Notebook commands are left out everywhere.

A cell that Python cannot read, or a statement that fails, costs nothing but itself.
"""

from __future__ import annotations
import __future__

import ast
import re
import types
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .loader import is_stub, show_in_tracebacks

MOST_COMMANDS = 200  # in one cell; for each of them the cell is parsed again
PROVIDED = ("check", "hint", "display", "get_ipython")  # a notebook may call these; here they do nothing
COMMAND = re.compile(r"\s*[%!?]|.*\?\s*$|\s*[\w., ]+=\s*[%!]")
CELL_COMMAND = re.compile(r"\s*%%\s*(\w*)")
TIMED = re.compile(r"(\s*)%time\s+(.+)")
AROUND_PYTHON = ("time", "timeit", "capture", "prun")  # cell commands in front of a cell of Python
DEFINES = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
HARMLESS = {
    "abs", "bool", "complex", "dict", "enumerate", "float", "frozenset", "int", "len", "list", "max", "min", "object",
    "range", "reversed", "round", "set", "slice", "sorted", "str", "sum", "tuple", "type", "zip",
}  # fmt: skip
DEFINITION = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
ASSIGNMENT = ast.Assign | ast.AnnAssign | ast.AugAssign
BINDING = DEFINITION | ASSIGNMENT | ast.If | ast.Try | ast.Pass
Note = tuple[int, str]  # a line of the notebook, and what to say about it
Failure = tuple[ast.stmt, BaseException]


@dataclass
class Reading:
    """What was made of a notebook: Python text, notes on what does not count, and the names in unreadable cells."""

    text: str
    notes: list[Note] = field(default_factory=list)
    unreadable: dict[str, Failed] = field(default_factory=dict)

    def execute(self, text: str, path: str, module: types.ModuleType) -> None:
        """Run the text statement by statement in a module, and note which statements failed.

        A statement that lacked a name is tried again at the end, because students often run cells out of order.
        """
        show_in_tracebacks(text, path)
        vars(module).update(dict.fromkeys(PROVIDED, _Nothing()))
        statements = ast.parse(text).body
        flags = 0
        if any(map(_imports_future, statements)):  # in a notebook it holds from then on, whichever cell has it
            flags = __future__.annotations.compiler_flag
        failures: list[Failure] = []
        lacking_a_name: list[ast.stmt] = []
        for statement, error in _run_each(statements, path, module, flags):
            if isinstance(error, NameError):
                lacking_a_name.append(statement)
            else:
                failures.append((statement, error))
        failures += _run_each(lacking_a_name, path, module, flags)
        for name, stand_in in (_stand_ins(failures) | self.unreadable).items():
            vars(module).setdefault(name, stand_in)
        for statement, error in failures:
            if not isinstance(error, NotImplementedError):  # a stub that was called
                self.notes.append((statement.lineno, _failure(error)))


class Failed:
    """Stands for a name whose definition failed, and for every attribute of it: a call raises the reason."""

    def __init__(self, error: BaseException) -> None:
        self._error = error
        self._traceback = error.__traceback__

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        raise self._error.with_traceback(self._traceback)

    def __getattr__(self, name: str) -> Failed:
        return self


class _Nothing:
    """Stands for what exists only in a notebook; calling it does nothing."""

    def __call__(self, *args: Any, **kwargs: Any) -> _Nothing:
        return self

    def __getattr__(self, name: str) -> _Nothing:
        return self


def read(cells: list[tuple[bool, str]], path: str) -> Reading:
    """The text of all cells, one after the other, with what does not count blanked.

    Args:
        cells: for each cell whether all of it counts, and its text.
        path: the file that errors in the text name.
    """
    reader = _Reader(path)
    with warnings.catch_warnings(action="ignore"):  # Python warns again when the text is executed
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
        self._callable = set(HARMLESS)  # names that can be called without running code of the notebook

    def read_cell(self, lines: list[str], whole: bool) -> None:
        """Add a cell; `whole` says whether all of it counts."""
        try:
            lines = self._without_commands(lines)
            statements = ast.parse("\n".join(lines)).body
            left_out = [statement for statement in statements if not self._counts(statement, whole)]
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
        definitions = []
        written = set()
        for node in ast.parse("\n".join(self.lines)).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                definitions.append(node)
                if not _is_stub(node):
                    written.add(node.name)
        copies = [node for node in definitions if node.name in written and _is_stub(node)]
        for node in copies:
            self.notes.append((node.lineno, f"this copy of `{node.name}` is still a stub; the other copy counts."))
        self.lines = _blanked(self.lines, copies)

    def _without_commands(self, lines: list[str]) -> list[str]:
        """The lines of a cell without its notebook commands, which are found where Python stumbles over them."""
        lines = self._without_cell_command(lines)
        for _ in range(MOST_COMMANDS):
            try:
                ast.parse("\n".join(lines))
                break
            except SyntaxError as error:
                at = (error.lineno or 0) - 1
                if not 0 <= at < len(lines) or not COMMAND.match(lines[at]):
                    break
                lines[at] = self._instead_of_command(at, lines[at])
        return lines

    def _without_cell_command(self, lines: list[str]) -> list[str]:
        """The lines of a cell without a command for the whole cell, with nothing left if the cell is not Python."""
        at = 0
        while at < len(lines) - 1 and not lines[at].strip():
            at += 1
        command = CELL_COMMAND.match(lines[at])
        if not command:
            return list(lines)
        name = command[1]
        if name in AROUND_PYTHON:
            self._note(at, f"the notebook command %%{name} was left out.")
            return [""] * (at + 1) + lines[at + 1 :]
        self._note(at, f"the notebook command %%{name} is not Python; nothing of this cell counts.")
        return [""] * len(lines)

    def _instead_of_command(self, at: int, line: str) -> str:
        """A line that does nothing in the place of a command, or the statement that the command only measures."""
        indent = line[: len(line) - len(line.lstrip())]
        timed = TIMED.fullmatch(line)
        if timed:
            return indent + timed[2]
        self._note(at, "this notebook command was left out.")
        return f"{indent}pass"

    def _counts(self, node: ast.stmt, whole: bool) -> bool:
        """Whether a statement is part of the module; what it binds may be called by later ones."""
        if _imports_engine(node):
            return False
        if whole or isinstance(node, DEFINITION) or self._only_binds(node):
            self._callable |= _bound(node)
            return True
        if isinstance(node, ASSIGNMENT):
            names = ", ".join(sorted(_bound(node)))
            what = f"the assignment to `{names}`" if names else "this assignment"
            self._note(node.lineno - 1, f"{what} was left out, because it calls other code of the notebook.")
        return False

    def _only_binds(self, node: ast.stmt) -> bool:
        """Whether a statement only gives names to values, without running other code of the notebook."""
        for part in _run_at_load(node):
            if isinstance(part, ast.stmt) and not isinstance(part, BINDING):
                return False
            if isinstance(part, ast.Call) and not self._is_foreign(part.func):
                return False
        return True

    def _is_foreign(self, function: ast.expr) -> bool:
        """Whether a function that is called, or what it is a part of, comes from outside the notebook."""
        while isinstance(function, ast.Attribute | ast.Subscript | ast.Call):
            function = function.func if isinstance(function, ast.Call) else function.value
        if isinstance(function, ast.Name):
            return function.id in self._callable
        return not isinstance(function, ast.Lambda)

    def _give_up(self, lines: list[str], error: Exception) -> None:
        """Note that a cell cannot be read, and remember what it would have defined."""
        line = getattr(error, "lineno", None) or 1
        at = min(max(line, 1), len(lines)) - 1  # Python may name a line past the end
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        place = (self._path, len(self.lines) + at + 1, getattr(error, "offset", None), lines[at])
        failed = Failed(SyntaxError(what, place))
        for name in DEFINES.findall("\n".join(lines)):
            self.unreadable[name] = failed
        self._note(at, f"Python cannot read this cell, so nothing of it counts ({type(error).__name__}: {what}).")


def _run_each(statements: list[ast.stmt], path: str, module: types.ModuleType, flags: int) -> list[Failure]:
    """Run statements one by one, and return those that failed."""
    failures: list[Failure] = []
    for statement in statements:
        try:
            code = compile(ast.Module([statement], []), path, "exec", flags, dont_inherit=True)
            exec(code, vars(module))
        except BaseException as error:  # SystemExit and the like end no more than their statement
            failures.append((statement, error))
    return failures


def _stand_ins(failures: list[Failure]) -> dict[str, Failed]:
    """What stands for each function and class whose definition failed."""
    stand_ins = {}
    for statement, error in failures:
        if isinstance(statement, FUNCTION | ast.ClassDef):
            stand_ins[statement.name] = Failed(error)
    return stand_ins


def _failure(error: BaseException) -> str:
    try:
        text = f"{type(error).__name__}: {error}"
    except BaseException:  # a student's exception may fail to be written as a text
        text = type(error).__name__
    return f"this failed when the notebook was loaded and was left out ({text[:500]})."


def _blanked(lines: list[str], nodes: Sequence[ast.stmt]) -> list[str]:
    """The lines with a statement that does nothing in the place of each of these."""
    lines = list(lines)
    for node in reversed(nodes):
        decorators = getattr(node, "decorator_list", [])
        first = min(part.lineno for part in (node, *decorators)) - 1
        last = (node.end_lineno or node.lineno) - 1
        # ast counts columns in bytes of UTF-8; other statements may stand on the same line
        before = lines[first].encode()[: node.col_offset].decode()
        after = lines[last].encode()[node.end_col_offset :].decode()
        lines[first : last + 1] = [f"{before}0{after}"] + [""] * (last - first)
    return lines


def _imports_engine(node: ast.stmt) -> bool:
    """Whether a statement imports the autograder, which means something only in a notebook."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    return any(name.partition(".")[0] == "autograder" for name in names)


def _imports_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _run_at_load(node: ast.AST) -> Iterator[ast.AST]:
    """A node and everything in it that runs with it, which excludes the bodies of functions."""
    yield node
    for inner in ast.iter_child_nodes(node):
        if not isinstance(inner, FUNCTION | ast.Lambda):
            yield from _run_at_load(inner)


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement gives to values and to imported modules."""
    names: set[str] = set()
    if isinstance(node, FUNCTION | ast.ClassDef):
        return names
    for part in _run_at_load(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
        elif isinstance(part, ast.alias):
            names.add((part.asname or part.name).partition(".")[0])
    return names


def _is_stub(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether a function, or every method of a class, is a stub."""
    if isinstance(node, ast.FunctionDef):
        return is_stub(node)
    methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
    return bool(methods) and all(map(is_stub, methods))
