"""autograder.authoring.recording: what mistakes fail over many seeds, and where a run departs from it."""

from __future__ import annotations

import dataclasses

import pytest

from autograder.authoring.recording import departures, gaps, recorded, remarks
from autograder.authoring.trials import Observation
from autograder.checking import change
from autograder.checking.mistakes import Misconception
from autograder.course import FAILS, MAY_FAIL, Record
from autograder.plan import Plan

KNOWN = Misconception("known", (), "?", (change("double", "2", "3"),))


@pytest.fixture
def planned(checked_by) -> Plan:
    """Three checks, of which the second waits for the first, and one mistake."""

    def first(student, case): ...

    def second(student, case): ...

    def third(student, case): ...

    plan = checked_by(first, second, third, needs={"second": "first"})
    return dataclasses.replace(plan, misconceptions=(KNOWN,))


def seen(failing: str, skipped: str = "") -> Observation:
    return Observation(frozenset(failing.split()), frozenset(skipped.split()))


OBSERVED = {  # what was observed with each seed, and what the record says
    "in every seed": ((seen("third first"), seen("first third")), {"first": FAILS, "third": FAILS}),
    "in some": ((seen("first"), seen("")), {"first": MAY_FAIL}),
    "in none": ((seen(""), seen("")), {}),
    "skipped in all": ((seen("first", "second"),) * 2, {"first": FAILS}),
    "skipped in some, else failed": ((seen("first", "second"), seen("second")), {"first": MAY_FAIL, "second": FAILS}),
}


@pytest.mark.parametrize(("observations", "outcomes"), OBSERVED.values(), ids=OBSERVED)
def test_outcomes_are_recorded_in_the_order_of_the_checks(planned: Plan, observations: tuple, outcomes: dict):
    """A check that waits for a failing one says nothing in that seed."""
    record = recorded(planned, {"known": observations}, 2, Record())
    assert record == Record(2, ("first", "second", "third"), {"known": outcomes})
    assert list(record.outcomes["known"]) == list(outcomes)


def test_what_was_not_observed_keeps_its_record(planned: Plan):
    """A mistake that timed out once says no less than before; one that was never recorded says nothing."""
    former = Record(5, ("first",), {"known": {"first": FAILS}, "gone": {"first": FAILS}})
    assert recorded(planned, {}, 2, former).outcomes == {"known": {"first": FAILS}}
    assert recorded(planned, {}, 2, Record()).outcomes == {}


@pytest.mark.parametrize(
    ("observation", "told"),
    [
        (seen("first"), []),
        (seen("first third"), []),
        (seen("", "first"), []),
        (seen("third"), ["should fail first"]),
        (seen("first second"), ["also fails second"]),
    ],
)
def test_a_run_may_differ_in_what_fails_by_chance_only(observation: Observation, told: list[str]):
    """A check that always fails must fail or wait, and one that never fails must pass or wait."""
    known = dataclasses.replace(KNOWN, trips=("first",), may_trip=("third",))
    assert list(departures(known, observation)) == told


def test_a_check_without_a_mistake_is_told_unless_it_waits_for_one_with(planned: Plan):
    """What gets past the first check need not be a known mistake."""
    record = recorded(planned, {"known": [seen("first", "second")]}, 1, Record())
    plan = dataclasses.replace(planned, misconceptions=(record.joined_to(KNOWN),))
    assert list(gaps(plan, record)) == ["no misconception fails third: add one that does, or this check proves nothing"]


def test_chance_is_remarked(planned: Plan):
    """In one line for each mistake."""
    lucky = dataclasses.replace(KNOWN, trips=("first",), may_trip=("second", "third"))
    plan = dataclasses.replace(planned, misconceptions=(lucky, KNOWN))
    assert list(remarks(plan)) == ["misconception known fails by chance, in some seeds only: second, third"]
