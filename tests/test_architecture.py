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

GROUND = {
    "actions",
    "errors",
    "evidence",
    "hosting",
    "mark",
    "model",
    "plan",
    "seeds",
    "slips",
    "standing",
    "text",
    "values",
}
MAY_IMPORT = {  # cli -> reports, authoring -> grading -> diagnosis, submissions, sandbox -> explaining -> checking
    "evidence": set(),
    "model": {"evidence"},
    "mark": {"model"},
    "errors": set(),
    "seeds": set(),
    "slips": set(),
    "text": set(),
    "actions": set(),
    "values": {"model"},
    "standing": {"mark", "model"},
    "hosting": {"actions", "model", "slips", "values"},
    "plan": {"checking", "course", "data", "errors", "model"},  # the first three only to name types
    "worker": {"actions", "errors", "hosting", "model", "values"},
    "data": {"errors"},
    "checking": {"actions", "data", "evidence", "hosting", "model", "values"},
    "course": {"checking", "data", "errors", "model"},
    "explaining": GROUND | {"checking"},
    "diagnosis": GROUND | {"checking"},
    "submissions": GROUND,
    "sandbox": GROUND | {"worker"},
    "grading": GROUND | {"checking", "course", "data", "diagnosis", "explaining", "sandbox", "submissions", "worker"},
    "authoring": GROUND
    | {"checking", "course", "data", "diagnosis", "explaining", "grading", "reports", "sandbox", "submissions"},
    "cluster": GROUND | {"course", "data", "grading", "sandbox", "submissions"},
    "reports": {"evidence", "mark", "model", "standing"},
    "similarity": set(),
    "exporters": GROUND | {"grading", "reports", "submissions"},
    "notebook": GROUND | {"course", "data", "grading", "reports", "worker"},
    "cli": GROUND
    | {"authoring", "cluster", "course", "data", "exporters", "grading", "reports", "sandbox"}
    | {"similarity", "submissions"},
}
OF_THE_WORKER = {"autograder.worker", "autograder.worker.wire"}  # all that the trusted side may import of it
TRUSTS_NOBODY = ("worker", "notebook")  # a notebook checks itself, in the student's own kernel
OWNERS = {  # parts that may import a third-party package; numpy and torch are what the engine computes with
    "click": {"cli"},
    "rich": {"cli", "data", "reports"},
    "jinja2": {"reports"},
    "markupsafe": {"reports"},
    "copydetect": {"similarity"},
    "matplotlib": {"authoring", "reports"},
    "PIL": {"authoring"},
    "markdown_it": {"authoring"},
    "mdit_py_plugins": {"authoring"},
    "latex2mathml": {"authoring"},
    "torchvision": {"data"},
    "watchfiles": {"cli"},
    "dask": {"cluster"},
    "distributed": {"cluster"},
    "IPython": {"notebook", "worker"},
    "nbgrader": {"authoring", "exporters"},
    "jupyter_core": {"exporters"},
    "sqlalchemy": {"exporters"},
    "traitlets": {"exporters"},
    "numpy": {"checking", "data", "explaining", "grading", "values", "worker"},
    "torch": {
        "authoring",
        "checking",
        "cli",
        "data",
        "diagnosis",
        "explaining",
        "grading",
        "hosting",
        "sandbox",
        "values",
        "worker",
    },
}
UNPICKLING = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
LONGEST_MODULE, LONGEST_FUNCTION, MOST_PARAMETERS = 400, 60, 6
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


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(module.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def test_there_is_an_engine_to_look_at():
    """Nothing below would fail if no module were found."""
    assert {module.part for module in MODULES} - {""} == set(MAY_IMPORT)


def test_imports_follow_the_arrows():
    """A part of the engine imports only the parts below it."""
    offenders = []
    for module in MODULES:
        parts = {name.split(".")[1] for name in module.imports() if name.startswith("autograder.")}
        above = parts - {module.part} - MAY_IMPORT.get(module.part, set())
        offenders += [f"{module.name} imports {part}" for part in sorted(above)]
    assert offenders == []


def test_the_trusted_side_imports_nothing_of_the_worker_but_the_wire():
    """It starts the worker as a process."""
    offenders = []
    for module in MODULES:
        of_the_worker = {name for name in module.imports() if name.startswith("autograder.worker")}
        if module.part not in TRUSTS_NOBODY:
            offenders += [f"{module.name} imports {name}" for name in sorted(of_the_worker - OF_THE_WORKER)]
    assert offenders == []


def third_party(module: Module) -> set[str]:
    packages = {name.split(".")[0] for name in module.imports() if name}
    return packages - set(sys.stdlib_module_names) - {"autograder"}


def test_third_party_packages_have_owners():
    """Each package is imported by the parts that own it, and no other package at all."""
    offenders = [
        f"{module.name} imports {package}"
        for module in MODULES
        for package in sorted(third_party(module))
        if module.part not in OWNERS.get(package, ())
    ]
    assert offenders == []


def test_nothing_is_unpickled():
    """No pickle, under whatever name, and no torch.load."""
    offenders = []
    for module in MODULES:
        packages = {name.split(".")[0] for name in module.imports()}
        offenders += [f"{module.name} imports {package}" for package in sorted(packages & UNPICKLING)]
        attributes = (node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute))
        offenders += [f"{module.name}:{node.lineno}" for node in attributes if ast.unparse(node) == "torch.load"]
    assert offenders == []


@pytest.mark.parametrize("part", ["actions", "model", "errors", "seeds", "text"])
def test_the_records_need_the_standard_library_only(part: str):
    """So that `autograder --help` starts without torch."""
    (module,) = (m for m in MODULES if m.name == f"autograder.{part}")
    assert third_party(module) == set()


def test_modules_are_short():
    """At most 400 lines."""
    lengths = {module.name: len(module.path.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_functions_are_short():
    """At most 40 lines each."""
    offenders = []
    for module in MODULES:
        for function in functions(module):
            length = function.end_lineno - function.lineno + 1
            if length > LONGEST_FUNCTION:
                offenders.append(f"{module.name}:{function.lineno} {function.name}: {length} lines")
    assert offenders == []


def test_functions_take_few_parameters():
    """At most six, keyword-only ones included, `self` not."""
    offenders = []
    for module in MODULES:
        for function in functions(module):
            names = [name for name in every_parameter(function) if name not in ("self", "cls")]
            if len(names) > MOST_PARAMETERS and function.name not in EXCUSED:
                offenders.append(f"{module.name}:{function.lineno} {function.name}: {len(names)} parameters")
    assert offenders == []


def every_parameter(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    arguments = function.args
    return [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def test_what_is_public_is_documented():
    """Every module, and every function and class in it whose name has no underscore, says what it is."""
    offenders = []
    for module in MODULES:
        if not ast.get_docstring(module.tree) and module.path.read_text() != "":
            offenders.append(module.name)
        definitions = (node for node in module.tree.body if isinstance(node, DEFINITION))
        public = (node for node in definitions if not node.name.startswith("_"))
        offenders += [f"{module.name}:{node.lineno} {node.name}" for node in public if not ast.get_docstring(node)]
    assert offenders == []


def test_every_folder_says_what_belongs_there():
    """In the first lines of its `__init__.py`."""
    folders = [module for module in MODULES if module.path.name == "__init__.py"]
    assert len(folders) >= 15
    assert [module.name for module in folders if len((ast.get_docstring(module.tree) or "").split()) < 5] == []


def test_no_private_name_is_taken_from_another_module():
    """An underscore means that only the module itself knows the name."""
    offenders = []
    for module in MODULES:
        imports = (node for node in ast.walk(module.tree) if isinstance(node, ast.ImportFrom))
        names = (alias.name for node in imports for alias in node.names)
        offenders += [f"{module.name}: {name}" for name in names if name.startswith("_") and not name.startswith("__")]
    assert offenders == []


def ruff(*arguments: str) -> subprocess.CompletedProcess:
    """`ruff` over the engine, the content and the tests."""
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_code_is_clean():
    """`ruff check` finds nothing."""
    checked = ruff("check", "--output-format=concise")
    assert checked.stdout.strip() == "All checks passed!", checked.stdout + checked.stderr


def test_the_code_is_formatted():
    """`ruff format` would change nothing."""
    checked = ruff("format", "--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
def test_the_types_fit():
    """`mypy` finds nothing in the engine."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
