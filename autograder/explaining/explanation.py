"""From a failed check to all that its student is told: what is wrong, the likeliest question, and what shows it.

It costs nothing until a check has failed, and needs no reference: only what the check asked for, what came back and
what must hold. What hidden checks may say of it is decided here, and is said in words alone: a block with values in
it is shown for visible checks only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from ..actions import CALL, Assign, Call
from ..checking.case import Case
from ..checking.comparing import THE_RESULT, agree, without_a_guess
from ..checking.grammar import listed
from ..checking.student import Student, events, parameters
from ..checking.transcript import Event, find
from ..checking.verdict import NOTHING_SAID, Difference, Message, Raised, Verdict
from ..evidence import Block, CallShown, Question, Remark, Snippet
from ..model import ObjectRef, Outcome
from . import finiteness, questions
from .comparisons import as_tensor, comparison_of
from .quantities import Quantities
from .questions import Asked
from .relations import diagnose
from .snippets import reproduce

UNEXPECTED = re.compile(r"unexpected keyword argument '(\w+)'")
UNWRITTEN = (Outcome.NOT_ATTEMPTED, Outcome.SKIPPED)  # where no call has anything to show


@dataclass(frozen=True)
class Explanation:
    """What is said about a failed check.

    Args:
        message: what is wrong.
        asked: the likeliest question about it.
        remarks: sentences to be read after these two.
        shown: what shows it, for visible checks only.
    """

    message: Message
    asked: Asked | None = None
    remarks: Message = NOTHING_SAID
    shown: tuple[Block, ...] = ()

    def evidence(self, *, visible: bool) -> tuple[Block, ...]:
        """All but the message, for a check that students can see, or for one that they cannot."""
        blocks: list[Block] = []
        if self.asked is not None:
            question = self.asked.question.shown(visible=visible)
            if question:
                blocks.append(Question(question, self.asked.seen.shown(visible=visible)))
        remarks = self.remarks.shown(visible=visible)
        if remarks:
            blocks.append(Remark(remarks))
        if visible:  # all blocks with values at once, so that a new kind cannot slip into hidden checks
            blocks += self.shown
        return tuple(blocks)


def explanation_of(verdict: Verdict, student: Student, case: Case, module: str) -> Explanation:
    """All that can be said about a verdict on `student`.

    Args:
        case: drew the inputs of the check.
        module: name under which the student's code can be imported; "" for a notebook, where it is at hand.
    """
    if verdict.outcome in UNWRITTEN:
        return Explanation(verdict.fact)
    difference = verdict.difference
    event = _event_of(difference, events(student))
    message = verdict.fact
    remarks = verdict.company
    asked = None
    if verdict.outcome is Outcome.FAILED:  # the text of an exception is the student's: a question in it is not ours
        message, asked = questions.taken_apart(message)
    shown: list[Block] = []
    if event is not None:
        shown.append(CallShown(event.words))
    if difference is not None:
        given = _given(student, event, difference)
        misplaced = _misplaced(verdict, event)
        if misplaced is not None:
            message = without_a_guess(difference) or message
            asked = misplaced
        else:
            asked = _question(difference, given) or finiteness.reason(difference, events(student)) or asked
            size = _size_named(difference, given)
            if size is not None and asked is None:
                asked = questions.summed_along(size)
            elif size is not None:
                remarks = Message(f"{size.full}.", "") + remarks
        message = _naming(message, difference, event)
        remarks += finiteness.inputs_there(difference, given)
        comparison = comparison_of(difference)
        if comparison is not None:
            shown.append(comparison)
    parameters_there = _parameters_called_otherwise(verdict, event, student)
    if parameters_there is not None:
        message = Message(f"{message.full}.", message.redacted)  # the words of Python end without a full stop
        remarks += parameters_there
    shown += verdict.evidence
    snippet = reproduce(verdict, student, case, module)
    if snippet:
        shown.append(Snippet(snippet))
    return Explanation(message, asked, remarks, tuple(shown))


def _event_of(difference: Difference | None, made: Sequence[Event]) -> Event | None:
    """What the check asked for when it was refused: what brought the wrong value, or else what came last."""
    if difference is not None:
        place = find(list(made), difference.actual)
        if place is not None:
            return place[0]
    if made:
        return made[-1]
    return None


def _naming(text: Message, difference: Difference, event: Event | None) -> Message:
    """A text about "the result" that says of which function, where the check leaves that open."""
    if difference.name != THE_RESULT or event is None or not isinstance(event.action, Call):
        return text
    if event.action.name == CALL:  # of an object, which has no name here
        return text
    begin = THE_RESULT.capitalize()  # only where a sentence begins with it is it the subject
    named = f"{begin} of {event.action.name}"
    return Message(text.full.replace(begin, named, 1), text.redacted.replace(begin, named, 1))


def _given(student: Student, event: Event | None, difference: Difference) -> Quantities:
    """The quantities of the call that returned a value; of an object also what it was made with and set to."""
    calls: list[tuple[Call, list[str]]] = []
    for action in _behind(events(student), event):
        if isinstance(action, Assign):
            calls.append((Call(None, "", (), {action.name: action.value}), []))
        else:
            calls.append((action, parameters(student, action)))
    return Quantities.of(calls, difference.factors)


def _behind(made: Sequence[Event], event: Event | None) -> list[Call | Assign]:
    """The call itself; for an attribute, the last call of a method before; the making and setting of the object."""
    if event is None:
        return []
    target = event.action.target
    calls: list[Call] = []
    makers: list[Call] = []
    settings: list[Assign] = []
    for past in made[: made.index(event) + 1]:
        action = past.action
        if isinstance(action, Call):
            if action.target == target:
                calls.append(action)
            if target is not None and isinstance(past.answer, ObjectRef) and past.answer.id == target:
                makers.append(action)
        elif isinstance(action, Assign) and action.target == target:
            settings.append(action)
    if isinstance(event.action, Call):
        calls = [event.action]
    return [*calls[-1:], *makers, *settings]


def _question(difference: Difference, given: Quantities) -> Asked | None:
    """The likeliest question about a wrong value, if there is one."""
    if difference.question is not None:  # of values in each other's place, which is likelier than any relation
        seen, asked = questions.taken_apart(difference.question)
        if asked is not None:
            return Asked(Message(seen.full.removesuffix("."), seen.redacted.removesuffix(".")), asked.question)
    actual = as_tensor(difference.actual)
    expected = as_tensor(difference.expected)
    if difference.wrong is None or actual is None or expected is None:
        return None
    if actual.is_complex() or expected.is_complex():  # the relations are those of real numbers
        return None
    return diagnose(actual, expected, difference.wrong, given, rtol=difference.rtol)


def _misplaced(verdict: Verdict, event: Event | None) -> Asked | None:
    """A question about a value that came back in the place of another one, where a check compares it alone."""
    difference = verdict.difference
    if verdict.company.full or difference is None or difference.question is not None:
        return None  # several were compared, and those that are right may be where they must be
    if event is None or not isinstance(event.value, list | tuple):
        return None
    if not any(value is difference.actual for value in event.value):
        return None
    for place, value in enumerate(event.value):
        if value is not difference.actual and agree(value, difference.expected):
            return questions.misplaced(difference.name, place)
    return None


def _size_named(difference: Difference, given: Quantities) -> Message | None:
    """Which size of an argument an axis of a wrong shape has that no axis must have: 3 is the number of rows of X."""
    actual = difference.actual
    expected = difference.expected
    if not isinstance(actual, torch.Tensor) or not isinstance(expected, torch.Tensor) or difference.wrong is not None:
        return None
    if difference.question is not None:  # of values in each other's place, which are right by themselves
        return None
    for size in actual.shape:
        if size in given.sizes and size not in expected.shape:
            return questions.size_of(size, given.sizes[size])
    return None


def _parameters_called_otherwise(verdict: Verdict, event: Event | None, student: Student) -> Message | None:
    """The parameters of a function that was given an argument by a name that none of them has."""
    if not isinstance(verdict, Raised) or event is None or not isinstance(event.action, Call):
        return None
    refused = UNEXPECTED.search(verdict.fact.full)
    if refused is None or refused[1] not in event.action.kwargs:
        return None
    names = parameters(student, event.action)
    if not names or refused[1] in names:
        return None
    return Message(f"Your function calls its parameters {listed(names)}: which of them must be `{refused[1]}`?", "")
