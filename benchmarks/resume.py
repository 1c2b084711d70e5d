"""Is a run that is killed again and again the same as one that was not? A whole class, the real command, SIGKILL.

    python benchmarks/resume.py                            300 students x every assignment, killed ten times
    python benchmarks/resume.py --students 20 --kills 3    something smaller

Every third student hands in one of examples/class instead of the reference solutions. Times are left out of the
comparison, nothing else. Ends with exit code 1 if a byte differs.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GRADE = Path(sys.executable).with_name("grade")
TIMES = ('"seconds":', '"started":')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="of the moments of the kills")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="resume-") as folder:
        home = Path(folder)
        hand_in(home / "class", options.students)
        begun = time.perf_counter()
        start(home, "undisturbed", options.jobs).wait()
        seconds = time.perf_counter() - begun
        print(f"undisturbed: {len(results(home / 'undisturbed'))} results in {seconds:.0f} s")
        kill_and_resume(home, seconds, options)
        same = results(home / "killed") == results(home / "undisturbed")
        print(f"after {options.kills} kills and a last run: {'identical but for times' if same else 'NOT identical'}")
    sys.exit(not same)


def hand_in(folder: Path, students: int) -> None:
    """A class of copies of the reference solutions and of the demo class."""
    others = sorted(path for path in (ROOT / "examples" / "class").iterdir() if path.is_dir())
    for i in range(students):
        source = others[i // 3 % len(others)] if i % 3 == 2 else ROOT / "solutions"
        shutil.copytree(source, folder / f"student{i:03}", ignore=shutil.ignore_patterns("__pycache__"))


def start(home: Path, out: str, jobs: int) -> subprocess.Popen:
    """Begin to grade the class, in a process group of its own."""
    words = [GRADE, home / "class", "--course", ROOT, "--out", home / out, "--jobs", str(jobs)]
    environment = os.environ | {"TMPDIR": str(home), "CI": "1"}
    silent = subprocess.DEVNULL
    return subprocess.Popen(words, env=environment, stdout=silent, stderr=silent, start_new_session=True)


def kill_and_resume(home: Path, seconds: float, options: argparse.Namespace) -> None:
    """Kill a run at random moments spread over its work, each time telling how far it was; then let it end."""
    chance = random.Random(options.seed)
    for i in range(options.kills):
        run = start(home, "killed", options.jobs)
        time.sleep(chance.uniform(0.2, 2 * seconds / (options.kills + 1)))
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        print(f"kill {i + 1}: {len(results(home / 'killed'))} results are there, every one whole")
    start(home, "killed", options.jobs).wait()


def results(folder: Path) -> dict[str, str]:
    """Every stored file by its path, without the lines that hold times."""
    files = [*folder.glob("*/*.json"), *folder.glob("marks.csv")]
    return {str(file.relative_to(folder)): _timeless(file.read_text(encoding="utf-8")) for file in files}


def _timeless(text: str) -> str:
    if text.startswith("{") and not text.rstrip().endswith("}"):
        raise SystemExit("a result was cut off")
    return "".join(line for line in text.splitlines(keepends=True) if not line.strip().startswith(TIMES))


if __name__ == "__main__":
    main()
