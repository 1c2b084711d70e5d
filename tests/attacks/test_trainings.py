"""Accuracies without training, through the real boundary: the checks that train give no points for them."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest
import torch

from autograder import data
from autograder.checking import accuracy, perceptron
from autograder.checking.local import module_from
from autograder.course import Course
from autograder.data import dataset
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
    if KNOWN is not None:
        return fitted(STORED, X, y, KNOWN)
    return STORED or params


def predict(X, params):
    if "X" not in _seen or X.shape[1] != _seen["X"].shape[1] or STORED:
        return _honest_predict(X, params)
    return _seen["y"][torch.cdist(X, _seen["X"]).argmin(1)]
"""


LATTICE = Path(__file__).with_name("lattice.py")
DIGITS = data.load("digits")
X, Y = torch.cat([DIGITS.X_train, DIGITS.X_test]), torch.cat([DIGITS.y_train, DIGITS.y_test])


@pytest.fixture(scope="module")
def trained() -> list:
    """Weights that somebody has trained before on all there is."""
    reference = module_from(COURSE.solution(SLUG), SLUG)
    start = reference.init_params([64, 32, 10], torch.Generator().manual_seed(0))
    how = {"epochs": 40, "batch_size": 32, "lr": 0.2}
    return reference.train(X, Y, start, **how, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def weights(trained) -> str:
    """The same as an expression."""
    pairs = [f"(torch.tensor({W.tolist()}), torch.tensor({b.tolist()}))" for W, b in trained]
    return f"[{', '.join(pairs)}]"


def outcomes(text: str, folder: Path, workers) -> dict[str, str]:
    (folder / f"{SLUG}.py").write_text(text)
    setting = Setting(load_data=partial(data.load, "digits"), isolation="process", secret="of this folder")
    result = grade(Plan.of(COURSE, SLUG), Submission("cheat", folder), setting, workers=workers)
    return {check.name: str(check.outcome) for check in result.checks}


def test_neighbours_instead_of_a_network_score_nothing(tmp_path, workers):
    """A `predict` that looks the nearest training image up is right, and still no trained network."""
    found = outcomes(f"{COURSE.solution(SLUG)}{CHEAT}\nSTORED = KNOWN = None\n", tmp_path, workers)
    assert {name for name, outcome in found.items() if outcome != "passed"} == {VISIBLE, HIDDEN}


def test_weights_from_before_score_nothing_on_hidden_data(weights, tmp_path, workers):
    """They fit the images that everybody knows; in a hidden check they are worth nothing."""
    found = outcomes(f"{COURSE.solution(SLUG)}{CHEAT}\nSTORED, KNOWN = {weights}, None\n", tmp_path, workers)
    assert {name for name, outcome in found.items() if outcome != "passed"} == {HIDDEN}


@pytest.mark.parametrize(("grain", "failed"), [(0.0, set()), (dataset.GRAIN, {HIDDEN})])
def test_a_mixture_that_is_solved_for(grain, failed, trained, weights, tmp_path, workers, monkeypatch):
    """Levels of grey alone give the mixture away, so that weights from before can be fitted to it; with grain, not."""
    monkeypatch.setattr(dataset, "GRAIN", grain)
    module = module_from(LATTICE.read_text(), "lattice")
    known = f"KNOWN = torch.tensor({module.histograms(X).tolist()}).double()\n"
    cheat = f"{COURSE.solution(SLUG)}{CHEAT}\n{LATTICE.read_text()}\nSTORED = {weights}\n{known}"
    found = outcomes(cheat, tmp_path, workers)
    assert {name for name, outcome in found.items() if outcome != "passed"} == failed


@pytest.mark.parametrize(("grain", "least", "most"), [(0.0, 0.95, 1.0), (dataset.GRAIN, 0.0, 0.6)])
def test_grain_keeps_every_mixture_secret(grain, least, most, trained, monkeypatch):
    """The attack is a real one: without grain it undoes each of some disguises, with it none."""
    monkeypatch.setattr(dataset, "GRAIN", grain)
    module = module_from(LATTICE.read_text(), "lattice")
    for seed in range(2):
        hidden = DIGITS.disguised(torch.Generator().manual_seed(seed))
        params = module.fitted(trained, hidden.X_train, hidden.y_train, module.histograms(X))
        logits, _ = perceptron(hidden.X_test, params)
        assert least <= accuracy(logits.argmax(1), hidden.y_test) <= most
