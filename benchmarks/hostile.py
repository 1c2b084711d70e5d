"""What hostile work costs everybody else: one grader has an attack of the shelf, another one honest work beside it.

    python benchmarks/hostile.py                                   every attack, a row each
    python benchmarks/hostile.py crowds_out_others eats_memory     these only

A row tells the points of the attack, how many times longer an honest submission takes than beside another honest one
(the median, in turn with the attack), the peak of memory of the trusted process that grades the attack, and how long it
takes at most to find the known mistakes in what came back. Ends with exit code 1 if an attack earns a point.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch

from autograder import data
from autograder.course import Course
from autograder.grading import recognition
from autograder.grading.runner import grade
from autograder.model import Result
from autograder.plan import Plan, Setting
from autograder.sandbox.workers import Workers
from autograder.submissions.files import Submission

ROOT = Path(__file__).resolve().parents[1]
SHELF = ROOT / "tests" / "attacks" / "shelf"
COURSE = Course(ROOT / "tests" / "course")
SLUG = "scaling"
HONEST = "honest"
AT_LEAST = 3.0  # seconds in which honest work is graded beside something


def main() -> None:
    """Parse the command line, and print a row for each attack."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help="names of files in tests/attacks/shelf")
    parser.add_argument("--grade", metavar="FOLDER", help=argparse.SUPPRESS)  # the other grader
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.grade:
        print(json.dumps(graded_again(Path(options.grade))))
        return
    names = options.attacks or sorted(path.stem for path in SHELF.glob("*.py"))
    print(f"{'':36} points  neighbour  grader's peak  explained in")
    with world() as known, Workers() as workers:
        result_of(ROOT / "tests" / "course" / "solutions", workers)  # warms up
        rows = [row_of(name, known, workers) for name in names]
    worst = [max(column) for column in zip(*rows, strict=True)]
    print_row(f"the worst of {len(rows)}", *worst)
    sys.exit(worst[0] > 0)


@contextmanager
def world() -> Iterator[dict[str, Any]]:
    """What attacks are told, so that they need not search."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder, socket.create_server(("127.0.0.1", 0)) as server:
        secret = Path(folder) / "canary.txt"
        secret.write_text("canary: the labels of the test set")
        yield {
            "secrets": [str(secret), str(COURSE.solution_path(SLUG)), str(ROOT / "solutions"), str(ROOT / "README.md")],
            "folders": [folder, str(ROOT)],
            "grader": os.getpid(),
            "port": server.getsockname()[1],
            "abstract": "hostile",
            "marker": "hostile",
        }


def row_of(name: str, known: dict[str, Any], workers: Workers) -> tuple[float, float, float, float]:
    """What an attack earned and cost: points, times for a neighbour, MB, and seconds of diagnosis."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        home = Path(folder)
        hand_in(home / name, (SHELF / f"{name}.py").read_text(encoding="utf-8"), known)
        hand_in(home / HONEST, COURSE.solution(SLUG), known)
        alone, _ = beside(home / HONEST, home / HONEST, workers)
        attacked, told = beside(home / HONEST, home / name, workers)
    row = told["points"], attacked / alone, told["peak"], told["explained"]
    print_row(name, *row)
    return row


def hand_in(home: Path, text: str, known: dict[str, Any]) -> None:
    """A submission, with what an attack is told beside it."""
    home.mkdir()
    (home / f"{SLUG}.py").write_text(text, encoding="utf-8")
    (home / "known.py").write_text(f"KNOWN = {known!r}\n", encoding="utf-8")


def beside(home: Path, other: Path, workers: Workers) -> tuple[float, dict[str, float]]:
    """The median seconds of an honest submission while another grader has the other one, and what that tells."""
    words = [sys.executable, __file__, "--grade", str(other)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it has imported everything
        seconds = []
        while process.poll() is None:
            begun = time.perf_counter()
            result = result_of(home, workers)
            seconds.append(time.perf_counter() - begun)
            if result.score != result.max_score:
                raise SystemExit(f"Beside {other.name} honest work gets {result.score} of {result.max_score}.")
        return statistics.median(seconds), json.loads(process.stdout.read())


def graded_again(home: Path) -> dict[str, float]:
    """Grade a submission for some seconds: its points, our peak of memory, the most seconds that explaining it took."""
    explained = [0.0]
    explain = recognition.explain

    def timed_explain(*args: Any) -> Any:
        begun = time.perf_counter()
        try:
            return explain(*args)
        finally:
            explained.append(time.perf_counter() - begun)

    recognition.explain = timed_explain
    with Workers() as workers:
        result_of(ROOT / "tests" / "course" / "solutions", workers)
        print("ready", flush=True)
        end = time.monotonic() + AT_LEAST
        results = [result_of(home, workers)]
        while time.monotonic() < end:
            results.append(result_of(home, workers))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {"points": max(result.score for result in results), "peak": peak, "explained": max(explained)}


def result_of(home: Path, workers: Workers) -> Result:
    """The result of a submission, as in a class, isolated as well as it can be."""
    setting = Setting(load_data=partial(data.load, "digits"), isolation="namespaces")
    return grade(Plan.of(COURSE, SLUG), Submission(home.name, home), setting, workers=workers)


def print_row(label: str, points: float, times: float, peak: float, seconds: float) -> None:
    """One line of the table."""
    print(f"{label:36} {points:6.1f} {times:9.2f}x {peak:11.0f} MB {seconds:11.2f} s", flush=True)


if __name__ == "__main__":
    main()
