"""What a run is asked to use, and everything the trusted side knows of one assignment."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .model import Assignment, Exercise

if TYPE_CHECKING:
    from .checking.registry import Check, Misconception
    from .course import Course
    from .data import Dataset


@dataclass(frozen=True)
class Setting:
    """What a run of the grader is asked to use; the same for every submission.

    Args:
        data_files: those that `load_data` reads.
    """

    seed: int = 0
    device: str = "cpu"
    dataset: str = "digits"
    load_data: Callable[[], Dataset] | None = None
    data_files: tuple[Path, ...] = ()
    isolation: str = "process"

    @property
    def gpu(self) -> bool:
        """Whether submissions use the GPU."""
        return self.device.startswith("cuda")


@dataclass(frozen=True)
class Plan:
    """Everything the trusted side knows of one assignment: what to run, and what to compare failures with."""

    assignment: Assignment
    checks: tuple[Check, ...]
    misconceptions: tuple[Misconception, ...] = ()
    reference: str | None = None

    @classmethod
    def of(cls, course: Course, slug: str, *, hidden: bool = True) -> Plan:
        """Read an assignment from a course; without its hidden side, nothing but what students have."""
        return cls(
            course.assignment(slug),
            course.checks(slug, hidden=hidden),
            course.misconceptions(slug) if hidden else (),
            course.solution(slug) if hidden else None,
        )

    def limited_to(self, names: Collection[str]) -> Plan:
        """The plan with no other checks than the named ones and those that they need."""
        needed = set(names)
        for check in reversed(self.checks):  # what is needed stands before
            if check.name in needed and check.needs is not None:
                needed.add(check.needs)
        return dataclasses.replace(self, checks=tuple(c for c in self.checks if c.name in needed))

    def points(self, check: Check) -> float:
        """What a check is worth: its share, by weight, of its exercise's points."""
        exercise = self.exercise(check)
        weights = sum(c.weight for c in self.checks if c.exercise == exercise.id)
        return exercise.points * check.weight / weights

    def exercise(self, check: Check) -> Exercise:
        """The exercise that a check belongs to."""
        return next(e for e in self.assignment.exercises if e.id == check.exercise)

    @cached_property
    def closest(self) -> dict[str, list[Check]]:
        """The checks that look closest at each mistake, by its id: those of the first exercise that it trips."""
        order = [exercise.id for exercise in self.assignment.exercises]
        found = {}
        for known in self.misconceptions:
            tripped = [check for check in self.checks if check.name in known.trips]
            first = min((check.exercise for check in tripped), key=order.index, default=None)
            found[known.id] = [check for check in tripped if check.exercise == first]
        return found

    @property
    def functions(self) -> list[str]:
        """Every name that students are asked to write."""
        return self.assignment.functions
