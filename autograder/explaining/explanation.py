"""From a failed check to all that its student is told: the likeliest question, and lines that reproduce the failure.

It costs nothing until a check has failed, and needs no reference: only what the check asked for, what came back and
what must hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import torch

from ..actions import Assign, Call
from ..checking import observations
from ..checking.case import Case
from ..checking.comparing import THE_RESULT
from ..checking.student import Student, events, parameters
from ..checking.transcript import Event, find
from ..checking.verdict import NOTHING_SAID, Difference, Verdict, Wording
from . import questions
from .quantities import Quantities
from .relations import diagnose
from .snippets import reproduce

END = re.compile(r"(?<=[.?]) ")  # of a sentence


@dataclass(frozen=True)
class Explanation:
    """What is said about a failed check.

    Args:
        message: sentences; the veiled ones are for hidden checks.
        brief: the same without a question, to stand beside another one.
        details: the call and the arrays, for visible checks only.
        snippet: lines for a Python prompt that show the failure, for visible checks only; may be empty.
    """

    message: Wording
    brief: Wording
    details: str = ""
    snippet: str = ""


def explanation_of(verdict: Verdict, student: Student, case: Case, module: str) -> Explanation:
    """All that can be said about a verdict on `student`.

    Args:
        case: drew the inputs of the check.
        module: name under which the student's code can be imported; "" for a notebook, where it is at hand.
    """
    made, difference = events(student), verdict.difference
    place = find(made, difference.found) if difference else None
    event = place[0] if place else made[-1] if made else None
    message, brief = verdict.wording, _stated(verdict.wording)
    if difference is not None:
        given = _given(student, event, difference)
        message = _with_question(verdict, given) + _where_not_finite(difference, given)
        message, brief = (_naming(text, difference, event) for text in (message, brief))
    called = [f"called: {event.words}"] if event else []
    snippet = reproduce(verdict, student, case, module)
    return Explanation(message, brief, "\n".join([*called, *filter(None, [verdict.details])]), snippet)


def _stated(text: Wording) -> Wording:
    """A text without its questions; what such a sentence states before its colon stays."""

    def without(sentences: str) -> str:
        parts = [(part.endswith("?"), part) for part in END.split(sentences)]
        kept = [f"{part.rpartition(': ')[0]}." if asks else part for asks, part in parts]
        return " ".join(part for part in kept if part != ".")

    return Wording(without(text.full), without(text.veiled))


def _naming(text: Wording, difference: Difference, event: Event | None) -> Wording:
    """A text about "the result" that says of which function, where the check leaves that open."""
    if difference.name != THE_RESULT or event is None or not isinstance(event.action, Call):
        return text
    begin, of = THE_RESULT.capitalize(), f"{THE_RESULT.capitalize()} of {event.action.name}"
    return Wording(text.full.replace(begin, of, 1), text.veiled.replace(begin, of, 1))


def _given(student: Student, event: Event | None, difference: Difference) -> Quantities:
    """The quantities of the call that gave a value; of an object also what it was made with and set to."""
    calls: list[tuple[Call, list[str]]] = []
    for action in _behind(events(student), event) if event else []:
        if isinstance(action, Assign):
            calls.append((Call(None, "", (), {action.name: action.value}), []))
        else:
            calls.append((action, parameters(student, action)))
    return Quantities.of(calls, difference.factors)


def _behind(made: list[Event], event: Event) -> list[Call | Assign]:
    """The call itself; for an attribute, the last call of a method before; the making and setting of the object."""
    past = made[: made.index(event) + 1]
    target = event.action.target
    calls = [e.action for e in past if isinstance(e.action, Call) and e.action.target == target]
    latest = [event.action] if isinstance(event.action, Call) else calls[-1:]
    if target is None:
        return latest
    settings = [e.action for e in past if isinstance(e.action, Assign) and e.action.target == target]
    makers = [e.action for e in past if getattr(e.answer, "id", None) == target and isinstance(e.action, Call)]
    return [*latest, *makers, *settings]


def _with_question(verdict: Verdict, given: Quantities) -> Wording:
    """The message with the likeliest question, if there is one, in place of the worst entry."""
    difference = verdict.difference
    if difference.wrong is None:
        return verdict.wording
    actual, expected = (_as_tensor(value) for value in (difference.found, difference.expected))
    found = diagnose(actual, expected, difference.wrong, given, rtol=difference.rtol)
    question = difference.question or found
    if question is None:
        return verdict.wording
    return (
        observations.wrong_entries(difference.name, actual, expected, wrong=difference.wrong)
        + question
        + verdict.company
    )


def _as_tensor(value: object) -> torch.Tensor:
    return value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=torch.float64)


def _where_not_finite(difference: Difference, given: Quantities) -> Wording:
    """What the inputs are where the result is nan or infinite, if they have an entry for each of its entries."""
    found = difference.found
    if not isinstance(found, torch.Tensor) or torch.isfinite(found).all() or difference.wrong is None:
        return NOTHING_SAID
    at = tuple((~torch.isfinite(found)).nonzero()[0].tolist())
    alike = {name: x[at].item() for name, x in given.tensors.items() if x.shape == found.shape and x.ndim}
    return questions.there(alike, at if found.numel() > 1 else None)
