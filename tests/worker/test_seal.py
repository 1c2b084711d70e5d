"""autograder.worker.seal: what measures a student's code is what it was before that code ran."""

from __future__ import annotations

import builtins
import sys

import pytest
from torch.overrides import TorchFunctionMode

from autograder import hosting
from autograder.worker.operation_count import MONITORING, counted
from autograder.worker.seal import Changed, Seal

CHANGES = {
    "a function": (hosting, "_different", lambda *_: []),
    "a method": (hosting.Hosting, "answer", lambda *_: None),
    "a class": (hosting, "CountingOperations", object),
    "code of a function": (hosting._fingerprint_of_leaf, "__code__", (lambda leaf: None).__code__),
    "a function of Python": (builtins, "zip", lambda *_, **__: ()),
    "what counting rests on": (TorchFunctionMode, "__enter__", lambda self: self),
}


@pytest.mark.parametrize(("owner", "name", "other"), CHANGES.values(), ids=CHANGES)
def test_what_was_changed_is_noticed(monkeypatch, owner: object, name: str, other: object):
    """By its name; put back, nothing is wrong any more."""
    seal = Seal()
    with monkeypatch.context() as changing:
        changing.setattr(owner, name, other)
        with pytest.raises(Changed):
            seal.check()
    seal.check()


def test_a_call_that_changes_what_measures_it_is_noticed_at_once(monkeypatch):
    """Before anything else reads what was measured; a call that changes nothing returns its value."""
    seal = Seal()
    assert seal.checked(abs)(-3) == 3
    with pytest.raises(Changed, match="`_different` of the grader was changed"):
        seal.checked(monkeypatch.setattr)(hosting, "_different", lambda *_: [])


@pytest.mark.skipif(MONITORING is not None, reason="steps are traced up to Python 3.11")
def test_a_call_that_stops_its_trace_is_noticed():
    """Its steps would not be counted."""
    before = sys.gettrace()
    try:
        with pytest.raises(Changed, match="trace function"):
            counted(sys.settrace, (None,), {})
    finally:
        sys.settrace(before)
