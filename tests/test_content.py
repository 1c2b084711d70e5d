"""The real course: sound by its own gate, which asks all that CI asks. Found by slug, no assignment is named here."""

from __future__ import annotations

import ast
import re
from functools import partial
from pathlib import Path

import pytest
import torch

from autograder import data
from autograder.authoring.answers import answers_in_check
from autograder.authoring.figures import committed_pictures, fresh_pictures
from autograder.authoring.gate.kit import validate_kit
from autograder.authoring.handout_page import committed_page, fresh_page
from autograder.authoring.validate import Gate
from autograder.course import Course
from autograder.diagnosis.fingerprints import same, same_outline
from autograder.diagnosis.recorded import read_record
from autograder.plan import Plan, Setting

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
    of_others = set(imports) - set(COURSE.assignment(slug).imports)  # which the student wrote
    assert used | ({part for name in of_others for part in name.split(".")} & of_torch) == set()


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_a_page_made_anew_says_the_same(slug, monkeypatch):
    """Whatever version of the converters is installed; what they make of formulas may differ in its details."""
    pictures = committed_pictures(COURSE, slug)
    committed = committed_page(COURSE, slug, pictures)
    monkeypatch.setattr("autograder.authoring.handout_page.committed_page", lambda *_: None)
    assert words(fresh_page(COURSE, slug, pictures)) == words(committed)


def words(page: bytes) -> str:
    """The text of a page without its formulas."""
    text = re.sub(r"<(math|style|svg)\b.*?</\1>|<!--.*?-->", "", page.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_pictures_can_be_drawn_anew(slug, monkeypatch):
    """With whatever version of matplotlib is installed, which may draw other bytes."""
    monkeypatch.setattr("autograder.authoring.figures.committed_pictures", lambda *_: {})
    pictures = fresh_pictures(COURSE, slug)
    assert pictures.keys() == COURSE.figures(slug).keys()


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_the_recorded_answers_are_those_that_mistakes_give(slug):
    """Made again for the first check, they are the committed ones up to rounding, whatever machine made those."""
    plan = Plan.of(COURSE, slug)
    record = read_record(Course(COURSE.kit).answers_path(slug), plan)
    assert record is not None
    check = plan.checks[0]
    fresh, committed = answers_in_check(plan, check), record.checks[check.name]
    assert fresh.passages.keys() == committed.passages.keys() != set()
    for id, forms in fresh.passages.items():
        for form, passage in forms.items():
            other = committed.passages[id][form]
            assert (passage.taken, passage.passed, list(passage.words)) == (other.taken, other.passed, other.words)
            for one, two in zip(passage.requests, other.requests, strict=True):
                assert fresh.functions[one.function] == committed.functions[two.function]
                assert same_outline(fresh.sent[one.sent], committed.sent[two.sent])
                assert (min(one.answer, 0), one.tells) == (min(two.answer, 0), two.tells)
                if one.answer >= 0:
                    assert same(fresh.answers[one.answer], committed.answers[two.answer])
