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
    """The call reached a function that is still a stub."""

    def __init__(self, function: str) -> None:
        super().__init__(Outcome.NOT_ATTEMPTED, f"`{function}` is not written yet.")
        self.function = function
