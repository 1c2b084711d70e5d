"""What came back in a check, request by request, as fingerprints: of a mistake when it is recorded, then of a student.

Both go through the same function, so that what is compared later is alike in kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..checking.transcript import Event
from .check_run import CheckRun
from .fingerprints import Print, fingerprint, outline
from .recorded import words_hash
from .replay import Answer, is_small, student_answer

RAISED = "raised "
# In a student's code, at the end of an exception's words: in this process, and as a worker's reply is told.
PLACE = re.compile(r" \((line \d+ of its cell|[\w.-]+, (cell \d+, )?line \d+)(, in [^`]*)?: `.*`\)$", re.DOTALL)


@dataclass(frozen=True)
class Heard:
    """A request and its answer.

    Args:
        event: where they stand in the transcript.
        function: what was asked for, as `functions_of` tells it.
        sent: the outline of what was sent along.
        answer: the fingerprint of what came back; None if it cannot be compared.
        raised: whether an exception came back.
    """

    event: Event
    function: str
    sent: list[float]
    answer: Print | None
    raised: bool


def heard_in(run: CheckRun) -> list[Heard]:
    """Every request of a check, in order."""
    return list(_heard(run))


def print_of(answer: Answer) -> Print | None:
    """The fingerprint of an answer; None if it has too many parts."""
    if answer.raised:
        words = PLACE.sub("", answer.raised)
        return [[f"{RAISED}{words_hash(words)}"]]
    if answer.changed or answer.calls:
        return fingerprint([answer.value, answer.changed, list(answer.calls)])
    return fingerprint(answer.value)


def is_raised(answer: Print) -> bool:
    """Whether an answer is an exception."""
    return str(answer[0][0]).startswith(RAISED)


def _heard(run: CheckRun) -> Iterator[Heard]:
    for event, function in zip(run.events, run.functions, strict=True):
        answer = student_answer(event, run.raised)
        if answer is None or not event.intact or not is_small(event):
            yield Heard(event, function, [], None, False)
            continue
        yield Heard(event, function, outline(event.sent), print_of(answer), bool(answer.raised))
