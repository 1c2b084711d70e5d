"""A text is plain if all that it uses is used by its usual name; what could find another name makes it not plain."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from autograder.course import Course
from autograder.worker.rules import plain
from autograder.worker.rules.names import _spellings

ROOT = Path(__file__).resolve().parents[3]
PLAIN = [
    "import torch\ndef f(x):\n    return x.exp() / x.exp().sum(-1, keepdim=True)\n",
    "import numpy as np\nfrom torch import Tensor as T\ndef f(x: T) -> T:\n    return np.sqrt(x.numpy())\n",
    "class Layer:\n    def __init__(self, w):\n        self.weights = w\n"
    "    def forward(self, x):\n        return x @ self.weights\n    def eval(self):\n        self.training = False\n",
    "class A:\n    pass\nclass B(A):\n    def __init__(self):\n        super().__init__()\n"
    "        self.hidden, self.rest = 1, 2\n"
    "        print(self.hidden, f'{self.rest:.2f}')\n",
    "def f(x, y):\n    return x.type(y.dtype)\n",
    "from dataclasses import dataclass\n@dataclass\nclass P:\n    slope: float\ndef f(p):\n    return p.slope\n",
    "def grow(*values, **named):\n    return [v for v in values if v not in named]\n",
    "try:\n    x = 1\nexcept ValueError as error:\n    print(error)\n",
    "from beside import helper\ndef f(x):\n    return helper(x)\n",
    "import beside as b\ndef f(x):\n    return b.helper(x)\n",
]
NOT_PLAIN = [
    "getattr(torch, 'soft' + 'max')",
    "vars(torch)['softmax']",
    "torch.__dict__['softmax']",
    "globals()['torch']",
    "eval('torch')",
    "exec('import torch')",
    "__import__('torch')",
    "__builtins__['getattr']",
    "__loader__.load_module('torch')",
    "torch.ops.aten.softmax(x, 1)",
    "torch._C._nn.gelu(x)",
    "torch._VF.softmax(x, 1)",
    "torch.jit.load('x')",
    "torch.load('x')",
    "torch.nn.Linear(1, 1)",
    "torch.special.expit(x)",
    "torch.func.grad(f)",
    "torch.conv2d(x, x)",
    "torch.silu(x)",
    "x.grad_fn(x)",
    "f.__globals__['torch']",
    "f.__init__.__func__",
    "(i for i in x).gi_frame.f_builtins",
    "match torch:\n    case object(softmax=s):\n        s(x, 1)",
    "import operator",
    "from operator import attrgetter",
    "import importlib",
    "import inspect, sys, gc, ctypes, pickle",
    "import numpy.linalg",
    "from torch import nn",
    "from torch import *",
    "from torch import _dynamo\nclass _dynamo: pass",
    "class A:\n    _dynamo = 1\ntorch._dynamo",
    "class A:\n    _C = 1\ntorch._C",
    "class A:\n    ops = 1\ntorch.ops",
    "class A:\n    gi_frame = 1\n(i for i in x).gi_frame",
    "class A:\n    overloadpacket = 1\nx.overloadpacket",
    "def f(getattr): pass\ngetattr(torch, 'a')",
    "class A:\n    def __torch_function__(cls, func, types, args=(), kwargs=None): return func(*args)",
    "class A:\n    def __torch_dispatch__(cls, func, types, args=(), kwargs=None): return func(*args)",
    "class A:\n    def __array_ufunc__(self, ufunc, *inputs): return ufunc",
    "class A(type):\n    def __getattribute__(self, name): return 1",
    "import operator\nfrom operator import attrgetter",
    "import collections\n_sys = modules = attrgetter = 1\n"
    "collections._sys.modules['operator'].attrgetter('_C._nn.silu')(torch)",
    "import collections\nclass _sys: pass\nfrom collections import _sys as s",
    "_memory_viz = 1\ntorch.cuda._memory_viz",
    "import dataclasses\nABC = 1\ndataclasses.abc.ABC",
    "type('S', (torch.Tensor,), {'__torch_function__': print})",
    "make = type(int)\nmake('C', (), {'__annotations__': {'x=__import__(1)': int}})",
    "class M(type): pass",
    "async def g():\n    yield 1\nag_frame = 1\ng().ag_frame",
    "from elsewhere import something",
    "def broken(:",
    "# " + "long" * 60_000,
]
# What an operation does besides: it makes, copies and views tensors, which no rule rules out.
STRUCTURE = set(
    """
    _local_scalar_dense _reshape_alias _to_copy _unsafe_view alias as_strided cat clone copy copy_ detach empty
    empty_like empty_strided expand fill fill_ full index lift_fresh new_empty new_empty_strided permute resolve_conj
    resolve_neg scalar_tensor select set_ slice split split_with_sizes squeeze stack t transpose unbind unfold
    unsqueeze view zero_ zeros arange ones full_like _assert_scalar unsafe_split item
    """.split()
)
PARTS_OF_COMPARING = {
    "abs",
    "add",
    "all",
    "bitwise_and_",
    "bitwise_or_",
    "eq",
    "isclose",
    "isfinite",
    "le",
    "logical_and",
    "mul",
    "ne",
    "sub",
}
OTHERS = {  # by word: what it may dispatch to besides; whoever rules that out rules out the word, too
    "addmm": {"addmv"},
    "allclose": PARTS_OF_COMPARING,
    "argsort": {"sort"},
    "clip": {"clamp"},
    "conv2d": {"convolution"},
    "isclose": PARTS_OF_COMPARING,
    "isfinite": PARTS_OF_COMPARING,
    "matmul": {"mm", "mv", "dot", "bmm"},
    "max": {"maximum"},
    "max_pool2d": {"max_pool2d_with_indices"},
    "min": {"minimum"},
    "square": {"pow"},
    "square_": {"pow_"},
    "tile": {"repeat"},
    "unique": {"_unique2"},
    "where": {"nonzero"},
}


@pytest.mark.parametrize("text", PLAIN)
def test_plain_texts_are_told(text):
    """Python's usual words, tensors' usual operations, and names of a student's own."""
    assert plain.is_plain({"mine": text, "beside": "def helper(x):\n    return x\n"}, "mine")


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_what_finds_names_is_not_plain(text):
    """Nor are names of others that a text binds as its own, nor a module of the library's name beside it."""
    modules = {"mine": "import torch\n" + text, "operator": "attrgetter = 1\n"}
    assert not plain.is_plain(modules, "mine")


def test_what_is_imported_from_beside_must_be_plain_as_well():
    """Directly or by another; what nobody imports does not matter."""
    texts = {"mine": "import first\n", "first": "import second\n", "second": "x = getattr\n", "third": "eval('1')\n"}
    assert not plain.is_plain(texts, "mine")
    assert plain.is_plain(texts | {"second": "x = len\n"}, "mine")


def test_only_what_is_imported_counts_to_the_length():
    """A folder with a whole course in it slows no assignment; a text that is too long to be read is not plain."""
    long = "x = 1\n" * (plain.MOST_CHARACTERS // 6 + 1)
    assert plain.is_plain({"mine": "import torch\n", "rest": long}, "mine")
    assert not plain.is_plain({"mine": "import rest\n", "rest": long}, "mine")


@pytest.mark.parametrize("slug", Course(ROOT).slugs)
def test_every_reference_is_plain(slug):
    """So right work is not slowed; a reference that is not would make its whole class slower."""
    course = Course(ROOT)
    beside = course.assignment(slug).imports
    assert plain.is_plain({name: course.solution(name) for name in (slug, *beside)}, slug)


class Recorded(TorchDispatchMode):
    """Records the names of operations."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Note the name and go on."""
        self.names.add(function.name().rpartition("::")[2].partition(".")[0])
        return function(*args, **(kwargs or {}))


def calls(word: str) -> Iterator[Any]:
    """What a word may be called with: one, two or three matrices, with numbers or without, as torch's or a tensor's."""
    x = torch.rand(4, 4, dtype=torch.float64) + 0.1
    integers = torch.zeros(4, 4, dtype=torch.int64)
    others = [(), (x,), (1,), (0, 1), (x, x), (0, integers), (0, integers, x), (x > 0.5, 1.0), ("ij,jk->ik", x, x)]
    for holder, rest in itertools.product((torch, torch.Tensor), others):
        function = getattr(holder, word, None)
        if callable(function):
            yield lambda f=function, r=rest: f(*r) if r and r[0] == "ij,jk->ik" else f(x.clone(), *r)
    image, kernel = x.clone()[None], x[None, None, :2, :2].clone()
    for rest in ((kernel,), (2,)):
        if word.endswith("2d"):
            yield lambda r=rest: getattr(torch, word)(image, *r)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("word", sorted(plain.WORDS - {"einsum", "no_grad", "Generator", "Tensor", "cuda", "backward"}))
def test_a_word_dispatches_what_it_is_called(word):
    """A word that hid another operation would let it pass; where there are several names, the exceptions say so."""
    dispatched: set[str] = set()
    for call in calls(word):
        with Recorded() as recorded:
            try:
                call()
            except Exception:  # nothing that can be called so
                recorded.names.clear()
        dispatched |= recorded.names
    allowed = {*_spellings(word), *_spellings(word.rstrip("_")), *OTHERS.get(word, ())}
    assert not dispatched - STRUCTURE - allowed
