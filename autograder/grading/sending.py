"""Which argument of a check's call cannot be sent to a student's code, for the author of the check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..actions import Action, Assign, Call
from ..values import NotPlain
from ..worker import wire

WHAT_TRAVELS = "numbers, texts, tensors, what student code returned, and lists, tuples and dicts of these"


def unsendable(actions: Sequence[Action], error: NotPlain) -> NotPlain:
    """The error with the argument that it is about, if one alone is to blame; a sum of many may be too large."""
    for action in actions:
        for place, value in _sent(action):
            try:
                wire.verify(value)
            except NotPlain as reason:
                return NotPlain(
                    f"{place} is, or holds, {_with_article(reason)}, which cannot be sent: only {WHAT_TRAVELS}"
                )
    return error


def _sent(action: Action) -> Iterator[tuple[str, Any]]:
    """What an action sends, each with its place in words."""
    if isinstance(action, Call):
        for number, value in enumerate(action.args, start=1):
            yield f"argument {number} of {action.name}", value
        for key, value in action.kwargs.items():
            yield f"argument {key} of {action.name}", value
    elif isinstance(action, Assign):
        yield f"the value for {action.name}", action.value


def _with_article(reason: NotPlain) -> str:
    text = str(reason)
    return text if " " in text else f"a {text}"  # the name of a type is one word, anything else begins with an article
