"""Do the statistical checks ever fail right code, and do they catch what they should? Each runs with many seeds.

    python benchmarks/chance.py                          every statistical check, 1,000 seeds
    python benchmarks/chance.py kaiming_init --seeds 100
    python benchmarks/chance.py --right                  every check, even those that train, on the reference only

Checks run in this process, on the reference and on every misconception that is declared to trip them. The table has one
row per check: false alarms on the reference, the number of mistakes, and which of them is caught in the smallest share
of seeds. Ends with exit code 1 if a reference fails, or if a mistake is caught in fewer than 999 of 1,000 seeds.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch
from bare import case_for

from autograder.checking.local import beside, local_student, module_from
from autograder.course import Course
from autograder.plan import Plan
from autograder.seeds import derive

ROOT = Path(__file__).resolve().parents[1]
CAUGHT = 0.999
RIGHT = ""  # in place of a misconception: the reference


class Trial(NamedTuple):
    """A check on one module, on many seeds."""

    slug: str
    check: str
    known: str
    seeds: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slugs", nargs="*", metavar="SLUG", help="assignments (default: all)")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--right", action="store_true", help="every check, on the reference only")
    options = parser.parse_args()
    begun = time.perf_counter()
    course = Course(ROOT)
    trials = []
    for slug in options.slugs or course.slugs:
        trials += trials_of(Plan.of(course, slug), options.seeds, right_only=options.right)
    print(f"{'check':60} false alarms  mistakes  caught worst")
    sound = True
    with ProcessPoolExecutor(options.jobs, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        failures = dict.fromkeys(trials, 0)
        for trial, count in zip(trials, pool.map(failed_seeds, trials), strict=True):
            failures[trial] = count
            following = trials.index(trial) + 1
            if following == len(trials) or trials[following].check != trial.check:
                sound &= print_row({t: failures[t] for t in trials if t[:2] == trial[:2]})
    print(f"{options.seeds} seeds, {time.perf_counter() - begun:.0f} s")
    sys.exit(not sound)


def trials_of(plan: Plan, seeds: int, *, right_only: bool) -> list[Trial]:
    """Every statistical check of an assignment on the reference, then on each mistake that trips it when it is run.

    Args:
        right_only: every check instead, on the reference only.
    """
    if right_only:
        return [Trial(plan.assignment.slug, check.name, RIGHT, seeds) for check in plan.checks]
    trials = []
    for check in (c for c in plan.checks if c.statistical):
        wrong = [m.id for m in plan.misconceptions if check.name in m.trips and check.needs not in m.trips]
        trials += [Trial(plan.assignment.slug, check.name, known, seeds) for known in [RIGHT, *wrong]]
    return trials


def print_row(failures: dict[Trial, int]) -> bool:
    """Print the row of a check, and return whether it did well."""
    right, *wrong = failures
    worst = min(wrong, key=failures.get, default=right)
    share = failures[worst] / worst.seeds
    caught = f"{100 * share:.1f} % {worst.known}" if wrong else "-"
    print(f"{right.slug + ': ' + right.check:60} {failures[right]:12} {len(wrong):9}  {caught}", flush=True)
    return failures[right] == 0 and (not wrong or share >= CAUGHT)


def failed_seeds(trial: Trial) -> int:
    """The number of seeds with which a check does not pass."""
    plan = _plan(trial.slug)
    check = next(c for c in plan.checks if c.name == trial.check)
    known = next((m for m in plan.misconceptions if m.id == trial.known), None)
    text = plan.reference or ""
    if known is not None:
        text = known.apply(text)
    with beside(plan.beside):
        module = module_from(text, trial.slug)
    failed = 0
    for seed in range(trial.seeds):
        case = case_for(plan, check, "chance", seed)
        torch.manual_seed(derive(case.seed, "student"))
        try:
            check.run(local_student(module), case)
        except Exception:
            failed += 1
    return failed


@cache
def _plan(slug: str) -> Plan:
    return Plan.of(Course(ROOT), slug)


if __name__ == "__main__":
    main()
