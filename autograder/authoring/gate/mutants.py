"""Whether what equivalent_mutants.toml lists is still what `validate --mutants` makes of the reference."""

from __future__ import annotations

from collections.abc import Iterator

from ...course import Course
from ...plan import Plan
from ..mutants.generating import mutants_of
from .places import place

FILE = "equivalent_mutants.toml"


def unknown_mutants(course: Course, plan: Plan) -> Iterator[str]:
    """Each entry of the list that no mutant is; lines of the reference may move."""
    slug = plan.assignment.slug
    listed = course.equivalent_mutants(slug)
    if not listed:
        return
    statements = {(entry.function, entry.old) for entry in listed}
    mutants = mutants_of(plan.reference, plan.assignment, statements)
    made = {(mutant.function, mutant.old, mutant.new) for mutant in mutants}
    text = course.text(slug, FILE)
    for entry in listed:
        for new in entry.new:
            if (entry.function, entry.old, new) not in made:
                where = place(FILE, text, new)
                yield f"{where}: {entry.function} has no such mutant any more: {entry.old} became {new}"
