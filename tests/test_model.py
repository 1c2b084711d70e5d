"""autograder.model: which outcomes earn points, and results that survive the way to a file and back."""

from __future__ import annotations

import copy
import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest

import autograder
from autograder.evidence import CallShown, Frame, Frames, Question
from autograder.grading.results import for_student
from autograder.mark import Mark, count_by_outcome
from autograder.model import Assignment, CheckResult, Exercise, Outcome, Result, RunInfo

SCHEMA = json.loads(Path(autograder.__path__[0], "reports", "result.schema.json").read_text(encoding="utf-8"))


def check(outcome: Outcome = Outcome.PASSED, *, points: float = 1.0, name: str = "holds") -> CheckResult:
    return CheckResult(
        name=name,
        exercise="double",
        title="It holds.",
        visible=True,
        outcome=outcome,
        points=points if outcome.earns else 0.0,
        max_points=points,
        message="über ✓",
        evidence=(Question("is it?", "It is"), CallShown("f()"), Frames((Frame("f.py, line 1", "return x"),))),
        misconception="squared",
        mistake="Why squared?",
        output="printed\n",
        seconds=0.25,
    )


def result(*checks: CheckResult) -> Result:
    hashes = {"submission": "a" * 64, "assignment": "b" * 64, "engine": "c" * 64}
    run = RunInfo(3, "cpu", "digits", "process", {"torch": "2.6"}, hashes, "2026-01-31T12:00:00+00:00", 1.5)
    return Result("ana", "scaling", "Scaling", checks or (check(),), run, notes=("A note.",))


EARNS = {Outcome.PASSED: True, Outcome.GRADER_FAULT: True}


def fields(schema: dict, path: str = "") -> dict[str, dict]:
    """Every named field of a schema by its path."""
    found = {}
    for name, field in schema.get("properties", {}).items():
        found[f"{path}.{name}"] = field
    for name, part in schema.get("$defs", {}).items():
        found[name] = part
        found |= fields(part, name)
    return found


def test_every_field_of_the_schema_is_described():
    """Whoever reads a result need not guess."""
    assert len(fields(SCHEMA)) >= 70
    assert [path for path, field in fields(SCHEMA).items() if not field.get("description")] == []


LATER = {"signature", "secret"}  # only results in a folder have them, and older ones do not


@pytest.mark.parametrize("outcome", Outcome)
def test_only_passing_and_our_own_faults_earn_points(outcome: Outcome):
    """Whatever else happens is worth nothing, and a fault of the grader costs nothing."""
    assert outcome.earns == EARNS.get(outcome, False)


def test_the_outcomes_are_those_of_the_design():
    """A closed list: readers of the files rely on it."""
    assert [str(outcome) for outcome in Outcome] == [
        "passed", "failed", "error", "not_attempted", "forbidden",
        "timed_out", "out_of_memory", "crashed", "skipped", "grader_fault",
    ]  # fmt: skip


def test_a_score_is_the_sum_of_the_points():
    """Thirds add up to a whole, and the maximum does not depend on what was earned."""
    thirds = [check(outcome, points=10 / 3) for outcome in (Outcome.PASSED, Outcome.PASSED, Outcome.PASSED)]
    assert (result(*thirds).score, result(*thirds).max_score) == (10, 10)
    lost = result(check(Outcome.FAILED, points=4), check(Outcome.GRADER_FAULT, points=6))
    assert (lost.score, lost.max_score) == (6, 10)


@pytest.mark.parametrize("outcome", Outcome)
def test_a_result_makes_the_round_trip(outcome: Outcome):
    """Through JSON text and back, nothing is lost, whatever the outcome."""
    before = result(check(outcome), check(Outcome.SKIPPED, points=2.5, name="other"))
    assert Result.from_dict(json.loads(json.dumps(before.to_dict()))) == before


@pytest.mark.parametrize("outcome", Outcome)
def test_a_record_fits_the_published_schema(outcome: Outcome):
    """What is written is what is promised."""
    jsonschema.validate(result(check(outcome)).to_dict(), SCHEMA)


def test_a_real_result_fits_the_published_schema(submit, text_of_a_wrong_submission: str):
    """Also one from the grader itself, with failures and output."""
    graded = submit(text_of_a_wrong_submission)
    assert {str(c.outcome) for c in graded.checks} == {"failed", "not_attempted"}
    jsonschema.validate(json.loads(json.dumps(graded.to_dict())), SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.fixture
def text_of_a_wrong_submission() -> str:
    return "def double(x):\n    print('here')\n    return x ** 2\n"


@pytest.mark.parametrize("outcome", Outcome)
def test_the_version_for_the_student_fits_the_published_schema(outcome: Outcome):
    """As plain JSON values."""
    record = for_student(result(check(outcome)))
    jsonschema.validate(json.loads(json.dumps(record)), SCHEMA)
    assert record == json.loads(json.dumps(record))


def test_the_schema_is_a_schema():
    """It follows the draft that it names, and lists every outcome."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$defs"]["outcome"]["enum"] == [str(outcome) for outcome in Outcome]


@pytest.mark.parametrize(
    ("place", "record"),
    [
        ("staff", result().to_dict()),
        ("staff_check", result().to_dict()["checks"][0]),
        ("run", result().to_dict()["run"]),
        ("student", for_student(result())),
        ("student_check", for_student(result())["checks"][0]),
    ],
)
def test_the_schema_describes_exactly_the_fields(place: str, record: dict):
    """Every field is described and required, and none is described that does not exist."""
    described = SCHEMA["$defs"][place]
    assert set(described["properties"]) - LATER == set(described["required"]) - LATER == set(record) - LATER


DAMAGE = {
    "another version": lambda r: r.update(schema_version=1),
    "no version": lambda r: r.pop("schema_version"),
    "a version of version 2": lambda r: r.update(schema_version=2),
    "another audience": lambda r: r.update(audience="student"),
    "no audience": lambda r: r.pop("audience"),
    "evidence that is no list": lambda r: r["checks"][0].update(evidence=None),
    "evidence of an unknown kind": lambda r: r["checks"][0]["evidence"][0].update(kind="rumour"),
    "evidence without a field": lambda r: r["checks"][0]["evidence"][0].pop("text"),
    "no student": lambda r: r.pop("student"),
    "an unknown outcome": lambda r: r["checks"][0].update(outcome="excellent"),
    "a check without a name": lambda r: r["checks"][0].pop("name"),
    "a field too many in a check": lambda r: r["checks"][0].update(bonus=5),
    "a field too many in the run": lambda r: r["run"].update(bonus=5),
    "checks that are no list": lambda r: r.update(checks=5),
    "a run that is no table": lambda r: r.update(run=None),
    "notes that are no list": lambda r: r.update(notes=None),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_record_is_refused(damage):
    """Neither reading nor the schema lets it through."""
    record = copy.deepcopy(result().to_dict())
    damage(record)
    with pytest.raises((ValueError, KeyError, TypeError)):
        Result.from_dict(record)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(record, SCHEMA)


@pytest.mark.parametrize(
    "record_type", [Outcome, Exercise, Assignment, CheckResult, RunInfo, Result, Mark], ids=lambda t: t.__name__
)
def test_records_cannot_be_changed(record_type: type):
    """What one part of the engine hands to another stays as it is."""
    frozen = record_type is Outcome or record_type.__dataclass_params__.frozen
    assert frozen


def test_outcomes_are_counted_in_their_own_order():
    """Only those that occurred, passed first, whatever the order of the checks."""
    checks = [check(Outcome.SKIPPED), check(Outcome.FAILED), check(), check(Outcome.FAILED)]
    counted = count_by_outcome(checks)
    assert list(counted.items()) == [(Outcome.PASSED, 1), (Outcome.FAILED, 2), (Outcome.SKIPPED, 1)]


def test_a_mark_is_a_result_in_short():
    """Score, counts, every recognised mistake once, and the notes."""
    checks = [check(points=2), check(Outcome.FAILED, points=3), check(Outcome.FAILED, points=5)]
    mark = Mark.of(result(*checks))
    assert (mark.student, mark.assignment, mark.score, mark.max_score) == ("ana", "scaling", 2, 10)
    assert mark.outcomes == {Outcome.PASSED: 1, Outcome.FAILED: 2}
    assert (mark.misconceptions, mark.notes) == (("squared",), ("A note.",))


def assignment() -> Assignment:
    first = Exercise("one", "One", 4, ("f", "A.forward"))
    return Assignment("s", "S", 1, "", (first, dataclasses.replace(first, id="two", functions=("g",))), Path())


@pytest.mark.parametrize(("function", "owner"), [("f", "one"), ("A.forward", "one"), ("g", "two"), ("A", None)])
def test_a_function_belongs_to_an_exercise(function: str, owner: str | None):
    """Methods go by their full names; what nobody asks for has no owner."""
    found = assignment().exercise_of(function)
    assert (found and found.id) == owner


def test_the_points_of_an_assignment_are_those_of_its_exercises():
    """The maximum mark."""
    assert assignment().points == 8
