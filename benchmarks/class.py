"""What grading a class costs, as ratios within one run.

    python benchmarks/class.py                  cost of a submission, also of a wrong one, growth with the class, two
                                                graders, first result
    python benchmarks/class.py --sizes 10 300   other class sizes

The bare cost is the same checks called in this process, warm, on one thread, without any isolation. A class is made of
copies of the reference solutions under other names, so that every submission draws its own inputs.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import torch

from autograder import data
from autograder.authoring.kit import start_kit
from autograder.checking.local import beside, local_student, module_from
from autograder.course import Course
from autograder.grading.cases import case_of
from autograder.grading.classroom import ClassRun, Task
from autograder.grading.runner import grade
from autograder.plan import Plan, Setting
from autograder.sandbox.probe import choose
from autograder.sandbox.workers import Workers
from autograder.seeds import derive
from autograder.submissions.files import Submission

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 300])
    parser.add_argument("--rounds", type=int, default=8, help="submissions per assignment for the cost of one")
    parser.add_argument("--isolation", default="auto")
    options = parser.parse_args()
    torch.set_num_threads(1)
    course = Course(ROOT)
    with Workers() as workers, tempfile.TemporaryDirectory(prefix="class-") as folder:
        level = choose(options.isolation, None, gpu=False, workers=workers)
        setting = Setting(load_data=partial(data.load, "digits"), isolation=level)
        print(f"isolation: {setting.isolation}")
        print_cost(course, setting, Path(folder), options.rounds, workers)
        print_wrong(course, setting, Path(folder), options.rounds, workers)
        print_growth(course, setting, Path(folder), options.sizes, workers)
        print_jobs(course, setting, Path(folder), max(options.sizes), workers)
        print_first_result(course, Path(folder))


def print_cost(course: Course, setting: Setting, folder: Path, rounds: int, workers: Workers) -> None:
    """Cost of one submission, bare and isolated in turn."""
    print(f"cost of a submission, median of {rounds} in turn:   bare  isolated   ratio   beyond 1.3 x bare")
    plain_costs = []
    isolated_costs = []
    for slug in course.slugs:
        plan = Plan.of(course, slug)
        plain = []
        isolated = []
        for i in range(rounds + 1):
            submission = handed_in(course, folder, f"cost{i}")
            plain.append(timed(lambda p=plan, s=submission: bare(p, s, setting)))
            isolated.append(timed(lambda p=plan, s=submission: grade(p, s, setting, workers=workers)))
        # The first of each warms up.
        plain_costs.append(statistics.median(plain[1:]))
        isolated_costs.append(statistics.median(isolated[1:]))
        print_pair(slug, plain_costs[-1], isolated_costs[-1])
    print_pair("mean of the assignments", statistics.mean(plain_costs), statistics.mean(isolated_costs))


def print_wrong(course: Course, setting: Setting, folder: Path, rounds: int, workers: Workers) -> None:
    """Cost of a submission with one known mistake over that of a right one, both isolated, in turn."""
    print(f"cost with a mistake, mean of {rounds} of the known ones:   right     wrong   ratio")
    for slug in course.slugs:
        plan = Plan.of(course, slug)
        every = max(1, len(plan.misconceptions) // rounds)
        right = []
        wrong = []
        for known in plan.misconceptions[::every]:
            home = folder / f"{slug}-{known.id}"
            home.mkdir()
            for name, text in {**plan.beside, slug: known.apply(plan.reference)}.items():
                (home / f"{name}.py").write_text(text, encoding="utf-8")
            mistaken = Submission("cost0", home)
            reference = handed_in(course, folder, "cost0")
            right.append(timed(lambda p=plan, s=reference: grade(p, s, setting, workers=workers)))
            wrong.append(timed(lambda p=plan, s=mistaken: grade(p, s, setting, workers=workers)))
        means = statistics.mean(right), statistics.mean(wrong)
        print(f"  {slug:44} {means[0]:7.3f} s {means[1]:7.3f} s {means[1] / means[0]:6.2f}")


def print_pair(label: str, plain: float, isolated: float) -> None:
    """One line about two costs, in seconds."""
    extra = 1000 * (isolated - 1.3 * plain)
    print(f"  {label:34} {plain:8.3f} s {isolated:7.3f} s {isolated / plain:6.2f}   {extra:+8.1f} ms")


def print_growth(course: Course, setting: Setting, folder: Path, sizes: list[int], workers: Workers) -> None:
    """Seconds per submission in classes of growing size, the first assignment, one grader that is warm."""
    slug = course.slugs[0]
    print(f"growth with the class ({slug}, one grader)")
    per_submission = []
    for size in sizes:
        seconds = timed(lambda n=size: session(course, setting, folder / f"out{n}", slug, n, 0, folder, workers))
        per_submission.append(seconds / size)
        print(f"  {size:5} submissions {seconds:8.2f} s, {1000 * per_submission[-1]:7.1f} ms each")
    print(f"  largest / smallest class, each: {per_submission[-1] / per_submission[0]:.3f}")


def print_jobs(course: Course, setting: Setting, folder: Path, size: int, workers: Workers) -> None:
    """Throughput of two graders over that of one, in the largest class, both with the time they take to start."""
    slug = course.slugs[0]
    one, two = (
        timed(lambda n=jobs: session(course, setting, folder / f"jobs{n}", slug, size, n, folder, workers))
        for jobs in (1, 2)
    )
    print(f"two graders ({size} submissions): {one:.2f} s with one, {two:.2f} s with two, throughput x {one / two:.2f}")


def print_first_result(course: Course, folder: Path) -> None:
    """Time until `check` shows its first result in a kit, beside the time of importing torch."""
    imports = statistics.median(timed(lambda: subprocess.run([sys.executable, "-c", "import torch"])) for _ in range(3))
    home, slug = folder / "kit", course.slugs[0]
    start_kit(course.kit, home, (slug,))
    (home / f"{slug}.py").write_text(course.solution(slug), encoding="utf-8")
    firsts = statistics.median(_first_result(home) for _ in range(3))
    print(f"check: first result after {firsts:.2f} s, importing torch takes {imports:.2f} s: {firsts - imports:+.2f} s")


def _first_result(home: Path) -> float:
    program = Path(sys.executable).with_name("autograder")
    begun = time.perf_counter()
    with subprocess.Popen([program, "check"], stdout=subprocess.PIPE, text=True, cwd=home) as process:
        next(line for line in process.stdout if "\u2713" in line)
        first = time.perf_counter() - begun
        process.terminate()
    return first


def session(
    course: Course, setting: Setting, out: Path, slug: str, size: int, jobs: int, folder: Path, workers: Workers
) -> None:
    """Grade a class of `size` in one assignment, in so many processes; 0 for this one."""
    todo = [Task(handed_in(course, folder, f"student{i}"), slug) for i in range(size)]
    for graded in ClassRun(course, setting, out, todo, workers, jobs).results(fresh=True):
        assert graded.result.score == graded.result.max_score, graded.result.student


def bare(plan: Plan, submission: Submission, setting: Setting) -> None:
    """Every check of an assignment, called directly."""
    source = submission.path(plan.assignment.slug).read_text(encoding="utf-8")
    with beside(plan.beside):
        module = module_from(source, plan.assignment.slug)
    for check in plan.checks:
        seed = derive(setting.seed, submission.student, plan.assignment.slug, check.name)
        check.run(local_student(module), case_of(plan, setting, seed, secret_pixels=not check.visible))


def handed_in(course: Course, folder: Path, student: str) -> Submission:
    """A folder with every reference solution, as if a student had written them."""
    home = folder / student
    if not home.exists():
        home.mkdir()
        for slug in course.slugs:
            (home / f"{slug}.py").write_text(course.solution(slug), encoding="utf-8")
    return Submission(student, home)


def timed(action) -> float:
    """Seconds that an action takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
