"""autograder.cluster.proof and .messages: a node shows what it grades with, and its answers tell the same."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from autograder.cluster.messages import decoded, encoded
from autograder.cluster.node import _Graders
from autograder.cluster.proof import Identity, Terms, proof
from autograder.course import Course
from autograder.errors import AutograderError, UsageError
from autograder.grading.classroom import Task
from autograder.plan import Setting
from autograder.sandbox.pool import Lost, Raised
from autograder.submissions.files import Submission

TERMS = Terms(("scaling",), 0, "cpu", "digits")
TASK = Task(Submission("ana", Path("ana")), "scaling")


@pytest.fixture
def identity(course: Course) -> Identity:
    """What this machine grades the miniature course with."""
    return Identity.of(course, TERMS.setting("process"), TERMS.slugs)


def test_the_same_course_is_no_difference(identity, workers, course):
    """As a node finds it out, with the level that it confines to."""
    shown = proof(dataclasses.replace(TERMS, course=str(course.root), isolation="process"), workers)
    assert identity.difference(shown.identity) == ""
    assert (shown.isolation, shown.course) == ("process", course.root)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("assignment", "its assignment of scaling is not the one here"),
        ("reference", "its reference of scaling is not the one here"),
        ("data", "its data set is not the one here"),
        ("engine", "its engine is not the one here"),
    ],
)
def test_every_part_that_results_depend_on_is_compared(identity, part: str, words: str):
    """And told in words."""
    other = dataclasses.replace(identity, hashes={"scaling": identity.hashes["scaling"] | {part: "0"}})
    assert identity.difference(other) == words


def test_versions_are_compared(identity):
    """Both are told."""
    other = dataclasses.replace(identity, versions=identity.versions | {"torch": "1.0"})
    assert identity.difference(other) == f"it has torch 1.0, and here is {identity.versions['torch']}"


def test_a_weaker_isolation_than_required_is_refused(workers, course):
    """Whatever the node could have."""
    terms = dataclasses.replace(TERMS, course=str(course.root), isolation="process", required="namespaces")
    with pytest.raises(UsageError, match="Isolation namespaces is required, but the strongest that holds here is"):
        proof(terms, workers)


def test_a_result_tells_what_it_was_formed_with(identity, submit, text):
    """One that was formed with another course is noticed."""
    result = submit(text())
    run = dataclasses.replace(result.run, hashes=result.run.hashes | identity.hashes["scaling"])
    same = dataclasses.replace(result, run=run)
    assert identity.is_that_of(same)
    changed = dataclasses.replace(run, hashes=run.hashes | {"assignment": "0"})
    assert not identity.is_that_of(dataclasses.replace(result, run=changed))


def test_a_result_travels_whole(submit, text):
    """With evidence of every kind, also numbers that plain JSON does not know."""
    result = submit(text("return x * float('nan')"))
    travelled = decoded(encoded(json.dumps({"result": result.to_dict()}).encode()), TASK)
    assert json.dumps(travelled.to_dict()) == json.dumps(result.to_dict())


@pytest.mark.parametrize(
    "answer",
    [
        Lost(TASK),
        Raised("no title", UsageError, "Traceback"),
        Raised("odd", AutograderError, "Traceback"),
        Raised("KeyError: 1", None, "Traceback"),
    ],
)
def test_what_is_no_result_travels_too(answer: Lost | Raised):
    """So that it means here what it means in a pool."""
    assert decoded(encoded(answer), TASK) == answer


def test_the_setting_of_a_node_is_its_own(tmp_path: Path):
    """Its folder of data, unless the node is this machine."""
    here = dataclasses.replace(TERMS, dataset="mnist", data_dir=str(tmp_path)).setting("uid")
    assert isinstance(here, Setting)
    assert {path.parents[2] for path in here.data_files} == {tmp_path}
    assert here.isolation == "uid"


@pytest.mark.parametrize("asked", ["", "/data/of/this/machine"])
def test_a_node_has_its_data_where_its_environment_says(monkeypatch, asked: str):
    """A grader process of the node does not see that environment, so that it must be told."""
    monkeypatch.setenv("AUTOGRADER_DATA", "/data/of/the/node")
    node = _Graders(dataclasses.replace(TERMS, dataset="mnist", data_dir=asked))
    monkeypatch.delenv("AUTOGRADER_DATA")
    folders = {path.parents[2] for path in node._terms.setting("uid").data_files}
    assert folders == {Path(asked or "/data/of/the/node").resolve()}
