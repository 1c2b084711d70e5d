"""The kit is up to date, and tells students nothing that they must not know."""

from __future__ import annotations

from collections.abc import Sequence

from ...course import Course
from ...errors import CourseError
from ..kit import build_kit, differences
from ..leak_check import leaks


def validate_kit(course: Course, slugs: Sequence[str] | None = None) -> list[str]:
    """What is wrong with the kit: it cannot be built, is out of date, or tells students what they must not know.

    Args:
        slugs: assignments whose files are looked at, and what belongs to none (default: all).
    """
    problems = []
    try:
        fresh = build_kit(course, slugs)
        for difference in differences(course, fresh, slugs):
            problems.append(f"student_template: {difference}; run `autograder build`")
        for leak in leaks(fresh, course):
            problems.append(f"student_template/{leak}")
    except CourseError as error:
        return [f"student_template cannot be built: {_cause(error, course)}"]
    return problems


def _cause(error: CourseError, course: Course) -> str:
    """Which assignment keeps the kit from being built; what is wrong there is told of the assignment."""
    if error.path is None or not error.path.is_relative_to(course.assignments_folder):
        return str(error)
    slug, *file = error.path.relative_to(course.assignments_folder).parts
    return f"{'/'.join(file)} of {slug} is not right; `autograder validate {slug}` says why"
