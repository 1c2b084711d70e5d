"""autograder.checking.mistakes: edits of the reference find their place by the syntax tree."""

from __future__ import annotations

import pytest

from autograder.checking import added, change, replacement
from autograder.checking.mistakes import Edit, Misconception, changed_definitions

REFERENCE = '''"""A reference."""

import torch

SCALE = 2


@torch.no_grad()
def double(x):
    """2 * x."""
    y = SCALE * x
    return y


class Counter:
    start = 0

    def add(self, amount):
        self.total += amount
        return self.total

    def reset(self):
        self.total = 0
'''


def known(*edits: Edit) -> Misconception:
    return Misconception("m", (), "?", edits)


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (change("double", "SCALE *", "3 *"), "y = SCALE * x", "y = 3 * x"),
        (change("double", "no_grad", "enable_grad"), "@torch.no_grad", "@torch.enable_grad"),
        (change("double", "return y\n", "return -y\n"), "return y\n", "return -y\n"),
        (change("Counter.reset", "self.total = 0", "pass"), "        self.total = 0\n", "        pass\n"),
        (change("Counter", "start = 0", "start = 1"), "start = 0", "start = 1"),
    ],
    ids=["a function", "its decorator", "its last line", "a method", "a class"],
)
def test_a_change_stays_inside_its_definition(edit: Edit, old: str, new: str):
    """Whatever the rest of the reference holds."""
    assert known(edit).apply(REFERENCE) == REFERENCE.replace(old, new)


def test_changes_are_made_one_after_the_other():
    """A later one sees what an earlier one wrote, also where it moved lines."""
    edits = change("double", "y = SCALE * x", "z = x\n    y = z"), change("double", "y = z", "y = -z")
    assert known(*edits).apply(REFERENCE) == REFERENCE.replace("y = SCALE * x", "z = x\n    y = -z")


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (change("double", "total", "sum"), "the text 'total' occurs 0 times in double, not once"),
        (change("double", "x", "z"), "the text 'x' occurs 3 times in double, not once"),
        (change("Counter.add", "= 0", "= 1"), "the text '= 0' occurs 0 times in Counter.add, not once"),
        (change("triple", "x", "z"), "the reference has no function, class or Class.method called triple"),
        (replacement("def triple(x):\n    pass"), "the reference has no function, class or Class.method called triple"),
        (replacement("SCALE = 3"), "a replacement holds whole functions and classes only, not 'SCALE = 3'"),
        (replacement("def double(x)\n"), "a replacement is not Python at its line 1: expected ':'"),
    ],
)
def test_an_edit_that_does_not_fit_is_one_line(edit: Edit, problem: str):
    """It names the mistake, the definition, and how often the text occurs there; the reference may have changed."""
    with pytest.raises(ValueError, match="^misconception m: ") as raised:
        known(edit).apply(REFERENCE)
    assert str(raised.value) == f"misconception m: {problem}"


def test_a_replacement_takes_the_place_of_definitions():
    """Decorators go with them, what stands around stays, and a class that is built on one gets the new one."""
    code = "\ndef double(x):\n    return x + x\n\n\nclass Counter:\n    pass\n"
    assert known(replacement(code)).apply(REFERENCE) == (
        '"""A reference."""\n\nimport torch\n\nSCALE = 2\n\n\n'
        "def double(x):\n    return x + x\n\n\nclass Counter:\n    pass\n"
    )


@pytest.mark.parametrize(
    ("reference", "first"),
    [(REFERENCE, "SCALE = 2"), ('"""Only this."""\nx = 1\n', "x = 1"), ("x = 1\n", "x = 1")],
    ids=["imports", "a docstring", "neither"],
)
def test_added_lines_stand_after_the_imports(reference: str, first: str):
    """Before everything that is defined."""
    namespace: dict = {}
    source = known(added("import math\n\n\ndef helper():\n    return math.pi\n")).apply(reference)
    exec(source, namespace)
    assert namespace["helper"]() > 3
    assert source.index("helper") < source.index(first)


def test_each_form_is_a_mistake_of_its_own():
    """With the id and the sentence of the first."""
    form = (change("double", "SCALE", "4"),)
    mistake = Misconception("m", (), "?", (change("double", "SCALE", "3"),), (form,))
    assert [each.edits for each in mistake.written()] == [mistake.edits, form]
    assert [(each.id, each.says, each.forms) for each in mistake.written()[1:]] == [("m", "?", ())]


@pytest.mark.parametrize(
    ("edit", "names"),
    [
        (change("double", "SCALE *", "3 *"), {"double"}),
        (change("Counter.add", "+=", "="), {"Counter.add"}),
        (change("Counter", "start = 0", "start = 1"), None),
        (replacement("class Counter:\n    pass"), None),
        (added("import math"), None),
    ],
)
def test_it_is_known_which_definitions_differ(edit: Edit, names: set | None):
    """None where lines outside of every function and method differ, which may matter anywhere."""
    assert changed_definitions(REFERENCE, known(edit).apply(REFERENCE)) == names
