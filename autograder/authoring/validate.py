"""The gate for authors and CI: is a course sound?

For every assignment, through the real process boundary: the reference earns everything, the untouched stub nothing, and
each known misconception fails exactly the checks it names and is named itself. The kit is up to date and no
line of a solution occurs in it.
"""

from __future__ import annotations

import dataclasses
import re
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ..checking.registry import Misconception
from ..course import Course
from ..errors import CourseError
from ..evidence import Traceback, find
from ..grading.remote import unknown_names
from ..grading.runner import grade
from ..model import CheckResult, Outcome, Result
from ..plan import Plan, Setting
from ..reports.renderers import paragraph, text_below
from ..sandbox.pool import attempted, run_parallel, unwrapped
from ..submissions.files import Submission
from .kit import build_kit, differences
from .leak_check import leaks
from .stubs import cut_stub

MISCONCEPTIONS_AT_LEAST = 5
ENGINE = Path(__file__).resolve().parents[1]
PLACE = re.compile(r'^  File "(.+)", line (\d+)', re.MULTILINE)  # in a traceback


@dataclass
class Report:
    """What validating one assignment found."""

    slug: str
    problems: list[str] = field(default_factory=list)
    checks: int = 0
    misconceptions: int = 0
    seconds: float = 0.0  # of the reference's checks, trusted and student's side together

    @property
    def sound(self) -> bool:
        return not self.problems


def validate_kit(course: Course) -> list[str]:
    """What is wrong with the kit: it cannot be built, is out of date, or tells students something."""
    try:
        problems = [f"student_template: {text}; run `autograder build`" for text in differences(course)]
        return problems + [f"student_template/{text}" for text in leaks(build_kit(course), course)]
    except CourseError as error:
        return [f"student_template cannot be built: {error}"]


def validate_all(
    course: Course, slugs: Sequence[str], settings: Sequence[Setting], *, jobs: int, progress: Callable[[str], None]
) -> Iterator[Report]:
    """Prove assignments with each of the settings (seeds), several proofs side by side; reports in order of slugs."""
    tasks = [(slug, setting) for slug in slugs for setting in settings]
    work, found = partial(_validate_task, course.root), {slug: [] for slug in slugs}
    for task, report in run_parallel(work, tasks, min(jobs, len(tasks))) if jobs > 1 else _one_by_one(work, tasks):
        report = unwrapped(report, f"the process that validated {task[0]}")
        found[task[0]].append(report)
        progress(f"{task[0]}, seed {task[1].seed}: {len(report.problems)} problems")
        while slugs and len(found[slugs[0]]) == len(settings):
            yield _merged(found[slugs[0]])
            slugs = slugs[1:]


def validate_assignment(course: Course, slug: str, setting: Setting) -> Report:
    """Prove an assignment with one seed."""
    plan = Plan.of(course, slug)
    report = Report(slug, checks=len(plan.checks), misconceptions=len(plan.misconceptions))
    report.problems += _missing_texts(course, plan)
    with tempfile.TemporaryDirectory(prefix="validate-") as folder:
        bench = _Bench(plan, setting, Path(folder))
        reference = bench.grade("reference", plan.reference)
        report.seconds = sum(check.seconds for check in reference.checks)
        problems = _not_perfect(reference)
        if not any(check.outcome is Outcome.GRADER_FAULT for check in reference.checks):  # it would break at all others
            problems += _attempted(bench.grade("stub", cut_stub(plan.reference, plan.assignment)))
            for known in plan.misconceptions:
                problems += bench.misconception(known)
    report.problems += [f"seed {setting.seed}: {text}" for text in problems]
    return report


def _validate_task(root: Path, task: tuple[str, Setting]) -> Report:
    return validate_assignment(Course(root), *task)


def _one_by_one(work: Callable, tasks: Sequence) -> Iterator[tuple]:
    return ((task, attempted(work, task)) for task in tasks)


def _merged(reports: list[Report]) -> Report:
    """The reports of one assignment as one, every problem once."""
    problems = list(dict.fromkeys(text for report in reports for text in report.problems))
    seconds = statistics.median(report.seconds for report in reports)
    return dataclasses.replace(reports[0], problems=problems, seconds=seconds)


@dataclass(frozen=True)
class _Bench:
    """Grades pieces of source text as if students had handed them in."""

    plan: Plan
    setting: Setting
    folder: Path

    def grade(self, name: str, source: str) -> Result:
        """Grade a text; all go by the name of one student, so that all get the same inputs."""
        home = self.folder / name
        home.mkdir()
        (home / f"{self.plan.assignment.slug}.py").write_text(source, encoding="utf-8")
        return grade(self.plan, Submission("validated", home), self.setting)

    def misconception(self, known: Misconception) -> list[str]:
        """How the outcome of a known wrong answer differs from what it declares."""
        try:
            texts = [form.apply(self.plan.reference) for form in known.written()]
        except ValueError as error:
            return [f"misconception {known.id}: {error}"]
        result = self.grade(known.id, texts[0])
        failing = {check.name for check in result.checks if check.outcome is not Outcome.PASSED}
        problems = [f"misconception {known.id} should trip {name}" for name in sorted(set(known.trips) - failing)]
        skipped = {check.name for check in self.plan.checks if check.needs in failing}  # which follows from the others
        tripped = failing - skipped - set(known.trips)
        problems += [f"misconception {known.id} trips {name} too" for name in sorted(tripped)]
        problems += [
            f"misconception {known.id} ends {check.name} with {check.outcome}: {_reason(check)}"
            for check in result.checks
            if check.outcome in (Outcome.GRADER_FAULT, Outcome.TIMED_OUT, Outcome.CRASHED)
        ]
        named = {check.misconception for check in result.checks if check.misconception}
        if named != {known.id}:
            problems.append(f"misconception {known.id} is named as {', '.join(sorted(named)) or 'nothing'}")
        return problems


def _not_perfect(result: Result) -> list[str]:
    return [
        f"the reference does not pass {check.name}: {check.outcome}: {_reason(check)}"
        for check in result.checks
        if check.outcome is not Outcome.PASSED
    ]


def _reason(check: CheckResult) -> str:
    """Why a check ended as it did, for its author: of a fault the exception and the line of the course it came from."""
    fault = find(check.evidence, Traceback)
    if fault is None:
        return f"{paragraph(check)} {text_below(check.evidence)}".rstrip()
    exception = fault.text.strip().splitlines()[-1]
    places = [place for place in PLACE.findall(fault.text) if not place[0].startswith(str(ENGINE))]
    return f"{exception} ({places[-1][0]}:{places[-1][1]})" if places else f"{exception}\n{fault.text}"


def _attempted(result: Result) -> list[str]:
    return [
        f"the untouched stub ends {check.name} with {check.outcome}, not with not_attempted"
        for check in result.checks
        if check.outcome is not Outcome.NOT_ATTEMPTED
    ]


def _missing_texts(course: Course, plan: Plan) -> list[str]:
    """Parts that every assignment must have but that no run would miss."""
    slug, problems = plan.assignment.slug, []
    handout = course.handout(slug).splitlines()
    for exercise in plan.assignment.exercises:
        if f"## {exercise.title}" not in handout:
            problems.append(f"handout.md has no section called {exercise.title!r}")
        if not exercise.hints:
            problems.append(f"the exercise {exercise.id} has no hints")
        for visible in (True, False):
            if not any(c.exercise == exercise.id and c.visible is visible for c in plan.checks):
                problems.append(f"the exercise {exercise.id} has no {'visible' if visible else 'hidden'} check")
    problems += [
        f"a rule in assignment.toml names {name!r}, which stands for nothing in torch, numpy or another library here"
        for name in unknown_names(plan.assignment.rules)
    ]
    if len(plan.misconceptions) < MISCONCEPTIONS_AT_LEAST:
        count = len(plan.misconceptions)
        problems.append(f"misconceptions.py has {count} entries; at least {MISCONCEPTIONS_AT_LEAST} are asked")
    names = {check.name for check in plan.checks}
    for known in plan.misconceptions:
        unknown = sorted(set(known.trips) - names)
        problems += [f"misconception {known.id} trips an unknown check, {name}" for name in unknown]
        if not known.trips:
            problems.append(f"misconception {known.id} trips nothing")
    return problems


def seeds_of(setting: Setting, repeat: int) -> list[Setting]:
    """The setting with `repeat` seeds, starting at its own."""
    return [dataclasses.replace(setting, seed=setting.seed + i) for i in range(repeat)]
