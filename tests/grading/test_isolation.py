"""autograder.grading.isolation: the level of a run is one that holds, and never weaker than was asked for."""

from __future__ import annotations

import pytest

from autograder.grading import isolation
from autograder.grading.forkserver import IsolationError, Jail
from autograder.model import ISOLATION_LEVELS

HOLDS = {"process": "", "landlock": "", "uid": "only root can", "namespaces": "it read a file"}


@pytest.fixture
def machine(monkeypatch) -> None:
    """A machine on which two levels hold, as a probe would find out."""
    monkeypatch.setattr(isolation, "escape", lambda level, *, gpu: HOLDS[level])


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
    assert isolation.choose(wanted, required, gpu=False) == chosen


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
        isolation.choose(wanted, required, gpu=False)
    assert str(caught.value).startswith(says.rstrip("."))


def test_a_probe_notices_what_does_not_hold(monkeypatch):
    """Where confinement did nothing, the worker would read our files, and the probe says so."""
    monkeypatch.setattr(isolation, "Jail", lambda level, gpu: Jail("process", gpu))
    found = isolation.escape.__wrapped__(ISOLATION_LEVELS[-1], gpu=False)
    assert found == "it read a file of the grader's (True)"
