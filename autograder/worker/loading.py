"""Loads a submission: executes what was read, statement by statement, so that one that fails costs only itself."""

from __future__ import annotations
import __future__

import ast
import importlib.util
import re
import sys
import types
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from .bindings import bound, told_to_change, written_into
from .counting import Note, Part
from .loader import new_module, parsed, show_in_tracebacks
from .needs import needed_by
from .reading import Reading, read
from .stand_ins import Awaited, Failed, MissingModules, provided
from .states import States

IMPORT = ast.Import | ast.ImportFrom
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
BLOCK = ast.stmt | ast.match_case
INNER_IMPORT = re.compile(r"^(?!from\b).*\S.*\bimport\b|^\s+(from|import)\b", re.MULTILINE)
Failure = tuple[ast.stmt, BaseException]


class Loaded(NamedTuple):
    """A submission's module, the text that was executed, what is to be said about its lines, its states."""

    module: types.ModuleType
    text: str
    notes: list[Note]
    states: States


def load(reading: Reading, path: str, name: str, beside: dict[str, str], own: Sequence[str] = ()) -> Loaded:
    """Load what was handed in.

    Args:
        path: where tracebacks say that it is; nothing is read from there.
        name: of the module.
        beside: text of each module beside it, by name.
        own: names of modules that the student wrote. Nothing stands for one that is not there, nor for what it has.
    """
    missing = MissingModules(own)

    def execute(text: str, its_path: str, its_module: types.ModuleType) -> None:
        inner = _Loading(read([Part("module", text)], its_path), its_path, its_module, missing)
        inner.run()
        for line, says in inner.notes:
            reading.notes.append((0, f"{Path(its_path).name}, line {line}: {says}"))

    module = new_module(path, name, beside, execute)
    loading = _Loading(reading, path, module, missing)
    loading.run()
    loading.forget_imports_that_failed()
    return Loaded(module, reading.text, reading.notes, loading.states)


class _Loading:
    """Loads one text into a module.

    Args:
        missing: knows what has a stand-in.

    Attributes:
        notes: what is to be said about lines of the text.
        states: of the module, at each test.
    """

    def __init__(self, reading: Reading, path: str, module: types.ModuleType, missing: MissingModules) -> None:
        self.notes: list[Note] = reading.notes
        self.states = States(module)
        self._reading = reading
        self._path = path
        self._names = vars(module)
        self._missing = missing
        self._flags = 0
        self._has_inner_imports = INNER_IMPORT.search(reading.text) is not None
        self._foreseen: set[str] = set()  # modules for whose absence there is another way
        self._failures: list[Failure] = []

    def run(self) -> None:
        """Execute every statement; one that lacks a name is tried again at the end, if nothing else bound its names."""
        show_in_tracebacks(self._reading.text, self._path)
        self._names.update(provided())
        statements = parsed(self._reading.text).body
        if any(map(_imports_future, statements)):  # in a notebook it holds from then on, whichever cell has it
            self._flags = __future__.annotations.compiler_flag
        if self._has_inner_imports:
            self._foreseen = _tried(parsed(self._reading.text))
        self._run_all(statements)
        self._note_what_comes_late()
        self._try_again()
        self._put_stand_ins()
        self.states.finish()

    def _run_all(self, statements: list[ast.stmt]) -> None:
        tests = list(self._reading.tests)
        for statement in statements:
            while tests and tests[0].line < statement.lineno:
                self.states.record(tests.pop(0).exercise)
            if not self._set_apart(statement):
                continue
            error = self._error_of(statement)
            if error is None:
                continue
            self._failures.append((statement, error))
            if isinstance(statement, IMPORT):  # annotations may name what could not be imported
                if self._is_of_own_module(statement):
                    for name in bound(statement):
                        self._names.setdefault(name, Awaited(name, self._names))
                else:
                    self._stand_in(bound(statement), error)
        for test in tests:
            self.states.record(test.exercise)

    def _set_apart(self, statement: ast.stmt) -> bool:
        """Whether a statement may change what it does, now that tests above have what they saw for themselves."""
        for name in self._reading.changes.get(statement.lineno, ()):
            if not self.states.set_apart(name):
                says = f"this line was left out, because it changes `{name}`, which a test above needs as it was."
                self.notes.append((statement.lineno, says))
                return False
        return True

    def _error_of(self, statement: ast.stmt) -> BaseException | None:
        """Run a statement; returns what it raised, if anything."""
        kept = {}
        for name in self._reading.kept.get(statement.lineno, ()):
            if name in self._names:
                kept[name] = self._names[name]
        try:
            self._stand_in_for_modules(statement)
            code = compile(ast.Module([statement], []), self._path, "exec", self._flags, dont_inherit=True)
            exec(code, self._names)
        except BaseException as error:  # SystemExit and the like end no more than their statement
            return error
        finally:
            self._names.update(kept)
        return None

    def _stand_in_for_modules(self, statement: ast.stmt) -> None:
        """Have a stand-in for each module that is not installed, wherever the statement imports it."""
        for node in self._imports(statement):
            for name in _modules_of(node):
                absent = _absent_part(name)
                if absent and absent not in self._missing.own and absent.partition(".")[0] not in self._foreseen:
                    self._missing.add(absent)
                    says = f"`{absent}` is not installed here: a stand-in that does nothing takes its place."
                    self.notes.append((node.lineno, says))

    def _imports(self, statement: ast.stmt) -> Iterator[ast.Import | ast.ImportFrom]:
        """The imports in a statement, but not those in a `try`: what they do if something is missing is foreseen."""
        waiting: list[ast.AST] = [statement]
        while waiting:
            node = waiting.pop()
            if isinstance(node, IMPORT):
                yield node
            elif self._has_inner_imports and isinstance(node, BLOCK) and not isinstance(node, ast.Try):
                waiting += ast.iter_child_nodes(node)

    def forget_imports_that_failed(self) -> None:
        """Leave names undefined that were to come from modules of the student's own; a use tells what is missing."""
        for statement, _ in self._failures:
            if self._is_of_own_module(statement):
                for name in bound(statement):
                    self._names.pop(name, None)

    def _is_of_own_module(self, statement: ast.stmt) -> bool:
        return isinstance(statement, ast.ImportFrom) and statement.module in self._missing.own

    def _try_again(self) -> None:
        """Run what lacked a name once more, as students often run cells out of order."""
        failures = []
        for statement, error in self._failures:
            again: BaseException | None = error
            if isinstance(error, NameError) and self._binds_only_new_names(statement):
                again = self._error_of(statement)
                if again is None:
                    says = f"this was run after all other cells, because it uses what is defined below it ({error})."
                    self.notes.append((statement.lineno, says))
            if again is not None:
                failures.append((statement, again))
        self._failures = failures

    def _binds_only_new_names(self, statement: ast.stmt) -> bool:
        """Whether a statement leaves everything as it is that was bound since it failed."""
        names = bound(statement)
        if not names or written_into(statement) or told_to_change(statement):
            return False
        return not any(name in self._names for name in names)

    def _put_stand_ins(self) -> None:
        """Where a definition failed, put what raises the reason when it is called."""
        for name, failed in self._reading.unreadable.items():
            self._names.setdefault(name, failed)
        for statement, error in self._failures:
            if isinstance(statement, DEFINITION):
                self._stand_in(bound(statement), error)
            if not isinstance(error, NotImplementedError):  # a stub that was called
                self.notes.append((statement.lineno, f"this line was left out, because it failed ({_words(error)})."))

    def _stand_in(self, names: set[str], error: BaseException) -> None:
        for name in names:
            self._names.setdefault(name, Failed(error))

    def _note_what_comes_late(self) -> None:
        """Note what a kernel would lack that runs the cells from the top."""
        late: dict[str, int] = {}
        for test in self._reading.tests:
            for name in needed_by(test.asked, self._names):
                if self.states.lack(test.exercise, name):
                    late.setdefault(name, test.line)
        for name, line in late.items():
            says = f"`{name}` is defined below a test that needs it, where nbgrader itself would miss it."
            self.notes.append((line, says))


def _tried(tree: ast.Module) -> set[str]:
    """The packages whose import is tried somewhere, with another way if they are missing."""
    names: set[str] = set()
    for attempt in ast.walk(tree):
        if isinstance(attempt, ast.Try):
            for node in ast.walk(attempt):
                if isinstance(node, IMPORT):
                    names.update(name.partition(".")[0] for name in _modules_of(node))
    return names


def _modules_of(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The full names of the modules that an import asks for."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if node.level or not node.module:
        return []
    return [node.module]


def _absent_part(name: str) -> str:
    """The package of a module that is not installed, or ""."""
    packages = list(accumulate(name.split("."), "{}.{}".format))
    for package in packages:
        if package in sys.modules:
            return ""
        try:
            spec = importlib.util.find_spec(package)
        except Exception:  # the statement itself will tell
            return ""
        if spec is None:
            return package
        if spec.origin is not None:  # what else it holds is known only once it is imported, which may take long
            return ""
    return ""


def _imports_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _words(error: BaseException) -> str:
    try:
        text = f"{type(error).__name__}: {error}"
    except BaseException:  # a student's exception may fail to be written as a text
        text = type(error).__name__
    return text.removesuffix(": ")[:500]
