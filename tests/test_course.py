"""autograder.course: how a course is read, and where the error is if it is wrong."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import Course, find_course, kit_source
from autograder.errors import CourseError, UsageError
from autograder.model import Written


@pytest.fixture
def copied(course: Course, tmp_path: Path) -> Course:
    """The miniature course, for changing."""
    shutil.copytree(course.root, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))
    return Course(tmp_path / "course")


@pytest.fixture
def edit(copied: Course) -> Callable[..., Course]:
    """Replace a text that occurs once in a file of the miniature assignment."""

    def replace(file: str, old: str, new: str) -> Course:
        path = copied.assignments_folder / "scaling" / file
        before = path.read_text(encoding="utf-8")
        assert before.count(old) == 1
        path.write_text(before.replace(old, new), encoding="utf-8")
        return copied

    return replace


def test_an_assignment_is_read_as_it_stands(course: Course):
    """Title, exercises, given names, budget and settings of the miniature assignment."""
    found = course.assignment("scaling")
    assert (found.slug, found.title, found.order, found.given) == ("scaling", "Scaling", 1, ("Counter.__init__",))
    assert [(e.id, e.points, e.functions) for e in found.exercises] == [
        ("double", 6, ("double",)),
        ("counter", 4, ("Counter.add",)),
    ]
    assert found.exercises[0].hints == ("What is x + x?", "Multiply.")
    assert (found.budget.check_seconds, found.budget.memory_mb, found.training) == (5, 512, {"digits": {"rows": 50}})


def test_a_check_that_was_changed_is_read_anew(copied: Course, monkeypatch: pytest.MonkeyPatch):
    """Also within the second in which it was read before, by a text of the same length."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = copied.assignments_folder / "scaling" / "checks.py"
    before = path.stat()
    assert copied.checks("scaling")[0].title == "double(x) is x + x."
    path.write_text(path.read_text().replace("double(x) is x + x.", "double(x) is 2 * x."))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert Course(copied.root).checks("scaling")[0].title == "double(x) is 2 * x."


def test_a_rule_is_read_as_it_stands(course: Course):
    """What it names, for which exercise, why; nothing is allowed unless that is said."""
    (rule,) = course.assignment("scaling").rules
    assert (rule.names, rule.exercises, rule.allow) == (("autograd", "torch.nn", "ldexp"), ("double",), ())
    assert rule.reason == "Twice a tensor is what you write here."
    assert [rule.holds_for(exercise) for exercise in ("double", "counter")] == [True, False]


def test_settings_have_defaults_and_differences(edit):
    """What stands in [training] counts for each data set that has a table, unless that says otherwise."""
    text = "[training]\nlr = 0.1\nrows = 50\n\n[training.digits]\n\n[training.mnist]\nlr = 0.2\n"
    training = edit("assignment.toml", "[training.digits]\nrows = 50\n", text).assignment("scaling").training
    assert training == {"digits": {"lr": 0.1, "rows": 50}, "mnist": {"lr": 0.2, "rows": 50}}


def test_a_setting_that_is_missing_is_told_with_its_place(course: Course):
    """As the author's error, whichever check reads it; what is only looked for need not be there."""
    settings = course.assignment("scaling").training["digits"]
    assert settings.get("lr") is None
    with pytest.raises(
        CourseError, match=r"assignment\.toml:25: a check reads .* 'row', which digits does not have; did"
    ):
        settings["row"]


def test_a_budget_has_defaults(edit):
    """Limits need not be stated."""
    text = "[budget]\ncheck_seconds = 5\nsubmission_seconds = 12\nmemory_mb = 512\n"
    budget = edit("assignment.toml", text, "").assignment("scaling").budget
    assert (budget.check_seconds, budget.submission_seconds, budget.memory_mb) == (20, 120, 2048)


EXERCISE = '[[exercises]]\nid = "double"'
WRONG_TOML = {  # old text, new text, line of the error, what is said
    "no TOML": ("order = 1", "order = ", 2, "not valid TOML"),
    "an unknown key": ("order = 1", "ordr = 1", 2, "unknown key 'ordr'; did you mean 'order'?"),
    "a key nobody would guess": ("order = 1", "xyzzy = 1", 2, "unknown key 'xyzzy'; known are title, order, "),
    "an unknown table": ("[budget]", "[limits]", 20, "unknown key 'limits'"),
    "an unknown key of an exercise": ("points = 4", "point = 4", 16, "unknown key 'point'; did you mean 'points'?"),
    "an unknown key of the budget": ("memory_mb", "memory_gb", 23, "unknown key 'memory_gb'; did you mean"),
    "text for a number": ("order = 1", 'order = "1"', 2, "'order' has a value of the wrong kind"),
    "true for a number": ("order = 1", "order = true", 2, "'order' has a value of the wrong kind"),
    "text for points": ("points = 4", 'points = "4"', 16, "'points' has a value of the wrong kind"),
    "a number for a title": ('title = "Twice a tensor"', "title = 2", 8, "'title' has a value of the wrong kind"),
    "text for a list": ('["Counter.add"]', '"Counter.add"', 17, "'functions' has a value of the wrong kind"),
    "numbers in a list": ('["Counter.add"]', "[1, 2]", 17, "'functions' has a value of the wrong kind"),
    "a number given": ('["Counter.__init__"]', "[3]", 4, "'given' has a value of the wrong kind"),
    "text for a limit": ("memory_mb = 512", 'memory_mb = "1 GB"', 23, "'memory_mb' has a value of the wrong kind"),
    "no order": ("order = 1\n", "", None, "the key 'order' is missing"),
    "no points": ("points = 4\n", "", 13, "the key 'points' is missing"),
    "no id": ('id = "counter"\n', "", 13, "the key 'id' is missing"),
    "one id twice": ('id = "counter"', 'id = "double"', 14, "a second exercise has the id 'double'"),
    "endless points": ("points = 4", "points = inf", 14, "must be worth more than 0 points"),
    "points that are no number": ("points = 4", "points = nan", 14, "must be worth more than 0 points"),
    "no points to earn": ("points = 4", "points = 0", 14, "the exercise 'counter' must be worth more than 0 points"),
    "no function": ('["Counter.add"]', "[]", 14, "the exercise 'counter' asks for no function"),
    "an id with a dash": ('id = "counter"', 'id = "count-er"', 14, "must be made of letters, digits and _, at most 50"),
    "a need that is unknown": ("points = 4", 'points = 4\nneeds = ["nil"]', 14, "only earlier ones can be needed"),
    "an unknown key of a rule": ("reason =", "because =", 36, "unknown key 'because'"),
    "a rule for nothing": ('["autograd", "torch.nn", "ldexp"]', "[]", 34, "a rule must name what it rules out"),
    "a rule without a reason": ('"Twice a tensor is what you write here."', '" "', 36, "must give students a reason"),
    "a rule of no name": ('"torch.nn"', '"torch nn"', 34, "'torch nn' is no name of something in a library"),
    "a rule for an unknown exercise": ('exercises = ["double"]', 'exercises = ["twice"]', 35, "no exercise 'twice'"),
    "a rule for numbers": ('exercises = ["double"]', "exercises = [2]", 35, "there is no exercise 2"),
    "an unknown data set": ("[training.digits]", "[training.digit]", 25, "no data set 'digit'; did you mean 'digits'?"),
    "settings for no data set": ("[training.digits]", "[training]", 25, "[training] must have a table for each data"),
    "an exception of no name": ('reason = "T', 'allow = ["1"]\nreason = "T', 36, "'1' is no name of something"),
    "a need that comes later": (EXERCISE, f'{EXERCISE}\nneeds = ["counter"]', 7, "only earlier ones can be needed"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "says"), WRONG_TOML.values(), ids=WRONG_TOML)
def test_a_wrong_assignment_is_told_with_its_line(edit, old: str, new: str, line: int | None, says: str):
    """File, line and what is wrong."""
    course = edit("assignment.toml", old, new)
    with pytest.raises(CourseError) as caught:
        course.assignment("scaling")
    path = course.assignments_folder / "scaling" / "assignment.toml"
    place = f"{path}: " if line is None else f"{path}:{line}: "
    assert str(caught.value).startswith(place)
    assert says in str(caught.value)


@pytest.mark.parametrize("exercises", ["[]", "[1]", '["double"]', "{}"])
def test_exercises_must_be_tables(copied: Course, exercises: str):
    """None at all, or something else in their place, is an error of the course and not of the engine."""
    path = copied.assignments_folder / "scaling" / "assignment.toml"
    path.write_text(f'title = "T"\norder = 1\nsummary = ""\nexercises = {exercises}\n')
    with pytest.raises(CourseError, match="exercise"):
        copied.assignment("scaling")


WRITTEN = '[[written]]\nid = "why"\ntitle = "Why"\npoints = 3\n'
WRONG_WRITTEN = {
    "a misspelt key": ("points", "point", 23, "unknown key 'point'; did you mean 'points'?"),
    "nothing to earn": ("points = 3", "points = 0", 21, "the written question 'why' must be worth more than 0 points"),
    "an id with a space": ('"why"', '"wh y"', 21, "must be made of letters, digits and _"),
    "no title": ('title = "Why"\n', "", 20, "the key 'title' is missing"),
    "one id twice": (WRITTEN, WRITTEN + WRITTEN, 25, "a second written question has the id 'why'"),
}


@pytest.mark.parametrize(("old", "new", "line", "says"), WRONG_WRITTEN.values(), ids=WRONG_WRITTEN)
def test_a_wrong_written_question_is_told_with_its_line(edit, old: str, new: str, line: int, says: str):
    """File, line and what is wrong, as with exercises."""
    course = edit("assignment.toml", "[budget]", f"{WRITTEN.replace(old, new)}\n[budget]")
    with pytest.raises(CourseError, match=re.escape(f"assignment.toml:{line}: ")) as caught:
        course.assignment("scaling")
    assert says in str(caught.value)


def test_written_questions_are_read(course: Course):
    """They have an id, a title and points, which are not the engine's, and model answers beside the reference."""
    assignment = course.assignment("scaling")
    assert assignment.written == (Written("linear", "On paper: doubling is linear", 3),)
    assert assignment.points == 10
    assert "distributive law" in course.model_answers("scaling")


def test_model_answers_are_needed_only_for_questions(edit, copied: Course):
    """Without a written question there is no such file; with one, the error names it."""
    copied.model_answers_path("scaling").unlink()
    with pytest.raises(CourseError, match=r"solutions.scaling\.md: cannot be read"):
        copied.model_answers("scaling")
    path = copied.assignments_folder / "scaling" / "assignment.toml"
    path.write_text(path.read_text().partition("[[written]]")[0])
    assert copied.model_answers("scaling") == ""


COUNTER = '@check("counter")'
WRONG_CHECKS = {  # file, old text, new text, line of the error, what is said
    "one name twice": (
        "checks.py",
        "def adds_up",
        "def keeps_its_input",
        22,
        "a second check is called keeps_its_input",
    ),
    "one name in both files": ("hidden_checks.py", "two_counters_are_apart", "adds_up", 15, "a second check is called"),
    "an unknown exercise": (
        "checks.py",
        COUNTER,
        '@check("cuonter")',
        22,
        "'cuonter', which assignment.toml does not have; did you mean 'counter'?",
    ),
    "no title": (
        "checks.py",
        '"""A counter holds the sum of what it was given."""',
        "",
        22,
        "adds_up has no docstring",
    ),
    "a need from elsewhere": (
        "checks.py",
        COUNTER,
        '@check("counter", needs=require)',
        22,
        "which is not declared before",
    ),
    "no Python": ("checks.py", "def adds_up(student, case)", "def adds_up(student case)", 23, "SyntaxError"),
    "a missing name": ("hidden_checks.py", "from .checks import torch", "from .checks import numpy", 5, "ImportError"),
    "an exception": ("hidden_checks.py", COUNTER, "1 / 0", 15, "ZeroDivisionError: division by zero"),
}


@pytest.mark.parametrize(("file", "old", "new", "line", "says"), WRONG_CHECKS.values(), ids=WRONG_CHECKS)
def test_wrong_checks_are_told_with_their_line(edit, file: str, old: str, new: str, line: int, says: str):
    """File, line and what is wrong."""
    course = edit(file, old, new)
    with pytest.raises(CourseError) as caught:
        course.checks("scaling")
    assert str(caught.value).startswith(f"{course.assignments_folder / 'scaling' / file}:{line}: ")
    assert says in str(caught.value)


def test_a_misconception_among_checks_is_an_error(copied: Course):
    """It would never be recognised there, so its author is told where it belongs."""
    path = copied.assignments_folder / "scaling" / "hidden_checks.py"
    declaration = (
        'from autograder.checking import added, misconception\nmisconception("lost", added("x = 1")).says("?")\n'
    )
    path.write_text(path.read_text(encoding="utf-8") + declaration, encoding="utf-8")
    with pytest.raises(CourseError, match=r"hidden_checks\.py: the misconception lost belongs in misconceptions\.py"):
        copied.checks("scaling")


def test_a_doubled_misconception_is_an_error(edit):
    """The second one is told, in its line."""
    course = edit("misconceptions.py", '"adds_two"', '"squared"')
    with pytest.raises(CourseError, match=r"misconceptions\.py:14: a second misconception has the id 'squared'"):
        course.misconceptions("scaling")


def test_a_check_among_misconceptions_is_an_error(copied: Course):
    """It would never run there, so its author is told where it belongs, and in which line it is."""
    path = copied.assignments_folder / "scaling" / "misconceptions.py"
    path.write_text(
        'from autograder.checking import check\n\n\n@check("double")\ndef lost(student, case):\n    """Lost."""\n',
        encoding="utf-8",
    )
    with pytest.raises(CourseError, match=r"misconceptions\.py:4: the check lost belongs in checks\.py"):
        copied.misconceptions("scaling")


def test_an_exercise_without_a_check_is_an_error(edit):
    """Nobody could earn its points."""
    text = "[budget]"
    exercise = '[[exercises]]\nid = "third"\ntitle = "T"\npoints = 1\nfunctions = ["f"]\n\n'
    with pytest.raises(CourseError, match="no check belongs to the exercise third"):
        edit("assignment.toml", text, exercise + text).checks("scaling")


def test_checks_are_required(copied: Course):
    """An assignment without checks.py is no assignment."""
    (copied.assignments_folder / "scaling" / "checks.py").unlink()
    with pytest.raises(CourseError, match=r"checks\.py: this file is missing"):
        copied.checks("scaling")


def test_a_kit_has_neither_hidden_checks_nor_misconceptions(copied: Course):
    """Students have only the visible files, which are enough."""
    for name in ("hidden_checks.py", "misconceptions.py"):
        (copied.assignments_folder / "scaling" / name).unlink()
    shutil.rmtree(copied.root / "solutions")
    assert [check.name for check in copied.checks("scaling")] == ["doubles_each_entry", "keeps_its_input", "adds_up"]
    assert (copied.misconceptions("scaling"), copied.solution("scaling")) == ((), None)


def test_hidden_checks_are_marked_and_come_last(course: Course):
    """Helpers that they import from checks.py are not collected again."""
    assert [(c.name, c.visible) for c in course.checks("scaling")] == [
        ("doubles_each_entry", True),
        ("keeps_its_input", True),
        ("adds_up", True),
        ("doubles_real_images", False),
        ("two_counters_are_apart", False),
    ]
    assert all(c.visible for c in course.checks("scaling", hidden=False))


def test_checks_are_read_afresh(edit, copied: Course):
    """An author who edits a file sees the new one at once."""
    assert len(copied.checks("scaling")) == 5
    changed = edit("checks.py", "A counter holds the sum", "It holds the sum")
    assert changed.checks("scaling")[2].title == "It holds the sum of what it was given."


@pytest.mark.parametrize(
    ("slug", "hint"),
    [
        ("scalling", "Did you mean scaling?"),
        ("xyz", "Known are: scaling."),
        ("../solutions", "Known are"),
        ("", "Known"),
    ],
)
def test_an_unknown_assignment_is_told_with_a_suggestion(course: Course, slug: str, hint: str):
    """What was asked for, what was probably meant, what there is."""
    with pytest.raises(UsageError, match=f"There is no assignment {re.escape(repr(slug))}.*{re.escape(hint)}"):
        course.assignment(slug)


@pytest.fixture
def three(copied: Course) -> Course:
    """Three assignments, whose order is not that of their names."""
    text = (copied.assignments_folder / "scaling" / "assignment.toml").read_text()
    for slug, order in (("alpha", 9), ("beta", 1)):
        folder = copied.assignments_folder / slug
        folder.mkdir()
        (folder / "assignment.toml").write_text(text.replace("order = 1", f"order = {order}"))
    return copied


def test_assignments_come_in_their_order(three: Course):
    """By the stated order, then by name; folders without assignment.toml do not count."""
    (three.assignments_folder / "notes").mkdir()
    assert three.slugs == ("beta", "scaling", "alpha")


@pytest.mark.parametrize(
    ("asked", "selected"),
    [((), ("beta", "scaling", "alpha")), (("alpha", "beta", "alpha"), ("alpha", "beta"))],
    ids=["none means all", "each once"],
)
def test_assignments_are_selected(three: Course, asked: tuple, selected: tuple):
    """In the order in which they were asked for."""
    assert three.select(asked) == selected


def test_selecting_an_unknown_assignment_is_an_error(three: Course):
    """Even among known ones."""
    with pytest.raises(UsageError, match="Did you mean alpha"):
        three.select(("beta", "alpa"))


@pytest.mark.parametrize("content", [b"\xff", None], ids=["not UTF-8", "missing"])
def test_a_text_that_cannot_be_read_is_an_error(copied: Course, content: bytes | None):
    """With the file's name."""
    path = copied.assignments_folder / "scaling" / "handout.md"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(CourseError, match=r"handout\.md: cannot be read"):
        copied.handout("scaling")


def test_texts_are_found(course: Course):
    """Handout and reference."""
    assert course.handout("scaling").startswith("# Scaling\n")
    assert course.solution("scaling").startswith('"""Scaling: the reference')


def test_a_course_is_found_where_one_is_named(course: Course):
    """A folder that is named must be the course itself: nothing else is taken in its place."""
    assert find_course(course.root).root == course.root.resolve()
    with pytest.raises(UsageError, match="no course in"):
        find_course(course.assignments_folder)


def test_the_kit_to_copy_is_the_generated_one():
    """In a clone it is student_template."""
    assert kit_source() == Path(__file__).resolve().parents[1] / "student_template"


def test_a_student_opens_the_page_of_a_handout_where_there_is_one(copied: Course):
    """In a kit; in the course itself, the text."""
    assert copied.handout_to_open("scaling") == "assignments/scaling/handout.md"
    (copied.assignments_folder / "scaling" / "handout.html").write_text("")
    assert copied.handout_to_open("scaling") == "assignments/scaling/handout.html"
