"""How long the page about a large class takes, and how large it is: made-up results of every assignment.

    python benchmarks/report.py --students 1000

It prints how long reading and building take, how much of that is computing, the size of the page, and, where a browser
is installed, how much longer it takes to draw this page than to draw an empty one.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from autograder.course import Course, find_course
from autograder.grading.results import ResultsFolder, read_results, write_page
from autograder.model import CheckResult, Outcome, Result, RunInfo
from autograder.plan import Plan
from autograder.reports.class_figures import ClassFigures
from autograder.reports.class_page import class_page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WRONG = (Outcome.FAILED, Outcome.ERROR, Outcome.SKIPPED, Outcome.TIMED_OUT, Outcome.FORBIDDEN)
OF_WRONG = (80, 10, 5, 1, 4)  # how likely each of them is, in per cent
VERSIONS = {"python": "3.11.7", "nn-autograder": "0.1.0", "torch": "2.13.0", "numpy": "2.4.6"}
MESSAGE = "The result is 0.498711, but must be 0.166237. " * 3


def main() -> None:
    """Parse the command line, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--assignments", type=int, default=6)
    options = parser.parse_args()
    course = find_course()
    plans = [Plan.of(course, slug) for slug in course.slugs[: options.assignments]]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_up(root / "results", plans, options.students)
        measure(root, course)


def make_up(root: Path, plans: list[Plan], students: int) -> None:
    """Write a result of every student in every assignment."""
    rng = random.Random(0)
    folder = ResultsFolder(root)
    # Students differ in what they can, and checks in what they ask.
    hard = {(plan.assignment.slug, check.name): rng.gauss(0, 1) for plan in plans for check in plan.checks}
    for number in range(students):
        skill = rng.gauss(1, 1)
        for plan in plans:
            checks = []
            for check in plan.checks:
                passes = skill + rng.gauss(0, 1) > hard[plan.assignment.slug, check.name]
                checks.append(made_up(plan, check, rng, passes=passes))
            run = RunInfo(
                0, "cpu", "digits", "namespaces", VERSIONS, {}, "2026-01-02T03:04:05+00:00", rng.uniform(2, 9)
            )
            assignment = plan.assignment
            folder.write(Result(f"student{number:04}", assignment.slug, assignment.title, tuple(checks), run))


def made_up(plan: Plan, check, rng: random.Random, *, passes: bool) -> CheckResult:
    """A result of a check; every fifth failure has a name."""
    outcome = Outcome.PASSED
    named = ""
    if not passes:
        (outcome,) = rng.choices(WRONG, OF_WRONG)
        if rng.random() < 0.2:
            named = f"mistake_{rng.randrange(20)}"
    maximum = plan.points(check)
    return CheckResult(
        name=check.name,
        exercise=check.exercise,
        title=check.title,
        visible=check.visible,
        outcome=outcome,
        points=maximum if passes else 0.0,
        max_points=maximum,
        message="" if passes else MESSAGE,
        misconception=named,
        mistake=f"This is what {named} does: is it?" if named else "",
        seconds=rng.uniform(0.01, 0.5),
    )


def measure(root: Path, course: Course) -> None:
    """Build the page, and draw it."""
    titles = {slug: {e.id: e.title for e in course.assignment(slug).exercises} for slug in course.slugs}
    begun = clocks()
    figures = ClassFigures(read_results(root / "results"))
    read = clocks()
    path = write_page(root / "report.html", class_page(figures, titles))
    built = clocks()
    count = sum(len(part.works) for part in figures.assignments.values())
    print(f"{len(figures.students)} students, {count} results")
    print(f"read:  {apart(begun, read)}")
    print(f"built: {apart(read, built)}, {path.stat().st_size / 1e6:.2f} MB")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is not None:
        print(f"drawn: {busy_seconds(browser, path, root):6.2f} s")


def clocks() -> tuple[float, float]:
    """Now, and how long this process has computed: on a busy machine they go apart."""
    return time.perf_counter(), time.process_time()


def apart(begun: tuple[float, float], ended: tuple[float, float]) -> str:
    """What has passed between two readings of the clocks."""
    return f"{ended[0] - begun[0]:6.2f} s (computing: {ended[1] - begun[1]:.2f} s)"


def busy_seconds(browser: str, path: Path, root: Path) -> float:
    """How much longer the browser takes for this page than for an empty one."""
    empty = root / "empty.html"
    empty.write_text("<!doctype html>", encoding="utf-8")
    seconds = []
    for page in (empty, path):
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={root / 'browser'}"]
        command = [browser, *options, f"--screenshot={root / 'page.png'}", page.as_uri()]
        times = []
        for _ in range(3):
            begun = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True, timeout=300)
            times.append(time.perf_counter() - begun)
        seconds.append(min(times))
    return seconds[1] - seconds[0]


if __name__ == "__main__":
    main()
