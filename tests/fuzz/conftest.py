"""How much is tried: profile "bounded" inside `make test`, "long" in `make fuzz`, or any number in FUZZ_EXAMPLES.

The number of examples is that of frames; of submissions, each of which is a run of the grader, there are a fifth.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from autograder.sandbox.probe import choose
from autograder.sandbox.workers import Workers

common = settings(
    deadline=timedelta(seconds=120),  # nothing waits longer than the budgets of the miniature course, twice
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)
settings.register_profile("bounded", common, max_examples=250, derandomize=True, database=None)
settings.register_profile("long", common, max_examples=10_000)
if "FUZZ_EXAMPLES" in os.environ:
    for name in ("bounded", "long"):
        settings.register_profile(name, settings.get_profile(name), max_examples=int(os.environ["FUZZ_EXAMPLES"]))


@pytest.fixture(scope="session")
def level(workers: Workers) -> str:
    """The strongest level of isolation that holds here."""
    return choose("auto", None, gpu=False, workers=workers)


@pytest.fixture(scope="session")
def left_over(workers: Workers) -> Callable[[], list[str]]:
    """Processes that a grader in this process has not ended: those below its zygotes, but for the spare one."""

    def children(pid: str) -> list[str]:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    def below_zygotes() -> list[str]:
        workers.release()
        started = children(str(os.getpid()))
        servers = [pid for pid in started if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        zygotes = [zygote for server in servers for zygote in children(server)]
        assert zygotes
        return [worker for zygote in zygotes for worker in children(zygote)]

    return below_zygotes if Path("/proc/self/task").exists() else lambda: []
