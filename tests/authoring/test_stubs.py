"""autograder.authoring.stubs: what students get of a reference solution, and what of it tells too much."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder.authoring.stubs import cut_stub, solution_lines
from autograder.course import Course
from autograder.errors import CourseError
from autograder.model import Assignment, Exercise

COURSE = Course(Path(__file__).resolve().parents[2])
CUT = "# YOUR CODE HERE\n    raise NotImplementedError"

KEPT_AND_CUT = {  # a solution, what an exercise asks for, what is given; what students get below the heading
    "a body is cut, its docstring kept": (
        'def f(x):\n    """Twice x.\n\n    More.\n    """\n    # The easy way.\n    y = x + x\n    return y\n',
        ["f"], [],
        f'def f(x):\n    """Twice x.\n\n    More.\n    """\n    {CUT}\n',
    ),
    "without a docstring": (
        "def f(x):\n    return x + x\n", ["f"], [],
        f"def f(x):\n    {CUT}\n",
    ),
    "a comment tells nothing": (
        "def f(x):\n\n    # Add it to itself.\n    return x + x\n", ["f"], [],
        f"def f(x):\n    {CUT}\n",
    ),
    "a body on the line of its signature": (
        "def f(x: int) -> int: return x + x\n", ["f"], [],
        f"def f(x: int) -> int:\n    {CUT}\n",
    ),
    "colons and comments in a signature": (
        'def f(x: "a: b" = {1: 2}[1], *, lr=0.1):  # of [n]\n    return x\n', ["f"], [],
        f'def f(x: "a: b" = {{1: 2}}[1], *, lr=0.1):  # of [n]\n    {CUT}\n',
    ),
    "a signature over several lines": (
        "def f(\n    x,  # the number\n    *,\n    lr=0.1,\n) -> None:\n    return x\n", ["f"], [],
        f"def f(\n    x,  # the number\n    *,\n    lr=0.1,\n) -> None:\n    {CUT}\n",
    ),
    "decorators": (
        "@first\n@second(\n    1\n)\ndef f(x):\n    @cache\n    def inner():\n        pass\n    return x\n", ["f"], [],
        f"@first\n@second(\n    1\n)\ndef f(x):\n    {CUT}\n",
    ),
    "helpers and constants are dropped": (
        "EPS = 1e-9\nRATE: float = 0.1\n\ndef f(x):\n    return x\n\ndef _helper(x):\n    return x\n\nclass Helper:\n"
        "    def g(self):\n        pass\n",
        ["f"], [],
        f"def f(x):\n    {CUT}\n",
    ),
    "a given function stays whole": (
        "def f(x):\n    # Kept.\n    return x\n\n\ndef g(x):\n    return f(x)\n", ["g"], ["f"],
        f"def f(x):\n    # Kept.\n    return x\n\n\n{{heading}}def g(x):\n    {CUT}\n",
    ),
    "a given constant stays": (
        "EPS = 1e-9\nRATE: float = 0.1\nOTHER = 2\n\ndef f(x):\n    return x\n", ["f"], ["EPS", "RATE"],
        f"EPS = 1e-9\n\n\nRATE: float = 0.1\n\n\n{{heading}}def f(x):\n    {CUT}\n",
    ),
    "a given class stays whole": (
        "class Box:\n    size = 3\n\n    def open(self):\n        return 1\n\n\ndef f(x):\n    return x\n", ["f"], ["Box"],
        f"class Box:\n    size = 3\n\n    def open(self):\n        return 1\n\n\n{{heading}}def f(x):\n    {CUT}\n",
    ),
    "a class keeps its docstring, asked methods as stubs and given ones whole": (
        'class Box(Base):\n    """A box.\n\n    Attributes: size.\n    """\n\n    def __init__(self):\n        self.size = 0\n'
        '\n    def grow(self, by):\n        """Grow."""\n        self.size += by\n\n    def _secret(self):\n'
        "        return 1\n",
        ["Box.grow"], ["Box.__init__"],
        'class Box(Base):\n    """A box.\n\n    Attributes: size.\n    """\n\n    def __init__(self):\n        self.size = 0\n'
        '\n    def grow(self, by):\n        """Grow."""\n        # YOUR CODE HERE\n        raise NotImplementedError\n',
    ),
    "decorators of the first method": (
        "class Box:\n    # How it opens.\n    @property\n    def lid(self):\n        return 1\n\n    @staticmethod\n"
        "    def f():\n        return 2\n",
        ["Box.f"], [],
        "class Box:\n\n    @staticmethod\n    def f():\n        # YOUR CODE HERE\n        raise NotImplementedError\n",
    ),
    "a method on one line": (
        "class Box:\n    def f(self): return 1\n", ["Box.f"], [],
        "class Box:\n\n    def f(self):\n        # YOUR CODE HERE\n        raise NotImplementedError\n",
    ),
}  # fmt: skip


def assignment(functions: list[str], given: list[str] | tuple = ()) -> Assignment:
    exercise = Exercise("first", "The first", 3, tuple(functions))
    return Assignment("demo", "Demo", 1, "To see.", (exercise,), Path("assignments/demo"), given=tuple(given))


def below_the_head(stub: str) -> str:
    """A stub without its first lines, which every stub has."""
    return stub.partition('is doing.\n"""\n')[2] or stub.partition('you are doing.\n"""\n')[2]


@pytest.mark.parametrize(("solution", "functions", "given", "expected"), KEPT_AND_CUT.values(), ids=KEPT_AND_CUT)
def test_a_solution_is_cut_to(solution: str, functions: list[str], given: list[str], expected: str):
    """Students get exactly these lines, and they are Python."""
    stub = cut_stub(solution, assignment(functions, given))
    heading = "# Exercise 1: The first (3 points)\n\n\n"
    text = expected.format(heading=heading) if "{heading}" in expected else heading + expected
    assert below_the_head(stub) == f"\n\n{text}"
    ast.parse(stub)


def test_a_stub_begins_by_saying_what_it_is():
    """The first line says that it is generated, the module docstring what to read and to run."""
    stub = cut_stub("def f(x):\n    return x\n", assignment(["f"]))
    assert stub.startswith("# Generated from the course by `autograder build`")
    docstring = ast.get_docstring(ast.parse(stub))
    assert docstring.startswith("Demo.")
    assert "assignments/demo/handout.md" in docstring
    assert "`autograder check demo`" in docstring


def test_imports_stay_and_future_imports_come_first():
    """Every import of the solution is kept, those from __future__ where Python wants them."""
    solution = '"""Doc."""\nfrom __future__ import annotations\n\nimport math\nfrom torch import (\n    Tensor,\n)\n'
    stub = cut_stub(solution + "\n\ndef f(x):\n    return x\n", assignment(["f"]))
    imports = [ast.unparse(node) for node in ast.parse(stub).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports == ["from __future__ import annotations", "import math", "from torch import Tensor"]
    compile(stub, "demo.py", "exec")


def test_each_exercise_has_one_heading_before_its_first_function():
    """Two functions of an exercise share a heading with its number, title and points."""
    exercises = Exercise("a", "Sums", 2.5, ("f", "g")), Exercise("b", "A box", 10, ("Box.open", "Box.shut"))
    both = Assignment("demo", "Demo", 1, "To see.", exercises, Path("demo"))
    source = "def f(): return 1\ndef g(): return 2\nclass Box:\n    def open(self): pass\n    def shut(self): pass\n"
    lines = cut_stub(source, both).splitlines()
    told = [line for line in lines if line.startswith(("# Exercise", "def", "class", "    def"))]
    first, second = "# Exercise 1: Sums (2.5 points)", "# Exercise 2: A box (10 points)"
    methods = ["    def open(self):", "    def shut(self):"]
    assert told == [first, "def f():", "def g():", second, "class Box:", *methods]


@pytest.mark.parametrize(("functions", "given"), [(["g"], []), (["Box.g"], []), (["f"], ["EPS"])])
def test_a_name_that_the_solution_lacks_is_refused(functions: list[str], given: list[str]):
    """The error names the assignment's file and the name that the solution does not define."""
    source = "def f(x):\n    return x\n\n\nclass Box:\n    pass\n"
    missing = (given or functions)[0]
    with pytest.raises(CourseError, match=rf"demo/assignment\.toml: names '{missing}', which the solution does not"):
        cut_stub(source, assignment(functions, given))


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
    """It compiles, and defines every asked and given name with the reference's signature and docstring, and no other."""
    asked = COURSE.assignment(slug)
    solution = COURSE.solution(slug)
    stub = cut_stub(solution, asked)
    compile(stub, f"{slug}.py", "exec")
    wanted = {name for exercise in asked.exercises for name in exercise.functions}
    whole = signatures(solution)
    given = {name for name in whole if name in asked.given or name.rpartition(".")[0] in asked.given}
    assert signatures(stub) == {name: whole[name] for name in wanted | given}


def test_the_lines_that_tell_are_those_that_only_the_solution_has():
    """Bodies, helpers and comments tell; short lines, imports, docstrings and what the stub keeps do not."""
    solution = '"""Doc of it."""\nimport itertools\nfrom math import exp\n\n\ndef f(a, b, c):\n    """Say it."""\n'
    solution += "    # Both at the same time.\n    value = a * b + c\n    else:\n    return value\n"
    stub = '"""Doc of it."""\n\n\ndef f(a, b, c):\n    """Say it."""\n    raise NotImplementedError\n'
    assert solution_lines(solution, stub) == {"# Both at the same time.", "value = a * b + c", "return value"}
