"""autograder.worker.forkserver: graders share what they import, and nothing else with those who run submissions."""

from __future__ import annotations

import sys

import pytest

from autograder.sandbox.pool import run_parallel
from autograder.sandbox.spec import SandboxSpec

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")]


class RunsCode:
    """What the graders of this file do: they run code and return its `found`; this file they could not import."""

    def __reduce__(self) -> tuple:
        return eval, ("lambda code, workers: [scope := {'workers': workers}, exec(code, scope), scope['found']][-1]",)


ASKS_A_WORKER = """
import os, signal, time
from autograder.actions import Call, asking
from autograder.sandbox.spec import SandboxSpec

def ask_a_worker():
    worker = workers.start(SandboxSpec(memory_mb=256))
    source = "import os, sys\\ndef known(): return sorted(sys.modules), os.environ.get('SECRET'), os.getppid()"
    load = {"op": "load", "sources": {"x": source}, "path": "x.py", "name": "x", "device": "cpu", "functions": []}
    worker.request(load, deadline=time.monotonic() + 60)
    request = asking(Call(None, "known", (), {}))
    (reply,) = worker.request(request, deadline=time.monotonic() + 60)["value"]
    worker.kill()
    return reply["value"]

os.environ["SECRET"] = "known to the grader"
"""
ASKS = f"{ASKS_A_WORKER}found = os.getpid(), *ask_a_worker()"
ASKS_AGAIN = f"{ASKS_A_WORKER}os.kill(ask_a_worker()[2], signal.SIGKILL)\nfound = os.getpid(), *ask_a_worker()"
GROUND = ("actions", "errors", "evidence", "hosting", "model", "slips", "values")  # knows nothing of a course
OF_THE_WORKER = {"autograder", *(f"autograder.{name}" for name in GROUND)}


@pytest.mark.parametrize("code", [ASKS, ASKS_AGAIN], ids=["its first zygote", "after the death of a zygote"])
@pytest.mark.parametrize("specs", [[SandboxSpec()], []], ids=["with a zygote", "without a zygote"])
def test_a_worker_has_the_imports_and_nothing_of_its_grader(workers, code: str, specs: list):
    """Whether its zygote was there with the grader or came later, it is no fork of the grader, which knows secrets."""
    ((_, found),) = run_parallel(RunsCode(), [code], processes=1, workers=workers, specs=specs)
    grader, modules, secret, zygote = found
    assert "torch" in modules
    of_the_engine = {name for name in modules if name.split(".")[0] == "autograder"}
    assert {name for name in of_the_engine if not name.startswith("autograder.worker")} == OF_THE_WORKER
    assert secret is None
    assert zygote != grader


PARENTS = """
import os, pathlib
from autograder.sandbox.spec import SandboxSpec

def parent_of(pid):
    return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])

worker = workers.start(SandboxSpec(memory_mb=256))
found = os.getppid(), parent_of(parent_of(worker.pid))
worker.kill()
"""


def test_a_grader_and_its_zygote_are_forks_of_one_process(workers):
    """So that they share what was imported."""
    ((_, parents),) = run_parallel(RunsCode(), [PARENTS], processes=1, workers=workers, specs=[SandboxSpec()])
    assert len(set(parents)) == 1


def test_graders_are_forks_of_one_process(workers):
    """Two of them have the same parent, which has imported torch before them."""
    code = "import os, sys, time; found = os.getpid(), os.getppid(), 'torch' in sys.modules; time.sleep(0.2)"
    answers = run_parallel(RunsCode(), [code] * 4, processes=2, workers=workers)
    found = [answer for _, answer in answers]
    assert len({grader for grader, _, _ in found}) == 2
    assert len({parent for _, parent, _ in found}) == 1
    assert {there for _, _, there in found} == {True}
