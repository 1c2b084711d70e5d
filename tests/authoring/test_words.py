"""autograder.authoring.words: CONTRIBUTING.md lists every word of a check, as its docstring says it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder import checking
from autograder.authoring.words import BEGIN, END, with_words, words_page
from autograder.checking.case import Case
from autograder.checking.student import Function, Handle

CLONE = Path(__file__).resolve().parents[2]
PAGE = CLONE / "CONTRIBUTING.md"
COMMAND = "python -m autograder.authoring.words CONTRIBUTING.md"


def test_contributing_lists_the_words_as_they_are():
    """Whoever changes a first line or adds a word writes the list anew."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_words(page), f"run `{COMMAND}`"


@pytest.mark.parametrize("owner", [Case, Function, Handle])
def test_every_public_member_is_listed(owner: type):
    """Methods and properties; what begins with an underscore is no word."""
    page = words_page()
    names = [name for name in vars(owner) if not name.startswith("_")]
    assert names
    assert [name for name in names if f".{name}" not in page] == []
    assert "._" not in page


@pytest.mark.parametrize("name", checking.__all__)
def test_every_exported_word_is_listed(name: str):
    """With the names of its parameters."""
    assert f"| `{name}(" in words_page()


def test_every_word_says_what_it_does():
    """In one line that ends as a sentence does."""
    rows = [line for line in words_page().splitlines() if line.startswith("| `")]
    assert [row for row in rows if not row.endswith(". |")] == []


def test_a_docstring_that_changes_changes_the_list(monkeypatch):
    """The first line is what is listed."""
    monkeypatch.setattr(Case.labels, "__doc__", "Labels of another kind.\n\nMore.")
    assert "| `case.labels(n, k)` | Labels of another kind. |" in words_page()


@pytest.mark.slow
def test_only_what_stands_between_the_marks_is_written(tmp_path):
    """The command leaves the rest of a page alone."""
    path = tmp_path / "page.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    subprocess.run([sys.executable, "-m", "autograder.authoring.words", str(path)], cwd=CLONE, check=True)
    assert path.read_text() == f"before\n{words_page()}after\n"


def test_a_page_without_marks_is_refused():
    """Nobody could tell where the words belong."""
    with pytest.raises(ValueError, match="the page needs the lines"):
        with_words("no marks\n")
