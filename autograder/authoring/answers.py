"""The recorded answers of a kit: what each known mistake answers in each visible check, with the inputs of a desk.

To make them takes a while, so that is done only where something changed that they follow from; a hash in each file
tells. So a kit stays as it is on a machine that computes another last digit.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

import torch

from .. import data
from ..checking.case import Case
from ..checking.local import beside
from ..checking.registry import Check, Misconception
from ..course import ANSWERS, Course
from ..diagnosis.recorded import VERSION, CheckAnswers, Record, made_from, visible_hash
from ..diagnosis.recording import answers_in
from ..grading.cases import case_of
from ..plan import DESK, DESK_SEED, Plan, Setting
from ..sandbox.pool import attempted, run_parallel, unwrapped
from ..sandbox.workers import Workers
from ..seeds import derive

FEW = 8  # checks are done in this process, since to start others takes longer


@dataclass(frozen=True)
class _Task:
    """One check whose answers are to be recorded."""

    root: Path
    slug: str
    check: str


def committed_answers(course: Course, slugs: Sequence[str]) -> dict[PurePosixPath, bytes]:
    """The recorded answers of assignments in the committed kit, by their paths in it, as far as they are up to date."""
    files = {}
    for slug in slugs:
        path = path_of_answers(slug)
        content = _read(course.kit / path)
        if made_from(content.decode("utf-8", errors="replace")) == origin(course, slug):
            files[path] = content
    return files


def fresh_answers(course: Course, *, jobs: int | None = None) -> dict[PurePosixPath, bytes]:
    """The recorded answers of every assignment; those that are not up to date are made in several processes.

    Args:
        jobs: the number of processes (default: one for each processor).
    """
    files = committed_answers(course, course.slugs)
    stale = [slug for slug in course.slugs if path_of_answers(slug) not in files]
    for slug, record in _records(course, stale, jobs or os.cpu_count() or 1).items():
        files[path_of_answers(slug)] = record.text().encode()
    return files


def path_of_answers(slug: str) -> PurePosixPath:
    """Where the recorded answers of an assignment are in a kit."""
    return PurePosixPath("assignments", slug, ANSWERS)


def origin(course: Course, slug: str) -> str:
    """A hash of everything that the recorded answers of an assignment follow from, the engine's version of them too."""
    folder = course.assignments_folder / slug
    digest = hashlib.sha256(f"{VERSION} {visible_hash(folder)}".encode())
    solutions = map(course.solution_path, (slug, *course.solutions_beside(slug)))
    for path in (folder / "misconceptions.py", course.record_path(slug), *solutions):
        digest.update(b"\0" + _read(path))
    return digest.hexdigest()


def seen_at_desk(plan: Plan) -> list[Misconception]:
    """The mistakes that a visible check may see, each with the visible checks that it fails."""
    visible = {check.name for check in plan.checks if check.visible}
    seen = []
    for known in plan.misconceptions:
        trips = tuple(name for name in known.trips if name in visible)
        may_trip = tuple(name for name in known.may_trip if name in visible)
        if trips or may_trip:
            seen.append(dataclasses.replace(known, trips=trips, may_trip=may_trip))
    return seen


def answers_in_check(plan: Plan, check: Check) -> CheckAnswers:
    """What the mistakes that may fail a visible check answer in it."""
    setting = Setting(seed=DESK_SEED, load_data=partial(data.load, data.EMBEDDED))

    def new_case() -> Case:
        return case_of(plan, setting, derive(DESK_SEED, DESK, plan.assignment.slug, check.name))

    with beside(plan.beside):
        return answers_in(check, seen_at_desk(plan), plan.reference, new_case)


def _records(course: Course, slugs: Sequence[str], jobs: int) -> dict[str, Record]:
    """Records that are made anew."""
    origins = {slug: origin(course, slug) for slug in slugs}  # before anything else, should somebody edit meanwhile
    plans = {slug: Plan.of(course, slug) for slug in slugs}
    tasks = []
    for slug, plan in plans.items():
        tasks += [_Task(course.root, slug, check.name) for check in plan.checks if check.visible]
    answers = _answers(tasks, jobs)
    records = {}
    for slug, plan in plans.items():
        checks = {task.check: answers[task] for task in tasks if task.slug == slug}
        visible = visible_hash(plan.assignment.folder)
        records[slug] = Record(seen_at_desk(plan), checks, origins[slug], visible)
    return records


def _answers(tasks: Sequence[_Task], jobs: int) -> Mapping[_Task, CheckAnswers]:
    answers: dict[_Task, CheckAnswers] = {}
    if not tasks:
        return answers
    with Workers() as workers:
        if min(jobs, len(tasks) - FEW) > 1:
            done = run_parallel(_done, tasks, processes=min(jobs, len(tasks)), workers=workers)
        else:
            done = ((task, attempted(_done, task, workers)) for task in tasks)
        for task, answer in done:
            answers[task] = unwrapped(answer, f"the process that recorded answers of {task.slug}")
    return answers


def _done(task: _Task, workers: Workers) -> CheckAnswers:
    """Do a task, in whatever process this is."""
    torch.set_num_threads(1)  # as every grader process does, for the same reason
    plan = Plan.of(Course(task.root), task.slug)
    (check,) = (check for check in plan.checks if check.name == task.check)
    return answers_in_check(plan, check)


def _read(path: Path) -> bytes:
    """What a file holds; nothing if there is no such file."""
    if not path.is_file():
        return b""
    return path.read_bytes()
