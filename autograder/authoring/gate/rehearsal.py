"""The reference as a notebook, run from top to bottom in this process, its shapes and settings watched meanwhile."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from typing import Any

from ...checking.local import beside, empty_module
from ...course import Course
from ...grading.namespace import NamespaceChannel
from ...grading.runner import run_checks
from ...model import CheckResult, Exercise, Outcome
from ...plan import Plan, Setting
from ...submissions.cells import CellId, Kind
from ..regions import cleared, code_cells
from ..stubs import cut_stub
from .places import lines_of_functions
from .settings import NotedSettings, misfits
from .shapes import ShapeWatch


def rehearse(course: Course, plan: Plan, setting: Setting) -> Iterator[str]:
    """What does not hold of a reference whose checks all pass.

    After the cells of an exercise and of those before it, each of its checks passes. Shapes in docstrings are those of
    the calls, every data set has the settings that are read, and the notebook holds the code of the stub.
    """
    yield from _code_that_differs(plan)
    noted = NotedSettings(plan.assignment.training.get(setting.dataset, {}))
    assignment = dataclasses.replace(plan.assignment, training={setting.dataset: noted})
    if not plan.assignment.training:
        assignment = plan.assignment
    rehearsal = _Rehearsal(dataclasses.replace(plan, assignment=assignment), setting)
    for exercise in assignment.exercises:
        for result in rehearsal.results(exercise):
            if result.outcome is not Outcome.PASSED:
                yield f"the notebook, run up to {exercise.title!r}, does not pass {result.name}: {result.message}"
    yield from _false_shapes(plan, rehearsal.watch)
    yield from misfits(course, plan.assignment, noted)


class _Rehearsal:
    """The names of a notebook, and what was seen while they were called."""

    def __init__(self, plan: Plan, setting: Setting) -> None:
        self.watch = ShapeWatch()
        self._plan = plan
        self._setting = dataclasses.replace(setting, device="cpu")
        with beside(plan.beside):
            self._names: dict[str, Any] = vars(empty_module(plan.assignment.slug))
        self._cells = code_cells(plan.reference, plan.assignment)
        exec(self._cells[CellId(Kind.SETUP)], self._names)

    def results(self, exercise: Exercise) -> list[CheckResult]:
        """Run the cells of the next exercise, and its checks."""
        for kind in (Kind.ANSWER, Kind.GIVEN):
            exec(self._cells.get(CellId(kind, exercise.id), ""), self._names)
        self.watch.over(self._names)
        own = [check.name for check in self._plan.checks if check.exercise == exercise.id]
        channel = NamespaceChannel(self._names)
        with channel.capturing():
            return run_checks(self._plan.limited_to(own), channel, self._setting)


def _code_that_differs(plan: Plan) -> Iterator[str]:
    """Statements that only the notebook holds, or only the stub, once nbgrader has cut the solutions."""
    cells = [cleared(cell) for cell in code_cells(plan.reference, plan.assignment).values()]
    in_notebook = _statements("\n".join(cells))
    in_stub = _statements(cut_stub(plan.reference, plan.assignment))[1:]  # without its first docstring
    for statement in in_stub:
        if statement in in_notebook:
            in_notebook.remove(statement)
        else:
            yield f"the stub holds what the notebook does not: {statement.splitlines()[0]}"
    for statement in in_notebook:
        yield f"the notebook holds what the stub does not: {statement.splitlines()[0]}"


def _statements(source: str) -> list[str]:
    return [ast.unparse(node) for node in ast.parse(source).body]


def _false_shapes(plan: Plan, watch: ShapeWatch) -> Iterator[str]:
    slug = plan.assignment.slug
    lines = lines_of_functions(plan.reference)
    for name, misfit in watch.misfits.items():
        yield f"solutions/{slug}.py:{lines.get(name, 1)}: {name}: {misfit}"
    if watch.seen and not watch.compared:
        yield f"solutions/{slug}.py: no docstring gives a shape, as in `X: [n, d] rows of features`"
