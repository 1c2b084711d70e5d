"""The promises of DESIGN.md about the code itself: arrows between parts, owners of packages, sizes, no pickle."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ROOT / "autograder"

MAY_IMPORT = {  # cli -> reports, authoring -> grading -> checking, course, data -> model, errors
    "model": set(),
    "errors": set(),
    "cells": set(),
    "values": {"model"},
    "worker": {"errors", "model", "values"},
    "data": {"errors"},
    "checking": {"data", "model", "values"},
    "course": {"cells", "checking", "errors", "model"},
    "grading": {"cells", "checking", "course", "data", "errors", "model", "values", "worker"},
    "authoring": {"cells", "checking", "course", "errors", "grading", "model"},
    "reports": {"model"},
    "exporters": {"cells", "errors", "grading", "model", "reports"},
    "notebook": {"course", "data", "errors", "grading", "model", "reports", "worker"},
    "cli": {"authoring", "course", "data", "errors", "exporters", "grading", "model", "reports"},
}
OF_THE_WORKER = {"autograder.worker", "autograder.worker.wire"}  # all that the trusted side may import of it
TRUSTS_NOBODY = ("worker", "notebook")  # a notebook checks itself, in the student's own kernel
OWNERS = {  # parts that may import a third-party package; numpy and torch are what the engine computes with
    "click": {"cli"},
    "rich": {"cli", "data", "reports"},
    "torchvision": {"data"},
    "IPython": {"notebook"},
    "nbgrader": {"authoring", "exporters"},
    "jupyter_core": {"exporters"},
    "sqlalchemy": {"exporters"},
    "traitlets": {"exporters"},
    "numpy": {"checking", "data", "grading", "values", "worker"},
    "torch": {"authoring", "checking", "cli", "data", "grading", "values", "worker"},
}
UNPICKLING = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
LONGEST_MODULE, LONGEST_FUNCTION, MOST_PARAMETERS = 400, 40, 6
EXCUSED = {"close"}  # a word of the check language: each of its parameters is said by name in some check


@dataclass(frozen=True)
class Module:
    """A module of the engine."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def part(self) -> str:
        """The first folder or file below autograder/."""
        return (self.name.split(".") + [""])[1]

    def imports(self) -> Iterator[str]:
        """Full names of everything it imports, inside functions and for type checking too."""
        package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                origin = ".".join([*base, *([node.module] if node.module else [])])
                yield origin
                yield from (f"{origin}.{alias.name}" for alias in node.names if f"{origin}.{alias.name}" in NAMES)


def modules() -> list[Module]:
    found = []
    for path in sorted(ENGINE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"))))
    return found


MODULES = modules()
NAMES = {module.name for module in MODULES}
each_module = pytest.mark.parametrize("module", MODULES, ids=[module.name for module in MODULES])


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(module.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def test_there_is_an_engine_to_look_at():
    """Nothing below would fail if no module were found."""
    assert {module.part for module in MODULES} - {""} == set(MAY_IMPORT)


@each_module
def test_imports_follow_the_arrows(module: Module):
    """A part of the engine imports only the parts below it."""
    parts = {name.split(".")[1] for name in module.imports() if name.startswith("autograder.")}
    assert parts - {module.part} <= MAY_IMPORT.get(module.part, set())


@each_module
def test_the_trusted_side_imports_nothing_of_the_worker_but_the_wire(module: Module):
    """It starts the worker as a process."""
    of_the_worker = {name for name in module.imports() if name.startswith("autograder.worker")}
    assert module.part in TRUSTS_NOBODY or of_the_worker <= OF_THE_WORKER


def third_party(module: Module) -> set[str]:
    packages = {name.split(".")[0] for name in module.imports() if name}
    return packages - set(sys.stdlib_module_names) - {"autograder"}


@each_module
def test_third_party_packages_have_owners(module: Module):
    """Each package is imported by the parts that own it, and no other package at all."""
    assert third_party(module) <= set(OWNERS)
    assert all(module.part in OWNERS[package] for package in third_party(module))


@each_module
def test_nothing_is_unpickled(module: Module):
    """No pickle, under whatever name, and no torch.load."""
    assert not {name.split(".")[0] for name in module.imports()} & UNPICKLING
    loads = [n for n in ast.walk(module.tree) if isinstance(n, ast.Attribute) and ast.unparse(n) == "torch.load"]
    assert loads == []


@pytest.mark.parametrize("part", ["model", "errors", "cells"])
def test_the_records_need_the_standard_library_only(part: str):
    """So that `autograder --help` starts without torch."""
    (module,) = (m for m in MODULES if m.name == f"autograder.{part}")
    assert third_party(module) == set()


@each_module
def test_modules_are_short(module: Module):
    """At most 400 lines."""
    assert len(module.path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@each_module
def test_functions_are_short(module: Module):
    """At most 40 lines each."""
    lengths = {f.name: f.end_lineno - f.lineno + 1 for f in functions(module)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


@each_module
def test_functions_take_few_parameters(module: Module):
    """At most six, keyword-only ones included, `self` not."""
    counts = {f.name: len([a for a in every_parameter(f) if a not in ("self", "cls")]) for f in functions(module)}
    assert {name for name, count in counts.items() if count > MOST_PARAMETERS} <= EXCUSED


def every_parameter(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    arguments = function.args
    return [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


@each_module
def test_what_is_public_is_documented(module: Module):
    """Every module, and every function and class in it whose name has no underscore, says what it is."""
    public = [
        node
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert ast.get_docstring(module.tree) or module.path.read_text() == ""
    assert [node.name for node in public if not ast.get_docstring(node)] == []


@each_module
def test_no_private_name_is_taken_from_another_module(module: Module):
    """An underscore means that only the module itself knows the name."""
    imported = [a.name for n in ast.walk(module.tree) if isinstance(n, ast.ImportFrom) for a in n.names]
    assert [name for name in imported if name.startswith("_") and not name.startswith("__")] == []


def test_the_code_is_clean():
    """`ruff check` finds nothing, in the engine, the content and the tests."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise", "."]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.stdout.strip() == "All checks passed!", checked.stdout + checked.stderr
