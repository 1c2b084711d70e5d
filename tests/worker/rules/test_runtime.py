"""autograder.worker.rules.runtime, in a real worker process: what no text shows is noticed when it is used."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from autograder.actions import Call, asking
from autograder.sandbox.process import WorkerProcess
from autograder.sandbox.spec import SandboxSpec

PATH = "/nowhere/work.py"
STATED = [
    {"names": ["autograd", "torch.nn", "torch.optim"], "allow": ["torch.nn.functional.one_hot"]},
    {"names": ["sigmoid", "expit", "softmax", "einsum", "matmul"], "allow": []},
]
SOURCE = """
import functools, importlib, operator, threading
import numpy as np
import torch
import torch.nn as nn
from torch import Tensor

x = torch.ones(2, 2)
name = "".join(["sig", "moid"])
saved = torch.sigmoid
layer = nn.Linear(2, 2)
at_load = torch.sigmoid(x)

def exactly(z):
    return getattr(z, name)()

def do(code):
    exec(code, globals())

def evaluate(code):
    return eval(code)

def compiled(code):
    return eval(compile(code, "/nowhere/else.py", "eval"))

def swallowed(z):
    try:
        getattr(torch, name)(z)
    except BaseException:
        pass
    return z

def in_a_thread(z):
    thread = threading.Thread(target=getattr(torch, name), args=(z,))
    thread.start()
    thread.join()
    return z

class Model(nn.Module):
    pass

class Square(torch.autograd.Function):
    @staticmethod
    def forward(context, z):
        return z * z

alias = torch.sigmoid
"""


@pytest.fixture(scope="module")
def process(workers) -> Iterator[WorkerProcess]:
    """One worker, which has been told to look out for what the rules name."""
    worker = workers.start(SandboxSpec(memory_mb=1024, watched=("autograd",)))
    yield worker
    worker.kill()


@pytest.fixture(scope="module")
def ask(process: WorkerProcess) -> Callable[..., dict]:
    """Send a request to the worker, in which `SOURCE` is loaded and the rules are stated."""

    def request(op: str, **fields: Any) -> dict:
        return process.request({"op": op, **fields}, deadline=time.monotonic() + 60)

    text = {"sources": {"work": SOURCE}, "path": PATH, "name": "work", "functions": []}
    request("inspect", **text, stated=STATED)
    assert "problem" not in request("load", **text, device="cpu")
    return request


@pytest.fixture
def call(ask: Callable[..., dict]) -> Callable[..., dict]:
    """Call a function of `SOURCE` while both rules are in force."""

    def request(function: str, *args: Any) -> dict:
        ask("hello", seed=0, in_force=[0, 1])
        (reply,) = ask(**asking(Call(None, function, args, {})))["value"]
        return reply

    return request


USED = {  # an expression, the rule that it breaks, and the name under which that is told
    "a name put together": ("getattr(torch, name)(x)", 1, "torch.sigmoid"),
    "a method by such a name": ("exactly(x)", 1, "torch.Tensor.sigmoid"),
    "the globals of torch": ("vars(torch)[name](x)", 1, "torch.sigmoid"),
    "saved when the file was loaded": ("saved(x)", 1, "torch.sigmoid"),
    "a layer made when the file was loaded": ("layer(x)", 0, "torch.nn.Linear"),
    "importlib": ("getattr(importlib.import_module('to' + 'rch'), name)(x)", 1, "torch.sigmoid"),
    "the dispatcher": ("getattr(torch.ops.aten, name)(x)", 1, "torch.ops.aten.sigmoid"),
    "an overload": ("torch.ops.aten._softmax.default(x, 1, False)", 1, "torch.ops.aten._softmax.default"),
    "torch in C": ("getattr(torch._C._VariableFunctions, name)(x)", 1, "torch.sigmoid"),
    "tensors in C": ("getattr(torch._C.TensorBase, name)(x)", 1, "torch.Tensor.sigmoid"),
    "the base class": ("getattr(super(Tensor, x), name)()", 1, "torch.Tensor.sigmoid"),
    "another name": ("torch.special.expit(x)", 1, "torch.special.expit"),
    "in place": ("getattr(x.clone(), name + '_')()", 1, "torch.Tensor.sigmoid_"),
    "map": ("list(map(getattr(torch, name), [x]))", 1, "torch.sigmoid"),
    "methodcaller": ("operator.methodcaller(name)(x)", 1, "torch.Tensor.sigmoid"),
    "reduce": ("functools.reduce(lambda a, b: getattr(b, name)(), [x, x])", 1, "torch.Tensor.sigmoid"),
    "partial": ("functools.partial(getattr(torch, name), x)()", 1, "torch.sigmoid"),
    "vmap": ("torch.vmap(getattr(torch, name))(x)", 1, "torch.sigmoid"),
    "a tree of tensors": ("torch.utils._pytree.tree_map(getattr(torch, name), [x])", 1, "torch.sigmoid"),
    "TorchScript": ("torch.jit.script(exactly)(x)", 1, "torch.Tensor.sigmoid"),
    "tracing": ("torch.jit.trace(exactly, (x,))(x)", 1, "torch.Tensor.sigmoid"),
    "torch.compile": ("torch.compile(exactly)(x)", 1, "torch.Tensor.sigmoid"),
    "a text for TorchScript": ("torch.jit.CompilationUnit('def f(x):\\n  return x')", 0, "torch.jit.CompilationUnit"),
    "the operator": ("x @ x", 1, "torch.Tensor.__matmul__"),
    "the operator as a function": ("operator.matmul(x, x)", 1, "torch.Tensor.__matmul__"),
    "numpy": ("np.einsum('ij->i', x.numpy())", 1, "numpy.einsum"),
    "a layer": ("nn.Linear(2, 2)", 0, "torch.nn.Linear"),
    "layers in layers": ("nn.Sequential(layer)", 0, "torch.nn.Sequential"),
    "a layer's function": ("nn.functional.relu(x)", 0, "torch.nn.functional.relu"),
    "an initialiser": ("nn.init.kaiming_normal_(x.clone())", 0, "torch.nn.init.kaiming_normal_"),
    "a parameter": ("nn.Parameter(x)", 0, "torch.nn.Parameter"),
    "an own class of torch's kind": ("Model()", 0, "torch.nn.Module"),
    "an optimizer": ("torch.optim.SGD([x], lr=0.1)", 0, "torch.optim.SGD"),
    "backward": ("x.backward()", 0, "torch.Tensor.backward"),
    "requires_grad_": ("x.clone().requires_grad_()", 0, "torch.Tensor.requires_grad_"),
    "autograd.grad": ("torch.autograd.grad(x.sum(), x)", 0, "torch.autograd.grad"),
    "an autograd function": ("Square.apply(x)", 0, "torch.autograd.Function"),
    "func.grad": ("torch.func.grad(torch.sum)(x)", 0, "torch.func.grad"),
    "a Jacobian": ("torch.autograd.functional.jacobian(torch.exp, x)", 0, "torch.autograd.functional.jacobian"),
    "a distribution made of it": ("torch.distributions.Categorical(logits=x).probs", 1, "torch.ops.aten._softmax"),
    "dual numbers": ("torch.autograd.forward_ad.make_dual(x, x)", 0, "torch.autograd.forward_ad.make_dual"),
}
HARMLESS = {
    "elementary operations": "torch.exp(x) / x.sum(1, keepdim=True)",
    "no_grad": "torch.no_grad()(lambda: x)()",
    "requires_grad_(False)": "x.clone().requires_grad_(False)",
    "an allowed name": "nn.functional.one_hot(torch.arange(2))",
    "torch's own matrix product": "torch.linalg.multi_dot([x, x, x])",
    "looking at it": "getattr(torch, name)",
    "a leftover of a tensor that requires a gradient": "torch.ones(2, requires_grad=True).detach()",
}


@pytest.mark.parametrize(("code", "rule", "name"), USED.values(), ids=USED)
def test_a_use_is_noticed(call, code: str, rule: int, name: str):
    """At every address, through every detour, also in code that was only a text."""
    line = 1 + next(i for i, text in enumerate(SOURCE.splitlines()) if "return eval(code)" in text)
    reply = call("evaluate", code)
    assert (reply["problem"], reply["text"]) == ("forbidden", name)
    found_in_a_function = "exactly" in code or "reduce" in code
    assert reply["use"][:3] == [rule, name, "work.py"]
    assert found_in_a_function or reply["use"][3] == line


@pytest.mark.parametrize("code", HARMLESS.values(), ids=HARMLESS)
def test_what_is_harmless_goes_on(call, code: str):
    """What is not ruled out, and what torch does with its own parts."""
    assert "problem" not in call("evaluate", code)


@pytest.mark.parametrize("function", ["swallowed", "in_a_thread"])
def test_an_exception_that_nobody_sees_does_not_help(call, function: str):
    """The use is told although the function returns as if nothing had happened."""
    reply = call(function, torch.ones(2))
    assert (reply["problem"], reply["text"]) == ("forbidden", "torch.sigmoid")


def test_a_function_that_is_torchs_own_is_noticed(call):
    """No line of the student's calls it; the grader does."""
    reply = call("alias", torch.ones(2))
    assert (reply["problem"], reply["use"]) == ("forbidden", [1, "torch.sigmoid", "", 0])


def test_code_from_a_text_with_another_file_is_the_students(call):
    """A made-up file name hides nothing."""
    assert call("compiled", "getattr(torch, name)(x)")["problem"] == "forbidden"


def test_only_rules_in_force_count(ask):
    """A rule may hold for some exercises only."""
    call = Call(None, "evaluate", ("getattr(torch, name)(x)",), {})
    for in_force, problem in (([0], None), ([], None), ([1], "forbidden")):
        ask("hello", seed=0, in_force=in_force)
        (reply,) = ask(**asking(call))["value"]
        assert reply.get("problem") == problem


def test_a_use_is_told_once(call):
    """The next call begins with a clean slate."""
    assert call("evaluate", "x.backward()")["problem"] == "forbidden"
    assert "problem" not in call("evaluate", "x + x")
