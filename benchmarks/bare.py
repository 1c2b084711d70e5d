"""The checks of an assignment called in this process, without isolation: what the other benchmarks compare with."""

from __future__ import annotations

import time
from functools import partial

from autograder import data
from autograder.checking.case import Case
from autograder.checking.local import beside, local_student, module_from
from autograder.checking.registry import Check
from autograder.grading.cases import case_of
from autograder.plan import Plan, Setting
from autograder.seeds import derive


def case_for(plan: Plan, check: Check, student: str, seed: int) -> Case:
    """The inputs that a check draws for a student, with digits as the data set."""
    setting = Setting(load_data=partial(data.load, "digits", seed=seed))
    seed_of_check = derive(seed, student, plan.assignment.slug, check.name)
    return case_of(plan, setting, seed_of_check, secret_pixels=not check.visible)


def seconds_of_checks(plan: Plan, student: str, *, seed: int = 0) -> float:
    """Run every check of an assignment on its reference, and return the seconds that this took."""
    with beside(plan.beside):
        module = module_from(plan.reference, plan.assignment.slug)
    begun = time.perf_counter()
    for check in plan.checks:
        check.run(local_student(module), case_for(plan, check, student, seed))
    return time.perf_counter() - begun
