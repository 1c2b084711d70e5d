"""autograder.authoring.scaffold: a new assignment begins as a small complete one, and never over an old one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder.authoring.scaffold import scaffold
from autograder.course import Course
from autograder.errors import UsageError
from autograder.plan import Plan


def test_both_hand_written_places_are_filled(own_course: Course):
    """The six files of the assignment and the solution are there, and nothing else of the course changed."""
    before = set(own_course.root.rglob("*"))
    written = scaffold(own_course, "layer_norm")
    folder = own_course.root / "assignments" / "layer_norm"
    names = ["assignment.toml", "handout.md", "checks.py", "hidden_checks.py", "misconceptions.py", "outcomes.toml"]
    assert written == [*(folder / name for name in names), own_course.root / "solutions" / "layer_norm.py"]
    assert set(own_course.root.rglob("*")) - before == {folder, *written}


def test_the_name_stands_where_it_belongs(own_course: Course):
    """Title and texts carry the name, no placeholder is left, and the formulas keep their braces."""
    written = {path.name: path.read_text() for path in scaffold(own_course, "layer_norm")}
    assert written["handout.md"].startswith("# Layer norm\n")
    assert written["layer_norm.py"].startswith('"""Layer norm: the reference solution."""')
    assert "in layer_norm" in written["hidden_checks.py"]
    assert not any(word in text for text in written.values() for word in ("{slug}", "{title}", "{order}"))
    assert r"\frac{1}{nd}" in written["handout.md"]


def test_a_new_assignment_can_be_read_and_comes_last(own_course: Course):
    """The engine reads it as it is: visible and hidden checks, enough misconceptions, a reference, the last place."""
    scaffold(own_course, "layer_norm")
    course = Course(own_course.root)
    plan = Plan.of(course, "layer_norm")
    assert course.slugs == ("scaling", "layer_norm")
    assert plan.assignment.order == 2
    assert {check.visible for check in plan.checks} == {True, False}
    assert len(plan.misconceptions) >= 5
    ast.parse(plan.reference)


def test_a_course_may_begin_with_it(tmp_path: Path):
    """In an empty course the new assignment is the first, and comes with what a course has; nothing is overwritten."""
    (tmp_path / ".gitignore").write_text("mine")
    written = scaffold(Course(tmp_path), "layer_norm")
    assert Course(tmp_path).assignment("layer_norm").order == 1
    assert [path for path in written if path.parent == tmp_path] == [tmp_path / "README.md"]
    assert (tmp_path / ".gitignore").read_text() == "mine"
    assert "`autograder new SLUG`" in (tmp_path / "README.md").read_text()


@pytest.mark.parametrize("name", ["", "LayerNorm", "2nd", "layer-norm", "a b", "_norm", "lambda", "../up", "a\n"])
def test_a_name_must_be_a_module_name(own_course: Course, name: str):
    """Anything else is refused with an example of a name, and nothing is written."""
    before = set(own_course.root.parent.rglob("*"))
    with pytest.raises(UsageError, match="cannot be a name: use lower-case letters, digits and _, like layer_norm"):
        scaffold(own_course, name)
    assert set(own_course.root.parent.rglob("*")) == before


@pytest.mark.parametrize("existing", ["assignments/layer_norm", "solutions/layer_norm.py"])
def test_an_existing_assignment_is_left_alone(own_course: Course, existing: str):
    """If either of its places is taken, that place is named and nothing is written."""
    (own_course.root / existing).mkdir()
    before = set(own_course.root.rglob("*"))
    with pytest.raises(UsageError, match=f"{existing} exists already; nothing was changed"):
        scaffold(own_course, "layer_norm")
    assert set(own_course.root.rglob("*")) == before
