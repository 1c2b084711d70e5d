"""At a student's desk nobody waits twice for a function that does not answer.

A time limit is long, since it must never stop correct code. One loop that never ends would use it up in every check of
its function, and in every check of what builds on that. So the first check tells, and the others are skipped. A run
that gives marks asks all the same: there a function may answer in one check and not in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..actions import CALL, Action, Answer, Call
from ..checking.spies import Given
from ..checking.verdict import Verdict
from ..model import Assignment, Exercise, ObjectRef, Outcome
from ..values import leaves
from .channel import SubmissionChannel


class ImpatientChannel:
    """A channel over which no function is asked that has timed out, nor anything for an exercise that needs it.

    Attributes:
        behind: the channel that asks, and over which calls of functions of ours come back.
    """

    def __init__(self, channel: SubmissionChannel, assignment: Assignment) -> None:
        self.behind = channel
        self._assignment = assignment
        self._exercise = ""  # whose check runs
        self._classes: dict[int, str] = {}  # of the objects of this check, by number
        self._timed_out: set[str] = set()  # "f" or "Class.method"
        self._stuck: dict[str, str] = {}  # ids of the exercises that these belong to, with the function

    def begin(self, seed: int, exercise: str) -> None:
        """Prepare for a check of an exercise.

        Raises:
            Verdict: what the exercise builds on does not answer.
        """
        self._exercise = exercise
        self._classes.clear()
        for needed in self._needed(exercise):
            if needed.id in self._stuck:
                function = self._stuck[needed.id]
                raise _not_asked(f'This check needs "{needed.title}", and `{function}` did not answer in time')
        self.behind.begin(seed, exercise)

    def ask(self, actions: Sequence[Action]) -> Iterator[Answer]:
        """Do one after the other, unless one of them calls a function that has timed out."""
        called = [self._called(action) for action in actions if isinstance(action, Call)]
        for name in called:
            if name in self._timed_out:
                raise _not_asked(f"`{name}` did not answer in time in a check before")
        try:
            for answer in self.behind.ask(actions):
                self._remember_objects(answer)
                yield answer
        except Verdict as verdict:
            if verdict.outcome is Outcome.TIMED_OUT:
                self._note(called)
            raise

    def give(self, function: Given) -> None:
        """Be ready for calls of a function of ours."""
        self.behind.give(function)

    def ruled_out(self, exercise: Exercise) -> Verdict | None:
        """The verdict on an exercise whose functions visibly use what is ruled out there, if any does."""
        return self.behind.ruled_out(exercise)

    def notes(self) -> list[str]:
        """What is to be said about how the code was loaded."""
        return self.behind.notes()

    def take_output(self) -> str:
        """What the code printed since the last time this was asked."""
        return self.behind.take_output()

    def close(self) -> None:
        """End whatever runs for this channel alone."""
        self.behind.close()

    def _called(self, call: Call) -> str:
        """The function of a call: "f" or "Class.method"."""
        if call.target is None:
            return call.name
        owner = self._classes.get(call.target, "")
        if call.name == CALL:
            return owner
        return f"{owner}.{call.name}"

    def _remember_objects(self, answer: Answer) -> None:
        for _, leaf in leaves(answer.value):
            if isinstance(leaf, ObjectRef):
                self._classes[leaf.id] = leaf.type_name

    def _note(self, called: Sequence[str]) -> None:
        """Remember what timed out: one message asks for one function, however often."""
        for name in called:
            self._timed_out.add(name)
            owner = self._assignment.exercise_of(name)
            id = self._exercise if owner is None else owner.id
            self._stuck.setdefault(id, name)

    def _needed(self, exercise: str) -> list[Exercise]:
        """The exercises without which one cannot work, and those that they need."""
        by_id = {each.id: each for each in self._assignment.exercises}
        needed: dict[str, Exercise] = {}
        waiting = list(by_id[exercise].needs)
        while waiting:
            id = waiting.pop()
            if id not in needed:
                needed[id] = by_id[id]
                waiting += by_id[id].needs
        return list(needed.values())


def _not_asked(reason: str) -> Verdict:
    return Verdict(Outcome.SKIPPED, f"{reason}, so it is not asked again in this run.")
