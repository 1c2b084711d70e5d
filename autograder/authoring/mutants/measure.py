"""How many mutants of each reference its checks catch, against the list of those that are no mistakes at all."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

from ...course import Course
from ...model import EquivalentMutants
from ...plan import Plan, Setting
from ...sandbox.pool import run_parallel, unwrapped
from ...sandbox.workers import Workers
from .generating import Mutant, mutants_of
from .trial import SURVIVED, Bench

SHARE_ASKED = 0.98

Key = tuple[str, str, str]  # function, statement before, statement after: what stays when lines move


@dataclass
class Measure:
    """What became of the mutants of one assignment.

    Args:
        caught_by: name of the check, or other cause, that ended each mutant; by id.
        equivalent: survivors that the assignment lists with a reason.
        survivors: the others.
        problems: what is wrong with that list.
        seconds: clock time that they took.
    """

    slug: str
    caught_by: dict[str, str] = field(default_factory=dict)
    equivalent: list[Mutant] = field(default_factory=list)
    survivors: list[Mutant] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def total(self) -> int:
        return len(self.caught_by) + len(self.equivalent) + len(self.survivors)

    @property
    def share(self) -> float:
        """Share of the mutants that are not equivalent that were caught."""
        mistakes = len(self.caught_by) + len(self.survivors)
        return len(self.caught_by) / mistakes if mistakes else 1.0

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
    """Try all mutants of assignments, in several processes; one measure each, as they end.

    Raises:
        AutograderError: a reference does not pass its own checks.
    """
    listed = {slug: course.equivalent_mutants(slug) for slug in slugs}
    mutants = {slug: mutants_of(course.solution(slug), course.assignment(slug)) for slug in slugs}
    waiting, begun = {slug: len(mutants[slug]) for slug in slugs}, time.perf_counter()
    yield from (Measure(slug) for slug in slugs if not mutants[slug])
    fates: dict[str, dict[str, str]] = {slug: {} for slug in slugs}
    tasks = ((slug, mutant) for slug in slugs for mutant in mutants[slug])
    work = partial(_fate, course.root, setting)
    for (slug, mutant), fate in run_parallel(work, tasks, processes=jobs, workers=workers):
        fate = unwrapped(fate, f"the process that tried the mutant {mutant.id} of {slug}")
        fates[slug][mutant.id] = fate
        progress(f"{slug}: {len(fates[slug])} of {waiting[slug]} mutants")
        if len(fates[slug]) == waiting[slug]:
            measure = judge(slug, mutants[slug], fates[slug], listed[slug])
            measure.seconds, begun = time.perf_counter() - begun, time.perf_counter()
            yield measure


def judge(slug: str, mutants: list[Mutant], fates: dict[str, str], listed: Sequence[EquivalentMutants]) -> Measure:
    """What became of mutants, and what of the list of equivalent ones does not hold.

    Args:
        fates: by id, what `Bench.caught_by` gave.
    """
    measure, excused = Measure(slug), {key for entry in listed for key in _keys(entry)}
    for mutant in mutants:
        if fates[mutant.id] != SURVIVED:
            measure.caught_by[mutant.id] = fates[mutant.id]
        else:
            (measure.equivalent if _key(mutant) in excused else measure.survivors).append(mutant)
    fate_of = {_key(mutant): fates[mutant.id] for mutant in mutants}
    fate_of |= {_key(mutant): SURVIVED for mutant in measure.equivalent}
    for function, old, new in (key for entry in listed for key in _keys(entry)):
        fate = fate_of.get((function, old, new))
        why = "does not exist" if fate is None else f"{fate} catches"
        if fate != SURVIVED:
            measure.problems.append(f"equivalent_mutants.toml lists a mutant of {function} that {why}: {new}")
    return measure


def _keys(entry: EquivalentMutants) -> list[Key]:
    return [(entry.function, entry.old, new) for new in entry.new]


def _key(mutant: Mutant) -> Key:
    return mutant.function, mutant.old, mutant.new


def _fate(root: Path, setting: Setting, task: tuple[str, Mutant], _: Workers) -> str:
    slug, mutant = task
    return _bench(root, setting, slug).caught_by(mutant)


@lru_cache(maxsize=1)
def _bench(root: Path, setting: Setting, slug: str) -> Bench:
    os.environ["CUDA_VISIBLE_DEVICES"] = ""  # with a GPU in sight, autograd starts threads, which no fork survives
    return Bench(Plan.of(Course(root), slug), setting)
