"""What a handout quotes is measured: the reference runs as measure.py says, with several seeds."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch

from ..checking.local import beside, local_student, module_from
from ..checking.measurements import Measurement, Values
from ..course import Course
from ..errors import CourseError
from ..grading.cases import case_of
from ..plan import Plan, Setting
from ..seeds import derive


@dataclass(frozen=True)
class Row:
    """A number that was measured.

    Args:
        title: what it is.
        values: of each seed.
        quoted: what the handout says of it for this data set, if it does.
        tolerance: how far the mean may lie from that.
    """

    title: str
    values: tuple[float, ...]
    quoted: float | None
    tolerance: float

    @property
    def mean(self) -> float:
        return statistics.fmean(self.values)

    @property
    def as_quoted(self) -> bool:
        """Whether the handout tells the truth, or nothing."""
        return self.quoted is None or abs(self.mean - self.quoted) <= self.tolerance


def measure(course: Course, slug: str, settings: Sequence[Setting], *, progress: Callable[[str], None]) -> list[Row]:
    """Every number that an assignment measures, with each of some settings (seeds).

    Raises:
        CourseError: its measure.py is wrong, or the handout does not say what that quotes.
    """
    plan = Plan.of(course, slug)
    with beside(plan.beside):
        module = module_from(plan.reference, slug)
    rows = []
    for measurement in measurements_of(course, slug):
        by_key: dict[str, list[float]] = defaultdict(list)
        for setting in settings:
            progress(f"{measurement.name}, seed {setting.seed}")
            for key, value in _by_key(_measured(plan, measurement, setting, module)).items():
                by_key[key].append(value)
        quoted = _by_key(measurement.quoted.get(settings[0].dataset, {}))
        for key, values in by_key.items():
            title = f"{measurement.title}, {key}" if key else measurement.title
            rows.append(Row(title, tuple(values), quoted.get(key), measurement.tolerance))
    return rows


def measurements_of(course: Course, slug: str) -> tuple[Measurement, ...]:
    """What an assignment measures, once its handout is known to say what it quotes.

    Raises:
        CourseError: it does not.
    """
    handout = " ".join(course.handout(slug).split())
    measurements = course.measurements(slug)
    for measurement in measurements:
        if " ".join(measurement.says.split()) not in handout:
            path = course.assignments_folder / slug / "measure.py"
            problem = f"the handout does not say what {measurement.name} quotes: {measurement.says}"
            raise CourseError(problem, path=path, line=measurement.line)
    return measurements


def _measured(plan: Plan, measurement: Measurement, setting: Setting, module: object) -> Values:
    """What one run gives."""
    seed = derive(setting.seed, "measure", plan.assignment.slug, measurement.name)
    torch.manual_seed(derive(seed, "student"))
    return measurement.run(local_student(module), case_of(plan, setting, seed))


def _by_key(values: Values) -> Mapping[str, float]:
    """Several numbers by name, or a single one under no name."""
    if isinstance(values, Mapping):
        return values
    return {"": float(values)}
