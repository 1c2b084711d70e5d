"""autograder.authoring.stubs: what students get of a reference solution, and what of it tells too much."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from autograder.authoring.stubs import cut_stub, solution_lines
from autograder.course import Course
from autograder.errors import CourseError
from autograder.model import Assignment, Exercise

COURSE = Course(Path(__file__).resolve().parents[2])
HEADING = re.compile(r" *# Exercise 1: The first \(3 points\)\n+")


def assignment(asked: str, given: str = "") -> Assignment:
    """An assignment with one exercise; names are separated by blanks."""
    exercise = Exercise("first", "The first", 3, tuple(asked.split()))
    return Assignment("demo", "Demo", 1, "To see.", (exercise,), Path("assignments/demo"), given=tuple(given.split()))


def below_the_head(stub: str) -> str:
    """A stub without its first lines and without the heading of its exercise."""
    return HEADING.sub("", stub.partition('you are doing.\n"""\n')[2]).strip("\n")


# What an exercise asks for; a solution; what students get of it. "CUT" stands for the two lines of an emptied body.
FUNCTIONS = {
    "a docstring is kept": ('''
def f(x):
    """Twice x.

    Args:
        x: a number.
    """
    # The easy way.
    y = x + x
    return y
''', '''
def f(x):
    """Twice x.

    Args:
        x: a number.
    """
    CUT
'''),
    "without a docstring": ('''
def f(x):
    return x + x
''', '''
def f(x):
    CUT
'''),
    "a comment in front of the first line is cut": ('''
def f(x):

    # Add it to itself.
    return x + x
''', '''
def f(x):
    CUT
'''),
    "a body on the line of the signature": ('''
def f(x: int) -> int: return x + x
''', '''
def f(x: int) -> int:
    CUT
'''),
    "a docstring on the line of the signature": ('''
def f(x): "Twice x."; return x + x
''', '''
def f(x):
    "Twice x."
    CUT
'''),
    "a signature with colons and a comment": ('''
def f(x: "a: b" = {1: (2)}[1], *, lr=0.1):  # [n]: rows
    return x
''', '''
def f(x: "a: b" = {1: (2)}[1], *, lr=0.1):  # [n]: rows
    CUT
'''),
    "a signature over several lines": ('''
def f(
    x,  # the number
    # and then
    *,
    lr=0.1,
) -> None:
    return x
''', '''
def f(
    x,  # the number
    # and then
    *,
    lr=0.1,
) -> None:
    CUT
'''),
    "decorators are kept, those inside are not": ('''
@first
@second(
    1
)
def f(x):
    @cache
    def inner():
        pass
    return inner() + x
''', '''
@first
@second(
    1
)
def f(x):
    CUT
'''),
    "helpers, classes and constants that nobody asked for are dropped": ('''
EPS = 1e-9
RATE: float = 0.1
print("loaded")

def f(x):
    return x

def _helper(x):
    return x

class Helper:
    def g(self):
        pass
''', '''
def f(x):
    CUT
'''),
}  # fmt: skip


@pytest.mark.parametrize(("solution", "expected"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_function_loses_its_body(solution: str, expected: str):
    """Students get signature, decorators and docstring, in exactly these lines, and they are Python."""
    stub = cut_stub(solution, assignment("f"))
    emptied = "# YOUR CODE HERE\n    raise NotImplementedError"
    assert below_the_head(stub) == expected.strip("\n").replace("CUT", emptied)
    ast.parse(stub)


CLASSES = {
    "attributes and docstring stay, helpers go": ("Box.grow", '''
class Box(Base):
    """A box.

    Attributes: size.
    """

    sides: int = 6

    def grow(self, by):
        """Grow by a number."""
        self.size += by

    def _secret(self):
        return 1
''', '''
class Box(Base):
    """A box.

    Attributes: size.
    """

    sides: int = 6

    def grow(self, by):
        """Grow by a number."""
        CUT
'''),
    "a helper in front leaves neither decorator nor comment": ("Box.f", '''
@frozen
class Box:

    # How it opens.
    @property
    def lid(self):
        return 1

    @staticmethod
    def f():
        return 2
''', '''
@frozen
class Box:

    @staticmethod
    def f():
        CUT
'''),
    "a decorator of the first method comes once": ("Box.f", '''
class Box:
    @staticmethod
    def f(): return 2
''', '''
class Box:

    @staticmethod
    def f():
        CUT
'''),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "solution", "expected"), CLASSES.values(), ids=CLASSES)
def test_a_class_keeps_its_head_and_the_methods_asked_for(asked: str, solution: str, expected: str):
    """Students get the head of a class and empty methods, and none that nobody asked for."""
    stub = cut_stub(solution, assignment(asked))
    emptied = "# YOUR CODE HERE\n        raise NotImplementedError"
    assert below_the_head(stub) == expected.strip("\n").replace("CUT", emptied)
    ast.parse(stub)


GIVEN = """
EPS = 1e-9
RATE: float = 0.1


def given(x):
    # Kept.
    return x


class Box:
    size = 3

    def __init__(self):
        self.open = False

    def shut(self):
        self.open = False


def f(x):
    return x
"""


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("EPS", "EPS = 1e-9"),
        ("RATE", "RATE: float = 0.1"),
        ("given", "def given(x):\n    # Kept.\n    return x"),
        ("Box.shut", "class Box:\n    size = 3\n\n    def shut(self):\n        self.open = False"),
        ("Box", GIVEN[GIVEN.index("class Box") : GIVEN.index("\n\n\ndef f")]),
    ],
)
def test_what_is_given_stays_whole(given: str, kept: str):
    """A given constant, function, method or class is in the stub as it is in the solution, and no other."""
    stub = cut_stub(GIVEN, assignment("f", given))
    assert below_the_head(stub) == f"{kept}\n\n\ndef f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError"


def test_a_stub_begins_by_saying_what_it_is():
    """The first line says that it is generated, the module docstring what to read and to run."""
    stub = cut_stub("def f(x):\n    return x\n", assignment("f"))
    assert stub.startswith("# Generated from the course by `autograder build`")
    docstring = ast.get_docstring(ast.parse(stub))
    assert docstring.startswith("Demo.")
    assert "assignments/demo/handout.html" in docstring
    assert "`autograder check demo`" in docstring


def test_imports_stay_and_future_imports_come_first():
    """Every import of the solution is kept, those from __future__ where Python wants them."""
    solution = '"""Doc."""\nfrom __future__ import annotations\n\nimport math\nfrom torch import (\n    Tensor,\n)\n'
    stub = cut_stub(solution + "\n\ndef f(x):\n    return x\n", assignment("f"))
    imports = [ast.unparse(node) for node in ast.parse(stub).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports == ["from __future__ import annotations", "import math", "from torch import Tensor"]
    compile(stub, "demo.py", "exec")


def test_each_exercise_has_one_heading_before_its_first_function():
    """Number, title and points stand once, where the exercise begins, also in the middle of a class."""
    asked = {"Sums": ("f", "g"), "Open": ("Box.open",), "Shut": ("Box.shut", "h")}
    exercises = tuple(Exercise(title.lower(), title, 2.5, names) for title, names in asked.items())
    course = Assignment("demo", "Demo", 1, "To see.", exercises, Path("demo"))
    source = """
def f(): return 1
def g(): return 2
class Box:
    def open(self): pass
    def shut(self): pass
def h(): return 3
"""
    lines = cut_stub(source, course).splitlines()
    assert [line for line in lines if line.lstrip().startswith(("# Exercise", "def", "class"))] == [
        "# Exercise 1: Sums (2.5 points)",
        "def f():",
        "def g():",
        "# Exercise 2: Open (2.5 points)",
        "class Box:",
        "    def open(self):",
        "    # Exercise 3: Shut (2.5 points)",
        "    def shut(self):",
        "def h():",
    ]


@pytest.mark.parametrize(("asked", "given"), [("g", ""), ("Box.g", ""), ("f", "EPS")])
def test_a_name_that_the_solution_lacks_is_refused(asked: str, given: str):
    """The error names the assignment's file and the name that the solution does not define."""
    source = "def f(x):\n    return x\n\n\nclass Box:\n    pass\n"
    said = rf"demo/assignment\.toml: names '{given or asked}', which the solution does not define"
    with pytest.raises(CourseError, match=said):
        cut_stub(source, assignment(asked, given))


def signatures(source: str) -> dict[str, tuple[str, str | None]]:
    """Arguments with annotations and defaults, and docstring, of every function and method by qualified name."""
    found = {}
    for node in ast.parse(source).body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        for member in (m for m in members if isinstance(m, ast.FunctionDef)):
            name = member.name if member is node else f"{node.name}.{member.name}"
            returns = ast.unparse(member.returns) if member.returns else ""
            found[name] = f"{ast.unparse(member.args)} -> {returns}", ast.get_docstring(member)
    return found


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_a_stub_of_the_course_defines_what_is_asked(slug: str):
    """It compiles and defines every asked and given name, no other, with the reference's signature and docstring.

    What an assignment imports of others is imported in its stub too.
    """
    asked = COURSE.assignment(slug)
    solution = COURSE.solution(slug)
    stub = cut_stub(solution, asked)
    compile(stub, f"{slug}.py", "exec")
    imported = {alias.name for node in ast.parse(stub).body if isinstance(node, ast.ImportFrom) for alias in node.names}
    wanted = {name for name in asked.functions if name.partition(".")[0] not in imported}
    assert len(wanted) == len(asked.functions) or asked.imports
    whole = signatures(solution)
    given = {name for name in whole if name in asked.given or name.rpartition(".")[0] in asked.given}
    assert signatures(stub) == {name: whole[name] for name in wanted | given}


def test_the_lines_that_tell_are_those_that_only_the_solution_has():
    """Bodies and comments tell; short lines, imports, docstrings and what the stub keeps do not."""
    solution = '"""Doc of it."""\nimport itertools\nfrom math import exp\n\n\ndef f(a, b, c):\n    """Say it."""\n'
    solution += "    # Both at the same time.\n    value = a * b + c\n    else:\n    return value\n"
    stub = '"""Doc of it."""\n\n\ndef f(a, b, c):\n    """Say it."""\n    raise NotImplementedError\n'
    assert solution_lines(solution, stub) == {"# Both at the same time.", "value = a * b + c", "return value"}
