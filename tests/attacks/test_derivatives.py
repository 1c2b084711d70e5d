"""Derivatives by autograd while the file loads, in a fork, in a thread or by others: on the course's own assignment."""

from __future__ import annotations

import dataclasses
import sys
from functools import partial
from pathlib import Path

import pytest

from autograder import data
from autograder.course import Course
from autograder.grading.runner import grade
from autograder.model import Result
from autograder.plan import Plan, Setting
from autograder.submissions.files import Submission

COURSE = Course(Path(__file__).resolve().parents[2])
SLUG = "softmax_backprop"
OF_SOFTMAX = {"softmax_backward_agrees_with_autograd", "both_gradients_hold_for_squares_and_certain_rows"}
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="confinement needs Linux")]

DERIVED = """

def _derivative(probs, grad):
    z = probs.log().detach()
    z.requires_grad = True
    e = z.exp()
    return getattr(getattr(torch, "auto" + "grad"), "gr" + "ad")((e / e.sum(1, keepdim=True) * grad).sum(), z)[0]
"""
TRACED = """
from torch.fx.experimental.proxy_tensor import make_fx
_graphs = {}
for _shape in ((1, 2), (5, 3), (4, 4), (3, 5)):
    _graphs[_shape] = make_fx(_derivative)(torch.ones(_shape).double(), torch.ones(_shape).double())

def softmax_backward(grad, probs):
    return _graphs[tuple(probs.shape)](probs.double(), grad.double()).to(grad.dtype)
"""
BY_TRANSFORM = """
from torch.fx.experimental.proxy_tensor import make_fx
_transforms = getattr(torch, "_func" + "torch").eager_transforms
_graphs = {}
for _shape in ((1, 2), (5, 3), (4, 4), (3, 5)):
    _like = torch.ones(_shape).double(), torch.ones(_shape).double()
    _graphs[_shape] = make_fx(lambda p, g: _transforms.vjp(softmax, p.log())[1](g)[0])(*_like)

def softmax_backward(grad, probs):
    return _graphs[tuple(probs.shape)](probs.double(), grad.double()).to(grad.dtype)
"""
BY_A_LIBRARY = """
import importlib
_checks = importlib.import_module("torch.auto" + "grad.gradcheck")

def softmax_backward(grad, probs):
    z = probs.log().detach()
    z.requires_grad = True
    jacobian = _checks._get_analytical_jacobian((z,), (softmax(z),), 0, 0)
    return (jacobian @ grad.reshape(-1)).reshape(probs.shape)
"""
IN_A_FORK = """
import os
_ask, _asked = os.pipe(), os.pipe()

def _received(end):
    return bytes_of(torch.frombuffer(bytearray(os.read(end, 1 << 16)), dtype=torch.float64))

def bytes_of(x):
    n, k = int(x[0]), int(x[1])
    return x[2:].reshape(-1, n, k)

def _sent(end, *parts):
    n, k = parts[0].shape
    rows = [p.double().reshape(-1) for p in parts]
    os.write(end, torch.cat([torch.tensor([n, k]).double(), *rows]).numpy().tobytes())

if not FORK():
    while True:
        _probs, _grad = _received(_ask[0])
        try:
            _answer = ANSWER(_probs, _grad)
        except BaseException:
            _answer = torch.zeros_like(_probs)
        _sent(_asked[1], _answer)

def softmax_backward(grad, probs):
    _sent(_ask[1], probs, grad)
    return _received(_asked[0])[0].to(grad.dtype)
"""
IN_A_THREAD = """
import queue, threading
_ask, _asked = queue.Queue(), queue.Queue()

def _serve():
    while True:
        probs, grad = _ask.get()
        try:
            _asked.put(_derivative(probs, grad))
        except BaseException:
            _asked.put(probs)

threading.Thread(target=_serve, daemon=True).start()

def softmax_backward(grad, probs):
    _ask.put((probs, grad))
    return _asked.get()
"""
AS_SOON_AS_LOADED = """
import threading, time
_graphs = {}

def _wait():
    end = time.monotonic() + 1
    while time.monotonic() < end and not _graphs:
        try:
            trace(_graphs)
        except BaseException:
            time.sleep(1e-4)

def trace(graphs):
    found = {}
    for shape in ((1, 2), (5, 3), (4, 4), (3, 5)):
        found[shape] = make_fx(_derivative)(torch.ones(shape).double(), torch.ones(shape).double())
    graphs.update(found)

from torch.fx.experimental.proxy_tensor import make_fx
threading.Thread(target=_wait, daemon=True).start()

def softmax_backward(grad, probs):
    return _graphs[tuple(probs.shape)](probs.double(), grad.double()).to(grad.dtype)
"""
BY_DUAL_NUMBERS = """
from torch.fx.experimental.proxy_tensor import make_fx
_make = getattr(torch.ops.aten, "_make_" + "dual").default._op
_unpack = getattr(torch.ops.aten, "_unpack_" + "dual").default._op
_level = getattr(torch._C, "_enter_" + "dual_level")()
_graphs = {}
for _shape in ((1, 2), (5, 3), (4, 4), (3, 5)):
    _like = torch.ones(_shape).double(), torch.ones(_shape).double()
    _graphs[_shape] = make_fx(lambda p, g: _unpack(softmax(_make(p.log(), g, _level)), _level)[1])(*_like)

def softmax_backward(grad, probs):  # its Jacobian is symmetric
    return _graphs[tuple(probs.shape)](probs.double(), grad.double()).to(grad.dtype)
"""
LIBRARY_IN_A_FORK = BY_A_LIBRARY.replace("softmax_backward(grad, probs)", "_by_library(probs, grad)") + IN_A_FORK
RAW = "import ctypes\n_libc = ctypes.CDLL(None)"
ATTACKS = {
    "traced while the file loads": DERIVED + TRACED,
    "traced, by a transform": BY_TRANSFORM,
    "traced, by dual numbers": BY_DUAL_NUMBERS,
    "by a library": BY_A_LIBRARY,
    "in a fork": DERIVED + IN_A_FORK.replace("FORK", "os.fork").replace("ANSWER", "_derivative"),
    "by a library in a fork": LIBRARY_IN_A_FORK.replace("FORK", "os.fork").replace("ANSWER", "_by_library"),
    "in a fork that Python knows nothing of": DERIVED
    + RAW
    + IN_A_FORK.replace("FORK", "_libc.fork").replace("ANSWER", "_derivative"),
    "in a thread": DERIVED + IN_A_THREAD,
    "traced as soon as the file is loaded": DERIVED + AS_SOON_AS_LOADED,
}


HONEST = """
_z = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
assert torch.autograd.gradcheck(lambda v: torch.softmax(v, 1), (_z,))
torch.softmax(_z, 1).prod().backward()
assert torch.allclose(softmax_backward(torch.ones(2, 3).double(), softmax(_z.detach())).sum(), torch.zeros(()).double())
_weights = torch.nn.Linear(3, 2)
_weights.requires_grad_(False)
print(_z.grad, [getattr(torch, name)(_z) for name in ("softmax",) if name == "relu"])
"""


def graded(text: str, folder: Path, workers) -> Result:
    (folder / f"{SLUG}.py").write_text(text)
    plan = Plan.of(COURSE, SLUG)
    plan = dataclasses.replace(plan, checks=tuple(check for check in plan.checks if check.exercise == "softmax"))
    setting = Setting(load_data=partial(data.load, "digits"), isolation="process", secret="of this folder")
    return grade(plan, Submission("cheat", folder), setting, workers=workers)


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_a_derivative_of_autograds_earns_nothing(text, tmp_path, workers):
    """Whether it is ruled out, or nothing comes of it, no check of the gradient of softmax passes."""
    result = graded(f"{COURSE.solution(SLUG)}\n{text}", tmp_path, workers)
    assert not any(check.outcome == "passed" for check in result.checks if check.name in OF_SOFTMAX)
    assert any(check.outcome == "passed" for check in result.checks)


@pytest.mark.parametrize("text", ["{solution}\n{honest}", "import torch\n{honest}\n{solution}"])
def test_who_tries_autograd_out_beside_the_functions_loses_nothing(text, tmp_path, workers):
    """At the top of a file or at its end, as in a notebook; no function needs what came of it."""
    result = graded(text.format(solution=COURSE.solution(SLUG), honest=HONEST), tmp_path, workers)
    assert {str(check.outcome) for check in result.checks} == {"passed"}
    assert any("torch.autograd.grad" in note or "ruled out" in note for note in result.notes)
