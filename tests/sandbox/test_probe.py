"""autograder.sandbox.probe: the level of a run is one that holds, and never weaker than was asked for."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from autograder.model import ISOLATION_LEVELS
from autograder.sandbox import probe
from autograder.sandbox.spec import IsolationError, SandboxSpec
from autograder.sandbox.workers import Workers

from ..ordinary_user import run_as_nobody

pytestmark = pytest.mark.slow

HOLDS = {"process": "", "landlock": "", "uid": "only root can", "namespaces": "it read a file"}


@pytest.fixture
def machine(monkeypatch) -> Workers:
    """A machine on which two levels hold, as a probe would find out."""
    monkeypatch.setattr(probe, "escape", lambda level, *, gpu, workers: HOLDS[level])
    return Workers()


@pytest.mark.parametrize(
    ("wanted", "required", "chosen"),
    [
        ("auto", None, "landlock"),
        ("auto", "process", "landlock"),
        ("auto", "landlock", "landlock"),
        ("landlock", None, "landlock"),
        ("process", None, "process"),
        ("none", None, "process"),
    ],
)
def test_the_strongest_level_that_holds_is_chosen(machine, wanted: str, required: str | None, chosen: str):
    """Unless another one is asked for by name."""
    assert probe.choose(wanted, required, gpu=False, workers=machine) == chosen


@pytest.mark.parametrize(
    ("wanted", "required", "says"),
    [
        ("namespaces", None, "Isolation namespaces cannot be had here: it read a file."),
        ("uid", "process", "Isolation uid cannot be had here: only root can."),
        ("auto", "uid", "Isolation uid is required, but the strongest that holds here is landlock."),
        ("none", "landlock", "Isolation landlock is required, but the strongest that holds here is process."),
    ],
)
def test_a_weaker_run_is_an_error(machine, wanted: str, required: str | None, says: str):
    """Nothing is graded at a level that does not hold, or that is weaker than demanded."""
    with pytest.raises(IsolationError) as caught:
        probe.choose(wanted, required, gpu=False, workers=machine)
    assert str(caught.value).startswith(says.rstrip("."))


def test_a_probe_notices_what_does_not_hold(monkeypatch, workers):
    """Where confinement did nothing, the worker would read our files, and the probe says so."""
    monkeypatch.setattr(probe, "SandboxSpec", lambda level, gpu: SandboxSpec("process", gpu))
    found = probe.escape(ISOLATION_LEVELS[-1], gpu=False, workers=workers)
    assert found == "it read a file of the grader's (True)"


NO_LANDLOCK = ("__init__.py", "        if landlock.version():\n", "        if False:\n")
NO_SECCOMP = ("__init__.py", "        seccomp.install(", "        (lambda **_: None)(")
WEAKENED = {  # what somebody might break, and what a probe then says
    "no Landlock where nothing else protects files": (
        "landlock",
        [NO_LANDLOCK],
        "it read a file of the grader's",
    ),
    "Landlock that lets signals out": (
        "landlock",
        [("landlock.py", "handled.append(SCOPED)", "handled.append(0)")],
        "it could send the grader signals",
    ),
    "root without a file tree": (
        "namespaces",
        [
            ("__init__.py", "            jail.enter(self._root)", "            pass"),
            ("__init__.py", "            _become_nobody_else(scratch)", "            pass"),
        ],
        "it read a file of the grader's",
    ),
    "the network of the machine": (
        "namespaces",
        [("jail.py", " | kernel.CLONE_NEWNET", ""), NO_LANDLOCK, NO_SECCOMP],
        "it reached a server on this machine",
    ),
}


@pytest.fixture
def weakened(monkeypatch, tmp_path) -> Iterator[Callable[[list[tuple[str, str, str]]], Workers]]:
    """Workers of a copy of the engine in which some text of the confinement is another."""

    def replace(edits: list[tuple[str, str, str]]) -> Workers:
        engine = Path(probe.__file__).parents[1]
        copy = shutil.copytree(engine, tmp_path / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
        for name, old, new in edits:
            path = copy / "worker" / "confinement" / name
            assert path.read_text().count(old) == 1, f"{name} changed: this test must change with it"
            path.write_text(path.read_text().replace(old, new))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        return opened.enter_context(Workers())

    with ExitStack() as opened:
        yield replace


@pytest.mark.skipif(sys.platform != "linux", reason="confinement needs Linux")
@pytest.mark.parametrize(("level", "edits", "says"), WEAKENED.values(), ids=WEAKENED)
def test_a_weakened_confinement_is_noticed(weakened, workers, level: str, edits: list, says: str):
    """The probe reports a worker that was let out, by whichever layer, so that its level is not used."""
    reason = probe.escape(level, gpu=False, workers=workers)
    if reason:
        pytest.skip(f"no isolation {level} here: {reason}")
    assert probe.escape(level, gpu=False, workers=weakened(edits)).startswith(says)


@pytest.fixture(scope="module")
def as_an_ordinary_user() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Python as user nobody."""
    return lambda code: run_as_nobody([sys.executable, "-c", code], {})


ESCAPES_OF_ALL_LEVELS = """
from autograder.sandbox.probe import LEVELS, escape
from autograder.sandbox.workers import Workers
with Workers() as workers:
    print([escape(level, gpu=False, workers=workers) for level in LEVELS])
"""


def test_an_ordinary_user_is_protected_too(as_an_ordinary_user, workers):
    """Without root, levels that hold for everybody hold here as they do for root; uid is refused with its reason."""
    done = as_an_ordinary_user(ESCAPES_OF_ALL_LEVELS)
    assert done.returncode == 0, done.stderr
    process, landlock, uid, namespaces = ast.literal_eval(done.stdout)
    assert process == ""
    assert "only root can give every worker a user of its own" in uid
    assert landlock == probe.escape("landlock", gpu=False, workers=workers)
    assert namespaces == "" or "does not allow isolation namespaces" in namespaces


LOCKED_FOLDERS = """
import os, tempfile
from autograder.worker.confinement import Confinement
confinement = Confinement("landlock")
scratch = confinement._scratch[1] = tempfile.mkdtemp()
os.makedirs(f"{scratch}/a/b/c")
os.symlink("/", f"{scratch}/a/link")
for folder in ("a/b/c", "a/b", "a"):
    os.chmod(f"{scratch}/{folder}", 0)
confinement.forget(1)
print(os.path.exists(scratch))
"""


def test_folders_that_a_worker_locked_are_removed(as_an_ordinary_user):
    """Only root could do that without unlocking them first."""
    done = as_an_ordinary_user(LOCKED_FOLDERS)
    if "no Landlock" in done.stderr:
        pytest.skip(f"There is no Landlock here: {done.stderr}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "False\n", "")
