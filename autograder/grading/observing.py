"""What a submission answers to the inputs that everybody gets, where its failures have no name: for `discover`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..checking.local import beside
from ..checking.registry import Check
from ..checking.student import Student
from ..checking.verdict import Verdict
from ..course import Course
from ..diagnosis.check_run import CheckRun
from ..diagnosis.recording import observed
from ..diagnosis.unknown import Group, Symptom, grouped, symptoms_in
from ..errors import SubmissionError
from ..model import Assignment, Outcome, Result
from ..plan import DESK, Plan, Setting
from ..sandbox.spec import SandboxSpec
from ..sandbox.workers import Workers
from ..seeds import derive
from ..submissions.files import Submission, read_submission
from .cases import case_of
from .remote import RemoteChannel

WITHOUT_NAME = (Outcome.FAILED, Outcome.ERROR)


@dataclass(frozen=True)
class Unexplained:
    """A submission with failures that have no name.

    Args:
        checks: the names of those that failed so.
    """

    submission: Submission
    slug: str
    checks: tuple[str, ...]


def unexplained(result: Result, submission: Submission) -> Unexplained | None:
    """What is without a name in a result, if anything is."""
    names = []
    for check in result.checks:
        if check.outcome in WITHOUT_NAME and not check.misconception:
            names.append(check.name)
    if not names:
        return None
    return Unexplained(submission, result.assignment, tuple(names))


def symptoms_of(root: Path, setting: Setting, task: Unexplained, workers: Workers) -> list[Symptom]:
    """The wrong answers of a submission, to the inputs of a desk."""
    plan = _plan(root, task.slug)

    def seed(check: Check) -> int:
        return derive(setting.seed, DESK, task.slug, check.name)

    runs = list(_runs(plan, task, setting, workers))
    with beside(plan.beside):
        return symptoms_in(task.submission.student, runs, plan.reference, seed)


def groups_in(assignment: Assignment, symptoms: Iterable[Symptom], least: int) -> list[Group]:
    """At least so many students each, whose wrong answers are the same."""
    return grouped(symptoms, assignment.functions, least=least)


def _runs(plan: Plan, task: Unexplained, setting: Setting, workers: Workers) -> Iterator[CheckRun]:
    """The checks that have no name, run again; none of a submission that cannot be loaded."""
    # What a student was given in the run follows from the student's name, so answers of two could not be compared.
    memory = plan.assignment.budget.memory_mb
    spec = SandboxSpec(setting.isolation, setting.gpu, memory)
    try:
        source = read_submission(task.submission, plan.assignment)
    except SubmissionError:
        return
    # Rules are left out: what breaks them fails without an answer, and never comes here.
    assignment = dataclasses.replace(plan.assignment, rules=())
    channel = RemoteChannel(source, assignment, spec=spec, device=setting.device, workers=workers)
    try:
        channel.load()
        for check in plan.checks:
            if check.name in task.checks:
                seed = derive(setting.seed, DESK, task.slug, check.name)
                case = case_of(plan, setting, seed, secret_pixels=not check.visible)
                channel.begin(derive(seed, "student"), check.exercise)
                yield observed(check, Student(channel), case)
    except Verdict:  # it took too long, or cannot be loaded today
        return
    finally:
        channel.close()


@lru_cache
def _plan(root: Path, slug: str) -> Plan:
    return Plan.of(Course(root), slug)
