"""The records that the parts of the engine hand to each other. Standard library only.

An `Assignment` (read from its folder by `course`) has `Exercise`s; grading one submission of it returns a `Result`
with one `CheckResult` per check, whatever happened. `Result.to_dict` is the published file format.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from .evidence import Block, from_record, to_record

SCHEMA_VERSION = 4  # of reports/result.schema.json; an older one is upgraded in grading/results.py
SUBJECT = re.compile(r"[A-Za-z0-9_]{1,50}")  # nbgrader takes letters, digits, _ and -; nbformat at most 64 of them
NOT_WRITTEN = "This exercise is not written yet."
CARRY_FORWARD = ("report", "count", "off")  # what becomes of the mark with errors carried forward
ISOLATION_LEVELS = ("process", "landlock", "uid", "namespaces")  # from weakest to strongest


def is_as_strong(level: str, other: str) -> bool:
    """Whether a level of isolation is at least as strong as another."""
    if level not in ISOLATION_LEVELS:  # a result that somebody else wrote may hold anything
        return False
    return ISOLATION_LEVELS.index(level) >= ISOLATION_LEVELS.index(other)


class Outcome(StrEnum):
    """How one check ended: a closed list, of which only `PASSED` and `GRADER_FAULT` keep the points."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    NOT_ATTEMPTED = "not_attempted"
    FORBIDDEN = "forbidden"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    SKIPPED = "skipped"
    GRADER_FAULT = "grader_fault"

    @property
    def earns(self) -> bool:
        """Whether the points of the check are given: a fault of ours never costs a student a point."""
        return self in (Outcome.PASSED, Outcome.GRADER_FAULT)

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to mend: it passed, or was not run since something is not written or not right."""
        return self in (Outcome.PASSED, Outcome.NOT_ATTEMPTED, Outcome.SKIPPED)


@dataclass(frozen=True)
class Exercise:
    """One task of an assignment: the names a student writes, and what they are worth."""

    id: str
    title: str
    points: float
    functions: tuple[str, ...]
    needs: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """A question answered in words and formulas, graded by hand; its points do not count in the engine's maximum."""

    id: str
    title: str
    points: float


@dataclass(frozen=True)
class Budget:
    """What a submission may use up. Limits stop runaways; they are far above what correct code needs."""

    check_seconds: float = 20.0
    submission_seconds: float = 120.0
    memory_mb: int = 2048


@dataclass(frozen=True)
class Rule:
    """What some exercises rule out, and why.

    Args:
        names: parts of libraries, operations and groups of them; `worker.rules.names` tells what a name stands for.
        reason: a sentence for students.
        exercises: ids of those that it holds for; none means all of them.
        allow: names within the ruled out ones that may be used.
    """

    names: tuple[str, ...]
    reason: str
    exercises: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()

    def holds_for(self, exercise: str) -> bool:
        """Whether it rules something out for an exercise."""
        return not self.exercises or exercise in self.exercises


@dataclass(frozen=True)
class Assignment:
    """What is asked, as `assignment.toml` states it.

    Args:
        imports: slugs of the assignments whose modules, as the student wrote them, this one imports.
        training: the settings of trainings, by each data set that there are settings for.
    """

    slug: str
    title: str
    order: int
    summary: str
    exercises: tuple[Exercise, ...]
    folder: Path
    given: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    budget: Budget = Budget()
    training: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: tuple[Written, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def points(self) -> float:
        """The maximum mark of what the engine grades."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def functions(self) -> list[str]:
        """Every name that students are asked to write."""
        return [name for exercise in self.exercises for name in exercise.functions]

    def exercise_of(self, function: str) -> Exercise | None:
        """The exercise that asks for `function` ("f" or "Class.method"), if any does."""
        for exercise in self.exercises:
            if function in exercise.functions:
                return exercise
        return None


# The whole message of every check of a submission in which the assignment's file is missing.
MISSING_FILE = "There is no {} in this submission."

# What stands for the reason of an equivalent mutant until its author has written one.
REASON_TO_WRITE = "TO WRITE: why this is no mistake"


@dataclass(frozen=True)
class EquivalentMutants:
    """Changes of a statement of a reference, `old`, that are no mistakes: what it became, and why it still is right."""

    function: str
    old: str
    new: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Args:
        message: what is wrong, in a sentence for the student; a question about it is evidence.
        evidence: what there is to show for it.
        misconception: id of the known mistake that was recognised; two ids, with a space between them, where two
            mistakes act together; "" if none was.
        mistake: what the student is told about it, in place of the question.
        carried: functions of earlier exercises with whose answers it passes once the reference gives them; none if it
            does not, or if it passes without.
    """

    name: str
    exercise: str
    title: str
    visible: bool
    outcome: Outcome
    points: float
    max_points: float
    message: str = ""
    evidence: tuple[Block, ...] = ()
    misconception: str = ""
    mistake: str = ""
    output: str = ""
    seconds: float = 0.0
    carried: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        # `dataclasses.asdict` would take the blocks apart, and lose what kind each is.
        record = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        record["outcome"] = str(self.outcome)
        record["carried"] = list(self.carried)
        record["evidence"] = [to_record(block) for block in self.evidence]
        return record

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> CheckResult:
        """Read back what `to_dict` wrote."""
        evidence = tuple(map(from_record, record["evidence"]))
        read = {"outcome": Outcome(record["outcome"]), "evidence": evidence, "carried": tuple(record["carried"])}
        return cls(**record | read)


@dataclass(frozen=True)
class RunInfo:
    """What a mark depends on, recorded so that it can be reproduced and defended.

    Args:
        secret: what the inputs of hidden checks follow from besides the seed; "" where nothing else.
    """

    seed: int
    device: str
    dataset: str
    isolation: str
    versions: dict[str, str]
    hashes: dict[str, str]
    started: str = ""
    seconds: float = 0.0
    secret: str = ""
    carry_forward: str = "off"  # one of `CARRY_FORWARD`


@dataclass(frozen=True)
class Result:
    """One student's result in one assignment."""

    student: str
    assignment: str
    title: str
    checks: tuple[CheckResult, ...]
    run: RunInfo
    notes: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The sum of the points earned: the mark that counts."""
        return round(sum(check.points for check in self.checks), 6)  # thirds add up to a whole

    @property
    def score_alone(self) -> float:
        """The first mark, by the student's functions alone."""
        return points_of(check for check in self.checks if check.outcome.earns)

    @property
    def score_carried(self) -> float | None:
        """The second mark, with errors carried forward; None if it was not asked for."""
        if self.run.carry_forward == "off":
            return None
        return points_of(check for check in self.checks if check.outcome.earns or check.carried)

    @property
    def score_other(self) -> float | None:
        """The mark that does not count, with errors carried forward or without; None where it is the same."""
        for score in (self.score_alone, self.score_carried):
            if score is not None and score != self.score:
                return score
        return None

    @property
    def max_score(self) -> float:
        """The sum of the points that could be earned; the same for every submission."""
        return points_of(self.checks)

    @property
    def handed_in(self) -> bool:
        """Whether there was a file of the assignment."""
        return not all(map(_lacks_file, self.checks))

    def to_dict(self) -> dict[str, Any]:
        """The result as plain JSON values, in the format of `reports/result.schema.json`."""
        return {
            "schema_version": SCHEMA_VERSION,
            "audience": "staff",
            "student": self.student,
            "assignment": self.assignment,
            "title": self.title,
            "score": self.score,
            "max_score": self.max_score,
            "score_alone": self.score_alone,
            "score_carried": self.score_carried,
            "checks": [check.to_dict() for check in self.checks],
            "run": dataclasses.asdict(self.run),
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Result:
        """Read back what `to_dict` wrote.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: the record is not such a result.
        """
        if record["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"schema version {record['schema_version']!r}, not {SCHEMA_VERSION}")
        if record["audience"] != "staff":  # it cannot be told whether such a one is current
            raise ValueError("this is the version for the student, which leaves much out")
        return cls(
            student=record["student"],
            assignment=record["assignment"],
            title=record["title"],
            checks=tuple(map(CheckResult.from_dict, record["checks"])),
            run=RunInfo(**record["run"]),
            notes=tuple(record["notes"]),
        )


def points_of(checks: Iterable[CheckResult]) -> float:
    """What checks are worth in all; thirds add up to a whole."""
    return round(sum(check.max_points for check in checks), 6)


def _lacks_file(check: CheckResult) -> bool:
    beginning, end = MISSING_FILE.split("{}")
    return (
        check.outcome is Outcome.NOT_ATTEMPTED and check.message.startswith(beginning) and check.message.endswith(end)
    )


@dataclass(frozen=True)
class Seed:
    """A seed that reaches the student's function as a fresh `torch.Generator` on the run's device."""

    value: int


@dataclass(frozen=True)
class ObjectRef:
    """An object that stays in the student's process because it is no plain value, known by its number."""

    id: int
    type_name: str


@dataclass(frozen=True)
class Kept:
    """A plain value that stands for one of another type, a namedtuple say, which the student's process keeps."""

    id: int
    value: Any


@dataclass(frozen=True)
class AttributeRef:
    """A function of the student's module, or a method of one of its objects, that is handed over as an argument."""

    target: int | None
    name: str


@dataclass(frozen=True)
class FunctionRef:
    """A function that stays with the grader: the student's process gets a stand-in for it, known by its number."""

    id: int
    name: str
