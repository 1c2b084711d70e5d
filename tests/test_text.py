"""autograder.text: text from a submission, made harmless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.text import LONGEST, clean


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("two\n\tlines", "two\n\tlines"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("over\rwritten\b", "overwritten"),
        ("\x9b31m", "31m"),
        ("right\u202eto\u2066left", "righttoleft"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("half\ud800pair", "halfpair"),
        ("Zoë 李 ∑", "Zoë 李 ∑"),
    ],
    ids=ascii,
)
def test_control_characters_are_dropped(text: str, kept: str):
    """Escapes, carriage returns, direction overrides and what is no character go; letters of all scripts stay."""
    assert clean(text) == kept


def test_what_is_too_long_is_cut():
    """The number of missing characters is told."""
    assert clean("x" * (LONGEST + 5)) == "x" * LONGEST + " ... (5 more characters)"
    assert clean("x" * LONGEST) == "x" * LONGEST


@given(st.text())
def test_clean_text_can_be_written_and_stays_clean(text: str):
    """It encodes as UTF-8, and cleaning again changes nothing."""
    once = clean(text)
    assert once.encode().decode() == once
    assert clean(once) == once
