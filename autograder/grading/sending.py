"""Which argument of a check's call cannot be sent to a student's code, for the author of the check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..actions import Action, Assign, Call, Operate
from ..values import CONTAINERS, NotPlain
from ..worker import wire


def unsendable(actions: Sequence[Action], error: NotPlain) -> NotPlain:
    """The error with the argument that it is about, if one alone is to blame; a sum of many may be too large."""
    for action in actions:
        for place, value in _sent(action):
            try:
                wire.verify(value)
            except NotPlain as reason:
                verb = "holds" if isinstance(value, CONTAINERS) else "is"
                return NotPlain(f"{place} {verb} {_with_article(reason)}, which cannot be sent to a student's code")
    return error


def _sent(action: Action) -> Iterator[tuple[str, Any]]:
    """What an action sends, each with its place in words."""
    if isinstance(action, Call | Operate):
        for number, value in enumerate(action.args, start=1):
            yield f"argument {number} of {action.name}", value
    if isinstance(action, Call):
        for key, value in action.kwargs.items():
            yield f"argument {key} of {action.name}", value
    elif isinstance(action, Assign):
        yield f"the value for {action.name}", action.value


def _with_article(reason: NotPlain) -> str:
    text = str(reason)
    if " " in text:  # anything but the name of a type has its article already
        return text
    article = "an" if text[0] in "aeiouAEIOU" else "a"
    return f"{article} {text}"
