"""Read whatever an author has written, so that what cannot be read is told before anything runs, once."""

from __future__ import annotations

from collections.abc import Sequence

from ...course import Course
from ...plan import Plan
from ..regions import code_cells
from ..stubs import cut_stub, reference_of


def read_everything(course: Course, slugs: Sequence[str]) -> None:
    """Read all files of assignments.

    Raises:
        CourseError: one of them is wrong, in the line that it names.
    """
    for slug in slugs:
        plan = Plan.of(course, slug)
        reference = reference_of(course, slug)
        cut_stub(reference, plan.assignment)
        code_cells(reference, plan.assignment)
        course.handout(slug)
        course.model_answers(slug)
        course.equivalent_mutants(slug)
        course.styles(slug)
        course.single_mistakes(slug)
