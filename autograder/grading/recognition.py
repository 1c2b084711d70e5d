"""Recognises known mistakes in the results of a submission; no mark depends on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..checking.case import Case
from ..checking.registry import Check, Misconception
from ..diagnosis.check_run import CheckRun
from ..diagnosis.desk import explain_at_desk
from ..diagnosis.naming import explain
from ..evidence import Block
from ..explaining.telling import TOO_MUCH
from ..model import CheckResult
from ..plan import DESK_SEED, Plan, Setting
from .forming import FAULT, WRONG, as_fault, traceback_of, with_names
from .kept import KeptRuns

TOO_LARGE = "What your code returned is too large to be compared with known mistakes."


@dataclass
class Recognised:
    """Results with the known mistakes that explain failures, and what there is to say about that."""

    results: list[CheckResult]
    notes: list[str] = field(default_factory=list)


def recognise(
    results: list[CheckResult],
    kept: KeptRuns,
    plan: Plan,
    setting: Setting,
    case: Callable[[Check], Case],
    own: str,
) -> Recognised:
    """Name the known mistakes behind failures.

    Args:
        kept: the checks that passed or failed, with what came back.
        case: the inputs of a check.
        own: the text of the submission; "" if it is not one text.
    """
    runs = kept.runs
    if not kept.is_whole:
        failed = any(result.outcome in WRONG for result in results)
        return Recognised(results, [TOO_LARGE] if failed else [])
    if plan.solution is None:
        return Recognised(_from_record(results, runs, plan, setting))
    named: Mapping[str, Sequence[Misconception]] = {}
    faults: dict[str, tuple[Block, ...]] = {}
    try:
        named = explain(runs, plan, case, own)
    except TOO_MUCH:
        return Recognised(results, [TOO_LARGE])
    except Exception as error:  # ours: no mark may depend on a diagnosis that broke
        faults = _undiagnosable(error, runs, plan, case)
    touched = []
    for result in with_names(results, named):
        if result.name in faults:
            result = as_fault(result, FAULT, faults[result.name])
        touched.append(result)
    return Recognised(touched)


def _from_record(
    results: list[CheckResult], runs: Sequence[CheckRun], plan: Plan, setting: Setting
) -> list[CheckResult]:
    """The results with the mistakes that explain failures according to recorded answers, where there are some."""
    at_desk = setting.desk and setting.seed == DESK_SEED
    if plan.answers is None or not at_desk or not any(run.failed for run in runs):
        return results
    try:
        return with_names(results, explain_at_desk(runs, plan, plan.answers))
    except Exception:  # names are a service: whatever a student did to the record, the results stand
        return results


def _undiagnosable(
    error: Exception, runs: Sequence[CheckRun], plan: Plan, case: Callable[[Check], Case]
) -> dict[str, tuple[Block, ...]]:
    """Tracebacks of the failures at which the diagnosis breaks when it sees no other; of all if there is none."""
    faults = {}
    failures = [run for run in runs if run.failed]
    passed = [run for run in runs if not run.failed]
    for failure in failures:
        try:
            explain([*passed, failure], plan, case)
        except Exception as alone:
            faults[failure.name] = traceback_of(alone)
    if not faults:
        for failure in failures:
            faults[failure.name] = traceback_of(error)
    return faults
