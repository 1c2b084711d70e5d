"""`grade --cluster`, as a user types it: the same results as on this machine, whatever happens to nodes and client."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course import Course

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]

GRADE = Path(sys.executable).with_name("grade")
ENGINE = Path(__file__).resolve().parents[2] / "autograder"
TIMES = ('"seconds":', '"started":', '"signature":')  # which follows from the others
WORK = """import torch


def double(x):
    return {}


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        self.total {} amount
        return self.total
"""
CLASS = {
    "ana": WORK.format("x + x", "+="),
    "ben": WORK.format("x**2", "="),
    "cem": WORK.format("x + 2", "+="),
    "dee": "def double(x):\n    return (",
    "eve": "import os\nos._exit(3)\n",
    "fay": WORK.format("x.nonsense", "+="),
    "gil": WORK.format("print('hello') or 2.0 * x", "+="),
    "hal": WORK.format("float('nan') * x", "+="),
}


@pytest.fixture(scope="module")
def room(course: Course, tmp_path_factory) -> Path:
    """A copy of the engine, which nobody changes meanwhile, two courses that differ in a comment, and a class."""
    root = tmp_path_factory.mktemp("cluster")
    no_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ENGINE, root / "autograder", ignore=no_caches)
    for name in ("course", "other"):
        shutil.copytree(course.root, root / name, ignore=no_caches)
    with (root / "other" / "assignments" / "scaling" / "checks.py").open("a") as file:
        file.write("# other\n")
    for student, text in CLASS.items():
        (root / "class" / student).mkdir(parents=True)
        (root / "class" / student / "scaling.py").write_text(text)
    return root


def start(room: Path, out: str, *options: str) -> subprocess.Popen[str]:
    """A run in a process group of its own; with the same secret everywhere, so that results can be compared."""
    (room / out).mkdir(exist_ok=True)
    (room / out / ".secret").write_text("5e" * 32)
    words = [GRADE, "class", "--out", out, *options]
    if "--course" not in options:
        words += ["--course", "course"]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        words, cwd=room, env=environment(room), stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )


def environment(room: Path) -> dict[str, str]:
    """What makes a command use the engine of the room, and say in lines what it does."""
    return os.environ | {"CI": "1", "PYTHONPATH": str(room)}


def wait_for_a_result(run: subprocess.Popen[str]) -> None:
    """Until the first result is stored; on a busy machine there are notes before it."""
    while not run.stderr.readline().startswith("[1/"):
        assert run.poll() is None


def finish(run: subprocess.Popen[str]) -> list[str]:
    """What a run that must succeed says on stderr."""
    said, progress = run.communicate(timeout=300)
    assert run.returncode == 0, progress
    assert "isolation: " in said
    return progress.splitlines()


def results(folder: Path) -> dict[str, str]:
    """Every stored file by its path, without the lines that hold times."""
    stored = {}
    for path in [*folder.glob("*/*.json"), *folder.glob("marks*.csv")]:
        lines = path.read_text().splitlines()
        stored[str(path.relative_to(folder))] = "\n".join(x for x in lines if not x.strip().startswith(TIMES))
    return stored


@pytest.fixture(scope="module")
def alone(room: Path) -> dict[str, str]:
    """The results of a run on this machine."""
    finish(start(room, "alone", "--jobs", "1"))
    return results(room / "alone")


def processes_of(run: subprocess.Popen[str]) -> list[int]:
    """The workers of Dask that a run has started."""
    children = Path(f"/proc/{run.pid}/task").glob("*/children")
    pids = " ".join(path.read_text() for path in children).split()
    return [pid for pid in map(int, pids) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_the_results_are_those_of_this_machine_though_a_worker_dies(room: Path, alone):
    """Every byte but times; what the worker had is graded again."""
    run = start(room, "killed", "--cluster", "local:2")
    wait_for_a_result(run)
    os.kill(processes_of(run)[0], signal.SIGKILL)
    finish(run)
    assert results(room / "killed") == alone


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_a_client_that_is_ended_goes_on_where_it_was(room: Path, alone, ending: signal.Signals):
    """Ctrl-C is told in a line; nothing of what was finished is graded again, and no process is left."""
    out = ending.name
    run = start(room, out, "--cluster", "local:2")
    wait_for_a_result(run)
    left = processes_of(run)
    os.killpg(run.pid, ending)
    _, rest = run.communicate(timeout=60)
    if ending == signal.SIGINT:
        assert run.returncode == 130
        assert rest.splitlines()[-1] == "Interrupted; every finished result is kept."
        assert "Traceback" not in rest
    assert not [pid for pid in left if not ends(pid)]
    finished = results(room / out)
    lines = finish(start(room, out, "--jobs", "1"))
    assert sum("(unchanged)" in line for line in lines) == sum(name.endswith("json") for name in finished) >= 1
    assert results(room / out) == alone


def ends(pid: int) -> bool:
    """Whether a process ends within some seconds."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def scheduler(room: Path) -> Iterator[str]:
    """A scheduler with one node, started by hand and without a nanny, which has the other course."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    dask = [sys.executable, "-m", "dask"]
    port = address.rpartition(":")[2]
    with contextlib.ExitStack() as ending:
        for words in (
            ["scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"],
            ["worker", address, "--no-nanny", "--nthreads", "2", "--no-dashboard"],
        ):
            process = subprocess.Popen(
                [*dask, *words],
                cwd=room / "other",
                env=environment(room),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            ending.callback(process.wait, 30)
            ending.callback(process.terminate)
        yield address


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--course", "course"], "its assignment of scaling is not the one here."),
        (
            ["--course", "other", "--isolation", "process", "--require-isolation", "landlock"],
            "Isolation landlock is required, but the strongest that holds here is process.",
        ),
    ],
    ids=["another course", "a weaker isolation"],
)
def test_a_node_that_will_not_do_is_refused_in_a_line(room: Path, scheduler: str, options: list[str], why: str):
    """Nothing is graded."""
    run = start(room, "refused", "--cluster", scheduler, *options)
    said, told = run.communicate(timeout=300)
    assert (run.returncode, said) == (2, "")
    *notes, error = told.splitlines()
    assert error.startswith("Error: The node tcp://127.0.0.1:")
    assert error.endswith(f" cannot take part: {why}")
    assert [note for note in notes if not note.startswith("Note: Waiting for nodes")] == []
    assert not list((room / "refused").glob("*/*.json"))


def test_a_node_with_the_same_course_grades_it(room: Path, scheduler: str, alone):
    """With two threads too it grades one submission at a time; the marks are those of this machine."""
    lines = finish(start(room, "by hand", "--cluster", scheduler, "--course", "other"))
    assert sum(line.startswith("[") for line in lines) == len(CLASS)
    marks = results(room / "by hand")
    assert {name: text for name, text in marks.items() if name.endswith("csv")} == {
        name: text for name, text in alone.items() if name.endswith("csv")
    }


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--cluster", "local:2", "--jobs", "2"], "--jobs is for this machine alone"),
        (["--cluster", "local:none"], "local:none is no cluster"),
        (["--cluster", "tls://127.0.0.1:1"], "it asks for a certificate"),
        (["--tls-cert", "class/ana/scaling.py"], "--tls-cert is for a cluster: name its scheduler"),
    ],
)
def test_wrong_use_is_told_in_a_line(refused, room: Path, options: list[str], why: str):
    """Before anything starts."""
    assert why in refused(room, f"grade class --course course --out wrong {' '.join(options)}")
