"""What grading a class of notebooks costs: `grade` beside `nbgrader autograde` over the same submissions, in one run.

    python benchmarks/nbgrader.py                              24 submissions of the first assignment
    python benchmarks/nbgrader.py --assignment dropout_scaling --submissions 12

Every submission is the reference in a notebook, under another name. A submission's overhead is what it takes beyond
the checks' own computing, which is measured in this process, warm and without isolation. It is printed with a share of
the start of the program, and, by a second run over four submissions, without. With several graders side by side it can
be negative. Memory is that of the whole process tree at its peak: resident (a page that several processes share counts
for each of them) and proportional (each page counts once).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import torch
from bare import seconds_of_checks

from autograder.authoring.nbgrader_course import start_course
from autograder.authoring.notebooks import staff_notebook
from autograder.course import Course
from autograder.plan import Plan

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sys.executable).parent
ENVIRONMENT = os.environ | {"PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
SAMPLING_SECONDS = 0.1
FEW = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assignment", default=Course(ROOT).slugs[0])
    parser.add_argument("--submissions", type=int, default=24)
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="nbgrader-") as folder:
        compare(options.assignment, [f"student{i:02}" for i in range(options.submissions)], Path(folder))


def compare(slug: str, students: list[str], folder: Path) -> None:
    """Grade the same class with each command, and print what it cost and the ratios."""
    course = Course(ROOT)
    collected = hand_in(course, slug, students, folder / "collected")
    plan = Plan.of(course, slug)
    computing = statistics.mean(seconds_of_checks(plan, student) for student in students)
    print(f"{len(students)} submissions of {slug}; computing of the checks: {computing:.3f} s each")
    grade = [SCRIPTS / "grade", "--course", ROOT, "--assignment", slug, "--out", folder / "results", "--fresh", "."]
    commands = {
        "nbgrader autograde": [SCRIPTS / "nbgrader", "autograde", slug],
        "grade": grade,
        "grade --jobs 1": [*grade, "--jobs", "1"],
    }
    costs = {}
    for name, command in commands.items():
        few, _, _ = measured(command, part_of(collected, students[:FEW], folder))
        everybody, resident, proportional = measured(command, part_of(collected, students, folder))
        costs[name] = {
            "total, s": everybody,
            "overhead each, s": everybody / len(students) - computing,
            "overhead of one more, s": (everybody - few) / (len(students) - FEW) - computing,
            "resident, MB": resident,
            "proportional, MB": proportional,
        }
    print_table(costs)


def print_table(costs: dict[str, dict[str, float]]) -> None:
    """Each figure of each command, and how many times lower it is than the figure of the first command."""
    first, *others = costs
    print(f"{'':25}" + "".join(f"{name:>28}" for name in costs))
    for figure, theirs in costs[first].items():
        ours = [costs[name][figure] for name in others]
        ratios = "".join(f"{value:12.3f} ({theirs / value:6.1f} x lower)" for value in ours)
        print(f"{figure:25}{theirs:28.3f}{ratios}")


def part_of(collected: Path, students: list[str], folder: Path) -> Path:
    """A copy of a course in which only some have handed in."""
    root = Path(tempfile.mkdtemp(dir=folder)) / "course"
    shutil.copytree(collected, root, ignore=shutil.ignore_patterns("submitted"))
    for student in students:
        shutil.copytree(collected / "submitted" / student, root / "submitted" / student)
    return root


def hand_in(course: Course, slug: str, students: list[str], root: Path) -> Path:
    """A course of nbgrader in which everybody handed in the reference."""
    start_course(course, root, "bench")
    subprocess.run([SCRIPTS / "nbgrader", "generate_assignment", slug], cwd=root, env=ENVIRONMENT, check=True,
                   capture_output=True)  # fmt: skip
    notebook = json.loads((root / "release" / slug / f"{slug}.ipynb").read_text())
    solved = {cell["id"]: cell["source"] for cell in json.loads(staff_notebook(course, slug))["cells"]}
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = solved[cell["id"]]
    for student in students:
        home = root / "submitted" / student / slug
        home.mkdir(parents=True)
        (home / f"{slug}.ipynb").write_text(json.dumps(notebook))
    return root


def measured(command: list, folder: Path) -> tuple[float, float, float]:
    """Run a command to its end. Returns seconds, and MB of resident and proportional memory at its peak."""
    begun = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)  # fmt: skip
    peaks = [0.0, 0.0]
    ended = threading.Event()
    watcher = threading.Thread(target=watch, args=(process.pid, peaks, ended))
    watcher.start()
    _, errors = process.communicate()
    seconds = time.perf_counter() - begun
    ended.set()
    watcher.join()
    if process.returncode:
        sys.exit(errors.decode()[-2000:])
    return seconds, *peaks


def watch(pid: int, peaks: list[float], ended: threading.Event) -> None:
    """Note the greatest resident and proportional memory of a process tree, in MB."""
    while not ended.wait(SAMPLING_SECONDS):
        sums = [0, 0]
        for member in tree(pid):
            for i, value in enumerate(memory(member)):
                sums[i] += value
        peaks[:] = [max(peak, now / 1024) for peak, now in zip(peaks, sums, strict=True)]


def tree(pid: int) -> list[int]:
    """A process and all that it started."""
    members = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(word) for word in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            members += tree(child)
    return members


def memory(pid: int) -> tuple[int, int]:
    """Resident and proportional memory of a process in kB; 0 for one that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0, 0
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return sizes["Rss"], sizes["Pss"]


if __name__ == "__main__":
    main()
