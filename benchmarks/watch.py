"""How long after a save `autograder watch` shows the new verdict on the cheapest exercise of the first assignment.

    python benchmarks/watch.py [--saves N]

A kit is watched in a pseudo-terminal. Its file changes between the reference and the stub, and the time is taken from
the save until the line of the first exercise is on the screen. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import select
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.authoring.kit import start_kit
from autograder.course import Course

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LIMIT = 120  # seconds


def main() -> None:
    """Print the median and the worst of some saves."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--saves", type=int, default=10)
    saves = parser.parse_args().saves
    course = Course(Path(__file__).resolve().parents[1])
    slug = course.slugs[0]
    with tempfile.TemporaryDirectory() as folder:
        kit = Path(folder)
        start_kit(course.kit, kit, (slug,))
        seconds = measured(kit / f"{slug}.py", course.solution(slug) or "", saves)
    middle = statistics.median(seconds)
    print(f"watch: new verdict {middle:.2f} s after a save (median of {saves}, worst {max(seconds):.2f} s)")


def measured(file: Path, solution: str, saves: int) -> list[float]:
    """Seconds from each save of the reference to its first verdict."""
    stub = file.read_text(encoding="utf-8")
    ours, theirs = pty.openpty()
    program = Path(sys.executable).with_name("autograder")
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    seconds = []
    with subprocess.Popen([program, "watch"], cwd=file.parent, env=environment, stdin=theirs, stdout=theirs) as process:
        until(ours, "q quit")
        for _ in range(saves):
            file.write_text(solution, encoding="utf-8")
            begun = time.perf_counter()
            until(ours, "\u2713 1 ")
            seconds.append(time.perf_counter() - begun)
            until(ours, "q quit")
            file.write_text(stub, encoding="utf-8")
            until(ours, "q quit")
        os.write(ours, b"q")
        until(ours, "Until next time")
        process.wait()
    return seconds


def until(terminal: int, text: str) -> None:
    """Read until a text is on the screen."""
    told = ""
    end = time.monotonic() + LIMIT
    while text not in CONTROL.sub("", told):
        if time.monotonic() > end:
            raise TimeoutError(f"{text!r} did not come")
        if select.select([terminal], [], [], 0.05)[0]:
            told += os.read(terminal, 1 << 16).decode("utf-8", "replace")


if __name__ == "__main__":
    main()
