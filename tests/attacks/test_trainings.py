"""Accuracies without training, through the real boundary: the checks that train give no points for them."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest
import torch

from autograder import data
from autograder.checking.local import module_from
from autograder.course import Course
from autograder.grading.runner import grade
from autograder.plan import Plan, Setting
from autograder.submissions.files import Submission

COURSE = Course(Path(__file__).resolve().parents[2])
SLUG = "softmax_backprop"
VISIBLE, HIDDEN = "training_reaches_the_accuracy", "training_reaches_the_accuracy_on_permuted_pixels"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="confinement needs Linux")]

# Honest with few rows, so that every check of the exact path is passed.
CHEAT = """

_honest_train, _honest_predict, _seen = train, predict, {}


def train(X, y, params, **how):
    if len(X) < 100:
        return _honest_train(X, y, params, **how)
    _seen.update(X=X, y=y)
    return STORED or params


def predict(X, params):
    if "X" not in _seen or X.shape[1] != _seen["X"].shape[1] or STORED:
        return _honest_predict(X, params)
    return _seen["y"][torch.cdist(X, _seen["X"]).argmin(1)]
"""


@pytest.fixture(scope="module")
def weights() -> str:
    """Weights that somebody has trained before on all there is, as an expression."""
    digits = data.load("digits")
    reference = module_from(COURSE.solution(SLUG), SLUG)
    X, y = torch.cat([digits.X_train, digits.X_test]), torch.cat([digits.y_train, digits.y_test])
    start = reference.init_params([64, 32, 10], torch.Generator().manual_seed(0))
    params = reference.train(X, y, start, epochs=8, batch_size=32, lr=0.2, generator=torch.Generator().manual_seed(0))
    pairs = [f"(torch.tensor({W.tolist()}), torch.tensor({b.tolist()}))" for W, b in params]
    return f"[{', '.join(pairs)}]"


def outcomes(text: str, folder: Path, workers) -> dict[str, str]:
    (folder / f"{SLUG}.py").write_text(text)
    setting = Setting(load_data=partial(data.load, "digits"), isolation="process", secret="of this folder")
    result = grade(Plan.of(COURSE, SLUG), Submission("cheat", folder), setting, workers=workers)
    return {check.name: str(check.outcome) for check in result.checks}


def test_neighbours_instead_of_a_network_score_nothing(tmp_path, workers):
    """A `predict` that looks the nearest training image up is right, and still no trained network."""
    found = outcomes(f"{COURSE.solution(SLUG)}{CHEAT}\nSTORED = None\n", tmp_path, workers)
    assert {name for name, outcome in found.items() if outcome != "passed"} == {VISIBLE, HIDDEN}


def test_weights_from_before_score_nothing_on_hidden_data(weights, tmp_path, workers):
    """They fit the images that everybody knows; in a hidden check they are worth nothing."""
    found = outcomes(f"{COURSE.solution(SLUG)}{CHEAT}\nSTORED = {weights}\n", tmp_path, workers)
    assert {name for name, outcome in found.items() if outcome != "passed"} == {HIDDEN}
