"""What tests of the pages start from: results of a made-up assignment with two exercises and four checks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autograder.evidence import Array, CallShown, Comparison, Curve, Entry, Question, Remark, Series, Snippet, Traceback
from autograder.model import CheckResult, Outcome, Result, RunInfo

SEED = 70421
NUMBERS = Array((2,), (("1.5", "2"),))
WANTED = Array((2,), (("2.5", "2"),))
EVIDENCE = (
    Question("is it halved?", "It is too small"),
    Remark("The second entry is right."),
    CallShown("double([2] float64)"),
    Comparison("the result", 2, 1, Entry((0,), "1.5", "2.5", "1", "1e-09"), NUMBERS, WANTED, ((0, 0),)),
    Series("the loss", "epoch", "loss", (Curve("yours", ("1", "2", "3"), ("1", "nan", "0.25")),)),
    Snippet("from scaling import double\nprint(double(1))"),
)
TITLES = {"double": "Twice a tensor", "counter": "An object with state"}
CHECKS = (  # name, exercise, title, whether it is visible, points
    ("doubles_each_entry", "double", "double(x) is `x + x`.", True, 4),
    ("doubles_real_images", "double", "double works on images.", False, 2),
    ("adds_up", "counter", "A counter adds up.", True, 2),
    ("two_counters_are_apart", "counter", "Two counters are apart.", False, 2),
)


@pytest.fixture(scope="session")
def made() -> Callable[..., Result]:
    """A result of a student by the outcomes of the four checks; every other field can be given for a check by name."""

    def make(
        student: str,
        *outcomes: Outcome,
        notes: tuple[str, ...] = (),
        seconds: float = 2.0,
        carry_forward: str = "off",
        **fields,
    ) -> Result:
        checks = []
        for (name, exercise, title, visible, points), outcome in zip(CHECKS, outcomes, strict=True):
            more = {"points": points if outcome.earns else 0, "max_points": points} | fields.get(name, {})
            check = CheckResult(name, exercise, title, visible, outcome, seconds=0.125, **more)
            checks.append(check)
        hashes = dict.fromkeys(("submission", "assignment", "engine"), "0123456789abcdef" * 4)
        versions = {"python": "3.11.7", "torch": "2.13.0"}
        started = "2026-01-02T03:04:05+00:00"
        run = RunInfo(
            SEED, "cpu", "digits", "namespaces", versions, hashes, started, seconds, carry_forward=carry_forward
        )
        return Result(student, "scaling", "Scaling", tuple(checks), run, notes)

    return make


@pytest.fixture(scope="session")
def wrong(made) -> Result:
    """A result in which the first check has all evidence that there is, and the second, hidden one broke."""
    told = {"message": "The result is wrong in 1 of 2 entries.", "evidence": EVIDENCE, "output": "printed <b>here</b>"}
    fault = {"message": "The grader failed.", "evidence": (Traceback("Traceback: secret path"),)}
    named = {"message": "The sum is 6.", "misconception": "starts_at_one", "mistake": "Do you start at 1?"}
    return made(
        "ana",
        Outcome.FAILED,
        Outcome.GRADER_FAULT,
        Outcome.FAILED,
        Outcome.PASSED,
        doubles_each_entry=told,
        doubles_real_images=fault,
        adds_up=named,
    )
