"""autograder.authoring.regions: code of a staff notebook is the reference, and what nbgrader leaves of it the stub."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder.authoring.regions import cleared, code_cells
from autograder.authoring.stubs import cut_stub
from autograder.errors import CourseError
from autograder.model import Assignment, Exercise
from autograder.submissions.cells import CellId, Kind

SOLUTION = '''"""A reference."""

import math

LIMIT = 3
_SCALE = 2


def _twice(x):
    """Used by _far only."""
    return _SCALE * x


def _far(x):
    return _twice(x) + LIMIT


def first(x):
    """Doc of first."""
    # Why.
    return math.sqrt(x)


def given(x):
    return x


class Box:
    """Doc of Box."""

    kind = "box"

    def __init__(self):
        self.x = 0

    def put(self, x):
        """Doc of put."""
        self.x = self._seen(x)

    def _seen(self, x):
        return _far(x)

    def take(self):
        return self.x


def last(x): return (x +
                     1)


def unused():
    return 0


def trailing(x):
    return last(x)


class Chest(Box):
    """Doc of Chest."""


def boxes(kind=Chest):
    return kind
'''


@pytest.fixture
def assignment() -> Assignment:
    """Three exercises; the class belongs to the second and, with `take`, to the third."""
    exercises = (
        Exercise("one", "One", 1, ("first",)),
        Exercise("two", "Two", 1, ("Box.put", "last")),
        Exercise("three", "Three", 1, ("Box.take",)),
    )
    names = ("LIMIT", "given", "Box.__init__", "trailing", "Chest", "boxes")
    return Assignment("boxes", "Boxes", 1, "", exercises, Path("boxes"), given=names)


@pytest.fixture
def cells(assignment: Assignment) -> dict[str, str]:
    """The code cells of the reference above, by id."""
    return {str(cell): source for cell, source in code_cells(SOLUTION, assignment).items()}


def statements(*sources: str) -> list[str]:
    """What some sources do, whatever the order of methods; a module's docstring does nothing."""
    nodes = [node for source in sources for node in ast.parse(source).body]
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            node.body.sort(key=ast.dump)
    return [ast.dump(node) for node in nodes if not isinstance(node, ast.Expr)]


def test_every_exercise_has_a_cell_in_the_order_of_the_reference(cells):
    """Except one whose methods belong to a class of an earlier exercise."""
    assert list(cells) == ["setup", "answer-one", "answer-two", "given-two"]


def test_given_code_stands_where_checks_of_any_exercise_find_it(cells):
    """In the setup cell, unless it needs an answer to be defined, directly or through other given code."""
    assert cells["setup"].split("\n\n\n")[1:] == [
        "LIMIT = 3",
        "def given(x):\n    return x",
        "def trailing(x):\n    return last(x)",
    ]
    assert cells["given-two"].startswith("class Chest(Box):")
    assert cells["given-two"].endswith("def boxes(kind=Chest):\n    return kind")


def test_what_is_left_of_the_cells_is_the_stub(cells, assignment):
    """Statement by statement, and line by line apart from headings."""
    stub, left = cut_stub(SOLUTION, assignment), [cleared(cell) for cell in cells.values()]
    assert sorted(statements(*left)) == sorted(statements(stub))
    lines = [line for cell in left for line in cell.splitlines() if line]
    body = stub.partition('"""\n\n')[2]
    assert sorted(lines) == sorted(line for line in body.splitlines() if line and not line.startswith("# Exercise"))


def test_the_cells_hold_the_whole_reference(cells):
    """Helpers and constants too, each once."""
    assert sorted(statements(*cells.values())) == sorted(statements(SOLUTION))


def test_a_helper_stands_in_the_exercise_that_needs_it_first(cells):
    """With what it uses itself; what nobody needs stands in the last one. Nothing of it is seen outside a region."""
    helpers = ("_far", "_twice", "_SCALE", "_seen", "unused")
    assert [name for name in helpers if name not in cells["answer-two"]] == []
    assert [name for name in helpers if name in cells["answer-one"] + cleared(cells["answer-two"])] == []


def test_a_region_holds_the_body_with_its_comments(cells):
    """Signature and docstring stay outside; the marks are indented like the body."""
    assert cells["answer-one"] == (
        'def first(x):\n    """Doc of first."""\n'
        "    ### BEGIN SOLUTION\n    # Why.\n    return math.sqrt(x)\n    ### END SOLUTION"
    )


def test_a_helper_without_a_place_is_told(assignment):
    """If the only function of its exercise is followed by given methods, no region can hold a helper."""
    solution = "class Box:\n    def put(self, x):\n        return _far(x)\n\n    def take(self):\n        return 1\n"
    solution += "\n\ndef _far(x):\n    return x\n"
    exercise = Exercise("two", "Two", 1, ("Box.put",))
    course = Assignment("boxes", "Boxes", 1, "", (exercise,), Path("boxes"), given=("Box.take",))
    with pytest.raises(CourseError, match="boxes: the helper _far has no place in a notebook: move it into `given`"):
        code_cells(solution, course)


def test_the_setup_cell_begins_with_imports_of_the_future(assignment):
    """As Python asks."""
    cells = code_cells(SOLUTION.replace("import math", "import math\nfrom __future__ import annotations"), assignment)
    setup = cells[CellId(Kind.SETUP)]
    assert setup.startswith("from __future__ import annotations\n\nimport math\n\n\nLIMIT = 3")
