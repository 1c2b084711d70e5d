"""Of known mistakes in a student's kit, how many are named at the desk?

    python benchmarks/desk.py                      every assignment, one row each
    python benchmarks/desk.py adamw --list         this one only, and every mistake that is not named as it should be
    python benchmarks/desk.py --every 10           a tenth of the mistakes
    python benchmarks/desk.py --styles             mistakes in code of other styles, from styles/mistakes.py

The kit is made afresh in a folder of its own, with the recorded answers that are committed where those are up to date.
Each mistake is checked as a notebook checks it, in this process, with visible checks only. Right code must have no
name either. Ends with exit code 1 if a name is false.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from autograder import data
from autograder.authoring.answers import fresh_answers
from autograder.authoring.folders import write_files
from autograder.authoring.kit import build_kit
from autograder.authoring.stubs import cut_stub
from autograder.checking.local import beside, module_from
from autograder.course import Course
from autograder.grading.namespace import NamespaceChannel
from autograder.grading.runner import run_checks
from autograder.model import CheckResult, Outcome
from autograder.plan import DESK_SEED, Plan, Setting

MOST_SHOWN = 4  # failures of one mistake
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Work:
    """What a student may have written.

    Args:
        deserved: the ids by which it may go; none of right code.
    """

    title: str
    source: str
    deserved: frozenset[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slugs", nargs="*", metavar="SLUG", help="assignments (default: all)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth mistake")
    parser.add_argument("--styles", action="store_true", help="mistakes in code of other styles")
    parser.add_argument("--list", action="store_true", help="tell which mistakes are not named as they should be")
    options = parser.parse_args()
    torch.set_num_threads(1)
    course = Course(ROOT)
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        kit = Course(Path(folder))
        begun = time.process_time()
        write_files(kit.root, build_kit(course) | fresh_answers(course))
        size = sum(kit.answers_path(slug).stat().st_size for slug in course.slugs)
        print(f"recorded answers: {size / 1000:.0f} kB, {time.process_time() - begun:.0f} s here\n")
        print(f"{'':20} mistakes  failed  named rightly  otherwise   share  seconds")
        sound = [print_row(course, kit, slug, options) for slug in options.slugs or course.slugs]
    sys.exit(not all(sound))


def print_row(course: Course, kit: Course, slug: str, options: argparse.Namespace) -> bool:
    """Prints one assignment; returns whether no name is false."""
    begun = time.perf_counter()
    plan = Plan.of(course, slug)
    at_desk = Plan.of(kit, slug, hidden=False)
    wrong = list(styled(course, slug) if options.styles else known(plan))[:: options.every]
    failed, rightly, otherwise = 0, 0, 0
    misses = []
    for work in (*right(course, plan), *wrong):
        results = checked(at_desk, course, work)
        names = {id for result in results for id in result.misconception.split()}
        failures = [result for result in results if result.outcome in (Outcome.FAILED, Outcome.ERROR)]
        failed += bool(failures and work.deserved)
        rightly += bool(names and names <= work.deserved)
        otherwise += bool(names - work.deserved)
        if failures and work.deserved and (not names or names - work.deserved):
            misses.append((work, failures))
    share = f"{100 * rightly / max(1, failed):.1f} %"
    seconds = time.perf_counter() - begun
    print(f"{slug:20} {len(wrong):8} {failed:7} {rightly:14} {otherwise:10} {share:>7} {seconds:8.0f}", flush=True)
    for work, failures in misses if options.list else ():
        print_miss(work, failures)
    return not otherwise


def print_miss(work: Work, failures: list[CheckResult]) -> None:
    """Prints what was not named as it should be, and what it failed."""
    print(f"    {work.title}, {' '.join(sorted(work.deserved)) or 'nothing'}")
    for result in failures[:MOST_SHOWN]:
        print(f"        {result.name}: {result.misconception or '-'}: {result.message[:100]!r}")


def known(plan: Plan) -> Iterator[Work]:
    """Each known mistake in each of its forms."""
    for misconception in plan.misconceptions:
        for number, form in enumerate(misconception.written()):
            source = form.apply(plan.reference)
            yield Work(f"form {number}", source, frozenset([misconception.id]))


def styled(course: Course, slug: str) -> Iterator[Work]:
    """Each mistake of the table of mistakes in other styles."""
    styles = course.styles(slug)
    for mistake in course.single_mistakes(slug):
        source = styles[mistake.style].replace(mistake.right, mistake.wrong)
        yield Work(f"{mistake.style} {mistake.wrong!r}", source, mistake.ids)


def right(course: Course, plan: Plan) -> Iterator[Work]:
    """The reference, the stub and every right style, which deserve no name."""
    yield Work("the reference", plan.reference, frozenset())
    yield Work("the stub", cut_stub(plan.reference, plan.assignment), frozenset())
    for name, source in course.styles(plan.assignment.slug).items():
        yield Work(name, source, frozenset())


def checked(at_desk: Plan, course: Course, work: Work) -> list[CheckResult]:
    """The results of the visible checks, as a notebook shows them."""
    slug = at_desk.assignment.slug
    stub = cut_stub(course.solution(slug) or "", at_desk.assignment)
    setting = Setting(seed=DESK_SEED, load_data=partial(data.load, data.EMBEDDED), desk=True)
    with contextlib.redirect_stdout(io.StringIO()):
        with beside(course.solutions_beside(slug)):
            sys.modules["given"] = module_from(stub, "given")  # what a style may import
            namespace = vars(module_from(work.source, "work"))
        channel = NamespaceChannel(namespace)
        with channel.capturing():
            return run_checks(at_desk, channel, setting)


if __name__ == "__main__":
    main()
