"""What a run is asked to use, and everything the trusted side knows about one assignment."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import UsageError
from .model import Assignment, Exercise

# For type checking only: the ground imports nothing that stands on it, and `checking` would import torch.
if TYPE_CHECKING:
    from .checking.registry import Check, Misconception
    from .course import Course
    from .data import Dataset


# The name and the seed whose inputs everybody gets at their own desk: answers of mistakes are recorded for these.
DESK = "you"
DESK_SEED = 0


@dataclass(frozen=True)
class Setting:
    """What a run of the grader is asked to use; the same for every submission.

    Args:
        load_data: returns the data set; None where no check may ask for one.
        data_files: the files that `load_data` reads.
        isolation: one of `model.ISOLATION_LEVELS`.
        desk: whether students check their own work, with inputs that do not depend on their names.
        secret: what the inputs of hidden checks follow from besides the seed; the folder of results has it.
        carry_forward: one of `model.CARRY_FORWARD`.
    """

    seed: int = 0
    device: str = "cpu"
    dataset: str = "digits"
    load_data: Callable[[], Dataset] | None = None
    data_files: tuple[Path, ...] = ()
    isolation: str = "process"
    desk: bool = False
    secret: str = ""
    carry_forward: str = "off"

    @property
    def gpu(self) -> bool:
        """Whether submissions use the GPU."""
        return self.device.startswith("cuda")


def verify_dataset(assignments: Iterable[Assignment], dataset: str) -> None:
    """Refuse a run on a data set that an assignment has no settings for.

    An assignment without any settings does not train, so that the data set does not matter to it.

    Raises:
        UsageError: names every such assignment. None is left out silently, for its marks would be missing.
    """
    without: dict[str, Assignment] = {}
    for assignment in assignments:
        if assignment.training and dataset not in assignment.training:
            without[assignment.slug] = assignment
    if not without:
        return
    offered = [f"{slug} trains on {' or '.join(without[slug].training)}" for slug in without]
    raise UsageError(
        f"There are no settings for {dataset}: {', '.join(offered)}. Give another --dataset, or name other assignments."
    )


@dataclass(frozen=True)
class Plan:
    """Everything the trusted side knows about one assignment: what to run, and what to compare failures with.

    Args:
        solution: the source of the reference solution; None in a student's kit, which has none. Code that cannot do
            without it reads `reference`.
        answers: the file of recorded answers of known mistakes, which only a kit has.
        beside: the reference solutions that `solution` imports, by name, and those that these import.
    """

    assignment: Assignment
    checks: tuple[Check, ...]
    misconceptions: tuple[Misconception, ...] = ()
    solution: str | None = None
    answers: Path | None = None
    beside: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, course: Course, slug: str, *, hidden: bool = True) -> Plan:
        """Read an assignment from a course; without its hidden side, read only what students have."""
        assignment = course.assignment(slug)
        checks = course.checks(slug, hidden=hidden)
        if not hidden:
            return cls(assignment, checks, answers=course.answers_path(slug))
        solution = course.solution(slug)
        return cls(assignment, checks, course.misconceptions(slug), solution, beside=course.solutions_beside(slug))

    @property
    def reference(self) -> str:
        """The source of the reference solution.

        Raises:
            UsageError: there is none.
        """
        if self.solution is None:
            raise UsageError(f"There is no reference solution of {self.assignment.slug} here, and this needs one.")
        return self.solution

    @property
    def whole_solution(self) -> str | None:
        """The reference solution with those that it imports, for a fingerprint; None where there is none."""
        if self.solution is None:
            return None
        return "\n".join([self.solution, *self.beside.values()])

    def limited_to(self, names: Collection[str]) -> Plan:
        """The plan with only the named checks and those that they need."""
        needed = set(names)
        # From the last to the first: a check stands behind the one that it needs, which may need another.
        for check in reversed(self.checks):
            if check.name in needed and check.needs is not None:
                needed.add(check.needs)
        kept = tuple(check for check in self.checks if check.name in needed)
        return dataclasses.replace(self, checks=kept)

    def points(self, check: Check) -> float:
        """What a check is worth: its share, by weight, of its exercise's points."""
        exercise = self.exercise(check)
        total = sum(other.weight for other in self.checks if other.exercise == exercise.id)
        return exercise.points * check.weight / total

    def exercise(self, check: Check) -> Exercise:
        """The exercise that a check belongs to."""
        return next(exercise for exercise in self.assignment.exercises if exercise.id == check.exercise)

    @cached_property
    def closest(self) -> dict[str, list[Check]]:
        """The checks that look closest at each mistake, by its id: those of the first exercise that it trips."""
        # Later exercises build on the first, and fail with it without looking at the mistake itself.
        return {known.id: self._closest(known) for known in self.misconceptions}

    def _closest(self, known: Misconception) -> list[Check]:
        tripped = [check for check in self.checks if check.name in known.trips]
        for exercise in self.assignment.exercises:
            there = [check for check in tripped if check.exercise == exercise.id]
            if there:
                return there
        return []

    @property
    def functions(self) -> list[str]:
        """Every name that students are asked to write."""
        return self.assignment.functions
