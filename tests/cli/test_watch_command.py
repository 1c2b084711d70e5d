"""`autograder watch` in a terminal, with real saves, and `autograder progress`."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.grading.progress import FILE_NAME

from .conftest import OURS

pytestmark = pytest.mark.slow

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LIMIT = 300  # seconds; far more than anything here takes
PROMPT = "q quit"


class Terminal:
    """A command in a pseudo-terminal."""

    def __init__(self, folder: Path, line: str, **environment: str) -> None:
        self._ours, self.theirs = pty.openpty()
        kept = {key: value for key, value in os.environ.items() if key not in OURS}
        script, *words = line.split()
        self.process = subprocess.Popen(
            [Path(sys.executable).with_name(script), *words],
            cwd=folder,
            env=kept | {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"} | environment,
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
        )
        self.raw = ""
        self._seen = 0

    def until(self, text: str) -> str:
        """Read until a text arrives; gives what was written since the last time, without control sequences."""
        end = time.monotonic() + LIMIT
        while text not in CONTROL.sub("", self.raw[self._seen :]):
            assert time.monotonic() < end, CONTROL.sub("", self.raw)
            if select.select([self._ours], [], [], 0.1)[0]:
                self.raw += os.read(self._ours, 1 << 16).decode("utf-8", "replace")
        told = CONTROL.sub("", self.raw[self._seen :])
        self._seen = len(self.raw)
        return told

    def press(self, key: str) -> None:
        os.write(self._ours, key.encode())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self.theirs)


@pytest.fixture
def kit(own: Path, work) -> Path:
    """A folder in which `double` is wrong."""
    (own / "scaling.py").write_text(work("3 * x"))
    return own


@pytest.fixture
def watched(kit: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts `autograder watch` in a terminal, in that folder."""
    terminals = []

    def start(**environment: str) -> Terminal:
        terminals.append(Terminal(kit, "autograder watch", **environment))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


def test_a_save_shows_the_new_verdict(watched, kit: Path, work):
    """From a failure to the friendly end, with a hint and the map on the way; the terminal is left as it was."""
    terminal = watched()
    before = termios.tcgetattr(terminal.theirs)
    told = terminal.until(PROMPT)
    assert "called: double(" in told
    assert 'Next: "Twice a tensor" in scaling.py.' in told
    terminal.press("h")
    assert "Hint 1 of 2: What is x + x?" in terminal.until(PROMPT)
    terminal.press("l")
    assert "4 of 10 points" in terminal.until(PROMPT).partition("Your progress")[2]

    (kit / "scaling.py").write_text(work())
    told = terminal.until(PROMPT)
    assert "10 of 10 points: 3 passed" in told
    assert "well done!" in told
    terminal.press("q")
    assert "Until next time" in terminal.until("Every assignment here is finished: hand in your files.")
    assert terminal.process.wait(LIMIT) == 0
    assert termios.tcgetattr(terminal.theirs) == before
    assert "Traceback" not in terminal.raw


def test_a_save_ends_a_run_that_never_answers(watched, kit: Path, work):
    """While a check runs the screen says so, and mended code is checked at once."""
    terminal = watched(NO_COLOR="1")
    terminal.until(PROMPT)
    (kit / "scaling.py").write_text(work("x").replace("    return x\n", "    while True:\n        x = x * 1\n"))
    assert "running for" in terminal.until("double(x) is x + x.")
    (kit / "scaling.py").write_text(work())
    told = terminal.until(PROMPT)
    assert "10 of 10 points: 3 passed" in told
    assert not re.search(r"\x1b\[[\d;]*3[1-7]m", terminal.raw)
    terminal.process.send_signal(signal.SIGINT)  # Ctrl-C, which this terminal has no session for
    terminal.until("Until next time")
    assert terminal.process.wait(LIMIT) == 0


@pytest.mark.parametrize("named", ["", " scaling", " scaling.py"])
def test_without_a_terminal_it_checks_once(run, kit: Path, named: str):
    """And says so; the exit code is that of `check`. What is watched may be named as there."""
    done = run(kit, f"autograder watch{named}")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("This is no terminal, so nothing is watched; your work is checked once.\n")
    assert "4 of 10 points: 1 passed, 2 failed" in done.stdout


def test_a_file_of_another_folder_is_refused(refused, kit: Path, tmp_path_factory):
    """Its saves would not be seen."""
    said = refused(tmp_path_factory.mktemp("elsewhere"), f"autograder watch {kit / 'scaling.py'}")
    assert "scaling.py does not lie in the folder that is watched: name its folder with --dir." in said


def test_progress_is_remembered_by_check(run, kit: Path, work):
    """Of the exercises that were checked, whatever is checked later."""
    assert "Nothing was checked here yet" in run(kit, "autograder progress").stdout
    run(kit, "autograder check")
    told = run(kit, "autograder progress").stdout
    assert "✗ ✓ scaling" in told
    assert "4 of 10 points" in told
    (kit / "scaling.py").write_text(work())
    run(kit, "autograder check --exercise double")
    assert "✓ ✓ scaling" in run(kit, "autograder progress").stdout


@pytest.mark.parametrize("damage", ["", "no JSON", '{"version": 1, "assignments": {"scaling": {"double": 3}}}', "[]"])
def test_a_broken_memory_is_none(run, kit: Path, damage: str):
    """It disturbs no command, and the next check mends it."""
    (kit / FILE_NAME).write_text(damage)
    done = run(kit, "autograder progress")
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 of 10 points" in done.stdout
