"""Of single mistakes in code of any style, how many are named?

    python benchmarks/naming.py                      every assignment, one row each
    python benchmarks/naming.py adamw batch_norm     these only
    python benchmarks/naming.py --list               also every mistake that is not named as it should be

The mistakes are those of assignments/SLUG/styles/mistakes.py: right code of a style with one right text made wrong.
Each is graded through the real process boundary. Ends with exit code 1 if one passes, or goes by another name.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import torch

from autograder import data
from autograder.authoring.gate.styles import style_submission
from autograder.course import Course, SingleMistake
from autograder.grading.runner import grade
from autograder.model import Result
from autograder.plan import Plan, Setting
from autograder.sandbox.workers import Workers

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slugs", nargs="*", metavar="SLUG", help="assignments (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="tell which mistakes are not named as they should be")
    options = parser.parse_args()
    torch.set_num_threads(1)
    course = Course(ROOT)
    print(f"{'':20} mistakes  failed  named rightly  otherwise   share  seconds")
    with Workers() as workers:
        sound = [print_row(course, slug, options, workers) for slug in options.slugs or course.slugs]
    sys.exit(not all(sound))


def print_row(course: Course, slug: str, options: argparse.Namespace, workers: Workers) -> bool:
    """Prints one assignment; returns whether every mistake fails and none goes by another name."""
    plan = Plan.of(course, slug)
    mistakes = course.single_mistakes(slug)
    if not mistakes:
        print(f"{slug:20} has no table", flush=True)
        return True
    begun = time.perf_counter()
    results = [graded(course, plan, mistake, workers, seed=options.seed) for mistake in mistakes]
    seconds = time.perf_counter() - begun
    names = [named(result) for result in results]
    failed = sum(result.score < result.max_score for result in results)
    rightly = sum(found == mistake.ids for found, mistake in zip(names, mistakes, strict=True))
    otherwise = sum(bool(found - mistake.ids) for found, mistake in zip(names, mistakes, strict=True))
    share = f"{100 * rightly / len(mistakes):.1f} %"
    print(f"{slug:20} {len(mistakes):8} {failed:7} {rightly:14} {otherwise:10} {share:>7} {seconds:8.0f}", flush=True)
    for mistake, found, result in zip(mistakes, names, results, strict=True) if options.list else ():
        if found != mistake.ids:
            print_other(mistake, found, result)
    return failed == len(mistakes) and not otherwise


def print_other(mistake: SingleMistake, found: set[str], result: Result) -> None:
    """A mistake that does not go by its name, and what it fails."""
    deserved = " + ".join(sorted(mistake.ids))
    given = " + ".join(sorted(found)) or "nothing"
    print(f"    {mistake.style}: {deserved} is named {given}: {mistake.wrong!r}")
    for check in result.checks:
        if check.outcome != "passed":
            print(f"        {check.name}: {check.outcome}: {check.misconception or ''} {check.message[:100]!r}")


def graded(course: Course, plan: Plan, mistake: SingleMistake, workers: Workers, *, seed: int = 0) -> Result:
    """The result of a style with a mistake."""
    slug = plan.assignment.slug
    text = course.styles(slug)[mistake.style]
    if text.count(mistake.right) != 1:
        raise SystemExit(f"{slug}/{mistake.style}: this must occur exactly once: {mistake.right!r}")
    with tempfile.TemporaryDirectory(prefix="naming-") as folder:
        submission = style_submission(plan, text.replace(mistake.right, mistake.wrong), Path(folder))
        setting = Setting(seed=seed, load_data=partial(data.load, "digits"))
        return grade(plan, submission, setting, workers=workers)


def named(result: Result) -> set[str]:
    """Ids of the misconceptions that a result names."""
    return {id for check in result.checks for id in (check.misconception or "").split()}


if __name__ == "__main__":
    main()
