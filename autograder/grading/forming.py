"""Forms the result of a check from what is known of it."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence

from ..checking.registry import Check, Misconception
from ..checking.verdict import Verdict
from ..evidence import Block, Traceback
from ..explaining.telling import harmless
from ..model import CheckResult, Outcome
from ..plan import Plan
from ..slips import meant

DEFINITION = re.compile(r"^(?:def|class) +(\w+)", re.MULTILINE)
METHOD = re.compile(r"^[ \t]+def +(\w+)", re.MULTILINE)
# A name that does not exist, in the student's code or where a check asks for it.
LACKS = re.compile(r"(?:NameError: name '|[\w ]+ defines no `)(\w+)")
FAULT = "The grader itself failed here, which costs no point. Please report it to the staff."
WAITS_FOR_FAULT = "This check waits for one in which the grader itself failed, which costs no point."
WRONG = (Outcome.FAILED, Outcome.ERROR)
Progress = Callable[[CheckResult], None]


def result_of(
    plan: Plan,
    check: Check,
    outcome: Outcome,
    message: str = "",
    *,
    evidence: tuple[Block, ...] = (),
    output: str = "",
) -> CheckResult:
    """The result of a check that ended in an outcome, which says what it earns."""
    maximum = plan.points(check)
    points = 0.0  # only the outcome decides, never what a submission sent
    if outcome.earns:
        points = maximum
    return CheckResult(
        name=check.name,
        exercise=check.exercise,
        title=check.title,
        visible=check.visible,
        outcome=outcome,
        points=points,
        max_points=maximum,
        message=message,
        evidence=evidence,
        output=output,
    )


def shown(result: CheckResult, progress: Progress | None) -> CheckResult:
    """The result, once `progress` was told of it; where that fails, a fault."""
    if progress is None:
        return result
    try:
        progress(result)
    except OSError:  # whoever reads the output is gone
        raise
    except Exception as error:
        fault = as_fault(result, FAULT, traceback_of(error))
        with contextlib.suppress(Exception):
            progress(fault)
        return fault
    return result


def all_alike(
    plan: Plan, outcome: Outcome, message: str, progress: Progress | None, *, evidence: tuple[Block, ...] = ()
) -> list[CheckResult]:
    """The results of checks that cannot be run."""
    results = []
    for check in plan.checks:
        result = result_of(plan, check, outcome, message, evidence=evidence)
        results.append(shown(result, progress))
    return results


def misnamed(missing: str, text: str, functions: Sequence[str]) -> str:
    """A question about the definition in a text that may stand for a missing function; "" if there is none.

    Args:
        missing: "f" or "Class.method".
        functions: all that the assignment asks for.
    """
    of_class, _, name = missing.rpartition(".")
    definition = METHOD if of_class else DEFINITION
    required = {function.rpartition(".")[2] for function in functions}
    return meant(name, set(definition.findall(text)), required)


def without_explanation(plan: Plan, check: Check, verdict: Verdict) -> CheckResult:
    """The result of a verdict, without a look at what led to it."""
    evidence = tuple(map(harmless, verdict.evidence))
    return result_of(plan, check, verdict.outcome, verdict.message, evidence=evidence)


def with_names(results: Iterable[CheckResult], named: Mapping[str, Sequence[Misconception]]) -> list[CheckResult]:
    """The results, each of a wrong answer with the known mistakes that explain it, by its name."""
    told = []
    for result in results:
        if result.name in named and result.outcome in WRONG:
            result = _with_mistakes(result, named[result.name])
        told.append(result)
    return told


def _with_mistakes(result: CheckResult, mistakes: Sequence[Misconception]) -> CheckResult:
    return dataclasses.replace(
        result,
        misconception=" ".join(known.id for known in mistakes),
        mistake=" ".join(known.says for known in mistakes),
    )


def as_fault(result: CheckResult, message: str, evidence: tuple[Block, ...] = ()) -> CheckResult:
    """A result that a fault of ours touched: it keeps its points, and what was told of it is not trusted."""
    return dataclasses.replace(
        result,
        outcome=Outcome.GRADER_FAULT,
        points=result.max_points,
        message=message,
        evidence=evidence,  # in place of the old: whatever broke may have broken that too
        misconception="",
        mistake="",
    )


def traceback_of(error: Exception) -> tuple[Block, ...]:
    """What the staff see of a fault of ours."""
    return (Traceback("".join(traceback.format_exception(error))),)


def with_those_that_wait(plan: Plan, results: Sequence[CheckResult]) -> list[CheckResult]:
    """The results, with a fault for each check that was skipped because of one."""
    faulty = {result.name for result in results if result.outcome is Outcome.GRADER_FAULT}
    told = []
    for check, result in zip(plan.checks, results, strict=True):
        if result.outcome is Outcome.SKIPPED and check.needs in faulty:
            result = as_fault(result, WAITS_FOR_FAULT)
            faulty.add(check.name)
        told.append(result)
    return told


def missing_in(verdict: Verdict, statuses: Mapping[str, str]) -> str:
    """The function whose missing name ended a check; "" if none did.

    Args:
        statuses: of every function, whether it is written, a stub or missing.
    """
    lacking = LACKS.match(verdict.fact.full)
    if lacking is None:
        return ""
    for function, status in statuses.items():
        if status == "missing" and function.partition(".")[0] == lacking[1]:
            return function
    return ""
