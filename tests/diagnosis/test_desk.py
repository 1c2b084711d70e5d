"""Names at a student's desk, from recorded answers: a kit is built, and work in it is checked in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from autograder import data
from autograder.authoring.kit import write_kit
from autograder.course import Course
from autograder.diagnosis.heard import print_of
from autograder.diagnosis.recorded import VERSION, made_from, read_record
from autograder.diagnosis.replay import Answer
from autograder.grading.namespace import NamespaceChannel
from autograder.grading.runner import grade, run_checks
from autograder.plan import Plan, Setting
from autograder.submissions.files import Submission


@pytest.fixture(scope="module")
def built(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit of the miniature course."""
    ignored = shutil.ignore_patterns("__pycache__")
    own = Course(shutil.copytree(course.root, tmp_path_factory.mktemp("staff") / "course", ignore=ignored))
    write_kit(own)
    return own.kit


@pytest.fixture
def kit(built: Path, tmp_path: Path) -> Course:
    """A copy of it that a test may change, far from any solution."""
    return Course(shutil.copytree(built, tmp_path / "kit"))


@pytest.fixture
def names(kit: Course) -> Callable[..., dict[str, str]]:
    """The mistakes that are named in a text, by the names of the checks."""

    def check(source: str, *, seed: int = 0, desk: bool = True) -> dict[str, str]:
        plan = Plan.of(kit, "scaling", hidden=False)
        namespace: dict = {}
        exec(source, namespace)
        setting = Setting(seed=seed, load_data=partial(data.load, "digits"), desk=desk)
        results = run_checks(plan, NamespaceChannel(namespace), setting)
        return {result.name: result.misconception for result in results if result.misconception}

    return check


def record_of(kit: Course) -> Path:
    """The recorded answers."""
    return kit.answers_path("scaling")


def squared(text: Callable[..., str]) -> str:
    """Work with a known mistake, written otherwise than the course writes it."""
    return text("return x.square()")


@pytest.mark.parametrize(
    ("double", "expected"),
    [
        ("return x * x", {"doubles_each_entry": "squared", "keeps_its_input": "squared"}),
        ("return 2 + x", {"doubles_each_entry": "adds_two", "keeps_its_input": "adds_two"}),
        ("return x.add_(x)", {"keeps_its_input": "in_place"}),
    ],
)
def test_a_mistake_in_other_words_goes_by_its_name(names, text, double: str, expected: dict[str, str]):
    """What it answers counts, not how it is written; an input that is written into is a part of the answer."""
    assert names(text(double)) == expected


def test_mistakes_of_objects_are_told_apart(names, text):
    """Their answers follow from what was done before."""
    assert names(text(add="self.total = amount; return self.total")) == {"adds_up": "counter_forgets"}
    assert names(text().replace("self.total = start", "self.total = 0")) == {"adds_up": "start_is_lost"}


def test_an_exception_is_the_same_in_a_file_and_in_a_cell(plan: Plan, text, workers, tmp_path: Path):
    """Each tells in its own way where that was; only the words before it are compared."""
    source = text("return x.doubled (x)")
    (tmp_path / "scaling.py").write_text(source)
    namespace: dict = {}
    exec(source, namespace)
    alone = plan.limited_to(["doubles_each_entry"])
    in_a_file = grade(alone, Submission("you", tmp_path), Setting(), workers=workers).checks[0].message
    in_a_cell = run_checks(alone, NamespaceChannel(namespace), Setting())[0].message
    words = "AttributeError: 'Tensor' object has no attribute 'doubled'"
    assert [message.removeprefix(words)[:2] for message in (in_a_file, in_a_cell)] == [" (", " ("]
    assert in_a_file != in_a_cell
    for message in in_a_file, in_a_cell:
        assert print_of(Answer(raised=message)) == print_of(Answer(raised=words))
    assert print_of(Answer(raised=f"{words} (line 3)")) != print_of(Answer(raised=words))


def test_two_mistakes_in_different_exercises_are_both_named(names, text):
    """Each by the checks of its own function."""
    named = names(text("return x**2", add="self.total = amount; return self.total"))
    assert named == {"doubles_each_entry": "squared", "keeps_its_input": "squared", "adds_up": "counter_forgets"}


@pytest.mark.parametrize(
    "double",
    [
        "return x + x",
        "return 3 * x",
        "return 0 * x",
        "return x * float('nan')",
        "return x",
        "return x + 2.5",
        "return x**2 + 1e-3",
        "return (x**2).float()",
        "return [x**2]",
        "return None",
        "raise ValueError",
        "raise NotImplementedError",
    ],
)
def test_what_is_no_known_mistake_has_no_name(names, text, double: str):
    """Right code, the stub, degenerate answers, and wrong ones of which nothing is on record."""
    assert names(text(double)) == {}


def test_one_answer_that_disagrees_refutes(names, text):
    """A function that makes the mistake only for some inputs is something else."""
    assert names(text("return x**2 if len(x) == 3 else x + x + 1")) == {}


def test_other_inputs_than_those_on_record_name_nothing(names, text):
    """With another seed, and for a grader that gives each student inputs of their own."""
    assert names(squared(text)) != {}
    assert names(squared(text), seed=1) == {}
    assert names(squared(text), desk=False) == {}


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: "",
        lambda record: "[]",
        lambda record: '{"checksum": 1}',
        lambda record: record[: len(record) // 2],
        lambda record: record.replace('"squared"', '"adds_two"'),
        lambda record: record.replace(f'"version": {VERSION}', '"version": 0'),
        lambda record: record.replace('"passages":[[', '"passages":[[7,'),
        lambda record: "[" * 100_000,
        lambda record: "\0\ud800",
    ],
)
def test_a_damaged_record_names_nothing(names, text, kit: Course, damage: Callable[[str], str]):
    """Whatever is in it, the checks end as they do without."""
    written = damage(record_of(kit).read_text()).encode("utf-8", "surrogatepass")
    record_of(kit).write_bytes(written)
    assert names(squared(text)) == {}


def test_a_missing_record_names_nothing(names, text, kit: Course):
    """As in a kit of an earlier version."""
    record_of(kit).unlink()
    assert names(squared(text)) == {}


@pytest.mark.parametrize("name", ["checks.py", "assignment.toml"])
def test_a_record_of_other_checks_names_nothing(names, text, kit: Course, name: str):
    """Somebody who edits what a kit asks gets other answers than were recorded."""
    with (kit.assignments_folder / "scaling" / name).open("a") as file:
        file.write("# mine\n")
    assert names(squared(text)) == {}


def test_a_record_that_somebody_forged_breaks_nothing(names, text, kit: Course, monkeypatch: pytest.MonkeyPatch):
    """A checksum can be computed by anyone; numbers that lead nowhere name nothing, and no check becomes a fault."""
    monkeypatch.setattr("autograder.diagnosis.recorded._checksum", lambda content: "forged")
    forged = record_of(kit).read_text().replace('"answers":[', '"answers":[],"others":[')
    record_of(kit).write_text(forged[: forged.rindex('"checksum"')] + '"checksum": "forged"\n}\n')
    assert names(squared(text)) == {}


def test_a_record_is_read_only_where_something_failed(names, text, monkeypatch: pytest.MonkeyPatch):
    """Right work does not wait for it."""
    monkeypatch.setattr("autograder.diagnosis.desk.read_record", lambda path, plan: pytest.fail("it was read"))
    assert names(text()) == {}


def test_a_record_holds_no_code_and_no_mistake_that_students_cannot_see(kit: Course):
    """A mistake that only hidden checks see is not in it; sentences are the only text."""
    record = read_record(record_of(kit), Plan.of(kit, "scaling", hidden=False))
    assert record is not None
    assert [known.id for known in record.mistakes] == [
        "squared",
        "in_place",
        "counter_forgets",
        "adds_two",
        "start_is_lost",
    ]
    assert {name for known in record.mistakes for name in known.trips} == {
        "doubles_each_entry",
        "keeps_its_input",
        "adds_up",
    }
    content = record_of(kit).read_text()
    assert "return" not in content
    assert "doubles_real_images" not in content
    assert len(content) < 10_000


def test_a_record_read_and_written_again_is_the_same(kit: Course):
    """Nothing is lost on the way, and its first line says where it comes from."""
    content = record_of(kit).read_text()
    record = read_record(record_of(kit), Plan.of(kit, "scaling", hidden=False))
    assert record is not None
    assert record.text() == content
    assert "Generated by `autograder build`" in content.splitlines()[1]
    assert made_from(content) == record.made_from
