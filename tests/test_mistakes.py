"""Single mistakes in code of any style fail, and go by their names: a part of the tables styles/SLUG/mistakes.py.

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
TABLES = {slug: NAMING["table"](slug) for slug in COURSE.slugs}
CHOSEN = [
    pytest.param(slug, mistake, id=f"{slug}-{mistake.style}-{mistake.id.replace(' ', '+')}")
    for slug, table in TABLES.items()
    for mistake in table[2 :: -(-len(table) // PART)]
]


@pytest.mark.parametrize("slug", TABLES)
def test_the_table_fits_its_assignment(slug: str):
    """Every style has mistakes, every right text occurs exactly once, and every name is on the shelf."""
    folder, known = NAMING["STYLES"] / slug, {m.id for m in COURSE.misconceptions(slug)}
    styles = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.stem != "mistakes"}
    assert {mistake.style for mistake in TABLES[slug]} == styles.keys()
    assert [m for m in TABLES[slug] if styles[m.style].count(m.right) != 1 or not m.ids <= known] == []


@pytest.mark.parametrize(("slug", "mistake"), CHOSEN)
def test_a_single_mistake_fails_and_is_named(slug: str, mistake, workers):
    """Through the real process boundary: points are lost, and nothing but this mistake is named."""
    result = NAMING["graded"](COURSE, Plan.of(COURSE, slug), mistake, workers)
    assert result.score < result.max_score
    assert NAMING["named"](result) == mistake.ids
