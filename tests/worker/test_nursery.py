"""autograder.worker.nursery: graders share what they import, and nothing else with those who run submissions."""

from __future__ import annotations

import sys

import pytest

from autograder.sandbox.pool import run_parallel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")

ASKS_A_WORKER = """
import os, time
from autograder.actions import Call, asking
from autograder.sandbox.forkserver import Jail
from autograder.sandbox.process import WorkerProcess

os.environ["SECRET"] = "known to the grader"
worker = WorkerProcess(Jail("process", memory_mb=256))
source = "import os, sys\\ndef known(): return sorted(sys.modules), os.environ.get('SECRET'), os.getppid()"
load = {"op": "load", "sources": {"x": source}, "path": "x.py", "name": "x", "device": "cpu", "functions": ["known"]}
worker.request(load, deadline=time.monotonic() + 60)
(reply,) = worker.request(asking(Call(None, "known", (), {})), deadline=time.monotonic() + 60)["value"]
modules, secret, parent = reply["value"]
found = ("torch" in modules, [m for m in modules if m.startswith("autograder.grading")], secret, parent == os.getpid())
worker.kill()
"""


def evaluated(code: str) -> str:
    """An expression for the value of `found` after some code."""
    return f"(lambda scope: (exec({code!r}, scope), scope['found'])[1])({{}})"


def test_a_worker_has_the_imports_and_nothing_of_its_grader():
    """It is the fork of a fork of the nursery: torch is there, the grader's modules and variables are not."""
    ((_, found),) = run_parallel(eval, [evaluated(ASKS_A_WORKER)], 1)
    assert found == (True, [], None, False)


def test_graders_are_forks_of_one_process():
    """Two of them have the same parent, which has imported torch before them."""
    code = "import os, sys, time; found = os.getpid(), os.getppid(), 'torch' in sys.modules; time.sleep(0.2)"
    found = [answer for _, answer in run_parallel(eval, [evaluated(code)] * 4, 2)]
    assert len({grader for grader, _, _ in found}) == 2
    assert len({parent for _, parent, _ in found}) == 1
    assert {there for _, _, there in found} == {True}


MACHINE_CODE = """
import os, time
time.sleep(0.1)  # for the parent to be done with its start
lines = open(f"/proc/{os.getppid()}/smaps").read().splitlines()
heads = [i for i, line in enumerate(lines) if "-" in line.split()[0]]
code = [i for i in heads if lines[i].split()[1] == "r-xp"]
found = sum(int(next(line for line in lines[i:] if line.startswith("Rss:")).split()[1]) for i in code)
"""


def test_a_nursery_keeps_no_machine_code_in_memory():
    """Importing torch runs through tens of megabytes that an idle process does not need."""
    ((_, kilobytes),) = run_parallel(eval, [evaluated(MACHINE_CODE)], 1)
    assert kilobytes < 30 << 10
