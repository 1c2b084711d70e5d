"""What the author of an assignment can begin from, to give a name to a mistake that several students share."""

from __future__ import annotations

from ..mark import Unnamed

SKELETON = """misconception(
    "{id}",
    replacement(
        {quotes}
{code}
{quotes}
    ),
).says("What is seen? Then ask one question.")
"""


def skeleton(group: Unnamed, number: int) -> str:
    """The lines for misconceptions.py of the assignment, with the code of one of the students.

    Args:
        number: which of the groups of this assignment it is.
    """
    quotes, code = _quoted(group.code)
    return SKELETON.format(id=f"unknown_{number}", quotes=quotes, code=code)


def _quoted(code: str) -> tuple[str, str]:
    """The quotes of a text of Python's, and what stands between them, so that it means this code."""
    text = code.replace("\\", "\\\\")
    if '"""' not in text:
        return '"""', text
    return "'''", text.replace("'''", "\\'\\'\\'")  # most functions have a docstring
