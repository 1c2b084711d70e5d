"""Grade one assignment of one submission: run every check, whatever happens, and form the result.

Promises kept here: every check of the assignment appears in every result; the time of a submission is bounded; a fault
of the grader, wherever it happens, becomes `grader_fault` for the checks that it touches and for those that wait for
them, keeps their points, and is told to the staff with its traceback.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
import os
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ..checking.case import Case
from ..checking.comparing import single_precision
from ..checking.local import beside
from ..checking.registry import Check
from ..checking.student import Student, broken_function, events, has_spoken, unread
from ..checking.verdict import Message, Verdict, failed
from ..diagnosis.check_run import CheckRun, functions_of
from ..diagnosis.naming import passes
from ..errors import AutograderError, SubmissionError, UsageError
from ..evidence import Block
from ..explaining.cases import Shown
from ..explaining.telling import tell
from ..model import MISSING_FILE, NOT_WRITTEN, CheckResult, Exercise, Outcome, Result, RunInfo
from ..plan import DESK, Plan, Setting
from ..sandbox.spec import SandboxSpec
from ..sandbox.workers import Workers
from ..seeds import derive
from ..submissions.files import Source, Submission, read_submission
from ..submissions.imports import imported_from
from ..submissions.rest import remarks_on_the_rest
from .carry_forward import SecondRun
from .cases import case_of
from .channel import SubmissionChannel, Unwritten
from .fingerprints import run_info
from .flags import flags
from .forming import (
    FAULT,
    WAITS_FOR_FAULT,
    WRONG,
    Progress,
    all_alike,
    misnamed,
    missing_in,
    result_of,
    shown,
    traceback_of,
    with_those_that_wait,
    without_explanation,
)
from .kept import KeptRuns
from .namespace import NamespaceChannel
from .patience import ImpatientChannel
from .recognition import recognise
from .remote import RemoteChannel

NO_SECOND_MARK = "The mark with errors carried forward could not be formed ({}). Please report it to the staff."


def grade(
    plan: Plan,
    submission: Submission,
    setting: Setting,
    *,
    workers: Workers,
    progress: Progress | None = None,
) -> Result:
    """Grade one assignment of one submission.

    Args:
        workers: start the process that runs it.
        progress: is told of every check as soon as it is decided.
    """
    started = time.time()
    path = submission.path(plan.assignment.slug)
    notes = list(submission.notes)
    if not os.path.lexists(path):
        results = all_alike(plan, Outcome.NOT_ATTEMPTED, MISSING_FILE.format(path.name), progress)
    else:
        try:
            source = read_submission(submission, plan.assignment, plan.solution)
            run = _Run(plan, source, submission.student, setting, progress, workers)
            with beside(plan.beside):
                results = run.results()
            notes += run.notes
        except SubmissionError as error:
            notes.append(str(error))
            results = all_alike(plan, Outcome.ERROR, str(error), progress)
        except UsageError:
            raise
        except Exception as error:
            results = all_alike(plan, Outcome.GRADER_FAULT, FAULT, progress, evidence=traceback_of(error))
    if not setting.desk and any(result.outcome is Outcome.NOT_ATTEMPTED for result in results):
        notes += remarks_on_the_rest(submission, plan.assignment)
    info = dataclasses.replace(
        run_info(plan.assignment, plan.whole_solution, submission, setting),
        started=datetime.datetime.fromtimestamp(started, datetime.UTC).isoformat(timespec="seconds"),
        seconds=round(time.time() - started, 3),
    )
    return _assembled(plan, submission, results, info, notes)


def unrun(
    plan: Plan,
    submission: Submission,
    setting: Setting,
    outcome: Outcome,
    message: str,
    *,
    evidence: tuple[Block, ...] = (),
) -> Result:
    """The result of a submission that could not be run, every check ending alike."""
    checks = all_alike(plan, outcome, message, None, evidence=evidence)
    info = run_info(plan.assignment, plan.whole_solution, submission, setting)
    return _assembled(plan, submission, checks, info, [message])


def run_checks(
    plan: Plan,
    channel: NamespaceChannel,
    setting: Setting,
    student: str = "you",
    *,
    text: str = "",
    explained: bool = True,
) -> list[CheckResult]:
    """Run checks on what a notebook defines, in its own kernel.

    Args:
        text: of the code, where it is one text.
        explained: whether the results of wrong answers hold more than the verdict and the known mistake.
    """
    run = _Run(plan, Source(text, Path("This notebook")), student, setting, progress=None, explained=explained)
    with beside(plan.beside):
        return run.over(_Loaded(run.source, channel, {name: channel.status(name) for name in plan.functions}))


def _assembled(plan: Plan, submission: Submission, checks: list[CheckResult], run: RunInfo, notes: list[str]) -> Result:
    assignment = plan.assignment
    return Result(submission.student, assignment.slug, assignment.title, tuple(checks), run, tuple(notes))


class _Loaded(NamedTuple):
    """A file in its worker, and which of the functions that are asked for it holds, or why it could not be loaded."""

    source: Source
    channel: SubmissionChannel
    statuses: dict[str, str] | Verdict

    def written(self, but: Collection[str] = ()) -> int:
        """How many of the functions are written, but for those of some names, which are imported."""
        if isinstance(self.statuses, Verdict):
            return 0
        return sum(status == "written" and name.partition(".")[0] not in but for name, status in self.statuses.items())


@dataclass
class _Run:
    """The checks of one submission, one after the other, against one worker."""

    plan: Plan
    source: Source
    student: str
    setting: Setting
    progress: Progress | None
    workers: Workers | None = None  # a notebook needs none
    explained: bool = True  # whether results hold more of a wrong answer than the verdict and the known mistake
    statuses: dict[str, str] = field(default_factory=dict)  # of every function: written, stub or missing
    not_loaded: Verdict | None = None  # why nothing of the file can be called
    ended: dict[str, Outcome] = field(default_factory=dict)  # by the check's name
    kept: KeptRuns = field(default_factory=KeptRuns)
    has_run: bool = False  # a line of the student's code
    asked: dict[str, frozenset[str]] = field(default_factory=dict)  # functions, by the checks that did not pass
    notes: list[str] = field(default_factory=list)

    def results(self) -> list[CheckResult]:
        loaded = self._counting()
        try:
            self.notes += [*loaded.source.notes, *loaded.channel.notes()]
            if not self.setting.desk:
                self.notes += flags(loaded.source)
            results = self.over(loaded)
        finally:
            loaded.channel.close()
        return self._carried_forward(results)

    def over(self, loaded: _Loaded) -> list[CheckResult]:
        """The result of every check, over a channel to what was loaded."""
        self.source = loaded.source
        self.channel = loaded.channel
        if self.setting.desk:
            self.channel = ImpatientChannel(loaded.channel, self.plan.assignment)
        if isinstance(loaded.statuses, Verdict):
            self.not_loaded = loaded.statuses
        else:
            self.statuses = loaded.statuses
        return self._with_names([self._one(check) for check in self.plan.checks])

    def _carried_forward(self, results: list[CheckResult]) -> list[CheckResult]:
        """The results, with what they are worth when errors are carried forward."""
        if self.setting.carry_forward == "off" or self.not_loaded is not None:
            return results
        if all(result.outcome.earns for result in results):
            return results
        again = SecondRun(self.plan, self.setting, self.case, partial(self._channel, self.source), self.asked)
        try:
            return again.over(results)
        except Exception as error:  # ours: the first mark stands, and nothing is won by it
            self.notes.append(NO_SECOND_MARK.format(f"{type(error).__name__}: {error}"))
            return results

    def _counting(self) -> _Loaded:
        """The file that counts: of two for the assignment the one in which more is written."""
        first = self._loaded(self.source)
        if self.source.alternative is None:
            return first
        chosen, other = sorted([first, self._loaded(self.source.alternative)], key=_Loaded.written, reverse=True)
        other.channel.close()
        if other.written(but=imported_from(other.source.text, self.plan.assignment.imports)):
            counts = chosen.source.path.name
            self.notes.append(f"{counts} counts; {other.source.path.name}, in which no more is written, does not.")
        return chosen

    def _loaded(self, source: Source) -> _Loaded:
        channel = self._channel(source)
        loaded = _Loaded(source, channel, self._load(channel))
        self.has_run = self.has_run or channel.has_run
        return loaded

    def _channel(self, source: Source, apart: Sequence[str] = (), end: float = math.inf) -> RemoteChannel:
        assert self.workers is not None  # only a notebook has none, whose channel is there already
        channel = RemoteChannel(
            source,
            self.plan.assignment,
            spec=self._spec(),
            device=self.setting.device,
            workers=self.workers,
            end=end,
        )
        channel.apart = apart
        channel.has_run = self.has_run
        return channel

    def _spec(self) -> SandboxSpec:
        return SandboxSpec(
            level=self.setting.isolation,
            gpu=self.setting.gpu,
            memory_mb=self.plan.assignment.budget.memory_mb,
            watched=tuple(name for rule in self.plan.assignment.rules for name in rule.names),
        )

    def _load(self, channel: RemoteChannel) -> dict[str, str] | Verdict:
        try:
            found = channel.load()
            return {name: str(found.get(name, "missing")) for name in self.plan.functions}
        except (Verdict, AttributeError) as error:
            if isinstance(error, Verdict):
                return error
            return Verdict(Outcome.CRASHED, "The process answered nonsense when your file was loaded.")

    def _one(self, check: Check) -> CheckResult:
        begun = time.perf_counter()
        try:
            result = self._unrunnable(check) or self._executed(check)
        except Exception as error:
            result = self._fault(check, error)
        result = dataclasses.replace(result, seconds=round(time.perf_counter() - begun, 4))
        result = shown(result, self.progress)
        self.ended[check.name] = result.outcome  # after it was shown, for a fault of the printer counts too
        return result

    def _fault(self, check: Check, error: Exception) -> CheckResult:
        return result_of(self.plan, check, Outcome.GRADER_FAULT, FAULT, evidence=traceback_of(error))

    def _unrunnable(self, check: Check) -> CheckResult | None:
        """The result of a check that need not be run, or None."""
        if self.not_loaded is not None:
            return without_explanation(self.plan, check, self.not_loaded)
        exercise = self.plan.exercise(check)
        if self._unwritten(exercise):
            missing = [name for name in exercise.functions if self.statuses[name] == "missing"]
            message = NOT_WRITTEN
            if missing:
                message = f"{self.source.path.name} defines no `{missing[0]}`."
                message += misnamed(missing[0], self.source.text, self.plan.assignment.functions)
            return result_of(self.plan, check, Outcome.NOT_ATTEMPTED, message)
        forbidden = self.channel.ruled_out(exercise)
        if forbidden is not None:
            return without_explanation(self.plan, check, forbidden)
        if check.needs is None or self.ended[check.needs] is Outcome.PASSED:
            return None
        if self.ended[check.needs] is Outcome.GRADER_FAULT:
            return result_of(self.plan, check, Outcome.GRADER_FAULT, WAITS_FOR_FAULT)
        title = next(other.title for other in self.plan.checks if other.name == check.needs).removesuffix(".")
        return result_of(self.plan, check, Outcome.SKIPPED, f'This check waits until another one passes: "{title}".')

    def _unwritten(self, exercise: Exercise) -> bool:
        statuses = self.statuses
        if isinstance(statuses, Verdict):  # nothing could be loaded
            return True
        return all(statuses[name] != "written" for name in exercise.functions)

    def _executed(self, check: Check) -> CheckResult:
        """Run a check, and keep what came back if it failed."""
        student = Student(self.channel)
        case = self.case(check)
        case.at_desk = self.setting.desk
        try:
            self.channel.begin(derive(case.seed, "student"), check.exercise)
            with single_precision(self.setting.device.startswith("mps")):
                check.run(student, case)
            self.kept.add(CheckRun(check, None, events(student), case.rows))
            return result_of(self.plan, check, Outcome.PASSED, evidence=tuple(case.shown), output=self._output(check))
        except Verdict as verdict:
            self.asked[check.name] = frozenset(functions_of(events(student)))
            return self._judged(check, self._meaning(verdict, check), student, case)
        except Exception as error:
            self.asked[check.name] = frozenset(functions_of(events(student)))
            return self._broken(check, student, error)

    def _broken(self, check: Check, student: Student, error: Exception) -> CheckResult:
        """The result of a check that broke: the student's answers are to blame if the reference's do not break it."""
        unusable = has_spoken(student) and not isinstance(error, AutograderError)
        # Where memory has run out, the reference would run out of it too.
        if unusable and self.plan.solution is not None and not isinstance(error, MemoryError):
            unusable = passes(check, self.case(check), self.plan.reference)
        if not unusable:
            fault = self._fault(check, error)
            return dataclasses.replace(fault, output=self._output(check))
        begin = "What your code returned cannot be used further"
        function = broken_function(student, error)
        if function:
            begin = f"Your code called {function} with arguments that it cannot work with"
        message = Message(f"{begin} ({type(error).__name__}: {error}).", f"{begin} ({type(error).__name__}).")
        return self._judged(check, failed(message), student, self.case(check))

    def _judged(self, check: Check, verdict: Verdict, student: Student, case: Case) -> CheckResult:
        """The result that a verdict means, with what there is to tell."""
        rest = unread(student) if verdict.outcome in WRONG else []
        if verdict.outcome in WRONG:
            # At a desk answers are compared with those on record; elsewhere mistakes are asked whatever is needed.
            more = rest if self.setting.desk else []
            self.kept.add(CheckRun(check, verdict, [*events(student), *more], case.rows, len(more)))
        if not self.explained:
            return without_explanation(self.plan, check, verdict)
        module = ""
        if self.source.path.suffix == ".py":
            module = self.plan.assignment.slug
        told = tell(Shown(verdict, student, case), check, rest=rest, case_of=self.case, module=module)
        output = self._output(check)
        return result_of(self.plan, check, verdict.outcome, told.message, evidence=told.evidence, output=output)

    def _output(self, check: Check) -> str:
        """What the code printed; not where inputs are hidden, since it may have printed them."""
        output = self.channel.take_output()
        return output if check.visible else ""

    def case(self, check: Check) -> Case:
        """The inputs of a check: the same whenever it is run for this student with this seed."""
        student = DESK if self.setting.desk else self.student
        parts = [student, self.plan.assignment.slug, check.name]
        if self.setting.secret and not check.visible:  # all else is known to whoever has read the source
            parts.append(self.setting.secret)
        seed = derive(self.setting.seed, *parts)
        return case_of(self.plan, self.setting, seed, secret_pixels=not check.visible)

    def _meaning(self, verdict: Verdict, check: Check) -> Verdict:
        """A function that is not written means "not attempted" for its own exercise and "skipped" for others."""
        # Only what the code really calls is needed: a check may pass though much of what its exercise builds on is not.
        owner = self.plan.assignment.exercise_of(self._unwritten_in(verdict))
        if owner is not None and owner.id != check.exercise:
            needed = f"`{self._unwritten_in(verdict).removesuffix('.__init__')}` ({owner.title})"
            state = verdict.state if isinstance(verdict, Unwritten) else "is not written yet"
            return Verdict(Outcome.SKIPPED, f"This check needs {needed}, which {state}.")
        return verdict

    def _unwritten_in(self, verdict: Verdict) -> str:
        """The function because of which a check ended if it is not written: a stub was called, or a name is missing."""
        if isinstance(verdict, Unwritten):
            return verdict.function
        return missing_in(verdict, self.statuses)

    def _with_names(self, results: list[CheckResult]) -> list[CheckResult]:
        """The results, with the known mistakes that explain failures."""
        recognised = recognise(results, self.kept, self.plan, self.setting, self.case, self.source.text)
        self.notes += recognised.notes
        return with_those_that_wait(self.plan, recognised.results)
