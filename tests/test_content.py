"""The real course: sound by its own gate, which asks all that CI asks. Found by slug, no assignment is named here."""

from __future__ import annotations

import ast
from functools import partial
from pathlib import Path

import pytest
import torch

from autograder import data
from autograder.authoring.validate import Gate, validate_kit
from autograder.course import Course
from autograder.plan import Setting

pytestmark = pytest.mark.slow

COURSE = Course(Path(__file__).resolve().parents[1])


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_an_assignment_passes_its_own_gate(workers, slug):
    """`autograder validate SLUG` finds no problem; what it looks for is listed in `authoring/gate`."""
    setting = Setting(seed=20_260, load_data=partial(data.load, "digits", seed=20_260))
    assert Gate(COURSE, [setting], workers).report(slug).problems == []


def test_the_kit_is_up_to_date_and_tells_nothing():
    """A fresh build changes no byte of student_template, and no line of a solution stands in it."""
    assert validate_kit(COURSE) == []


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_a_reference_is_written_from_scratch(slug):
    """What this course is about: no autograd, torch.nn, torch.optim or ready-made function of theirs in a reference."""
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
