"""autograder.checking.registry: what the files of an assignment declare."""

from __future__ import annotations

import pytest

from autograder.checking import check, misconception
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
    misconception("late", trips=[], says="Late?")
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
    """It keeps its id, what it trips, its sentence and its edits."""
    with collecting() as found:
        misconception("forgot", trips=["a", "b"], says="Forgot?", edits=[("x", "y")])
    assert found == [Misconception("forgot", ("a", "b"), "Forgot?", (("x", "y"),), "")]


@pytest.mark.parametrize(
    "parts",
    [
        {"trips": "a_check"},
        {"edits": ("x", "y")},
        {"edits": [("x", "y", "z")]},
        {"forms": [("x", "y")]},
    ],
    ids=["one name for a list", "one pair for a list", "three texts", "one pair for the edits of a form"],
)
def test_a_slip_in_a_declaration_names_the_mistake(parts: dict):
    """An author reads which one it is, not a fault of the grader later on."""
    with pytest.raises(TypeError, match="^forgot: "):
        misconception("forgot", **{"trips": ["a"], "says": "Forgot?"} | parts)


def known(edits: tuple = (), code: str = "") -> Misconception:
    return Misconception("m", (), "?", edits, code)


def test_edits_change_the_reference():
    """Each edit replaces its text, one after the other."""
    assert known((("2 * x", "x + y"), ("+ y", "+ x"))).apply("return 2 * x") == "return x + x"


def test_code_comes_after_the_reference():
    """What is appended replaces earlier definitions when the module is executed."""
    namespace: dict = {}
    exec(known(code="def f():\n    return 2\n").apply("def f():\n    return 1\n"), namespace)
    assert namespace["f"]() == 2


@pytest.mark.parametrize(("reference", "times"), [("a = 1", 0), ("x = x", 2)])
def test_an_edit_must_hit_exactly_once(reference: str, times: int):
    """An edit that the reference has outgrown is an error, not a variant that equals the reference."""
    with pytest.raises(ValueError, match=f"occurs {times} times in the reference, not once"):
        known((("x", "y"),)).apply(reference)
