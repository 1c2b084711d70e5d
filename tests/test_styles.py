"""Right code passes whatever its style: every file of styles/SLUG earns everything, through the real boundary."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from autograder import data
from autograder.course import Course
from autograder.grading.runner import grade
from autograder.plan import Plan, Setting
from autograder.submissions.files import Submission

pytestmark = pytest.mark.slow

COURSE = Course(Path(__file__).resolve().parents[1])
MISTAKES = "mistakes.py"  # beside the styles: wrong texts for them
STYLES = {
    f"{path.parent.name}/{path.stem}": path
    for path in sorted(Path(__file__).with_name("styles").glob("*/*.py"))
    if path.name != MISTAKES
}
WAYS = 5  # to write each assignment, at least


def test_there_are_styles_of_every_assignment():
    """At least five of each."""
    counts = {slug: sum(path.parent.name == slug for path in STYLES.values()) for slug in COURSE.slugs}
    assert min(counts.values()) >= WAYS, counts


@pytest.mark.parametrize("style", STYLES)
def test_right_code_of_any_style_earns_everything(tmp_path: Path, workers, style: str):
    """Every check passes, each with its points; `given` is the stub that students start from."""
    slug = STYLES[style].parent.name
    (tmp_path / f"{slug}.py").write_text(STYLES[style].read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "given.py").write_text((COURSE.kit / f"{slug}.py").read_text(encoding="utf-8"), encoding="utf-8")
    setting = Setting(seed=len(style), load_data=partial(data.load, "digits"))
    result = grade(Plan.of(COURSE, slug), Submission(style, tmp_path), setting, workers=workers)
    assert [f"{c.name}: {c.outcome}: {c.message} {c.evidence}" for c in result.checks if c.outcome != "passed"] == []
    assert (result.score, result.notes) == (result.max_score, ())
