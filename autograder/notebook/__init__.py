"""What a notebook imports: `check("sigmoid_gd.sigmoid")` and `hint("sigmoid_gd.sigmoid")`.

Checks run here in the kernel, on what the notebook defines, and their points are whatever this process says: good
for learning, and for nbgrader's own autograding. Marks that must be defended come from `autograder grade`, where
nothing that a submission does can reach a verdict.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

try:
    from IPython.display import display
except ImportError:  # plain Python: text will do
    display = print

from .. import data
from ..course import Course, find_course
from ..errors import AutograderError, UsageError
from ..grading.namespace import NamespaceChannel
from ..grading.runner import run_checks
from ..model import Assignment, CheckResult, Exercise
from ..plan import DESK_SEED, Plan, Setting, verify_dataset
from ..reports.html import Hints, Points, Report, Told
from .watching import Watching

DECIMALS = 2  # of points, as in the cells of a notebook and in marks.csv
COURSE_VARIABLE = "AUTOGRADER_COURSE"  # names the course with its hidden side, on the machine that grades

_hints_shown: dict[str, int] = {}


class NotebookError(UsageError):
    """Something cannot be checked; a notebook shows the sentence without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def check(name: str, *, points: float | None = None) -> Points:
    """Run the visible checks of an exercise on what this notebook defines, and show what they found.

    In a notebook that was converted to a module of the assignment's name, nothing: whoever imports it asks for its
    functions, and not for its reports.

    Args:
        name: "assignment.exercise", or an assignment for all its exercises.
        points: what passing all of them is worth (default: the points of the exercise).
    Returns:
        the points earned; as the last value of a test cell it is the partial credit that nbgrader counts.
    """
    namespace = sys._getframe(1).f_globals
    try:
        course = find_course()
        if namespace.get("__name__") in course.slugs:  # a notebook as a module, which another assignment imports
            return Points(0, 0)
        return _run(course, name, points, namespace, hidden=False)
    except AutograderError as error:
        raise NotebookError(str(error)) from None


def check_hidden(name: str, *, points: float | None = None) -> Points:
    """As `check`, with the hidden checks, where the variable AUTOGRADER_COURSE names the course that holds them."""
    namespace = sys._getframe(1).f_globals
    try:
        folder = os.environ.get(COURSE_VARIABLE)
        if not folder:
            raise UsageError(
                f"Hidden checks run only where {COURSE_VARIABLE} names the folder of the course; the "
                "nbgrader_config.py that `autograder nbgrader init` writes sets it."
            )
        return _run(find_course(Path(folder)), name, points, namespace, hidden=True)
    except AutograderError as error:
        raise NotebookError(str(error)) from None


def hint(name: str) -> Hints | Told:
    """Hints for an exercise ("assignment.exercise"): the first one, and one more each time.

    A name that does not exist is answered with the nearest one, and does not stop the cells below.
    """
    try:
        course = find_course()
        if "." not in name and name not in course.slugs:
            return Told(_nearest(course, name))
        exercises = _exercises(course.assignment(name.partition(".")[0]), name)
    except AutograderError as error:
        return Told(error)
    if len(exercises) > 1:
        return Told(f"Name the exercise too, like `hint({f'{name}.{exercises[0].id}'!r})`.")
    (exercise,) = exercises
    _hints_shown[name] = min(_hints_shown.get(name, 0) + 1, len(exercise.hints))
    return Hints(exercise, _hints_shown[name])


def _nearest(course: Course, name: str) -> str:
    """What to answer to a name without its assignment: the exercises of this name, or the one most like it."""
    full_names: dict[str, list[str]] = {}
    for slug in course.slugs:
        for exercise in course.assignment(slug).exercises:
            full_names.setdefault(exercise.id, []).append(f"{slug}.{exercise.id}")
    known = [*full_names, *course.slugs]
    suggested = []
    for close in difflib.get_close_matches(name, known, n=2):
        suggested += full_names.get(close, [close])
    if not suggested:
        return f"There is no exercise {name!r}; name it like `hint({full_names.popitem()[1][0]!r})`."
    meant = " or ".join(f"`hint({one!r})`" for one in suggested)
    return f"There is no exercise {name!r}. Did you mean {meant}?"


def _run(course: Course, name: str, points: float | None, namespace: dict, *, hidden: bool) -> Points:
    plan = Plan.of(course, name.partition(".")[0], hidden=hidden)
    verify_dataset([plan.assignment], data.EMBEDDED)
    exercises = _exercises(plan.assignment, name)
    counted = _names_of_checks(plan, exercises, hidden=hidden)
    if not counted:
        kind = "hidden" if hidden else "visible"
        raise UsageError(f"There is no {kind} check in {name!r}.")
    channel = NamespaceChannel(
        namespace,
        _ruled_out(plan.assignment, namespace),
        watcher=Watching(plan.assignment),
        check_seconds=plan.assignment.budget.check_seconds,
    )
    with channel.capturing():
        results = run_checks(plan.limited_to(counted), channel, _setting())
    results = [result for result in results if result.name in counted]  # without those that these only wait for
    display(Report(plan.assignment, results))
    if points is None:
        points = sum(exercise.points for exercise in exercises)
    share = _share(results)
    if share == 1:
        return Points(points, points)
    return Points(round(points * share, DECIMALS), points)


def _names_of_checks(plan: Plan, exercises: list[Exercise], *, hidden: bool) -> set[str]:
    """The visible checks of some exercises, or the hidden ones."""
    asked = [exercise.id for exercise in exercises]
    names = set()
    for check in plan.checks:
        if check.exercise in asked and check.visible is not hidden:
            names.add(check.name)
    return names


def _share(results: list[CheckResult]) -> float:
    """Which part of the points of some checks was earned."""
    earned = 0.0
    maximum = 0.0
    for result in results:
        earned += result.points
        maximum += result.max_points
    return earned / maximum


def _ruled_out(assignment: Assignment, namespace: dict) -> Callable[[Exercise], str]:
    if "In" not in namespace:  # plain Python, which does not keep what it ran
        return lambda exercise: ""
    from .history import finder

    return finder(assignment, namespace)


def _exercises(assignment: Assignment, name: str) -> list[Exercise]:
    """The exercise that a name says, or all of its assignment."""
    _, dot, wanted = name.partition(".")
    if not dot:
        return list(assignment.exercises)
    known = []
    for exercise in assignment.exercises:
        if exercise.id == wanted:
            return [exercise]
        known.append(f"{assignment.slug}.{exercise.id}")
    problem = f"There is no exercise {name!r}."
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        problem += f" Did you mean {close[0]}?"
    raise UsageError(f"{problem} Known are: {', '.join(known)}.")


def _setting() -> Setting:
    return Setting(seed=DESK_SEED, load_data=partial(data.load, data.EMBEDDED), desk=True)
