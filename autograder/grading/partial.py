"""What is known of a submission while it is graded: every check is there from the beginning.

For places that may stop a run at any moment, and then take what stands there.
"""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Callable, Sequence

from ..errors import UsageError
from ..evidence import Traceback
from ..model import CheckResult, Outcome, Result
from ..plan import Plan, Setting
from ..sandbox.workers import Workers
from ..submissions.files import Submission
from .runner import FAULT, grade, unrun

NOT_RUN = "The run was stopped before this check. Please tell the staff."
UNFINISHED = "The run has not come to its end: this is what was known so far."


def grade_step_by_step(
    plans: Sequence[Plan],
    submission: Submission,
    setting: Setting,
    *,
    workers: Workers,
    report: Callable[[Sequence[Result]], None],
) -> list[Result]:
    """Grade assignments of one submission.

    Args:
        report: is told the results of all of them, with every check, before the first check and after each.
    """
    results = [_begun(plan, submission, setting) for plan in plans]
    report(results)
    for place, plan in enumerate(plans):

        def take(check: CheckResult, place: int = place) -> None:
            results[place] = _with(results[place], check)
            report(results)

        try:
            results[place] = grade(plan, submission, setting, workers=workers, progress=take)
        except UsageError:
            raise
        except Exception as error:  # ours: no point may depend on it
            trace = Traceback("".join(traceback.format_exception(error)))
            results[place] = unrun(plan, submission, setting, Outcome.GRADER_FAULT, FAULT, evidence=(trace,))
        report(results)
    return results


def _begun(plan: Plan, submission: Submission, setting: Setting) -> Result:
    """The result before the first check."""
    result = unrun(plan, submission, setting, Outcome.SKIPPED, NOT_RUN)
    return dataclasses.replace(result, notes=(UNFINISHED,))


def _with(result: Result, check: CheckResult) -> Result:
    """A result in which one more check is decided."""
    checks = [check if other.name == check.name else other for other in result.checks]
    return dataclasses.replace(result, checks=tuple(checks))
