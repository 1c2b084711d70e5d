"""autograder.authoring.notebooks: from the source of handout and stub, in the form that Jupyter and nbgrader expect."""

from __future__ import annotations

import json
from collections.abc import Callable

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from autograder.authoring.notebooks import sections, staff_notebook, student_notebook
from autograder.authoring.stubs import cut_stub, solution_lines
from autograder.course import Course
from autograder.errors import CourseError
from autograder.submissions.cells import CellId, Kind

IDS = ["text-0", "text-how-to", "setup", "tools"]
IDS += ["text-1", "answer-double", "test-double", "hidden-double"]
IDS += ["text-2", "answer-counter", "test-counter", "hidden-counter"]
IDS += ["text-3", "written-linear"]


@pytest.fixture(scope="module")
def staff(course: Course) -> nbformat.NotebookNode:
    """The staff's notebook of the miniature assignment."""
    return nbformat.reads(staff_notebook(course, "scaling"), as_version=nbformat.NO_CONVERT)


@pytest.fixture(scope="module")
def student(course: Course) -> nbformat.NotebookNode:
    """The students' notebook of the miniature assignment."""
    return nbformat.reads(student_notebook(course, "scaling"), as_version=nbformat.NO_CONVERT)


@pytest.fixture(params=["staff", "student"])
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    """Each of the two."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def edit(own_course: Course) -> Callable[[str, str, str], Course]:
    """Replace a text that occurs once in a file of a copy of the miniature course."""

    def replace(name: str, old: str, new: str) -> Course:
        path = own_course.root / name
        assert path.read_text().count(old) == 1
        path.write_text(path.read_text().replace(old, new))
        return own_course

    return replace


def source(notebook: nbformat.NotebookNode, id: str) -> str:
    (cell,) = (cell for cell in notebook.cells if cell.id == id)
    return cell.source


def test_a_notebook_is_valid_in_its_format(notebook):
    """Notebook format 4.5 as Jupyter saves it, so that opening and saving it changes nothing; with a kernel."""
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"


def test_a_notebook_is_saved_as_jupyter_saves_it(course: Course, student):
    """Byte for byte."""
    assert nbformat.writes(student) + "\n" == student_notebook(course, "scaling").decode()


def test_a_notebook_has_valid_metadata_of_nbgrader(notebook):
    """Schema version 3, required keys, unique ids, points where they belong."""
    MetadataValidator().validate_nb(notebook)


def test_cells_have_stable_ids_and_no_outputs(notebook):
    """The ids say what the cells are; every graded or locked cell has the same id for nbgrader."""
    assert [cell.id for cell in notebook.cells] == IDS
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [(cell.outputs, cell.execution_count) for cell in code] == [([], None)] * len(code)
    known = {cell.id: cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata}
    assert known == {id: id for id in IDS if not id.startswith("text")}


def test_a_notebook_holds_the_whole_handout(course: Course, student):
    """Every section as it stands, under its title."""
    prose = "\n\n".join(cell.source for cell in student.cells if cell.cell_type == "markdown")
    for heading, text in sections(course.handout("scaling")):
        assert heading in prose
        assert text in prose
    assert "## Exercise 2: An object with state (4 points)" in prose


def test_points_are_those_of_the_engine_and_the_written_ones(notebook):
    """Test and hidden cell of an exercise share its points by the weights of its checks."""
    points = {cell.id: cell.metadata.nbgrader.get("points") for cell in notebook.cells if "nbgrader" in cell.metadata}
    assert {id: worth for id, worth in points.items() if worth is not None} == {
        "test-double": 4.5,
        "hidden-double": 1.5,
        "test-counter": 2.0,
        "hidden-counter": 2.0,
        "written-linear": 3.0,
    }
    assert source(notebook, "test-double") == 'check("scaling.double", points=4.5)'


def test_the_staff_have_solutions_hidden_checks_and_model_answers_in_regions(staff):
    """Where nbgrader cuts them out."""
    assert "### BEGIN SOLUTION\n    # Multiplication reads" in source(staff, "answer-double")
    hidden = source(staff, "hidden-double")
    assert "### BEGIN HIDDEN TESTS\n" in hidden
    assert 'check_hidden("scaling.double", points=1.5)\n### END HIDDEN TESTS' in hidden
    written = source(staff, "written-linear")
    assert written.startswith("### BEGIN SOLUTION\nBy the distributive law")


def test_students_get_nothing_of_it(course: Course, student):
    """Stubs, a comment, and the invitation to answer; no line of the solution anywhere."""
    solution = course.solution("scaling")
    stub = cut_stub(solution, course.assignment("scaling"))
    lines = {line.strip() for cell in student.cells for line in cell.source.splitlines()}
    assert lines & solution_lines(solution, stub) == set()
    assert source(student, "answer-double").endswith("    # YOUR CODE HERE\n    raise NotImplementedError")
    assert source(student, "hidden-double") == "# The hidden checks of this exercise run here when your work is graded."
    assert source(student, "written-linear") == "YOUR ANSWER HERE"
    assert "BEGIN" not in json.dumps(student)


def test_students_can_only_edit_what_is_theirs(student):
    """Answers can be edited but not deleted, everything else that nbgrader knows neither."""
    theirs = [cell for cell in student.cells if "nbgrader" in cell.metadata]
    assert [cell.id for cell in theirs if cell.metadata.deletable] == []
    editable = [cell.id for cell in theirs if cell.metadata.get("editable", True)]
    assert editable == ["answer-double", "answer-counter", "written-linear"]


def test_every_id_can_be_read_back(student):
    """By the module that both halves of the nbgrader work share."""
    kinds = [CellId.parse(cell.id).kind for cell in student.cells if "nbgrader" in cell.metadata]
    assert set(kinds) == set(Kind) - {Kind.GIVEN}


def test_a_method_of_an_earlier_class_is_asked_for_where_it_stands(edit):
    """An exercise whose class belongs to another has checks but no cell of its own, and says where to write."""
    exercise = '[[exercises]]\nid = "less"\ntitle = "Less"\npoints = 1\nfunctions = ["Counter.take"]\n\n'
    edit("assignments/scaling/assignment.toml", "[budget]", f"{exercise}[budget]")
    check = '@check("less")\ndef takes(student, case):\n    """It takes."""\n\n\n'
    edit("assignments/scaling/checks.py", '@check("counter")', f'{check}@check("counter")')
    edit("assignments/scaling/handout.md", "## On paper", "## Less\n\nTake away.\n\n## On paper")
    method = "    def take(self, amount):\n        self.total -= amount\n\n"
    course = edit("solutions/scaling.py", "    def add(", f"{method}    def add(")
    notebook = nbformat.reads(student_notebook(course, "scaling"), as_version=4)
    assert [cell.id for cell in notebook.cells if cell.id.endswith("-less")] == ["test-less"]
    where = "Take away.\n\nWrite `Counter.take` in the cell of the exercise *An object with state* above."
    assert source(notebook, "text-3").endswith(where)
    assert "def take(self, amount):" in source(notebook, "answer-counter")


def test_an_exercise_without_hidden_checks_has_no_hidden_cell(own_course: Course):
    """Nothing is worth 0 points."""
    path = own_course.assignments_folder / "scaling" / "hidden_checks.py"
    path.write_text(path.read_text().partition('@check("counter")')[0])
    notebook = nbformat.reads(student_notebook(own_course, "scaling"), as_version=4)
    assert "hidden-counter" not in [cell.id for cell in notebook.cells]


WRONG = {
    "no section": ("assignments/scaling/handout.md", "## Twice a tensor", "## Twice", "one section called '## Twice a"),
    "two sections": (
        "assignments/scaling/handout.md",
        "# Scaling\n",
        "# Scaling\n\n## Twice a tensor\n",
        "one section called '## Twice a tensor'",
    ),
    "no model answer": ("solutions/scaling.md", "## On paper", "## In the head", "a section called '## On paper"),
    "another order": (
        "assignments/scaling/handout.md",
        "## Twice a tensor\n\nWrite $2x$.\n\n## An object with state",
        "## An object with state\n\n## Twice a tensor",
        "must come in the order of assignment.toml",
    ),
}


@pytest.mark.parametrize(("name", "old", "new", "says"), WRONG.values(), ids=WRONG)
def test_texts_that_do_not_fit_are_told(edit, name: str, old: str, new: str, says: str):
    """The file, and what must stand there."""
    with pytest.raises(CourseError, match=says) as caught:
        student_notebook(edit(name, old, new), "scaling")
    assert name in str(caught.value)


def test_no_solution_no_notebook(own_course: Course):
    """In a student's kit nobody can build one."""
    own_course.solution_path("scaling").unlink()
    with pytest.raises(CourseError, match=r"solutions.scaling\.py: the reference solution is missing"):
        staff_notebook(own_course, "scaling")


def test_sections_are_not_looked_for_in_code():
    """A comment in a block of code is no heading."""
    text = "# Title\nBefore.\n## One\n```\n## not a heading\n```\n## Two\n"
    assert sections(text) == [("", "# Title\nBefore."), ("One", "```\n## not a heading\n```"), ("Two", "")]
