"""The gate for authors and CI: is a course sound?

For every assignment, through the real process boundary: the reference earns everything, the untouched stub nothing, and
each known misconception fails exactly the checks that it lists and is recognised. The kit is up to date and holds no
line of a solution.
"""

from __future__ import annotations

import dataclasses
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path

from ..checking.registry import Misconception
from ..course import Course
from ..errors import CourseError
from ..grading.runner import grade
from ..model import CheckResult, Outcome, Result
from ..plan import Plan, Setting
from ..reports.renderers import paragraph, text_below
from ..sandbox.pool import attempted, run_parallel, unwrapped
from ..sandbox.spec import SandboxSpec
from ..sandbox.workers import Workers
from ..submissions.files import Submission
from .completeness import missing_parts
from .gate.faults import broken_checks
from .gate.rehearsal import rehearse
from .gate.styles import wrong_styles
from .kit import build_kit, differences
from .leak_check import leaks
from .stubs import cut_stub

# A misconception is wrong, not out of control.
NO_VERDICT = (Outcome.TIMED_OUT, Outcome.CRASHED)

Task = tuple[str, Setting]


@dataclass
class Report:
    """The problems found in one assignment, and its size.

    Args:
        seconds: that the reference's checks took, on the trusted and the student's side together.
    """

    slug: str
    problems: list[str] = field(default_factory=list)
    checks: int = 0
    misconceptions: int = 0
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        return not self.problems


def validate_kit(course: Course) -> list[str]:
    """What is wrong with the kit: it cannot be built, is out of date, or tells students what they must not know."""
    problems = []
    try:
        for difference in differences(course):
            problems.append(f"student_template: {difference}; run `autograder build`")
        for leak in leaks(build_kit(course), course):
            problems.append(f"student_template/{leak}")
    except CourseError as error:
        return [f"student_template cannot be built: {_cause(error, course)}"]
    return problems


def _cause(error: CourseError, course: Course) -> str:
    """Which assignment keeps the kit from being built; what is wrong there is told of the assignment."""
    if error.path is None or not error.path.is_relative_to(course.assignments_folder):
        return str(error)
    slug, *file = error.path.relative_to(course.assignments_folder).parts
    return f"{'/'.join(file)} of {slug} is not right; `autograder validate {slug}` says why"


def validate_all(
    course: Course,
    slugs: Sequence[str],
    settings: Sequence[Setting],
    *,
    jobs: int,
    workers: Workers,
    progress: Callable[[str], None],
) -> Iterator[Report]:
    """Validate assignments with each of the settings (seeds), several at a time; reports come in the order of slugs."""
    tasks = list(product(slugs, settings))
    reports: dict[str, list[Report]] = defaultdict(list)
    waiting = list(slugs)
    for (slug, setting), report in _reports(course.root, tasks, jobs, workers):
        reports[slug].append(report)
        progress(f"{slug}, seed {setting.seed}: {_problems(len(report.problems))}")
        # They end in any order, and one that is early waits for those before it.
        while waiting and len(reports[waiting[0]]) == len(settings):
            yield _merged(reports[waiting.pop(0)])


def validate_assignment(course: Course, slug: str, setting: Setting, workers: Workers, *, first: bool = True) -> Report:
    """Validate an assignment with one seed.

    Args:
        first: whether also to look at what does not depend on the seed.
    """
    plan = Plan.of(course, slug)
    report = Report(slug, checks=len(plan.checks), misconceptions=len(plan.misconceptions))
    if first:
        report.problems += missing_parts(course, plan, workers)
    with tempfile.TemporaryDirectory(prefix="validate-") as folder:
        bench = _Bench(plan, setting, Path(folder), workers)
        reference = bench.grade("reference", plan.reference)
        report.seconds = sum(check.seconds for check in reference.checks)
        broken = broken_checks(reference.checks, plan.assignment.folder)
        if broken:  # with every other submission it would break too, and be told each time
            report.problems += broken
            return report
        problems = _not_perfect(reference)
        if first and not problems:
            report.problems += rehearse(course, plan, setting)
            report.problems += wrong_styles(course, plan, setting, workers)
        problems += _attempted(bench.grade("stub", cut_stub(plan.reference, plan.assignment)))
        for known in plan.misconceptions:
            problems += bench.misconception(known)
    report.problems += [f"seed {setting.seed}: {text}" for text in problems]
    return report


def seeds_of(setting: Setting, repeat: int) -> list[Setting]:
    """The setting with `repeat` seeds, starting at its own."""
    return [dataclasses.replace(setting, seed=setting.seed + i) for i in range(repeat)]


def _reports(root: Path, tasks: list[Task], jobs: int, workers: Workers) -> Iterator[tuple[Task, Report]]:
    """The report of every task, as they end."""
    work = partial(_validate_task, root, tasks[0][1].seed)
    if jobs > 1:
        setting = tasks[0][1]  # the settings differ in the seed only
        specs = [SandboxSpec(), SandboxSpec(setting.isolation, setting.gpu)]
        answers = run_parallel(work, tasks, processes=min(jobs, len(tasks)), workers=workers, specs=specs)
    else:
        answers = ((task, attempted(work, task, workers)) for task in tasks)
    for task, answer in answers:
        yield task, unwrapped(answer, f"the process that validated {task[0]}")


def _validate_task(root: Path, first_seed: int, task: Task, workers: Workers) -> Report:
    slug, setting = task
    return validate_assignment(Course(root), slug, setting, workers, first=setting.seed == first_seed)


def _merged(reports: list[Report]) -> Report:
    """The reports of one assignment as one, with each problem once."""
    problems: list[str] = []
    seconds = []
    for report in reports:
        problems += report.problems
        seconds.append(report.seconds)
    return dataclasses.replace(
        reports[0],
        problems=list(dict.fromkeys(problems)),
        seconds=statistics.median(seconds),
    )


@dataclass(frozen=True)
class _Bench:
    """Grades pieces of source text as if students had handed them in."""

    plan: Plan
    setting: Setting
    folder: Path
    workers: Workers

    def grade(self, name: str, source: str) -> Result:
        """Grade a text."""
        home = self.folder / name
        home.mkdir()
        (home / f"{self.plan.assignment.slug}.py").write_text(source, encoding="utf-8")
        # Inputs depend on the student's name, and all texts shall get the same ones.
        return grade(self.plan, Submission("validated", home), self.setting, workers=self.workers)

    def misconception(self, known: Misconception) -> list[str]:
        """How a known wrong answer behaves other than it declares."""
        try:
            for form in known.written():  # of which only the first is graded; the others must still fit the reference
                form.apply(self.plan.reference)
        except ValueError as error:
            return [f"misconception {known.id}: {error}"]
        result = self.grade(known.id, known.apply(self.plan.reference))
        problems = [
            *self._other_failures(known, result),
            *_without_verdict(result, self.plan.assignment.folder),
            *_misnamed(known, result),
        ]
        return [f"misconception {known.id} {problem}" for problem in problems]

    def _other_failures(self, known: Misconception, result: Result) -> Iterator[str]:
        """Where the checks that fail are not those that a misconception lists."""
        failing = {check.name for check in result.checks if check.outcome is not Outcome.PASSED}
        # A check that waits for a failing one is skipped; that goes without saying.
        skipped = {check.name for check in self.plan.checks if check.needs in failing}
        for name in sorted(set(known.trips) - failing):
            yield f"should trip {name}"
        for name in sorted(failing - skipped - set(known.trips)):
            yield f"also trips {name}"


def _without_verdict(result: Result, folder: Path) -> Iterator[str]:
    yield from (f"breaks a check: {broken}" for broken in broken_checks(result.checks, folder))
    for check in result.checks:
        if check.outcome in NO_VERDICT:
            yield f"ends {check.name} with {check.outcome}: {_reason(check)}"


def _misnamed(known: Misconception, result: Result) -> Iterator[str]:
    named = {check.misconception for check in result.checks if check.misconception}
    if not named:
        yield "is not recognised"
    elif named != {known.id}:
        yield f"is recognised as {', '.join(sorted(named))}"


def _not_perfect(result: Result) -> list[str]:
    """Where the reference loses points."""
    problems = []
    for check in result.checks:
        if check.outcome is not Outcome.PASSED:
            problems.append(f"the reference does not pass {check.name}: {check.outcome}: {_reason(check)}")
    return problems


def _attempted(result: Result) -> list[str]:
    """Where the stub, which nobody has touched, does not count as not attempted."""
    problems = []
    for check in result.checks:
        if check.outcome is not Outcome.NOT_ATTEMPTED:
            problems.append(f"the untouched stub ends {check.name} with {check.outcome}, not with not_attempted")
    return problems


def _reason(check: CheckResult) -> str:
    """Why a check ended as it did."""
    return f"{paragraph(check)} {text_below(check.evidence)}".rstrip()


def _problems(count: int) -> str:
    """A number of problems in words."""
    if count == 1:
        return "1 problem"
    return f"{count} problems"
