"""autograder.actions: what a check can ask of a module, and how it travels."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest
import torch

from autograder.actions import Action, Assign, Call, Operate, Read, Signature, asking, unpacked, with_values
from autograder.model import ObjectRef

ENGINE = Path(__file__).resolve().parents[1] / "autograder"
ACTIONS = [
    Call(None, "f", (1, [2]), {"x": None}, observe=True),
    Call(4, "step", (), {}, count=True),
    Call(4, "step", (), {}, clock=True),
    Read(4, "weight"),
    Assign(4, "weight", {"a": ObjectRef(2, "Layer")}),
    Signature(None, "f"),
    Operate("mul", (2, ObjectRef(2, "Layer"))),
]


def test_every_kind_of_action_is_tried_here():
    """So that a new one is tried as well."""
    assert {type(action) for action in ACTIONS} == set(get_args(Action))


@pytest.mark.parametrize("action", ACTIONS, ids=repr)
def test_an_action_comes_out_of_its_request(action: Action):
    """With everything that it carries."""
    (fields,) = asking(action)["actions"]
    assert unpacked(fields) == action


def test_a_request_keeps_the_order_and_the_tensors():
    """Tensors are not copied on the way to the wire."""
    x = torch.ones(2)
    first, second = asking(Call(None, "f", (x,), {}), Read(1, "y"))["actions"]
    assert first[:3] == ["Call", None, "f"]
    assert first[3][0] is x
    assert second == ["Read", 1, "y"]


def test_what_an_action_carries_can_be_changed():
    """Each value once; the action itself stays."""
    call = Call(3, "f", (1,), {"x": 2})
    changed = with_values(call, lambda value: {"x": 5} if isinstance(value, dict) else value)
    assert changed == Call(3, "f", (1,), {"x": 5})
    assert call.kwargs == {"x": 2}


def names_in(path: Path) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}


def test_a_kind_of_action_is_known_to_three_files():
    """Its record, what a host does about it, and the word for it; `Signature` is one that nothing else looks at.

    Only what answers from a record must tell what is on no record.
    """
    knowing = {str(path.relative_to(ENGINE)) for path in ENGINE.rglob("*.py") if "Signature" in names_in(path)}
    assert knowing - {"explaining/cases.py"} == {"actions.py", "hosting.py", "checking/student.py"}
