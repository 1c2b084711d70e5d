"""`grade` of a class that is killed, interrupted, split or changed: no finished result is lost or graded twice."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.course import Course

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="kills by signals")]

ENGINE = Path(__file__).resolve().parents[2] / "autograder"
PROGRAM = "import sys; from autograder.cli import _run; from autograder.cli.{0}_command import command; _run(command)"
WORK = "def double(x):\n    {}\n\n\nclass Counter:\n    def __init__(self, start=0):\n        self.total = start\n\n"
ADD = "    def add(self, amount):\n        {}\n"
CLASS = {  # what each student's functions do
    "ana": ("return x + x", "self.total += amount; return self.total"),
    "ben": ("return 2 * x", "self.total = amount; return self.total"),
    "cem": ("return x**2", "self.total += amount; return self.total"),
    "dee": ("x *= 2; return x", "return None"),
    "eve": ("raise NotImplementedError", "raise NotImplementedError"),
    "fay": ("import os; os._exit(3)", "self.total += amount; return self.total"),
    "gil": ("return x + 2", "raise ValueError('no')"),
    "hal": ("print('hello'); return x * 2.0", "self.total += amount; return self.total"),
    "ida": ("return x.nonsense", "self.total += amount; return self.total"),
    "jon": ("return None", "self.total += amount; return 0"),
    "kim": ("return 3 * x", "self.total += amount; return self.total"),
    "lea": ("return (", "return 1"),
}


@dataclass(frozen=True)
class Room:
    """A copy of the engine, a course and a class in a folder, which nobody else changes meanwhile."""

    root: Path

    def start(self, out: str, *options: str, command: str = "grade") -> subprocess.Popen[str]:
        """A run in a process group of its own; with the same secret everywhere, so that results can be compared."""
        (self.root / out).mkdir(exist_ok=True)
        (self.root / out / ".secret").write_text("5e" * 32)
        words = [sys.executable, "-c", PROGRAM.format(command), "class", "--course", "course", "--out", out, *options]
        environment = os.environ | {"PYTHONPATH": str(self.root), "TMPDIR": str(self.root / "tmp"), "CI": "1"}
        return subprocess.Popen(
            words, cwd=self.root, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip  # a suite that was started in the background ignores Ctrl-C, and so would what it starts

    def run(self, out: str, *options: str, command: str = "grade") -> tuple[set[str], str]:
        """A run to its end; gives the students that were graded, not taken as they were, and what stdout said."""
        run = self.start(out, *options, command=command)
        said, progress = run.communicate(timeout=300)
        assert run.returncode == 0, progress
        return {line.split()[1].split("/")[0] for line in progress.splitlines() if "(unchanged)" not in line}, said

    def results(self, out: str) -> dict[str, str]:
        """The stored files by name, each without its times and the signature, which follows from them."""
        found = {str(p.relative_to(self.root / out)): p.read_text() for p in (self.root / out).glob("*/*.json")}
        return {name: _timeless(text) for name, text in found.items()}

    def marks(self, out: str) -> str:
        """The table of marks."""
        return (self.root / out / "marks.csv").read_text()


def _timeless(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.strip().startswith(('"seconds":', '"started":', '"signature":')))


@pytest.fixture(scope="module")
def room(course: Course, tmp_path_factory) -> Room:
    """The class of twelve."""
    root = tmp_path_factory.mktemp("room")
    root.chmod(0o755)
    no_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ENGINE, root / "autograder", ignore=no_caches)
    shutil.copytree(course.root, root / "course", ignore=no_caches)
    (root / "tmp").mkdir()
    for student, (double, add) in CLASS.items():
        (root / "class" / student).mkdir(parents=True)
        text = WORK.format(double) + ADD.format(add)
        (root / "class" / student / "scaling.py").write_text(text)
    return Room(root)


@pytest.fixture(scope="module")
def undisturbed(room) -> str:
    """The folder of results of a run that nobody disturbed."""
    graded, _ = room.run("undisturbed", "--jobs", "1")
    assert graded == set(CLASS)
    return "undisturbed"


def becomes_empty(folder: Path) -> bool:
    """Whether a folder is empty within a minute; fork servers end by themselves when their grader is gone."""
    end = time.monotonic() + 60
    while list(folder.iterdir()) and time.monotonic() < end:
        time.sleep(0.05)
    return not list(folder.iterdir())


def kill_at_a_random_moment(run: subprocess.Popen[str], chance: random.Random) -> None:
    """End a run and its group, without a warning, early or after some more results."""
    for _ in range(chance.randrange(3)):
        run.stderr.readline()
    time.sleep(chance.uniform(0, 0.3))
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate(timeout=60)


def test_a_run_that_is_killed_ten_times_ends_like_one_that_was_not(room, undisturbed):
    """Same bytes but for times; finished results are whole after every kill and stay as they are; nothing is left."""
    chance = random.Random(20)
    finished: dict[Path, bytes] = {}
    for _ in range(10):
        kill_at_a_random_moment(room.start("killed", "--jobs", "1"), chance)
        files = {path: path.read_bytes() for path in (room.root / "killed").glob("*/*.json")}
        assert all(json.loads(content)["max_score"] == 10 for content in files.values())
        assert {path: files.get(path) for path in finished} == finished
        finished = files
    assert finished  # else the kills came too early to show anything
    graded, _ = room.run("killed", "--jobs", "1")
    assert graded == set(CLASS) - {path.parent.name for path in finished}
    assert all(path.read_bytes() == content for path, content in finished.items())
    assert room.results("killed") == room.results(undisturbed)
    assert room.marks("killed") == room.marks(undisturbed)
    assert becomes_empty(room.root / "tmp")


def test_an_interrupted_run_keeps_what_is_finished(room, undisturbed):
    """Ctrl-C ends it with its own exit code, the table of marks written; the next run goes on."""
    for out in (f"interrupted{i}" for i in range(20)):
        run = room.start(out, "--jobs", "1")
        run.stderr.readline()
        os.killpg(run.pid, signal.SIGINT)
        _, rest = run.communicate(timeout=120)
        if run.returncode != 0:  # else it had ended before we could interrupt it
            break
    assert run.returncode == 130
    assert "every finished result is kept" in rest
    before = room.results(out)
    assert 1 <= len(before)
    assert room.marks(out).count("\n") == 1 + len(before)
    graded, _ = room.run(out, "--jobs", "1")
    assert len(graded) == len(CLASS) - len(before)
    assert room.results(out) == room.results(undisturbed)


def test_two_jobs_give_the_results_of_one(room, undisturbed):
    """Also when the grader itself, but not its helpers, is killed in between, which leaves no process behind."""
    run = room.start("parallel", "--jobs", "2")
    run.stderr.readline()
    run.kill()
    assert run.communicate(timeout=120)[1] is not None  # the pipe ends with the last process that holds it
    assert becomes_empty(room.root / "tmp")
    room.run("parallel", "--jobs", "2")
    assert room.results("parallel") == room.results(undisturbed)
    assert room.marks("parallel") == room.marks(undisturbed)


@pytest.fixture
def own(room, undisturbed, tmp_path) -> Room:
    """A copy of the room with its finished results, to change something in."""
    tmp_path.chmod(0o755)
    return Room(Path(shutil.copytree(room.root, tmp_path / "room")))


def append(path: Path, text: str = "\n# mended\n") -> None:
    path.write_text(path.read_text() + text)


def test_what_did_not_change_is_not_graded_again(own, undisturbed):
    """Only the student whose file changed is, then nobody."""
    append(own.root / "class" / "ben" / "scaling.py")
    assert own.run(undisturbed)[0] == {"ben"}
    assert own.run(undisturbed)[0] == set()


@pytest.mark.parametrize(
    ("file", "options"),
    [
        ("course/assignments/scaling/hidden_checks.py", []),
        ("autograder/text.py", []),
        (None, ["--seed", "1"]),
    ],
    ids=["check", "engine", "seed"],
)
def test_a_change_of_what_everybody_depends_on_grades_everybody_again(own, undisturbed, file: str | None, options):
    """A check, the engine or the seed."""
    if file:
        append(own.root / file)
    assert own.run(undisturbed, *options)[0] == set(CLASS)


def test_regrade_shows_whose_mark_moved(own, undisturbed):
    """After a check was mended: before, after and how many, and nobody else's name."""
    checks = own.root / "course" / "assignments" / "scaling" / "checks.py"
    checks.write_text(checks.read_text().replace("counter.add(3), 6", "counter.add(3), 3").replace(" == 6", " == 3"))
    graded, said = own.run(undisturbed, command="regrade")
    assert graded == set(CLASS)
    assert "12 of 12 graded again" in said
    rows = [line for line in said.splitlines() if any(f" {student} " in line for student in CLASS)]
    assert any(" ben " in row and "8" in row and "10" in row for row in rows), said
