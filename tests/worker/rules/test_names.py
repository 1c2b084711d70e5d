"""autograder.worker.rules.names: what a name in a rule stands for, and which full names it rules out."""

from __future__ import annotations

import pytest

from autograder.worker.rules.names import Rules, addresses_of, unknown


def rules(*names: str, allow: tuple[str, ...] = ()) -> Rules:
    return Rules([{"names": names, "allow": allow}])


RULED_OUT = {
    "a part of a library": ("torch.nn", "torch.nn.Linear"),
    "a part of a part": ("torch.nn", "torch.nn.functional.relu"),
    "the part itself": ("torch.linalg.solve", "torch.linalg.solve"),
    "a function": ("softmax", "torch.softmax"),
    "a method": ("softmax", "torch.Tensor.softmax"),
    "in place": ("sigmoid", "torch.Tensor.sigmoid_"),
    "an operator": ("matmul", "torch.Tensor.__matmul__"),
    "another module of torch": ("logsumexp", "torch.special.logsumexp"),
    "an operation of the dispatcher": ("softmax", "torch.ops.aten._softmax.default"),
    "another library": ("softmax", "scipy.special.softmax"),
    "a whole library": ("scipy", "scipy.special.expit"),
    "a group": ("autograd", "torch.Tensor.backward"),
    "more of a group": ("autograd", "torch.func.grad"),
    "what hides operations in a text": ("softmax", "torch.jit.CompilationUnit"),
}
NOT_RULED_OUT = {
    "another part": ("torch.nn", "torch.exp"),
    "a name that only begins alike": ("torch.nn", "torch.nnx.Linear"),
    "a longer word": ("softmax", "torch.log_softmax"),
    "switching off": ("autograd", "torch.no_grad"),
}


@pytest.mark.parametrize(("name", "used"), RULED_OUT.values(), ids=RULED_OUT)
def test_a_rule_rules_out(name: str, used: str):
    """The thing that it names, whatever address it is used at."""
    assert rules(name).broken_by(used) == [0]


@pytest.mark.parametrize(("name", "used"), NOT_RULED_OUT.values(), ids=NOT_RULED_OUT)
def test_a_rule_does_not_rule_out(name: str, used: str):
    """Anything else."""
    assert rules(name).broken_by(used) == []


def test_what_is_allowed_is_not_ruled_out():
    """An exception within a part that is ruled out."""
    found = rules("torch.nn", allow=("torch.nn.functional.one_hot",))
    assert found.broken_by("torch.nn.functional.one_hot") == []
    assert found.broken_by("torch.nn.functional.relu") == [0]


def test_each_broken_rule_is_told_by_its_number():
    """Of three rules the first and the last."""
    stated = [{"names": [name], "allow": []} for name in ("torch.nn", "softmax", "relu")]
    assert Rules(stated).broken_by("torch.nn.functional.relu") == [0, 2]


def test_names_that_stand_for_nothing_are_told():
    """A slip in an operation, a part or a group; not what torch or numpy really has."""
    names = ["autograd", "softmax", "matmul", "polyfit", "torch.nn", "torch.Tensor.backward", "numpy.linalg", "numpy"]
    assert unknown([*names, "sofmax", "torch.nm", "torch.nn.Liner", "autogrd"]) == [
        "sofmax",
        "torch.nm",
        "torch.nn.Liner",
        "autogrd",
    ]


def test_a_library_that_cannot_be_imported_is_known_by_its_name(monkeypatch, tmp_path):
    """A rule may name it: nothing breaks, and whoever imports from it is found in the text."""
    (tmp_path / "brokenlib.py").write_text("raise RuntimeError('no such operator')")
    monkeypatch.syspath_prepend(tmp_path)
    assert unknown(["brokenlib.nms"]) == ["brokenlib.nms"]
    assert addresses_of(["brokenlib"]) == addresses_of([])
    assert rules("brokenlib").broken_by("brokenlib.ops.nms") == [0]


def test_an_operation_is_found_at_every_address():
    """As a function, a method, in C, in the special functions, in the dispatcher."""
    names = {address.name for address in addresses_of(["softmax"])}
    assert {
        "torch.softmax",
        "torch.Tensor.softmax",
        "torch.nn.functional.softmax",
        "torch.special.softmax",
        "torch.masked.softmax",
        "torch.ops",
    } <= names


def test_helpers_of_a_part_are_left_alone():
    """What torch.nn.functional only imported to work with is not watched: it would slow torch down."""
    names = {address.name for address in addresses_of(["torch.nn"])}
    assert "torch.nn.functional.relu" in names
    assert not {name for name in names if "has_torch_function" in name or "warn" in name}


MENTIONED = [
    "torch.softmax(x, 1)",
    "x.\n  softmax(1)",
    "x.\\\nsoftmax(1)",
    "getattr(torch, 'softmax')",
    "from torch import softmax",
    "from torch import (exp,\n    softmax)",
    "from torch import *",
    "torch.\uff53oftmax(x)",
]


def test_a_library_is_mentioned_where_something_of_it_is_imported():
    """Also by `from`, however deep inside of it the name lies; the word alone is no mention."""
    assert rules("sklearn").may_be_broken_in("from sklearn.model_selection import train_test_split")
    assert rules("sklearn").may_be_broken_in("import sklearn.model_selection as s")
    assert not rules("sklearn").may_be_broken_in("x = 1  # the way from sklearn to this")


@pytest.mark.parametrize("text", MENTIONED)
def test_a_text_that_mentions_the_name_is_looked_at(text: str):
    """After a dot, in quotes, in an import, through a star, in other letters that Python takes for the same."""
    assert rules("softmax").may_be_broken_in(text)


def test_a_text_without_the_name_need_not_be_looked_at():
    """A function of the student's own that is called so does not count."""
    assert not rules("softmax", "autograd", "torch.nn").may_be_broken_in(
        "import torch\ndef softmax(x):\n    e = torch.exp(x)\n    return e / e.sum()\nprint(softmax(1))"
    )
