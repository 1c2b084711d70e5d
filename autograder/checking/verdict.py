"""How a check ends early: one exception that carries the outcome and what the student reads."""

from __future__ import annotations

from ..model import Outcome


class Verdict(Exception):
    """A check is decided.

    Args:
        outcome: how it ended.
        message: sentences for the student that show no input of the check.
        details: lines with values, shown for visible checks only.
    """

    def __init__(self, outcome: Outcome, message: str, details: str = "") -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message
        self.details = details


def failed(message: str, details: str = "") -> Verdict:
    """The verdict `failed`, to be raised."""
    return Verdict(Outcome.FAILED, message, details)
