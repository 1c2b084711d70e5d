"""How many mutants of each reference its checks catch, against the list of those that are no mistakes at all."""

from __future__ import annotations

import math
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

from ...course import Course
from ...model import EquivalentMutants
from ...plan import Plan, Setting
from ...sandbox.pool import run_parallel, unwrapped
from ...sandbox.workers import Workers
from ..stubs import reference_of
from .generating import Mutant, mutants_of
from .trial import SURVIVED, Bench, Fate

SHARE_ASKED = 0.98

Key = tuple[str, str, str]  # function, statement before, statement after: what stays when lines move


@dataclass
class Measure:
    """What became of the mutants of one assignment.

    Args:
        caught_by: name of the check, or other cause, that ended each mutant; by id.
        equivalent: survivors that the assignment lists with a reason.
        survivors: the others.
        alone: mistakes that pass all checks if one function alone makes them, and the names of such functions.
        problems: what is wrong with that list.
        seconds: clock time that they took.
    """

    slug: str
    caught_by: dict[str, str] = field(default_factory=dict)
    equivalent: list[Mutant] = field(default_factory=list)
    survivors: list[Mutant] = field(default_factory=list)
    alone: list[tuple[Mutant, tuple[str, ...]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def total(self) -> int:
        return len(self.caught_by) + len(self.equivalent) + len(self.survivors)

    @property
    def share(self) -> float:
        """How many of the mutants that are not equivalent were caught, from 0 to 1."""
        mistakes = len(self.caught_by) + len(self.survivors)
        if mistakes == 0:
            return 1.0
        return len(self.caught_by) / mistakes

    @property
    def percent(self) -> float:
        """The share in percent, rounded down, so that 100 means all."""
        return math.floor(1000 * self.share) / 10

    @property
    def sound(self) -> bool:
        return self.share >= SHARE_ASKED and not self.problems


def measure_all(
    course: Course,
    slugs: Sequence[str],
    setting: Setting,
    *,
    jobs: int,
    workers: Workers,
    progress: Callable[[str], None],
) -> Iterator[Measure]:
    """Try all mutants of assignments in several processes; the measure of each comes when it ends.

    Raises:
        AutograderError: a reference does not pass its own checks.
    """
    listed: dict[str, Sequence[EquivalentMutants]] = {}
    mutants: dict[str, list[Mutant]] = {}
    fates: dict[str, dict[str, Fate]] = defaultdict(dict)
    for slug in slugs:
        listed[slug] = course.equivalent_mutants(slug)
        mutants[slug] = mutants_of(reference_of(course, slug), course.assignment(slug))
    for slug in slugs:
        if not mutants[slug]:
            yield Measure(slug)
    begun = time.perf_counter()
    work = partial(_fate, course.root, setting)
    tasks = ((slug, mutant) for slug in slugs for mutant in mutants[slug])
    for (slug, mutant), answer in run_parallel(work, tasks, processes=jobs, workers=workers):
        fates[slug][mutant.id] = unwrapped(answer, f"the process that tried the mutant {mutant.id} of {slug}")
        progress(f"{slug}: {len(fates[slug])} of {len(mutants[slug])} mutants")
        if len(fates[slug]) == len(mutants[slug]):
            measure = judge(slug, mutants[slug], fates[slug], listed[slug])
            # Assignments follow one another, so the time since the last one ended is that of this one.
            ended = time.perf_counter()
            measure.seconds = ended - begun
            begun = ended
            yield measure


def judge(slug: str, mutants: list[Mutant], fates: dict[str, Fate], listed: Sequence[EquivalentMutants]) -> Measure:
    """What became of mutants, and which entries of the list of equivalent ones do not hold.

    Args:
        fates: by id, what `Bench.fate_of` returned.
    """
    measure = Measure(slug)
    excused = _keys(listed)
    fate_of: dict[Key, str] = {}
    for mutant in mutants:
        key = _key(mutant)
        fate = fates[mutant.id].caught_by
        missed_in = fates[mutant.id].missed_in
        if missed_in:
            measure.alone.append((mutant, missed_in))
        if fate != SURVIVED:
            measure.caught_by[mutant.id] = fate
        elif key in excused:
            measure.equivalent.append(mutant)
        else:
            measure.survivors.append(mutant)
        # Equal statements of a function have one key; an excuse holds if one of them needs it.
        if fate_of.get(key) != SURVIVED:
            fate_of[key] = fate
    for key in excused:
        fate = fate_of.get(key, "")
        if fate == SURVIVED:
            continue
        why = "does not exist"
        if fate:
            why = f"{fate} catches"
        function, _, new = key
        measure.problems.append(f"equivalent_mutants.toml lists a mutant of {function} that {why}: {new}")
    return measure


def _keys(listed: Sequence[EquivalentMutants]) -> list[Key]:
    keys = []
    for entry in listed:
        for new in entry.new:
            keys.append((entry.function, entry.old, new))
    return keys


def _key(mutant: Mutant) -> Key:
    return mutant.function, mutant.old, mutant.new


def _fate(root: Path, setting: Setting, task: tuple[str, Mutant], _: Workers) -> Fate:
    slug, mutant = task
    return _bench(root, setting, slug).fate_of(mutant)


@lru_cache(maxsize=1)
def _bench(root: Path, setting: Setting, slug: str) -> Bench:
    os.environ["CUDA_VISIBLE_DEVICES"] = ""  # with a GPU in sight, autograd starts threads, which no fork survives
    return Bench(Plan.of(Course(root), slug), setting)
