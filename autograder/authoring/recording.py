"""What known mistakes fail: recorded over many seeds, compared with each run, and what the record shows of a course."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..checking.registry import Misconception
from ..course import FAILS, MAY_FAIL, Record
from ..plan import Plan
from .trials import Observation

Observations = Mapping[str, Sequence[Observation]]  # by the id of a mistake, one for each seed


def recorded(plan: Plan, observations: Observations, seeds: int, former: Record) -> Record:
    """The record of what was observed; of what was not observed it says what the former record said."""
    outcomes: dict[str, Mapping[str, str]] = {}
    for known in plan.misconceptions:
        if known.id in observations:
            outcomes[known.id] = _outcomes(plan, observations[known.id])
        elif known.id in former.outcomes:
            outcomes[known.id] = former.outcomes[known.id]
    return Record(seeds, tuple(check.name for check in plan.checks), outcomes)


def _outcomes(plan: Plan, observations: Sequence[Observation]) -> dict[str, str]:
    """By check, in the order of the checks, how a mistake ends it; nothing if it always passes."""
    outcomes = {}
    for check in plan.checks:
        # A check that waits for one that failed says nothing, in this seed.
        ran = [each for each in observations if check.name not in each.skipped]
        failed = [each for each in ran if check.name in each.failing]
        if failed:
            outcomes[check.name] = FAILS if len(failed) == len(ran) else MAY_FAIL
    return outcomes


def departures(known: Misconception, observation: Observation) -> Iterator[str]:
    """Where a mistake fails other checks than the record says."""
    for name in known.trips:
        if name not in observation.failing | observation.skipped:
            yield f"should fail {name}"
    for name in sorted(observation.failing):
        if not known.can_trip(name):
            yield f"also fails {name}"


def is_recorded(known: Misconception, record: Record | None) -> bool:
    """Whether the record says anything of a mistake."""
    return record is not None and known.id in record.outcomes


def gaps(plan: Plan, record: Record | None) -> Iterator[str]:
    """Where the record is not about the assignment as it is, and what it shows to be missing there."""
    remedy = f"run `autograder validate {plan.assignment.slug} --record` and review the diff"
    if record is None:
        yield f"outcomes.toml is missing, which says what each mistake fails; {remedy}"
        return
    checks = [check.name for check in plan.checks]
    mistakes = [known.id for known in plan.misconceptions]
    stale = {
        "does not know the check": _without(checks, record.checks),
        "does not know the misconception": _without(mistakes, record.outcomes),
        "still names the former check": _without(record.checks, checks),
        "still names the former misconception": _without(record.outcomes, mistakes),
    }
    for what, names in stale.items():
        if names:
            ending = "s" if len(names) > 1 else ""
            yield f"outcomes.toml {what}{ending} {', '.join(names)}; {remedy}"
    yield from _blind_spots(plan, record)


def _blind_spots(plan: Plan, record: Record) -> Iterator[str]:
    """Mistakes that no check sees for certain, and checks that see no mistake."""
    for known in plan.misconceptions:
        if is_recorded(known, record) and not known.trips:
            seeds = " in every seed" if known.may_trip else ""
            yield f"misconception {known.id} fails no check{seeds}: which check must see it?"
    seen: set[str] = set()
    for check in plan.checks:
        # One that waits for a check with mistakes of its own sees only what gets past it.
        if check.needs in seen or any(known.can_trip(check.name) for known in plan.misconceptions):
            seen.add(check.name)
        elif check.name in record.checks:
            yield f"no misconception fails {check.name}: add one that does, or this check proves nothing"


def remarks(plan: Plan) -> Iterator[str]:
    """What an author should know of the record without having to change it: mistakes that fail a check by chance."""
    for known in plan.misconceptions:
        if known.may_trip:
            yield f"misconception {known.id} fails by chance, in some seeds only: {', '.join(known.may_trip)}"


def _without(names: Iterable[str], others: Iterable[str]) -> list[str]:
    """Those of the names that are not among the others, in order."""
    known = set(others)
    return [name for name in names if name not in known]
