"""The real course: sound by its own gate, and true to what its docstrings promise. Found by slug, none named here."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from functools import partial
from pathlib import Path

import pytest
import torch

from autograder import data
from autograder.authoring.mutants.generating import mutants_of
from autograder.authoring.regions import cleared, code_cells
from autograder.authoring.stubs import cut_stub
from autograder.authoring.validate import validate_assignment, validate_kit
from autograder.checking.case import Case
from autograder.checking.local import local_student, module_from
from autograder.course import Course
from autograder.grading.namespace import NamespaceChannel
from autograder.grading.runner import run_checks
from autograder.model import Outcome
from autograder.plan import Plan, Setting
from autograder.seeds import derive
from autograder.submissions.cells import CellId, Kind

pytestmark = pytest.mark.slow

COURSE = Course(Path(__file__).resolve().parents[1])
SHAPE = re.compile(r"(?:(?P<name>\w+): )?\[(?P<dims>[^\]]*)\]")


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_an_assignment_passes_its_own_gate(workers, slug):
    """Reference 100 %, stub 0 % and not attempted, each misconception trips exactly its checks and is named."""
    setting = Setting(seed=20_260, load_data=partial(data.load, "digits", seed=20_260))
    assert validate_assignment(COURSE, slug, setting, workers).problems == []


def test_the_kit_is_up_to_date_and_tells_nothing():
    """A fresh build changes no byte of student_template, and no line of a solution stands in it."""
    assert validate_kit(COURSE) == []


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_a_notebook_runs_from_top_to_bottom(slug):
    """After the cells of an exercise and of those before it, each of its checks passes on the reference."""
    plan, names = Plan.of(COURSE, slug), {}
    cells = code_cells(plan.reference, plan.assignment)
    exec(cells[CellId(Kind.SETUP)], names)
    for exercise in plan.assignment.exercises:
        for kind in (Kind.ANSWER, Kind.GIVEN):
            exec(cells.get(CellId(kind, exercise.id), ""), names)
        own = plan.limited_to([check.name for check in plan.checks if check.exercise == exercise.id])
        results = run_checks(own, NamespaceChannel(names), Setting(load_data=partial(data.load, "digits")))
        assert [(r.name, r.message) for r in results if r.outcome is not Outcome.PASSED] == []


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_the_code_of_a_notebook_is_the_stub(slug):
    """Statement by statement, once nbgrader has cut the solutions."""
    plan = Plan.of(COURSE, slug)
    left = [cleared(cell) for cell in code_cells(plan.reference, plan.assignment).values()]
    stub = ast.parse(cut_stub(plan.reference, plan.assignment)).body[1:]
    statements = [ast.dump(node) for cell in left for node in ast.parse(cell).body]
    assert sorted(statements) == sorted(map(ast.dump, stub))


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_every_excused_mutant_exists(slug):
    """What equivalent_mutants.toml lists is still what `validate --mutants` makes of the reference; lines may move."""
    made = {(m.function, m.old, m.new) for m in mutants_of(COURSE.solution(slug), COURSE.assignment(slug))}
    excused = {(e.function, e.old, new) for e in COURSE.equivalent_mutants(slug) for new in e.new}
    assert excused - made == set()
    assert made


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_every_data_set_has_its_training_settings(slug):
    """An assignment that trains on digits says how it trains on the other data sets, with the same keys but `rows`."""
    training = COURSE.assignment(slug).training
    keys = {name: set(table) - {"rows"} for name, table in training.items()}
    assert not training or keys == dict.fromkeys(data.NAMES, keys["digits"])


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_a_reference_is_written_from_scratch(slug):
    """No autograd, no torch.nn, no torch.optim and no ready-made function of theirs in a reference solution."""
    of_torch = {"nn", "optim", "autograd", "special", "batch_norm", "dropout", "native_dropout", "layer_norm"}
    of_tensors = {"backward", "requires_grad_", "softmax", "log_softmax", "logsumexp"}
    nodes = list(ast.walk(ast.parse(COURSE.solution(slug))))
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    used = {node.attr for node in attributes} & of_tensors - own
    used |= {node.attr for node in attributes if ast.unparse(node.value) == "torch"} & of_torch
    imports = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    imports += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    assert used | ({part for name in imports for part in name.split(".")} & of_torch) == set()


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_the_shapes_in_docstrings_are_the_real_ones(slug):
    """Each bracketed shape of Args and Returns fits every call that the checks make to the reference."""
    plan = Plan.of(COURSE, slug)
    module, faults, calls = module_from(plan.reference, slug), [], []
    for name, function in _documented(module):
        watched = _watched(function, name, faults, calls)
        owner = vars(module).get(name.rpartition(".")[0], module)
        setattr(owner, name.rpartition(".")[2], watched)
    for check in plan.checks:
        case = Case(
            derive(1, check.name),
            load_data=partial(data.load, "digits"),
            training=plan.assignment.training.get("digits", {}),
            secret_pixels=not check.visible,
        )
        check.run(local_student(module), case)
    assert faults == []
    assert set(plan.functions) <= {name for name, _ in _documented(module)}
    assert calls


def _documented(module):
    """Public functions and methods of a module by qualified name."""
    for name, value in list(vars(module).items()):
        if inspect.isfunction(value) and not name.startswith("_"):
            yield name, value
        elif inspect.isclass(value) and value.__module__ == module.__name__:
            yield from ((f"{name}.{n}", f) for n, f in list(vars(value).items()) if inspect.isfunction(f))


def _watched(function, name, faults, calls):
    """The function, with every call compared with its docstring."""
    args, returns = _promised(inspect.getdoc(function) or "")

    @functools.wraps(function)
    def wrapper(*positional, **named):
        given = inspect.signature(function).bind(*positional, **named).arguments
        before = {key: value.shape for key, value in given.items() if isinstance(value, torch.Tensor)}
        result = function(*positional, **named)
        sizes: dict[str, int] = {}
        for key, dims in args.items():
            if key in before:
                faults.extend(_misfit(before[key], dims, sizes, f"{name}: {key}"))
        parts = result if isinstance(result, tuple) else (result,)
        for part, dims in zip(parts, returns, strict=False):
            if isinstance(part, torch.Tensor):
                faults.extend(_misfit(part.shape, dims, sizes, f"{name}: the result"))
                calls.append(name)
        return result

    return wrapper


def _promised(docstring: str) -> tuple[dict[str, str], list[str]]:
    """Shapes by parameter, and those of what is returned, in order."""
    args, returns, section = {}, [], ""
    for line in docstring.splitlines():
        heading = re.fullmatch(r"\s*(\w+):\s*", line)
        section = heading[1] if heading else section
        found = SHAPE.match(line.strip())
        if found and section == "Args" and found["name"]:
            args[found["name"]] = found["dims"]
        elif found and section == "Returns":
            returns.append(found["dims"])
    return args, returns


def _misfit(shape: torch.Size, dims: str, sizes: dict[str, int], what: str) -> list[str]:
    """A sentence if a shape cannot be what the docstring says, given the sizes that are known already."""
    names = [d.strip() for d in dims.split(",") if d.strip()]
    if any(d == "..." or d.startswith("*") for d in names):
        return []
    fits = len(names) == len(shape) and all(
        not d.isidentifier() or sizes.setdefault(d, size) == size for d, size in zip(names, shape, strict=True)
    )
    return [] if fits else [f"{what} is {list(shape)}, but the docstring says [{dims}] with {sizes}"]
