"""What tests of the trusted side start from: texts of submissions, and plans with other limits or checks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from autograder.checking.registry import Check
from autograder.grading import process
from autograder.grading.plan import Plan
from autograder.model import Budget, Exercise

SUBMISSION = """import torch
{top}


def double(x):
    {double}


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        {add}
"""


@pytest.fixture(scope="session")
def text() -> Callable[..., str]:
    """A right submission of the miniature assignment, with other lines where a test wants them."""

    def write(
        double: str = "return x + x", *, add: str = "self.total += amount; return self.total", top: str = ""
    ) -> str:
        double, add = double.replace("\n", "\n    "), add.replace("\n", "\n        ")
        return SUBMISSION.format(top=top, double=double, add=add)

    return write


@pytest.fixture
def limited(plan: Plan) -> Callable[..., Plan]:
    """The miniature assignment with another budget."""

    def limit(*, check_seconds: float = 60, submission_seconds: float = 120, memory_mb: int = 512) -> Plan:
        budget = Budget(check_seconds, submission_seconds, memory_mb)
        return dataclasses.replace(plan, assignment=dataclasses.replace(plan.assignment, budget=budget))

    return limit


@pytest.fixture
def checked_by(plan: Plan) -> Callable[..., Plan]:
    """The miniature assignment with other checks, all visible and all of the exercise `double`."""

    def replace_checks(*functions: Callable, needs: dict[str, str] | None = None, check_seconds: float = 60) -> Plan:
        checks = tuple(Check(f, "double", needs=(needs or {}).get(f.__name__)) for f in functions)
        exercise = Exercise("double", "Twice a tensor", 6.0, ("double",))
        assignment = dataclasses.replace(plan.assignment, exercises=(exercise,), budget=Budget(check_seconds))
        return dataclasses.replace(plan, assignment=assignment, checks=checks)

    return replace_checks


@pytest.fixture
def sent(monkeypatch) -> list[dict]:
    """Everything that is sent to workers, as it is sent."""
    messages: list[dict] = []
    send = process.wire.send

    def record(sock: Any, nonce: str, value: dict, **options: Any) -> None:
        messages.append(dict(value))
        send(sock, nonce, value, **options)

    monkeypatch.setattr(process.wire, "send", record)
    return messages
