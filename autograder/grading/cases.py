"""What a check draws in a run of the grader: from a seed, with the data and settings that its assignment has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..checking.case import Case
from ..course.settings import TrainingSettings
from ..errors import CourseError
from ..model import Assignment
from ..plan import Plan, Setting

if TYPE_CHECKING:
    from ..data import Dataset


def case_of(plan: Plan, setting: Setting, seed: int, *, secret_pixels: bool = False) -> Case:
    """The inputs of a check, the same whenever it is run with this seed."""
    return Case(
        seed,
        load_data=_loader(plan.assignment, setting),
        training=_settings(plan.assignment, setting),
        secret_pixels=secret_pixels,
    )


def _loader(assignment: Assignment, setting: Setting) -> Callable[[], Dataset] | None:
    """What loads the data set of a run for the checks; where the assignment does not mention it, their error."""
    if setting.load_data is None or setting.dataset in assignment.training:
        return setting.load_data

    def refuse() -> NoReturn:
        problem = f"a check asks for a data set, so there must be a table [training.{setting.dataset}]"
        raise CourseError(problem, path=_declaration(assignment))

    return refuse


def _settings(assignment: Assignment, setting: Setting) -> dict[str, Any]:
    """The settings of a training on the data set of a run; without any, whoever reads one is told so."""
    nothing = TrainingSettings({}, dataset=setting.dataset, path=_declaration(assignment), line=None)
    return assignment.training.get(setting.dataset, nothing)


def _declaration(assignment: Assignment) -> Path:
    return assignment.folder / "assignment.toml"
