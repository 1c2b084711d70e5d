"""What 100,000 submissions need: nodes and time by simulation, and what can be done with so many results.

    python benchmarks/scale.py simulate                       a table of nodes and hours, from measured costs
    python benchmarks/scale.py simulate --grade 2.5           with submissions that take 2.5 s each
    python benchmarks/scale.py client                         measures what the client does for one result
    python benchmarks/scale.py results --count 100000         time and memory to report, to resume and to make tables

The simulation follows every submission through the client, the scheduler, a grader process of a node, and back. The
client and the scheduler do one thing at a time; a network carries so many bytes a second. docs/scale.md explains.
"""

from __future__ import annotations

import argparse
import heapq
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from report import make_up

from autograder.cluster.messages import decoded
from autograder.cluster.parcels import packed
from autograder.course import find_course
from autograder.grading.classroom import Task
from autograder.grading.results import ResultsFolder
from autograder.plan import Plan
from autograder.submissions.files import Submission

AUTOGRADER = Path(sys.executable).with_name("autograder")
AHEAD = 2  # as in cluster/graders.py
TEMPLATES = 60
SIMULATED = 100_000
RESUME = """
import sys
from pathlib import Path
from autograder.grading.results import ResultsFolder, read_result
folder = ResultsFolder(Path(sys.argv[1]))
assert folder.set_aside_broken() == []
for path in sorted(folder.root.glob("*/*.json")):
    read_result(path)
"""
TABLES = """
import sys
from pathlib import Path
from autograder.grading.results import ResultsFolder
ResultsFolder(Path(sys.argv[1])).write_marks((sys.argv[2],))
"""


@dataclass(frozen=True)
class Costs:
    """Seconds and bytes of one submission, as measured; see docs/scale.md.

    Args:
        grade: on one core of a node.
        client: packing, checking and storing, one after the other.
        scheduler: of Dask, for one task.
        size: bytes there and back.
        bandwidth: bytes a second of the client's network.
    """

    grade: float
    client: float
    scheduler: float
    size: float
    bandwidth: float


def main() -> None:
    """Parse the command line, and do one of the three."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ways = parser.add_subparsers(dest="way", required=True)
    way = ways.add_parser("simulate")
    way.add_argument("--grade", type=float, default=0.5, help="seconds on one core")
    way.add_argument("--client", type=float, default=0.005)
    way.add_argument("--scheduler", type=float, default=0.001)
    way.add_argument("--size", type=float, default=40e3, help="bytes of a submission and its result")
    way.add_argument("--bandwidth", type=float, default=100e6, help="bytes a second")
    way.add_argument("--counts", type=int, nargs="+", default=[100_000, 1_000_000])
    way.add_argument("--processes", type=int, nargs="+", default=[16, 64, 128, 256, 1024])
    ways.add_parser("client")
    way = ways.add_parser("results")
    way.add_argument("--count", type=int, default=100_000)
    options = parser.parse_args()
    if options.way == "simulate":
        print_table(options)
    elif options.way == "client":
        print_client()
    else:
        print_results(options.count)


def print_table(options: argparse.Namespace) -> None:
    """Hours for each number of submissions and of grader processes."""
    costs = Costs(options.grade, options.client, options.scheduler, options.size, options.bandwidth)
    print("processes " + "".join(f"{count:>24,}" for count in options.counts))
    for processes in options.processes:
        cells = []
        for count in options.counts:
            seconds = simulated(costs, count, processes)
            busy = count * costs.grade / processes / seconds
            cells.append(f"{seconds / 3600:10.2f} h ({busy:4.0%} busy)")
        print(f"{processes:9} " + "".join(f"{cell:>24}" for cell in cells))


def simulated(costs: Costs, count: int, processes: int) -> float:
    """Seconds until so many submissions are stored; of very many the first part is followed, the rest has its rate."""
    few = min(count, SIMULATED)
    return _Simulation(costs, few, processes).run() * count / few


class _Simulation:
    """Every submission takes these steps, one after the other; whoever does a step does one thing at a time."""

    def __init__(self, costs: Costs, count: int, processes: int) -> None:
        carried = costs.size / 2 / costs.bandwidth
        there = [("client", costs.client / 2), ("scheduler", costs.scheduler / 2), ("network", carried)]
        self._steps = [*there, ("node", costs.grade), *reversed(there)]
        self._waiting = count
        self._places = min(AHEAD * processes, count)
        self._processes = processes
        self._free: dict[tuple[str, int], float] = {}  # when each becomes free
        self._events: list[tuple[float, int, int]] = []  # when a step can begin, which, and at which node it ends up

    def run(self) -> float:
        """Seconds until the last result is stored."""
        for place in range(self._places):
            self._begin(0.0, place % self._processes)
        now = 0.0
        while self._events:
            moment, step, node = heapq.heappop(self._events)
            who, seconds = self._steps[step]
            key = (who, node if who == "node" else 0)
            now = max(moment, self._free.get(key, 0.0)) + seconds
            self._free[key] = now
            if step + 1 < len(self._steps):
                heapq.heappush(self._events, (now, step + 1, node))
            elif self._waiting:
                self._begin(now, node)
        return max(self._free.values())

    def _begin(self, now: float, node: int) -> None:
        self._waiting -= 1
        heapq.heappush(self._events, (now, 0, node))


def print_client() -> None:
    """Computing of the client for one result of usual size: to pack a submission, to decode an answer, to store it."""
    course = find_course()
    slug = course.slugs[0]
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        root = Path(folder)
        make_up(root / "results", [Plan.of(course, slug)], TEMPLATES)
        (root / "ana").mkdir()
        (root / "ana" / f"{slug}.py").write_text(course.solution(slug), encoding="utf-8")
        task = Task(Submission("ana", root / "ana"), slug)
        texts = [path.read_bytes() for path in sorted((root / "results").glob("*/*.json"))]
        answers = [json.dumps({"result": json.loads(text)}).encode() for text in texts]
        stored = ResultsFolder(root / "stored")
        print_each("pack", lambda: [packed(task) for _ in answers])
        results = [decoded(answer, task) for answer in answers]
        print_each("decode", lambda: [decoded(answer, task) for answer in answers])
        print_each("store", lambda: [stored.write(result) for result in results])
        print(f"an answer has {sum(map(len, answers)) / len(answers) / 1000:.0f} kB")


def print_each(what: str, action) -> None:
    """Milliseconds of computing, and of waiting for the disk too, for each of the results."""
    begun = time.perf_counter(), time.process_time()
    action()
    wall = 1000 * (time.perf_counter() - begun[0]) / TEMPLATES
    computing = 1000 * (time.process_time() - begun[1]) / TEMPLATES
    print(f"{what:8} {computing:6.2f} ms of computing, {wall:6.2f} ms in all")


def print_results(count: int) -> None:
    """Time and memory of what is done with all results."""
    course = find_course()
    slug = course.slugs[0]
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        root = Path(folder) / "results"
        copy_made_up(root, Plan.of(course, slug), count)
        print_command("report", [AUTOGRADER, "report", root, "--course", course.root])
        print(f"         the page has {(root / 'report' / 'index.html').stat().st_size / 1e6:.1f} MB")
        print_command("resume", [sys.executable, "-c", RESUME, root])
        print_command("tables", [sys.executable, "-c", TABLES, root, slug])


def copy_made_up(root: Path, plan: Plan, count: int) -> None:
    """Some made-up results under many names."""
    few = root.with_name("few")
    make_up(few, [plan], TEMPLATES)
    texts = [path.read_text() for path in sorted(few.glob("*/*.json"))]
    for number in range(count):
        chosen = number % TEMPLATES
        home = root / f"student{number:06}"
        home.mkdir(parents=True)
        text = texts[chosen].replace(f'"student{chosen:04}"', f'"{home.name}"')
        (home / f"{plan.assignment.slug}.json").write_text(text)
    shutil.rmtree(few)


def print_command(what: str, words: list) -> None:
    """Time, computing and peak of memory of a command."""
    begun = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = 0
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, peak_of(process.pid))
            time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"{what} ended with exit code {process.returncode}")
    seconds = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    computing = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{what:8} {seconds:6.1f} s, computing {computing:.1f} s, {peak / 1000:.0f} MB", flush=True)


def peak_of(pid: int) -> int:
    """The peak of a process's memory so far in kB; what is known of children that ended counts its parent's too."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return max((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), default=0)


if __name__ == "__main__":
    main()
