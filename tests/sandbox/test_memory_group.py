"""autograder.sandbox.memory_group: a bound on all that a process holds, by the kernel itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox import memory_group
from autograder.sandbox.memory_group import ROOM_MB, MemoryGroup, bounds, group_for

needs_groups = pytest.mark.skipif(memory_group._parent() is None, reason="no cgroup can be made here")
# Waits for a line, so that it is in its group by then.
HOLDS = "import sys; sys.stdin.readline(); held = bytearray(int(sys.argv[1]) << 20); print(len(held))"


def holding(megabytes: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDS, str(megabytes)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@needs_groups
@pytest.mark.parametrize(("megabytes", "is_killed"), [(16, False), (ROOM_MB + 128, True)])
def test_a_group_bounds_what_its_process_holds(megabytes: int, is_killed: bool):
    """What stays below the limit runs to its end; what takes more is killed, and the group says so."""
    process = holding(megabytes)
    group = group_for(process.pid, 32)
    assert group is not None
    out, _ = process.communicate("go\n", timeout=60)
    assert (process.returncode != 0, out == "") == (is_killed, is_killed)
    assert group.has_killed() is is_killed
    group.close()
    assert not group._folder.exists()


@needs_groups
def test_groups_of_graders_that_were_killed_are_removed():
    """An empty group whose maker is gone does not stay; one of a living process does."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    parent = memory_group._parent()
    assert parent is not None
    stale, own = parent / f"autograder-{gone.pid}-0", parent / "autograder-1-7"
    stale.mkdir()
    own.mkdir()
    memory_group._remove_left_over(parent)
    assert (stale.exists(), own.exists()) == (False, True)
    own.rmdir()


def test_a_folder_that_is_no_cgroup_gives_no_group(tmp_path: Path):
    """What cannot bound memory is not taken for a group, and leaves nothing behind."""
    with pytest.raises(FileNotFoundError):
        MemoryGroup(tmp_path / "missing", 32, 1)
    assert list(tmp_path.iterdir()) == []


def test_the_bound_is_told_in_words():
    """One of two sentences, by what there is."""
    assert bounds() in ("a cgroup", "a watchdog and limits of each process")
