"""Commands that start from a process which has imported torch do what they do in a Python of their own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from autograder.sandbox.forkserver import CAN_FORK

from .warm import Warm, run_afresh

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CAN_FORK, reason="only Linux has a fork server")]

WRONG = "def double(x):\n    print('hello')\n    return 3 * x\n"
COMMANDS = {  # by what they end with: 0, a failed check, wrong use
    "autograder list": 0,
    "autograder check scaling --all": 1,
    "grade nobody": 2,
}


@pytest.fixture
def kit(course, tmp_path: Path) -> Path:
    """The miniature course as a student sees it, with an answer that is wrong."""
    (tmp_path / "assignments" / "scaling").mkdir(parents=True)
    for name in ("assignment.toml", "checks.py", "handout.md"):
        file = course.assignments_folder / "scaling" / name
        (tmp_path / "assignments" / "scaling" / name).write_bytes(file.read_bytes())
    (tmp_path / "scaling.py").write_text(WRONG)
    return tmp_path


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_ends_and_says_the_same(warm: Warm, kit: Path, line: str):
    """Exit code and both streams, in the folder and with the environment that it is given."""
    words = line.split()
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "100", "NO_COLOR": "1"}
    ours = warm.run(words, kit, environment, timeout=300)
    own = run_afresh(words, kit, environment, timeout=300)
    assert (ours.returncode, ours.stdout, ours.stderr) == (own.returncode, own.stdout, own.stderr)
    assert ours.returncode == COMMANDS[line]


def test_a_command_that_never_ends_is_ended(warm: Warm, kit: Path):
    """As `subprocess.run` does it."""
    (kit / "scaling.py").write_text("import time\ntime.sleep(600)\n")
    with pytest.raises(subprocess.TimeoutExpired):
        warm.run(["autograder", "check", "scaling"], kit, {}, timeout=1)


def test_nothing_is_kept_from_one_command_to_the_next(warm: Warm, kit: Path):
    """Each begins where torch was imported and nothing else had happened."""
    first = warm.run(["autograder", "check", "scaling"], kit, {"NO_COLOR": "1"}, timeout=300)
    (kit / "scaling.py").unlink()
    without = warm.run(["autograder", "check", "scaling"], kit, {"NO_COLOR": "1"}, timeout=300)
    assert first.stdout != without.stdout
