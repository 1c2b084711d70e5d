"""What the runner needs of a channel besides asking, wherever the student's code runs."""

from __future__ import annotations

from typing import Protocol

from ..checking.student import Channel
from ..checking.verdict import Verdict
from ..model import Exercise, Outcome


class SubmissionChannel(Channel, Protocol):
    """A channel to the code of one submission."""

    def begin(self, seed: int, exercise: str) -> None:
        """Prepare for a check of an exercise: forget the objects of the one before, seed the global generators."""

    def ruled_out(self, exercise: Exercise) -> Verdict | None:
        """The verdict on an exercise whose functions visibly use what is ruled out there, if any does."""

    def notes(self) -> list[str]:
        """What is to be said about how the code was loaded."""

    def take_output(self) -> str:
        """What the code printed since the last time this was asked."""

    def close(self) -> None:
        """End whatever runs for this channel alone."""


class Unwritten(Verdict):
    """The call reached a function that is still a stub, or that still raises what the stub raised.

    Args:
        left_in: where that line stands in a function that holds more than it; "" for a stub.
    """

    def __init__(self, function: str, left_in: str = "") -> None:
        self.function = function
        self.state = "is not written yet"
        if left_in:
            self.state = f"still raises NotImplementedError ({left_in}): take that line out"
        super().__init__(Outcome.NOT_ATTEMPTED, f"`{function}` {self.state}.")
