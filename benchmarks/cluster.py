"""What a cluster costs: two workers of Dask beside two grader processes, and the memory of a client with a long queue.

    python benchmarks/cluster.py                     the throughput, and the memory with 3,000 submissions queued
    python benchmarks/cluster.py --submissions 40    fewer for the throughput

The throughput is that between the first and the last result, since starting takes each way seconds once. Both ways
alternate, and the best of the rounds counts. There are two classes: one hands in all assignments of the course, the
other only one whose checks take little time, where what a submission costs besides weighs more. The memory is the
client's peak until some results have come; the submissions are made up, 200 kB each.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from autograder.course import find_course

ROOT = Path(__file__).resolve().parents[1]
GRADE = Path(sys.executable).with_name("grade")
CHEAP = "matmul"
WAYS = {"--jobs 2": ("--jobs", "2"), "--cluster local:2": ("--cluster", "local:2")}


def main() -> None:
    """Parse the command line, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=160)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--queued", type=int, default=3000, help="0 leaves the memory out")
    options = parser.parse_args()
    # A shell that starts this in the background has it ignore Ctrl-C, and all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    slugs = find_course(ROOT).slugs
    with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
        home = Path(folder)
        hand_in(home / "course", slugs, options.submissions)
        print_throughput(home, "course", options.rounds)
        hand_in(home / CHEAP, [CHEAP], options.submissions)
        print_throughput(home, CHEAP, options.rounds)
        if options.queued:
            hand_in(home / "many", [CHEAP], options.queued, extra=200_000)
            print_memory(home, options.queued)


def hand_in(folder: Path, slugs: Sequence[str], count: int, *, extra: int = 0) -> None:
    """A class whose students hand in the references of these assignments, with a comment of so many bytes."""
    for number in range(count // len(slugs)):
        home = folder / f"student{number:04}"
        home.mkdir(parents=True)
        for slug in slugs:
            text = (ROOT / "solutions" / f"{slug}.py").read_text(encoding="utf-8")
            (home / f"{slug}.py").write_text(text + "#" * extra + "\n", encoding="utf-8")


def start(home: Path, group: str, out: str, *options: str) -> subprocess.Popen:
    """Begin to grade a class into a new folder."""
    shutil.rmtree(home / out, ignore_errors=True)
    words = [GRADE, home / group, "--course", ROOT, "--out", home / out, *options]
    return subprocess.Popen(
        words, env=os.environ | {"CI": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def results_of(run: subprocess.Popen):
    """The lines about results, as they come."""
    return (line for line in run.stderr if line.startswith("["))


def print_throughput(home: Path, group: str, rounds: int) -> None:
    """Results a second of a class with each way, in turn."""
    rates: dict[str, float] = dict.fromkeys(WAYS, 0.0)
    starts: dict[str, float] = {}
    for _ in range(rounds):
        for way, options in WAYS.items():
            begun = time.perf_counter()
            run = start(home, group, "results", *options)
            times = [time.perf_counter() for _ in results_of(run)]
            if run.wait() != 0:
                raise SystemExit(f"{way} ended with exit code {run.returncode}")
            rates[way] = max(rates[way], (len(times) - 1) / (times[-1] - times[0]))
            starts[way] = min(starts.get(way, times[0] - begun), times[0] - begun)
    print(f"{group}:")
    for way, rate in rates.items():
        print(f"  {way:18} {rate:6.2f} results a second; the first after {starts[way]:.1f} s")
    jobs, cluster = rates.values()
    print(f"  cluster / jobs     {cluster / jobs:6.2f}")


def print_memory(home: Path, queued: int) -> None:
    """The client's peak, with the scheduler in it, while all but the first results are queued."""
    run = start(home, "many", "many-results", "--cluster", "local:2")
    for number, _ in enumerate(results_of(run), start=1):
        if number == 100:
            break
    status = Path(f"/proc/{run.pid}/status").read_text()
    (peak,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    print(f"client with {queued} submissions queued: {int(peak) / 1000:.0f} MB at most")
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)


if __name__ == "__main__":
    main()
