"""The gate for authors and CI: is a course sound?

For every assignment the reference earns everything, the untouched stub nothing, and each known misconception fails
what its record says and is recognised. With the first seed the reference, the stub, the styles and a sample of the
mistakes go through the real process boundary; all else runs in this process. `gate.kit` looks at the kit.
"""

from __future__ import annotations

import ast
import dataclasses
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch

from ..checking.registry import Misconception
from ..course import Course, Record
from ..model import CheckResult, Outcome, Result
from ..plan import Plan, Setting
from ..sandbox.pool import attempted, run_parallel, unwrapped
from ..sandbox.spec import SandboxSpec
from ..sandbox.workers import Workers
from .completeness import missing_parts
from .gate.faults import broken_checks
from .gate.rehearsal import rehearse
from .gate.styles import wrong_style
from .recording import departures, gaps, is_recorded, recorded, remarks
from .stubs import cut_stub
from .trials import LocalTrials, Observation, crossing, graded, played, reason

# A misconception is wrong, not out of control.
NO_VERDICT = (Outcome.TIMED_OUT, Outcome.CRASHED)
# A task reads the assignment and runs the reference, so it must hold some mistakes.
MISTAKES_PER_TASK = 6
# Added to the seed in which a mistake departs from its record. What failed in each of 20 seeds may still pass in one of
# a hundred, a training for instance; what departs in three seeds has changed.
OTHER_SEEDS = (1_000, 2_000)


@dataclass
class Report:
    """The problems found in one assignment, and its size.

    Args:
        remarks: what is no problem, and yet good to know.
        seconds: that the reference's checks took, on the trusted and the student's side together.
        record: what the mistakes failed, where it was asked for.
    """

    slug: str
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    checks: int = 0
    misconceptions: int = 0
    seconds: float = 0.0
    record: Record | None = None

    @property
    def sound(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Task:
    """What one process does at a time.

    Args:
        local: whether it all runs in this process: the reference, the stub and the mistakes.
        style: the name of the style to look at.
        mistakes: ids of those to look at; without them a task that is not local looks at the reference and the stub.
        recording: whether the record of the course does not count, since it is about to be replaced.
    """

    slug: str
    setting: Setting
    local: bool = False
    style: str = ""
    mistakes: tuple[str, ...] = ()
    recording: bool = False


@dataclass
class Part:
    """What came of a task.

    Args:
        lacks: what the assignment lacks, whatever the seed.
        without_verdict: what is said of mistakes that came to no verdict; a record keeps what it said of these.
        observations: by mistake; none of one that came to no verdict.
        broken: whether a check breaks on the reference: it would on every mistake too, and be told each time.
        lost_points: whether the reference lost any.
    """

    lacks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    without_verdict: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    observations: dict[str, Observation] = field(default_factory=dict)
    broken: bool = False
    lost_points: bool = False
    seconds: float = 0.0


@dataclass(frozen=True)
class Gate:
    """Validates assignments with each of some settings (seeds), in several processes.

    Args:
        recording: whether the reports shall carry records in place of being compared with them.
    """

    course: Course
    settings: Sequence[Setting]
    workers: Workers
    jobs: int = 1
    progress: Callable[[str], None] = print
    recording: bool = False

    def report(self, slug: str) -> Report:
        """What is wrong with an assignment."""
        plan = Plan.of(self.course, slug)
        tasks = self._tasks_of_the_first_seed(plan)
        parts = self._parts(tasks)
        if parts[0].broken:
            parts = parts[:1]
        elif parts[0].lost_points:  # what the reference does not pass no style can pass
            parts = [part for part, task in zip(parts, tasks, strict=True) if not task.style]
        if not parts[0].broken and not (self.recording and any(part.problems for part in parts)):  # else no record
            parts += self._parts(self._local_tasks(plan, parts))
        return self._report(plan, parts)

    def _tasks_of_the_first_seed(self, plan: Plan) -> list[Task]:
        task = Task(plan.assignment.slug, self.settings[0], recording=self.recording)
        tasks = [task]
        if not self.recording:
            tasks += [dataclasses.replace(task, style=name) for name in self.course.styles(task.slug)]
        ids = tuple(known.id for known in plan.misconceptions)
        count = min(self.jobs, math.ceil(len(ids) / MISTAKES_PER_TASK))
        for first in range(count):  # dealt in turn, since those of the last exercises take longest
            tasks.append(dataclasses.replace(task, mistakes=ids[first::count]))
        return tasks

    def _local_tasks(self, plan: Plan, parts: list[Part]) -> list[Task]:
        """A task for each further seed, without the mistakes that came to no verdict: here they might never end."""
        ids = tuple(known for part in parts for known in part.observations)
        slug = plan.assignment.slug
        return [
            Task(slug, setting, local=True, mistakes=ids, recording=self.recording) for setting in self.settings[1:]
        ]

    def _parts(self, tasks: list[Task]) -> list[Part]:
        """What came of each task, in their order."""
        if not tasks:
            return []
        work = partial(_part, self.course.root)
        if self.jobs > 1:
            setting = tasks[0].setting  # the settings differ in the seed only
            specs = [SandboxSpec(), SandboxSpec(setting.isolation, setting.gpu)]
            processes = min(self.jobs, len(tasks))
            longest_first = sorted(tasks, key=_length, reverse=True)  # so that all processes end at about the same time
            answers = run_parallel(work, longest_first, processes=processes, workers=self.workers, specs=specs)
        else:
            answers = ((task, attempted(work, task, self.workers)) for task in tasks)
        done = {}
        for task, answer in answers:
            done[task] = unwrapped(answer, f"the process that validated {task.slug}")
            self.progress(f"{task.slug}, seed {task.setting.seed}: {len(done)} of {len(tasks)} parts")
        return [done[task] for task in tasks]

    def _report(self, plan: Plan, parts: list[Part]) -> Report:
        slug = plan.assignment.slug
        report = Report(slug, checks=len(plan.checks), misconceptions=len(plan.misconceptions))
        report.seconds = parts[0].seconds
        seen = [problem for part in parts for problem in part.problems]
        record = self.course.record(slug)
        if self.recording:
            former = record or Record()
            record = None
            if not seen:  # else it would be a record of something broken
                record = self._record(plan, parts, former)
                known = tuple(map(record.joined_to, plan.misconceptions))
                plan = dataclasses.replace(plan, misconceptions=known)
            report.record = record
        report.problems += parts[0].lacks
        if not parts[0].broken and (record is not None or not self.recording):
            report.problems += gaps(plan, record)
            report.remarks += remarks(plan)
            report.remarks += [remark for part in parts for remark in part.remarks]
        report.problems += seen
        report.problems += [problem for part in parts for problem in part.without_verdict]
        return report

    def _record(self, plan: Plan, parts: list[Part], former: Record) -> Record:
        """What the mistakes failed; of those that came to no verdict what they failed before."""
        observations = defaultdict(list)
        for part in parts:
            for known, observation in part.observations.items():
                observations[known].append(observation)
        return recorded(plan, observations, len(self.settings), former)


def seeds_of(setting: Setting, repeat: int) -> list[Setting]:
    """The setting with `repeat` seeds, starting at its own."""
    return [dataclasses.replace(setting, seed=setting.seed + i) for i in range(repeat)]


def _length(task: Task) -> int:
    """How long a task takes beside others, in any unit."""
    return len(task.mistakes)


def _part(root: Path, task: Task, workers: Workers) -> Part:
    """Do a task."""
    torch.set_num_threads(1)  # as every grader process does, for the same reason
    course = Course(root)
    trial = _Trial(course, task, workers)
    if task.local:
        trial.local()
    elif task.style:
        trial.style(task.style)
    elif task.mistakes:
        trial.mistakes()
    else:
        trial.right_and_unwritten()
    return trial.part


class _Trial:
    """One task at work."""

    def __init__(self, course: Course, task: Task, workers: Workers) -> None:
        plan = Plan.of(course, task.slug)
        self._course = course
        self._plan = plan
        self._record = course.record(task.slug)
        self._task = task
        self._workers = workers
        self._mistakes = [known for known in plan.misconceptions if known.id in task.mistakes]
        self._crossing = crossing(plan, self._record)
        self._other_trials: dict[int, LocalTrials] = {}  # by the distance of their seed
        self.part = Part()

    def right_and_unwritten(self) -> None:
        """Grade what must earn everything, and what must earn nothing."""
        self.part.lacks += missing_parts(self._course, self._plan, self._workers)
        result = self._graded(self._plan.reference)
        self.part.seconds = sum(check.seconds for check in result.checks)
        broken = broken_checks(result.checks, self._plan.assignment.folder)
        if broken:
            self.part.broken = True
            self.part.problems += broken
            return
        self._tell_lost_points(result)
        if not self.part.problems and not self._task.recording:
            self.part.problems += rehearse(self._course, self._plan, self._task.setting)
        for check in graded(self._plan, self._stub, self._task.setting, self._workers, alone=True).checks:
            if check.outcome is not Outcome.NOT_ATTEMPTED:
                self._tell(f"the untouched stub ends {check.name} with {check.outcome}, not with not_attempted")

    def _tell_lost_points(self, result: Result) -> None:
        for check in result.checks:
            if check.outcome is not Outcome.PASSED:
                self.part.lost_points = True
                self._tell(f"the reference does not pass {check.name}: {check.outcome}: {reason(check)}")

    def style(self, name: str) -> None:
        """Grade a style, which must earn everything."""
        self.part.problems += wrong_style(self._course, self._plan, name, self._task.setting, self._workers)

    def mistakes(self) -> None:
        """Grade mistakes as if students had made them."""
        trials = LocalTrials(self._plan, self._task.setting)
        for known in self._mistakes:
            try:
                for form in known.written():  # of which only the first is graded; the others must still fit
                    ast.parse(form.apply(self._plan.reference))
            except SyntaxError as error:
                self._tell(
                    f"misconception {known.id} makes no Python of the reference, in line {error.lineno}: {error.msg}"
                )
                continue
            except ValueError as error:
                self._tell(str(error))
                continue
            plan = trials.shortened(known, recorded=self._is_compared(known))
            results = self._results_of(known, plan)
            without_verdict = list(_without_verdict(results, plan.assignment.folder))
            for problem in without_verdict:
                sentence = f"seed {self._task.setting.seed}: misconception {known.id} {problem}"
                self.part.without_verdict.append(sentence)
            if not without_verdict:
                self._observed(known, Observation.of(plan, results))
            if self._is_compared(known):
                self._tell_if_misnamed(known, results)

    def _results_of(self, known: Misconception, plan: Plan) -> Sequence[CheckResult]:
        """How a mistake goes through the checks of a plan; where it is in the sample, through the process boundary."""
        source = known.apply(plan.reference)
        if self._task.recording or known.id in self._crossing:
            return self._graded_by(plan, source).checks
        return played(plan, source, self._task.setting)

    def local(self) -> None:
        """Run the reference, the stub and the mistakes in this process."""
        trials = LocalTrials(self._plan, self._task.setting)
        for name, why in trials.reasons.items():
            self._tell(f"the reference does not pass {name}: {why}")
        stub = trials.other(self._stub, alone=True)
        for check in self._plan.checks:
            if check.name not in stub.failing | stub.skipped:
                self._tell(f"the untouched stub passes {check.name}")
        for known in self._mistakes:
            self._observed(known, trials.mistake(known))

    def _observed(self, known: Misconception, observation: Observation) -> None:
        self.part.observations[known.id] = observation
        if not self._is_compared(known):
            return
        departing = set(departures(known, observation))
        lasting = self._lasting(known, departing)
        for departure in sorted(lasting):
            self._tell(f"misconception {known.id} {departure}")
        for departure in sorted(departing - lasting):
            remark = f"misconception {known.id} {departure}, in seed {self._task.setting.seed} and not in others"
            self.part.remarks.append(remark)

    def _lasting(self, known: Misconception, departing: set[str]) -> set[str]:
        """Those departures from the record that do not go by chance: they are seen with every other seed too."""
        lasting = departing
        for distance in OTHER_SEEDS:
            if lasting:
                lasting = lasting & set(departures(known, self._trials_at(distance).mistake(known)))
        return lasting

    def _trials_at(self, distance: int) -> LocalTrials:
        """Trials with another seed, so far from that of the task. They begin with the reference, which takes long."""
        if distance not in self._other_trials:
            setting = dataclasses.replace(self._task.setting, seed=self._task.setting.seed + distance)
            self._other_trials[distance] = LocalTrials(self._plan, setting)
        return self._other_trials[distance]

    def _is_compared(self, known: Misconception) -> bool:
        """Whether the record counts and says anything of a mistake."""
        return not self._task.recording and is_recorded(known, self._record)

    def _tell_if_misnamed(self, known: Misconception, results: Sequence[CheckResult]) -> None:
        named = {check.misconception for check in results if check.misconception}
        if not named:
            self._tell(f"misconception {known.id} is not recognised{self._resembling(known)}")
        elif named != {known.id}:
            self._tell(f"misconception {known.id} is recognised as {', '.join(sorted(named))}")

    def _resembling(self, known: Misconception) -> str:
        """The other mistakes that fail the same checks: it may be that no check tells them apart."""
        alike = []
        for other in self._plan.misconceptions:
            if other.id != known.id and set(other.trips) == set(known.trips):
                alike.append(other.id)
        if not alike:
            return ""
        return f"; the same checks fail with {', '.join(alike)}: which of them tells the two apart?"

    @property
    def _stub(self) -> str:
        return cut_stub(self._plan.reference, self._plan.assignment)

    def _graded(self, source: str) -> Result:
        return self._graded_by(self._plan, source)

    def _graded_by(self, plan: Plan, source: str) -> Result:
        if self._task.recording:  # a diagnosis would rest on the record
            plan = dataclasses.replace(plan, misconceptions=())
        return graded(plan, source, self._task.setting, self._workers)

    def _tell(self, problem: str) -> None:
        self.part.problems.append(f"seed {self._task.setting.seed}: {problem}")


def _without_verdict(results: Sequence[CheckResult], folder: Path) -> Iterator[str]:
    """Where a mistake ends a check in another way than by passing or failing it."""
    for broken in broken_checks(results, folder):
        yield f"breaks a check: {broken}"
    for check in results:
        if check.outcome in NO_VERDICT:
            yield f"ends {check.name} with {check.outcome}: {reason(check)}"
