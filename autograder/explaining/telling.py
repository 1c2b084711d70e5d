"""What a result says about a failed check: an explanation, made harmless, and nothing that a hidden check must keep."""

from __future__ import annotations

from typing import NamedTuple

from ..checking.case import Case
from ..checking.registry import Check
from ..checking.student import Student
from ..checking.verdict import Verdict
from ..text import clean
from .explanation import Explanation, explanation_of

TOO_MUCH = (MemoryError, RecursionError, ArithmeticError)  # what an answer alone can bring about, by its size


class Told(NamedTuple):
    """What a student is told about a failed check; `brief` is the message without a question."""

    message: str
    brief: str
    details: str = ""
    snippet: str = ""


def tell(verdict: Verdict, student: Student, case: Case, check: Check, *, module: str) -> Told:
    """What is said about a verdict on `student`, whose code can be imported from `module`.

    An answer that is too large, or whose numbers are, to be looked at closely gets the plain verdict. Any other
    exception is a fault of ours.
    """
    try:
        found = explanation_of(verdict, student, case, module)
    except TOO_MUCH:
        found = Explanation(verdict.wording, verdict.wording, verdict.details)
    message, brief = (clean(text.shown(visible=check.visible)) for text in (found.message, found.brief))
    if not check.visible:
        return Told(message, brief)
    return Told(message, brief, clean(found.details), found.snippet)
