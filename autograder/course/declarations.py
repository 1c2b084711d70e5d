"""What the Python files of an assignment declare: checks and misconceptions."""

from __future__ import annotations

import ast
import difflib
import math
import sys
import traceback
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from ..errors import CourseError
from ..model import Assignment
from .tables import read_text

if TYPE_CHECKING:
    from ..checking.measurements import Measurement
    from ..checking.registry import Check, Declaration, Misconception


def declared_checks(folder: Path, name: str, *, required: bool = False) -> list[Check]:
    """Execute FOLDER/NAME.py and return the checks that it declares, in order.

    Raises:
        CourseError: the file is wrong, or required and missing.
    """
    from ..checking.registry import Check  # imports torch, which reading a handout need not wait for

    path = folder / f"{name}.py"
    if required and not path.is_file():
        raise CourseError("this file is missing", path=path)
    # Hidden checks may import helpers from checks.py, whose checks must not be collected a second time.
    if name == "hidden_checks" and path.is_file():
        _import_afresh(folder, "checks")
    checks = []
    for declaration in _declared(folder, name):
        if not isinstance(declaration, Check):
            raise CourseError(f"the misconception {declaration.id} belongs in misconceptions.py", path=path)
        checks.append(declaration)
    return checks


def declared_misconceptions(folder: Path) -> list[Misconception]:
    """Execute FOLDER/misconceptions.py, if there is one, and return what it declares, in order.

    Raises:
        CourseError: the file is wrong.
    """
    from ..checking.registry import Misconception

    misconceptions: list[Misconception] = []
    for declaration in _declared(folder, "misconceptions"):
        if not isinstance(declaration, Misconception):
            path = folder / "misconceptions.py"
            raise CourseError(f"the check {declaration.name} belongs in checks.py", path=path, line=declaration.line)
        if declaration.id in {earlier.id for earlier in misconceptions}:
            path = folder / "misconceptions.py"
            line = _line_of_second(path, declaration.id)
            raise CourseError(f"a second misconception has the id {declaration.id!r}", path=path, line=line)
        misconceptions.append(declaration)
    return misconceptions


def _line_of_second(path: Path, id: str) -> int | None:
    """1-based line of the second misconception that is declared under an id, if it is written out in the file."""
    head = ["misconception", repr(id)]
    lines = []
    for node in ast.walk(ast.parse(read_text(path))):
        if isinstance(node, ast.Call) and list(map(ast.unparse, [node.func, *node.args[:1]])) == head:
            lines.append(node.lineno)
    return sorted(lines)[1] if len(lines) > 1 else None


def declared_measurements(folder: Path) -> list[Measurement]:
    """Execute FOLDER/measure.py, if there is one, and return what it declares, in order.

    Raises:
        CourseError: the file is wrong.
    """
    from ..checking.measurements import Measurement

    if not (folder / "measure.py").is_file():
        return []
    _import_afresh(folder, "checks")  # whose helpers it may import
    module = _import_afresh(folder, "measure")
    return [value for value in vars(module).values() if isinstance(value, Measurement)]


def names_of_figures(folder: Path) -> dict[str, int]:
    """The functions of FOLDER/figures.py that draw pictures, each with its line; nothing is executed.

    Raises:
        CourseError: the file is not Python.
    """
    path = folder / "figures.py"
    if not path.is_file():
        return {}
    try:
        tree = ast.parse(read_text(path))
    except SyntaxError as error:
        raise CourseError(f"SyntaxError: {error.msg}", path=path, line=error.lineno) from error
    names = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names[node.name] = node.lineno
    return names


def drawing_functions(folder: Path) -> dict[str, Callable]:
    """Execute FOLDER/figures.py, if there is one, and return the functions that draw its pictures, by name.

    Raises:
        CourseError: the file is wrong.
    """
    names = names_of_figures(folder)
    if not names:
        return {}
    module = _import_afresh(folder, "figures")
    return {name: getattr(module, name) for name in names}


def _declared(folder: Path, name: str) -> list[Declaration]:
    from ..checking.registry import collecting

    if not (folder / f"{name}.py").is_file():
        return []
    with collecting() as declarations:
        _import_afresh(folder, name)
    return declarations


def _import_afresh(folder: Path, name: str) -> ModuleType:
    """Execute FOLDER/NAME.py again, inside a package of the assignment's own so that `from .checks import` works."""
    # Named after the folder, since two courses in one process may have an assignment of the same name.
    package = f"_course_{abs(hash(str(folder.resolve())))}"
    if package not in sys.modules:
        parent = ModuleType(package)
        parent.__path__ = [str(folder)]
        sys.modules[package] = parent
    path = folder / f"{name}.py"
    module = ModuleType(f"{package}.{name}")
    module.__file__ = str(path)
    module.__package__ = package
    sys.modules[module.__name__] = module
    try:
        exec(_compiled(path.read_bytes(), str(path)), vars(module))
    except Exception as error:
        text = str(error)
        if isinstance(error, SyntaxError):
            text = error.msg  # without the file and the line, which are told anyway
        raise CourseError(f"{type(error).__name__}: {text}", path=path, line=_line_in(path, error)) from error
    return module


@lru_cache(maxsize=64)
def _compiled(source: bytes, path: str) -> CodeType:
    """The code of a file by what is in it; to Python's own cache two texts of one second and length are the same."""
    return compile(source, path, "exec", dont_inherit=True)


def _line_in(path: Path, error: Exception) -> int | None:
    """1-based line of a Python file that an exception passed last, or that cannot be parsed."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename == str(path):
            return frame.lineno
    return getattr(error, "lineno", None)  # of a SyntaxError, which has no frame in the file


def verify_checks(checks: list[Check], assignment: Assignment) -> None:
    """Every check has a title, a name of its own and a known exercise, and every exercise has a check."""
    unchecked = {exercise.id for exercise in assignment.exercises}
    known = frozenset(unchecked)
    earlier: set[str] = set()
    for check in checks:
        problem = _problem_of(check, known, earlier)
        if problem:
            file = "checks.py" if check.visible else "hidden_checks.py"
            raise CourseError(problem, path=assignment.folder / file, line=check.line)
        unchecked.discard(check.exercise)
        earlier.add(check.name)
    if unchecked:
        raise CourseError(f"no check belongs to the exercise {min(unchecked)}", path=assignment.folder / "checks.py")


def _problem_of(check: Check, known: frozenset[str], earlier: set[str]) -> str | None:
    """What is wrong with a check, given the exercises there are and the names of the checks before it."""
    if check.name in earlier:
        return f"a second check is called {check.name}; names must differ"
    if check.exercise not in known:
        close = difflib.get_close_matches(check.exercise, known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        return f"{check.name} checks the exercise {check.exercise!r}, which assignment.toml does not have{hint}"
    if not check.title:
        return f"{check.name} has no docstring, which is the title that students see"
    if not _is_positive(check.weight):
        return f"{check.name} has the weight {check.weight!r}; a weight is a number greater than 0"
    if check.needs is not None and check.needs not in earlier:
        return f"{check.name} needs {check.needs}, which is not declared before it"
    return None


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf
