"""autograder.authoring.stamps: a generated file tells whether it is as it was made, and made from this."""

from __future__ import annotations

import pytest

from autograder.authoring.stamps import NONE_YET, is_current, stamped

TEXT = f"<!-- {NONE_YET} -->\nSomething that takes long to make.\n"


def test_a_file_that_was_just_made_is_current():
    """And says so by a hash in the place of the mark."""
    data = stamped(TEXT, "origin")
    assert is_current(data, "origin")
    assert NONE_YET.encode() not in data


@pytest.mark.parametrize(
    "changed",
    [
        b"",
        TEXT.encode(),
        stamped(TEXT, "another origin"),
        stamped(TEXT, "origin").replace(b"long", b"ages"),
        stamped(TEXT, "origin") + b"\n",
        stamped(TEXT, "origin") + b"\xff",
    ],
)
def test_anything_else_is_not(changed: bytes):
    """Made from something else, edited, without a stamp, or no text."""
    assert not is_current(changed, "origin")
