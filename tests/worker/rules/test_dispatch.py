"""What no address shows is noticed where torch dispatches it, in a real worker; ordinary operations are let through."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import torch

from autograder.actions import Call, asking
from autograder.sandbox.spec import SandboxSpec

STATED = [
    {"names": ["autograd", "torch.nn"], "allow": ["torch.nn.functional.one_hot"]},
    {"names": ["softmax", "log_softmax", "logsumexp"], "allow": []},
    {"names": ["relu"], "allow": []},
    {"names": ["sigmoid", "expit"], "allow": []},
    {"names": ["lstsq", "solve", "inv"], "allow": []},
    {"names": ["batch_norm", "layer_norm"], "allow": []},
]
SOURCE = """
import types
import numpy as np
import torch

x = torch.linspace(-1, 1, 6).reshape(2, 3).double()
one = torch.ones(()).double()

def followed():
    v = x.clone()
    v.requires_grad = True
    return v, (v * v).sum()

found = getattr(torch, "soft" + "max")
original = [c.cell_contents for c in found.__closure__ or () if isinstance(c.cell_contents, types.BuiltinFunctionType)]

def do(code, *sent):
    exec(code, globals())
"""
FORBIDDEN = {  # code: the rule that it breaks
    "v, y = followed(); torch.autograd.Variable._execution_engine.run_backward((y,), (one,), False, False, ())": 0,
    "v, y = followed(); torch.autograd.graph._engine_run_backward((y,), (one,), False, False, ())": 0,
    "v, y = followed(); getattr(torch.ops.aten, '_back' + 'ward')(y, [v])": 0,
    "v, y = followed(); getattr(y, 'grad' + '_fn')(one)": 0,
    "torch._VF._make_dual(x, x, level=0)": 0,
    "torch.ops.aten.linear(x, x)": 0,
    "torch.ops.aten.mse_loss(x, x)": 0,
    "torch.ops.aten.mse_loss_backward(x, x, x, 1)": 0,
    "torch.ops.aten.threshold_backward(x, x, 0)": 0,
    "torch.ops.aten.sigmoid_backward(x, x)": 0,
    "torch._softmax_backward_data(x, x, 1, torch.float64)": 0,
    "torch.ops.aten.native_layer_norm_backward(x, x, [3], x[:, :1], x[:, :1], None, None, [True, False, False])": 0,
    "torch.ops.aten.silu(x) / x": 0,
    "torch.binary_cross_entropy_with_logits(x, x.abs())": 0,
    "torch.jit.load('/x')": 0,
    "torch._C.parse_ir('graph(%x):\\n  return (%x)')": 0,
    "torch._C._jit_get_operation('aten::softmax')[0](x, 1)": 0,
    "torch.ops.aten.softmax.int._op(x, 1)": 1,
    "torch._scaled_dot_product_attention_math(x[None, None], x[None, None], x[None, None])": 1,
    "x.logcumsumexp(1)": 1,
    "torch.ops.aten.cross_entropy_loss(x, torch.tensor([0, 1]))": 1,
    "exec(compile('found(x, 1)', torch.__file__, 'exec'), globals())": 1,
    "f = lambda z: found(z, 1); f.__code__ = f.__code__.replace(co_filename=torch.__file__); f(x)": 1,
    "original[0](x, 1)": 1,
    "torch.threshold(x, 0, 0)": 2,
    "np.testing.assert_no_warnings(getattr(torch, 'sig' + 'moid'), x)": 3,
    "torch.distributions.Bernoulli(logits=x).probs": 3,
    "torch.linalg.qr(x)": 4,
    "torch.linalg.solve_triangular(x[:, :2], x, upper=True)": 4,
}
RIGHT = [
    "x.clamp(min=0); torch.where(x > 0, x, 0.0); torch.maximum(x, torch.zeros(())); x * (x > 0)",
    "e = (x - x.amax(1, keepdim=True)).exp(); e / e.sum(1, keepdim=True); torch.tanh(x / 2); torch.logaddexp(x, x)",
    "torch.nn.functional.one_hot(torch.tensor([0, 1]), 3)",
    "(x - x.mean(1, keepdim=True)) / x.var(1, unbiased=False, keepdim=True).add(1e-5).sqrt(); x @ x.T",
    "n = x.numpy(); torch.from_numpy(np.exp(n)); np.linalg.norm(n); x.tolist(); x.sum().item()",
    "g = torch.Generator().manual_seed(1); torch.randperm(5, generator=g); torch.rand(3, generator=g).bernoulli()",
    "y = x.clone().requires_grad_(False); y.detach(); repr(y); torch.einsum('ij,kj->ik', x, x)",
    "torch.vmap(torch.sum)(x); torch.addmm(torch.zeros(2, 2).double(), x, x.T)",
    "import copy; copy.deepcopy({'a': x}); y = x.clone(); y[0] = 1; torch.stack([x, y]).cumsum(0).sort()",
]


@pytest.fixture(scope="module")
def call(workers) -> Iterator[Callable[..., dict]]:
    """Have code run in the worker while all rules are in force."""
    names = tuple(name for rule in STATED for name in rule["names"])
    worker = workers.start(SandboxSpec(memory_mb=1024, watched=names))

    def ask(op: str, **fields: object) -> dict:
        return worker.request({"op": op, **fields}, deadline=time.monotonic() + 300)

    text = {"sources": {"work": SOURCE}, "path": "/nowhere/work.py", "name": "work", "functions": []}
    ask("inspect", **text, stated=STATED)
    assert "problem" not in ask("load", **text, device="cpu")

    def request(*args: object) -> dict:
        ask("hello", seed=0, in_force=list(range(len(STATED))))
        (reply,) = ask(**asking(Call(None, "do", args, {})))["value"]
        return reply

    yield request
    worker.kill()


@pytest.mark.parametrize(("code", "rule"), FORBIDDEN.items())
def test_a_way_around_an_address_is_noticed(call, code: str, rule: int):
    """With the line of the student's own code."""
    reply = call(code)
    assert reply.get("problem") == "forbidden", reply
    number, _, file, _ = reply["use"]
    assert (number, file) == (rule, "work.py")


@pytest.mark.parametrize("code", RIGHT)
def test_ordinary_operations_are_let_through(call, code: str):
    """Whatever style they are used in."""
    assert call(code) == {"value": None}


def test_large_inputs_are_not_looked_at(call):
    """Training would take twice as long; every function is asked with small inputs too."""
    assert "problem" not in call("torch.ops.aten.softmax.int._op(x, 1)", torch.zeros(5000))
