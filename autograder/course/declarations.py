"""What the Python files of an assignment declare: checks and misconceptions."""

from __future__ import annotations

import importlib.util
import math
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ..errors import CourseError
from ..model import Assignment

if TYPE_CHECKING:
    from ..checking.registry import Check


def declared(folder: Path, name: str, *, required: bool) -> list:
    """Execute one Python file of an assignment and collect what it declares."""
    from ..checking.registry import collecting

    path = folder / f"{name}.py"
    if not path.is_file():
        if required:
            raise CourseError("this file is missing", path=path)
        return []
    if name == "hidden_checks":  # it may import helpers from checks.py, which must not be collected again
        _module(folder, "checks")
    with collecting() as found:
        _module(folder, name)
    return found


def _module(folder: Path, name: str) -> ModuleType:
    """Import FOLDER/NAME.py afresh, inside a package of the assignment's own so that `from .checks import` works."""
    package = f"_course_{abs(hash(str(folder.resolve())))}"
    if package not in sys.modules:
        parent = ModuleType(package)
        parent.__path__ = [str(folder)]
        sys.modules[package] = parent
    path = folder / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"{package}.{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(f"{type(error).__name__}: {error}", path=path, line=_line_in(path, error)) from error
    return module


def _line_in(path: Path, error: Exception) -> int | None:
    """1-based line of a Python file that an exception passed last, or that cannot be parsed."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return lines[-1] if lines else getattr(error, "lineno", None)


def is_positive(value: object) -> bool:
    """Whether something is a finite number greater than 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


def verify_checks(checks: list[Check], assignment: Assignment) -> None:
    """Every check has a title, a name of its own and a known exercise, and every exercise has a check."""
    known = {exercise.id for exercise in assignment.exercises}
    seen: set[str] = set()
    for check in checks:
        path = assignment.folder / ("checks.py" if check.visible else "hidden_checks.py")
        problem = None
        if check.name in seen:
            problem = f"a second check is called {check.name}; names must differ"
        elif check.exercise not in known:
            problem = f"{check.name} checks the exercise {check.exercise!r}, which assignment.toml does not have"
        elif not check.title:
            problem = f"{check.name} has no docstring, which is the title that students see"
        elif not is_positive(check.weight):
            problem = f"{check.name} has the weight {check.weight!r}; a weight is a number greater than 0"
        elif check.needs is not None and check.needs not in seen:
            problem = f"{check.name} needs {check.needs}, which is not declared before it"
        if problem:
            raise CourseError(problem, path=path, line=check.line)
        seen.add(check.name)
    unchecked = known - {check.exercise for check in checks}
    if unchecked:
        raise CourseError(f"no check belongs to the exercise {min(unchecked)}", path=assignment.folder / "checks.py")
