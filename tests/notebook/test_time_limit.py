"""autograder.grading.time_limit, and what a notebook makes of it: a loop that never ends is stopped."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
import threading
import time
from collections.abc import Callable

import pytest

from autograder.grading.namespace import NamespaceChannel
from autograder.grading.runner import run_checks
from autograder.grading.time_limit import OutOfTime, limited
from autograder.model import Outcome
from autograder.plan import Plan, Setting


@pytest.fixture
def outcomes(plan: Plan) -> Callable[..., dict[str, Outcome]]:
    """How the visible checks of `double` end in a notebook whose limit is so short."""

    def check(double: Callable, seconds: float) -> dict[str, Outcome]:
        names = [check.name for check in plan.checks if check.exercise == "double" and check.visible]
        channel = NamespaceChannel({"double": double}, check_seconds=seconds)
        own = dataclasses.replace(plan.limited_to(names), solution=None)
        return {result.name: result.outcome for result in run_checks(own, channel, Setting(desk=True))}

    return check


def endless(x):
    while True:
        x = x * 1


def stubborn(x):
    begun = time.monotonic()
    while True:
        try:
            while True:
                x = x * 1
        except BaseException:
            if time.monotonic() - begun > 1:
                raise


@pytest.mark.parametrize("double", [endless, stubborn])
def test_a_loop_that_never_ends_is_stopped(outcomes, double: Callable):
    """Even one that catches what stops it at first; and it is not asked again."""
    ends = outcomes(double, 0.3)
    assert list(ends.values()) == [Outcome.TIMED_OUT, Outcome.SKIPPED]


def test_what_ends_in_time_is_not_stopped(outcomes):
    """Nor does the limit strike later."""
    ends = outcomes(lambda x: x + x, 60)
    assert set(ends.values()) == {Outcome.PASSED}


def test_a_program_in_the_background_has_a_limit_too():
    """A shell has it ignore Ctrl-C, which it does again afterwards."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(OutOfTime):
            limited(time.monotonic() + 0.1, lambda: _spin(for_seconds=30))
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def _spin(for_seconds: float) -> None:
    end = time.monotonic() + for_seconds
    while time.monotonic() < end:
        pass


def test_an_interrupt_by_hand_stays_one():
    """Ctrl-C is no matter of time."""
    with pytest.raises(KeyboardInterrupt):
        limited(time.monotonic() + 60, lambda: signal.raise_signal(signal.SIGINT))


def test_what_is_over_is_not_interrupted():
    """Whenever the time is up: before, while or after the work ends."""
    for delay in range(100):
        with contextlib.suppress(OutOfTime):
            limited(time.monotonic() + delay * 1e-5, lambda: sum(range(1000)))
    try:
        threading.Event().wait(0.01)
    except KeyboardInterrupt:
        pytest.fail("An interrupt came after its work was over.")


def test_another_thread_has_no_limit():
    """It could not be interrupted."""
    ends = []

    def work() -> None:
        limited(time.monotonic(), lambda: time.sleep(0.01))
        ends.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ends == [True]
