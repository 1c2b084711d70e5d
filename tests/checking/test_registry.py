"""autograder.checking.registry: what the files of an assignment declare."""

from __future__ import annotations

import pytest

from autograder.checking import added, change, check, misconception, replacement
from autograder.checking.registry import Misconception, collecting


def declare(name: str, doc: str | None = "It holds.", **options) -> object:
    def function(student, case):
        """To be replaced."""

    function.__name__, function.__doc__ = name, doc
    return check("double", **options)(function)


def test_checks_are_collected_in_order_and_doubles_are_kept():
    """Two checks of one name are both found, so that the course can refuse them."""
    with collecting() as found:
        for name in ("b", "a", "b"):
            declare(name)
    assert [c.name for c in found] == ["b", "a", "b"]


def test_a_check_knows_what_it_was_declared_with():
    """Exercise, weight, kind and need come from the decorator, title from the docstring."""
    with collecting() as found:
        first = declare("first", "It holds\n    everywhere.")
        declare("second", weight=2, statistical=True, needs=first)
    assert [(c.exercise, c.weight, c.statistical, c.needs, c.visible) for c in found] == [
        ("double", 1.0, False, None, True),
        ("double", 2, True, "first", True),
    ]
    assert found[0].title == "It holds everywhere."


def test_a_check_without_docstring_has_no_title():
    """The course refuses it by this empty title."""
    with collecting() as found:
        declare("mute", doc=None)
    assert found[0].title == ""


def test_a_check_knows_its_line():
    """An error about a check leads to its definition."""
    with collecting() as found:

        @check("double")
        def here(student, case):
            """It stands here."""

    assert found[0].line == here.__code__.co_firstlineno


def test_a_declared_function_stays_a_function():
    """A check can be imported and called by another one."""
    function = declare("plain")
    assert function.__name__ == "plain"
    assert function(None, None) is None


def test_nothing_is_collected_after_the_block():
    """Importing an assignment's file elsewhere leaves no trace."""
    with collecting() as found:
        pass
    declare("late")
    misconception("late", change("f", "x", "y")).says("Late?")
    assert found == []


def test_a_block_inside_a_block_collects_for_itself():
    """Loading one file while another is loaded mixes nothing up."""
    with collecting() as outer:
        declare("before")
        with collecting() as inner:
            declare("within")
        declare("after")
    assert ([c.name for c in outer], [c.name for c in inner]) == (["before", "after"], ["within"])


def test_a_misconception_is_collected():
    """It keeps its id, its sentence, its edits in order and its other forms; what it trips is not known yet."""
    edits = change("f", "x", "y"), replacement("def g(): pass"), added("import math")
    with collecting() as found:
        misconception("forgot", *edits, forms=[edits[0], [edits[1], edits[2]]]).says("Forgot?")
    assert found == [Misconception("forgot", (), "Forgot?", edits, ((edits[0],), edits[1:]))]


def test_a_sentence_finds_its_mistake():
    """A mistake gets its sentence whatever is declared in between."""
    with collecting() as found:
        first = misconception("first", change("f", "x", "y"))
        misconception("second", change("f", "x", "y")).says("Second?")
        first.says("First?")
    assert [known.says for known in found] == ["First?", "Second?"]


@pytest.mark.parametrize(
    ("edits", "forms", "what"),
    [
        ((("x", "y"),), (), "('x', 'y') is no edit: use change(...)"),
        ((), (), "it changes nothing"),
        ((change("f", "x", "y"),), ["x"], "'x' is no edit"),
        ((change("f", "x", "y"),), [[]], "it changes nothing"),
    ],
    ids=["a pair", "no edit", "a text for a form", "an empty form"],
)
def test_a_slip_in_a_declaration_names_the_mistake(edits: tuple, forms: tuple, what: str):
    """An author reads which one it is, not a fault of the grader later on."""
    with pytest.raises(TypeError) as raised:
        misconception("forgot", *edits, forms=forms)
    assert str(raised.value).startswith(f"forgot: {what}")
