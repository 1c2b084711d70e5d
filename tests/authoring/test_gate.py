"""autograder.authoring.gate: each thing that an author can get wrong is one sentence with its file and line."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from autograder import data
from autograder.authoring.completeness import missing_parts
from autograder.authoring.gate.faults import broken_checks
from autograder.authoring.gate.formatting import unformatted
from autograder.authoring.gate.reading import read_everything
from autograder.authoring.gate.rehearsal import rehearse
from autograder.authoring.gate.shapes import ShapeWatch, promised
from autograder.authoring.gate.styles import wrong_style
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.runner import grade
from autograder.plan import Plan, Setting
from autograder.submissions.files import Submission

SETTING = Setting(load_data=partial(data.load, "digits"))
SETTINGS = "[training.digits]\nrows = 50\n"


@pytest.fixture
def edit(own_course: Course) -> Callable[[str, str, str], Course]:
    """Replace a text that occurs once in a file of the miniature course."""

    def replace(file: str, old: str, new: str) -> Course:
        folder = own_course.root if file.startswith("solutions/") else own_course.assignments_folder / "scaling"
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
        return own_course

    return replace


def write_styles(course: Course, **sources: str) -> None:
    """Files in the folder of styles."""
    folder = course.assignments_folder / "scaling" / "styles"
    folder.mkdir()
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")


def rehearsed(course: Course) -> list[str]:
    return list(rehearse(course, Plan.of(course, "scaling"), SETTING))


def lacking(course: Course, workers) -> list[str]:
    return list(missing_parts(course, Plan.of(course, "scaling"), workers))


def test_a_sound_assignment_has_no_problem(own_course: Course, workers):
    """Nothing is missing, and the rehearsal sees nothing."""
    assert lacking(own_course, workers) == []
    assert rehearsed(own_course) == []


MISSING = {  # file, old text, new text, what is said
    "a section": (
        "handout.md",
        "## Twice a tensor",
        "## Twice",
        "handout.md: there must be one section '## Twice a tensor', and there are 0",
    ),
    "a written question": (
        "handout.md",
        "## On paper: doubling is linear",
        "## Paper",
        "handout.md: there must be one section '## On paper: doubling is linear', and there are 0",
    ),
    "a model answer": (
        "solutions/scaling.md",
        "## On paper",
        "## In the head",
        "solutions/scaling.md: there must be one section '## On paper: doubling is linear', and there are 0",
    ),
    "hints": (
        "assignment.toml",
        'hints = ["What is x + x?", "Multiply."]',
        "hints = []",
        "assignment.toml:7: the exercise double has no hints",
    ),
    "a name of a library": (
        "assignment.toml",
        '"ldexp"',
        '"ldxep"',
        "assignment.toml:34: a rule names 'ldxep', which neither torch, numpy nor another known library has",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "says"), MISSING.values(), ids=MISSING)
def test_what_is_missing_is_told_with_its_place(edit, workers, file: str, old: str, new: str, says: str):
    """The file and, where there is one, the line."""
    assert says in lacking(edit(file, old, new), workers)


def test_exercises_come_in_one_order(own_course: Course, workers):
    """The first heading that is out of order is told, once."""
    path = own_course.assignments_folder / "scaling" / "handout.md"
    path.write_text("# S\n\n## An object with state\n\n## Twice a tensor\n\n## On paper: doubling is linear\n")
    says = "handout.md:3: 'Twice a tensor' comes first in assignment.toml; the order must be the same"
    assert lacking(own_course, workers) == [says]


def test_an_excused_mutant_must_exist(own_course: Course, workers):
    """The line of equivalent_mutants.toml is told."""
    path = own_course.assignments_folder / "scaling" / "equivalent_mutants.toml"
    entry = '[[equivalent]]\nfunction = "double"\nold = "return 2 * x"\nnew = [{}]\nreason = "?"\n'
    path.write_text(entry.format('"return 2 / x"'))
    assert lacking(own_course, workers) == []
    path.write_text(entry.format('"return 2 / x", "return 2 - y"'))
    says = "equivalent_mutants.toml:4: double has no such mutant any more: return 2 * x became return 2 - y"
    assert lacking(own_course, workers) == [says]


STYLE = "def double(x):\n    return x + x\n\n\nfrom given import Counter as Given\n\n\nclass Counter(Given):\n"
RIGHT_STYLE = (
    STYLE + "    def add(self, amount):\n        self.total = self.total + amount\n        return self.total\n"
)
TABLE = """MISTAKES = [
    ("sum", "x + x", "x * x", "squared"),
    ("sum", "self.total", "self", "squared"),
    ("sam", "x + x", "x * x", "squared"),
    ("sum", "x + x", "x * x", "cubed squared"),
]
"""


def test_a_right_style_earns_everything(own_course: Course, workers):
    """It may import what students are given."""
    write_styles(own_course, sum=RIGHT_STYLE)
    assert list(wrong_style(own_course, Plan.of(own_course, "scaling"), "sum", SETTING, workers)) == []


def test_a_style_that_fails_is_told_with_the_check(own_course: Course, workers):
    """The file, the check, and what it said."""
    write_styles(own_course, square=RIGHT_STYLE.replace("x + x", "x**2"))
    problems = list(wrong_style(own_course, Plan.of(own_course, "scaling"), "square", SETTING, workers))
    assert len(problems) == 3
    assert problems[0].startswith("styles/square.py does not pass doubles_each_entry: failed: ")


def test_the_table_of_mistakes_fits_the_styles(own_course: Course, workers):
    """Texts occur once, styles and ids are known, and every style has a mistake; the line is told."""
    write_styles(own_course, sum=RIGHT_STYLE, other=RIGHT_STYLE, mistakes=TABLE)
    assert lacking(own_course, workers) == [
        "styles/mistakes.py:3: its right text occurs 3 times in sum.py, not once",
        "styles/mistakes.py:4: there is no style 'sam'",
        "styles/mistakes.py:5: misconceptions.py has no 'cubed'",
        "styles/mistakes.py: no mistake is made in other.py",
    ]


@pytest.mark.parametrize(
    ("table", "line", "says"),
    [
        ("MISTAKES = [\n    (1, 2),\n]\n", 2, "a single mistake is four texts"),
        ("MISTAKES = [\n    name,\n]\n", 2, "a single mistake is four texts"),
        ("MISTAKES = [(\n", 1, "SyntaxError"),
    ],
)
def test_a_table_that_cannot_be_read_is_an_error(own_course: Course, table: str, line: int, says: str):
    """With its line."""
    write_styles(own_course, mistakes=table)
    with pytest.raises(CourseError, match=rf"mistakes\.py:{line}: {says}"):
        read_everything(own_course, ["scaling"])


def test_code_that_is_not_there_yet_is_missed_in_the_notebook(edit):
    """A check of an exercise must not need what a later cell defines."""
    course = edit("checks.py", "    close(student.double(x), x + x)\n", "    close(student.Counter().add(x), x)\n")
    (problem,) = rehearsed(course)
    assert problem.startswith("the notebook, run up to 'Twice a tensor', does not pass doubles_each_entry: ")


def test_a_false_shape_is_told_with_the_function(edit):
    """The line of the function, the sizes that were seen and those that are promised."""
    course = edit("solutions/scaling.py", "x: [...] any", "x: [n, d] any")
    says = "solutions/scaling.py:6: double: x is [4], but the docstring says [n, d] where n = 3, d = 2"
    assert rehearsed(course) == [says.replace(" where n = 3, d = 2", "")]


def test_docstrings_must_give_some_shape(edit):
    """Where tensors come back, and no docstring says a word about them."""
    course = edit("solutions/scaling.py", "        x: [...] any float dtype.\n", "        x: any float dtype.\n")
    path = course.solution_path("scaling")
    path.write_text(path.read_text().replace("        [...] the doubled", "        the doubled"))
    assert rehearsed(course) == ["solutions/scaling.py: no docstring gives a shape, as in `X: [n, d] rows of features`"]


def test_a_letter_is_one_size_in_a_call():
    """In another call it may be another."""
    names = {"__name__": "m"}
    source = 'import torch\ndef f(x, y):\n    """F.\n\n    Args:\n        x: [n, n] a.\n        y: [n, *] b.\n'
    source += '    Returns:\n        [n] c.\n    """\n    return y\n'
    exec(source, names)
    watch = ShapeWatch()
    watch.over(names)
    torch = names["torch"]
    names["f"](torch.zeros(2, 2), torch.zeros(2))
    names["f"](torch.zeros(3, 3), y=torch.zeros(3))
    assert watch.misfits == {}
    names["f"](torch.zeros(3, 3), torch.zeros(2))
    assert watch.misfits == {"f": "the result is [2], but the docstring says [n] where n = 3"}


def test_shapes_are_read_from_args_and_returns_only():
    """Brackets elsewhere are no promise, and a parameter without a shape has none."""
    docstring = "F of [n].\n\nArgs:\n    x: [n, d] rows.\n    y: labels.\nReturns:\n    [] a.\n    [k] b.\n"
    docstring += "Raises:\n    [n] c.\n"
    assert promised(docstring) == ({"x": "n, d"}, ["", "k"])


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("[training]\nrows = 50\n\n[training.digits]\n\n[training.mnist]\n", []),
        (
            SETTINGS + "lrr = 0.1\n",
            ["assignment.toml:27: no check reads the training setting 'lrr'"],
        ),
        (
            SETTINGS + "\n[training.mnist]\nrow = 50\n",
            [
                "assignment.toml:28: mnist lacks the training setting 'rows', which hidden_checks.py:11 reads",
                "assignment.toml:29: no check reads the training setting 'row'; did you mean 'rows'?",
            ],
        ),
    ],
)
def test_settings_are_those_that_checks_read(edit, settings: str, says: list[str]):
    """Every data set has what is read, and nothing else is stated; common settings count for each."""
    assert rehearsed(edit("assignment.toml", SETTINGS, settings)) == says


BROKEN = {  # what stands in a check in place of `x = case.normal(3, 2)`, and what its author is told
    "a name": (
        "x = case.normal(n, 2)",
        "checks.py:11: your check doubles_each_entry raised NameError: name 'n' is not ",
    ),
    "a module": (
        "student.double(torch)",
        "checks.py:11: your check doubles_each_entry: argument 1 of double is a module, which cannot be sent",
    ),
    "a keyword": (
        "student.Counter(start=[object()])",
        "checks.py:11: your check doubles_each_entry: argument start of Counter holds an object, which cannot be",
    ),
    "a setting": (
        'case.training["rosw"]',
        "checks.py:11: your check doubles_each_entry: assignment.toml:25: a check reads the training setting 'rosw', "
        "which digits does not have; did you mean 'rows'?",
    ),
}


@pytest.mark.parametrize(("line", "says"), BROKEN.values(), ids=BROKEN)
def test_what_breaks_in_a_check_is_its_authors(edit, workers, line: str, says: str):
    """Which check, where, and what; nothing of it is blamed on the engine."""
    course = edit("checks.py", "x = case.normal(3, 2)", line)
    (problem,) = broken(course, workers)
    assert problem.startswith(says)


def test_data_must_be_declared(edit, workers):
    """A check that asks for a data set, in an assignment that mentions none."""
    course = edit("assignment.toml", SETTINGS, "")
    (problem,) = broken(course, workers)
    assert problem.endswith("a check reads the training setting 'rows', which digits does not have")
    edit("hidden_checks.py", 'case.training["rows"]', "50")
    (problem,) = broken(course, workers)
    where = "hidden_checks.py:11: your check doubles_real_images: assignment.toml: "
    assert problem == where + "a check asks for a data set, so there must be a table [training.digits]"


def test_what_breaks_several_checks_is_told_once(edit, workers):
    """Helpers of a checks.py are used by many."""
    course = edit("checks.py", "import torch\n", "import torch\n\n\ndef helper():\n    return missing\n")
    edit("checks.py", "x = case.normal(3, 2)", "x = helper()")
    edit("checks.py", "x = case.normal(4, dtype=torch.float32)", "x = helper()")
    assert broken(course, workers) == [
        "checks.py:7: your check doubles_each_entry (and 1 more) raised NameError: name 'missing' is not defined"
    ]


def broken(course: Course, workers) -> list[str]:
    """What is told of checks that break on the reference."""
    plan = Plan.of(course, "scaling")
    submission = Submission("validated", course.root / "solutions")
    result = grade(plan, submission, SETTING, workers=workers)
    return broken_checks(result.checks, plan.assignment.folder)


UNREADABLE = {  # file, old text, new text, line, what is said
    "a reference that is no Python": ("solutions/scaling.py", "return 2 * x", "return 2 *", 15, "SyntaxError"),
    "one id twice": (
        "misconceptions.py",
        '"counter_forgets"',
        '"squared"',
        11,
        "a second misconception has the id 'squared'",
    ),
    "no misconception": (
        "misconceptions.py",
        ')).says(\n    "Your function writes',
        '), ()).says(\n    "Your',
        8,
        "TypeError",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "line", "says"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_told_first(edit, file: str, old: str, new: str, line: int, says: str):
    """As an error with its line."""
    with pytest.raises(CourseError, match=rf"{Path(file).name}:{line}: {says}"):
        read_everything(edit(file, old, new), ["scaling"])


def test_a_course_that_uses_ruff_is_held_to_it(own_course: Course):
    """With its settings in pyproject.toml; without, nobody asks for a format."""
    path = own_course.assignments_folder / "scaling" / "checks.py"
    path.write_text(path.read_text().replace("import torch\n", "import os\nimport torch\n").replace("x + x", "x+x"))
    assert list(unformatted(own_course, "scaling")) == []
    settings = own_course.root / "pyproject.toml"
    settings.write_text('[tool.ruff]\nline-length = 120\n[tool.ruff.lint]\nselect = ["F"]\n')
    assert list(unformatted(own_course, "scaling")) == [
        "checks.py:3: F401 [*] `os` imported but unused (`ruff check`)",
        "checks.py:13: unformatted: File would be reformatted (`ruff format --check`)",
    ]
    settings.write_text("[tool.ruff]\nline-length = -1\n")
    assert all(" cannot be run: ruff failed" in fault for fault in unformatted(own_course, "scaling"))


def test_a_formatter_that_hangs_is_told(own_course: Course, monkeypatch):
    """It holds up nothing else."""
    (own_course.root / "pyproject.toml").write_text("[tool.ruff]\n")
    monkeypatch.setattr("autograder.authoring.gate.formatting.SECONDS", 0.0)
    assert list(unformatted(own_course, "scaling")) == [
        "pyproject.toml: `ruff check` did not end within 0 s",
        "pyproject.toml: `ruff format --check` did not end within 0 s",
    ]
