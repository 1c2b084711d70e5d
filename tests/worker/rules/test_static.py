"""autograder.worker.rules.static: what a text uses of what is ruled out, and which functions that concerns."""

from __future__ import annotations

import pytest

from autograder.worker.rules.names import Rules
from autograder.worker.rules.runtime import Use
from autograder.worker.rules.static import inspect_text

RULES = Rules(
    [
        {"names": ["autograd", "torch.nn"], "allow": ["torch.nn.functional.one_hot"]},
        {"names": ["sigmoid", "softmax", "scipy"], "allow": []},
    ]
)
TOP = """
import importlib, torch
import torch as t
import torch.nn as nn
import scipy.special as sp
import helpers
from helpers import borrowed, indirect
from torch import sigmoid as s, Tensor
from torch.nn import functional as F
ALIAS = torch.nn.functional
sig = torch.sigmoid
TABLE = torch.sigmoid(torch.arange(3.0))
LAYERS = {}
LAYERS["first"] = nn.ReLU()
"""
HELPERS = """
from torch import softmax as borrowed
import torch.nn.functional as F
def indirect(z):
    return _deeper(z)
def _deeper(z):
    return F.relu(z)
def unneeded(z):
    return F.relu(z)
"""


def found(code: str, *functions: str, top: str = TOP) -> dict[str, list[Use]]:
    return inspect_text({"work": top + code, "helpers": HELPERS}, "work", list(functions or ("f",)), RULES)


def names(code: str) -> list[str]:
    return [use.name for use in found(f"def f(z, x: Tensor, y: 'torch.Tensor'):\n    {code}").get("f", [])]


USES = {
    "an alias of the module": ("return t.sigmoid(z)", "torch.sigmoid"),
    "an alias of the function": ("return s(z)", "torch.sigmoid"),
    "a module from a package": ("return F.softmax(z, 1)", "torch.nn.functional.softmax"),
    "a long way": ("return torch.nn.functional.relu(z)", "torch.nn.functional.relu"),
    "getattr with a constant": ("return getattr(torch, 'sigmoid')(z)", "torch.sigmoid"),
    "getattr twice": ("return getattr(getattr(torch, 'nn'), 'ReLU')()(z)", "torch.nn.ReLU"),
    "importlib": ("return importlib.import_module('torch.nn').ReLU()(z)", "torch.nn.ReLU"),
    "__import__": ("return __import__('torch').nn.ReLU()(z)", "torch.nn.ReLU"),
    "an import inside": ("import torch.nn.functional as G\n    return G.relu(z)", "torch.nn.functional.relu"),
    "a variable for the module": ("G = nn.functional\n    return G.relu(z)", "torch.nn.functional.relu"),
    "a variable for the function": ("return ALIAS.relu(z)", "torch.nn.functional.relu"),
    "a walrus": ("return (G := nn.functional).relu(z)", "torch.nn.functional.relu"),
    "another library": ("return sp.expit(z)", "scipy.special.expit"),
    "the dispatcher": ("return torch.ops.aten.sigmoid(z)", "torch.ops.aten.sigmoid"),
    "handed on": ("return list(map(torch.sigmoid, z))", "torch.sigmoid"),
    "in a comprehension": ("return [torch.sigmoid(v) for v in z]", "torch.sigmoid"),
    "in a function inside": ("def g(a):\n        return torch.sigmoid(a)\n    return g(z)", "torch.sigmoid"),
    "a method of a parameter": ("return x.sigmoid()", "torch.Tensor.sigmoid"),
    "an annotation in quotes": ("return y.sigmoid()", "torch.Tensor.sigmoid"),
    "a method of a result": ("return torch.exp(z).softmax(1)", "torch.Tensor.softmax"),
    "a method after a calculation": ("w = 2 * x.exp()\n    return w.sigmoid()", "torch.Tensor.sigmoid"),
    "a parameter that stays a tensor": ("x = x.exp()\n    return x.sigmoid()", "torch.Tensor.sigmoid"),
    "a method of the class": ("return Tensor.sigmoid(z)", "torch.Tensor.sigmoid"),
    "backward": ("x.sum().backward()", "torch.Tensor.backward"),
    "requires_grad_": ("return x.requires_grad_()", "torch.Tensor.requires_grad_"),
}
HARMLESS = {
    "a docstring": '"""torch.sigmoid(z)"""',
    "a comment": "return z  # torch.sigmoid(z)",
    "a string": "return 'torch.sigmoid'",
    "no_grad": "with torch.no_grad():\n        return torch.exp(z)",
    "requires_grad_(False)": "return x.requires_grad_(False)",
    "an allowed name": "return F.one_hot(z)",
    "isinstance": "return isinstance(z, nn.Module)",
    "an annotation": "w: nn.Module = z\n    return w",
    "a function of the student's own": "return softmax(z)",
    "a variable of that name": "sigmoid = 1 / (1 + torch.exp(-z))\n    return sigmoid",
    "a name for something else here": "s = z\n    return s(z)",
    "a method of who knows what": "return z.sigmoid()",
    "a parameter that became something else": "x = Layer()\n    return x.sigmoid()",
    "backward of who knows what": "return z.backward(x)",
    "handing the module on": "return nn",
}
OWN = "\ndef softmax(z):\n    return z\nclass Layer:\n    def sigmoid(self):\n        return 1\n"


@pytest.mark.parametrize(("code", "name"), USES.values(), ids=USES)
def test_a_use_is_found(code: str, name: str):
    """However the text comes by it, as long as that is certain."""
    assert name in names(code)


@pytest.mark.parametrize("code", HARMLESS.values(), ids=HARMLESS)
def test_what_is_harmless_is_not_accused(code: str):
    """What uses nothing, and what is not certain to: the guards will see."""
    assert found(f"{OWN}\ndef f(z, x: Tensor):\n    {code}") == {}


NEEDED = {
    "a table at the top": ("def f(z):\n    return TABLE[z]", "torch.sigmoid"),
    "an entry of a dict": ("def f(z):\n    return LAYERS['first'](z)", "torch.nn.ReLU"),
    "an alias at the top": ("def f(z):\n    return sig(z)", "torch.sigmoid"),
    "a helper": ("def g(z):\n    return torch.sigmoid(z)\ndef f(z):\n    return g(z)", "torch.sigmoid"),
    "a helper of a helper": ("def f(z):\n    return indirect(z)", "torch.nn.functional.relu"),
    "another module": ("def f(z):\n    return helpers.indirect(z)", "torch.nn.functional.relu"),
    "what another module imported": ("def f(z):\n    return helpers.borrowed(z)", "torch.softmax"),
    "the same by name": ("def f(z):\n    return borrowed(z)", "torch.softmax"),
    "an object": ("class C:\n    def m(self):\n        nn.ReLU()\ndef f(z):\n    return C().m()", "torch.nn.ReLU"),
    "an object's making": ("class C:\n    def __init__(self):\n        nn.ReLU()\ndef f(z):\n    C()", "torch.nn.ReLU"),
    "a base class": ("class C(nn.Module):\n    pass\ndef f(z):\n    return C()", "torch.nn.Module"),
    "the function itself by assignment": ("f = torch.sigmoid", "torch.sigmoid"),
    "the function itself by import": ("from torch import sigmoid as f", "torch.sigmoid"),
    "the function itself as a lambda": ("f = lambda z: torch.sigmoid(z)", "torch.sigmoid"),
    "one of two definitions": ("if TABLE.any():\n    f = sig\nelse:\n    f = abs", "torch.sigmoid"),
}
NOT_NEEDED = {
    "an import alone": "def f(z):\n    return z",
    "a function that nobody calls": "def g(z):\n    return torch.sigmoid(z)\ndef f(z):\n    return z",
    "a test at the top": "def f(z):\n    return z\nassert f(1) != torch.sigmoid(torch.ones(1))",
    "a test in main": "def f(z):\n    return z\nif __name__ == '__main__':\n    f = torch.sigmoid",
    "another method": (
        "class C:\n    def m(self):\n        nn.ReLU()\n    def n(self):\n        pass\ndef f(z):\n    return C().n()"
    ),
    "an earlier version": "def f(z):\n    return torch.sigmoid(z)\ndef f(z):\n    return z",
    "what another module has besides": "def f(z):\n    return helpers.F",
}


@pytest.mark.parametrize(("code", "name"), NEEDED.values(), ids=NEEDED)
def test_a_function_answers_for_what_it_needs(code: str, name: str):
    """Helpers, tables, classes and other modules count as far as the function uses them."""
    assert name in [use.name for use in found(code)["f"]]


@pytest.mark.parametrize("code", NOT_NEEDED.values(), ids=NOT_NEEDED)
def test_a_function_does_not_answer_for_the_rest(code: str):
    """What only stands beside it, or never runs when it is graded."""
    assert found(code) == {}


CLASSES = """
class Base:
    def used(self, x: Tensor):
        return x.backward()
    def clean(self, x):
        return self.forward(x)
    def forward(self, x):
        return x
class Sub(Base):
    def through_self(self, x):
        return self.used(x)
    def through_super(self, x):
        return super().used(x)
    def forward(self, x):
        return super().forward(x)
"""


def test_methods_are_told_apart():
    """A method answers for those that it calls, inherited ones too, and for no other of its class."""
    methods = ("Base.used", "Base.clean", "Sub.used", "Sub.through_self", "Sub.through_super", "Sub.forward")
    accused = {name for name, uses in found(CLASSES, *methods).items() if uses}
    assert accused == {"Base.used", "Sub.used", "Sub.through_self", "Sub.through_super"}


def test_a_use_is_told_with_file_line_and_rule():
    """In the module itself, and in one beside it."""
    own = found("def f(z):\n    return t.sigmoid(z)\n", top="import torch as t\n")["f"]
    assert own == [Use(1, "torch.sigmoid", "work.py", 3)]
    line = HELPERS.splitlines().index("    return F.relu(z)") + 1
    assert found("def f(z):\n    return indirect(z)")["f"] == [Use(0, "torch.nn.functional.relu", "helpers.py", line)]


def test_a_method_of_a_tensor_of_another_module_is_told_by_its_name():
    """However the tensor is reached."""
    sources = {
        "work": "import helpers\nfrom helpers import t\ndef f():\n    helpers.t.relu()\n    return t.sigmoid()\n",
        "helpers": "import torch\nt = torch.ones(2)\n",
    }
    rules = Rules([{"names": ["sigmoid", "relu"], "allow": []}])
    uses = inspect_text(sources, "work", ["f"], rules)["f"]
    assert [use.name for use in uses] == ["torch.Tensor.relu", "torch.Tensor.sigmoid"]


def test_another_module_is_found_under_any_spelling():
    """Through a third one, by a name that Python reads as this one; what no module names is not looked at."""
    sources = {
        "work": "import ｈelpers\ndef f(z):\n    return ｈelpers.through(z)\n",
        "helpers": "import deep\ndef through(z):\n    return deep.relu(z)\n",
        "deep": "from torch.nn.functional import relu\n",
        "alone": "from torch.nn.functional import relu as through\n",
    }
    assert [use.name for use in inspect_text(sources, "work", ["f"], RULES)["f"]] == ["torch.nn.functional.relu"]


UNREADABLE = {
    "no Python": "def f(:\n",
    "very deep": "import torch\ndef f(z):\n    return torch.nn.ReLU" + "()" * 3000,
    "a long sum": "import torch\ndef f(z):\n    return " + " + ".join(["z.nn"] * 3000),
    "a chain of assignments": "import torch.nn\nx0 = 1\n" + "".join(f"x{i + 1} = x{i} + x{i}\n" for i in range(2000)),
    "a circle": "import torch.nn\na = b\nb = a\ndef f(z):\n    return a.nn",
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_no_text_breaks_the_inspection(text: str):
    """It says nothing where it cannot look; the guards do not depend on it."""
    found = inspect_text({"work": text}, "work", ["f"], RULES)
    assert {use.name for uses in found.values() for use in uses} <= {"torch.nn", "torch.nn.ReLU"}


PRODUCTS = Rules([{"names": ["matmul"], "allow": []}])


def products(text: str) -> list[str]:
    uses = inspect_text({"work": text}, "work", ["f"], PRODUCTS).get("f", [])
    return [f"{use.name} in line {use.line}" for use in uses]


@pytest.mark.parametrize("code", ["return np.asarray(x) @ y.numpy()", "x @= y"])
def test_the_operator_of_numpy_is_a_matrix_product(code: str):
    """Nothing can see it as it runs."""
    assert products(f"import numpy as np\ndef f(x, y):\n    {code}") == ["numpy.matmul in line 3"]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\ndef g(x, y):\n    return x @ y\ndef f(x, y):\n    return np.asarray(x * y)",
        "import numpy\nclass M:\n    def __matmul__(self, other):\n        return 1\ndef f(x, y):\n    return M() @ y",
        "def f(x, y):\n    return x @ y",
        "import numpy as np\n@np.errstate()\ndef f(x, y):\n    return x * y",
    ],
    ids=["another function", "a class with an operator", "no numpy", "a decorator"],
)
def test_what_need_not_be_numpys_operator_is_not_accused(text: str):
    """Guards notice torch's as it runs."""
    assert products(text) == []
