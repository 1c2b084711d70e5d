"""Single mistakes in code of any style fail, and go by their names: a part of each table styles/mistakes.py.

`benchmarks/naming.py` goes through all of them.
"""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.plan import Plan

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
NAMING = runpy.run_path(str(ROOT / "benchmarks" / "naming.py"))
COURSE = Course(ROOT)
PART = 2  # mistakes of each assignment, evenly spread over its table
TABLES = {slug: COURSE.single_mistakes(slug) for slug in COURSE.slugs}
CHOSEN = [
    pytest.param(slug, mistake, id=f"{slug}-{mistake.style}-{'+'.join(sorted(mistake.ids))}")
    for slug, table in TABLES.items()
    for mistake in table[2 :: max(1, -(-len(table) // PART))]  # an assignment need not have a table
]


@pytest.mark.parametrize(("slug", "mistake"), CHOSEN)
def test_a_single_mistake_fails_and_is_named(slug: str, mistake, workers):
    """Through the real process boundary: points are lost, and nothing but this mistake is named."""
    result = NAMING["graded"](COURSE, Plan.of(COURSE, slug), mistake, workers)
    assert result.score < result.max_score
    assert NAMING["named"](result) == mistake.ids
