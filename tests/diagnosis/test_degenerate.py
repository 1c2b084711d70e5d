"""autograder.diagnosis.degenerate: answers that say nothing about the mistake behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from autograder.actions import Call
from autograder.checking.registry import Check
from autograder.checking.transcript import Event
from autograder.diagnosis.check_run import CheckRun
from autograder.diagnosis.degenerate import KINDS, kinds_of
from autograder.diagnosis.variants import DEGENERATE

X = torch.tensor([1.0, -2.0])
ANSWERS: dict[str, tuple[Sequence[Any], list[str]]] = {  # what a function answered, call by call; its kinds
    "zeros": ([X * 0, 0.0, (X * 0, 0)], ["zeros"]),
    "nan": ([X * float("nan"), float("nan")], ["nan"]),
    "an overflow": ([X * float("inf")], ["nan"]),
    "its input": ([X, X.clone()], ["its input"]),
    "zeros once": ([X * 0, X + 1], []),
    "one entry that is not nan": ([torch.tensor([float("nan"), 1.0])], []),
    "an input with another sign": ([-X], []),
    "a text": (["0"], []),
    "nothing in a list": ([[]], []),
    "nothing asked": ([], []),
}


def asked(function: str, *args: Any, **told: Any) -> Event:
    """A call, and what came back."""
    return Event(Call(None, function, args, {}), function, **told)


def run_of(*events: Event) -> CheckRun:
    """A check that asked for these."""

    def asks(student, case):
        """It asks."""

    return CheckRun(Check(asks, "ex1"), None, events)


@pytest.mark.parametrize(("answers", "kinds"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_must_be_of_the_kind(answers: Sequence[Any], kinds: list[str]):
    """One that is not is enough for a function not to be degenerate; of another function nothing is asked."""
    events = [asked("f", X, answer=answer) for answer in answers]
    assert kinds_of(run_of(*events, asked("g", X, answer=X * 3)), "f") == kinds


def test_an_exception_is_no_answer_of_any_kind():
    """What raised gave no zeros, no nan, and not its input."""
    assert kinds_of(run_of(asked("f", X, raised="ValueError: no")), "f") == []


def test_every_kind_has_a_variant():
    """What is recognised can also be compared with whatever calls the function."""
    assert KINDS.keys() == DEGENERATE.keys()
