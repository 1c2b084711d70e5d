"""Right code passes whatever its style: each file of styles/ earns everything, through the real boundary."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from ...course import Course
from ...grading.runner import grade
from ...model import Outcome
from ...plan import Plan, Setting
from ...reports.renderers import paragraph
from ...sandbox.workers import Workers
from ...submissions.files import Submission
from ..stubs import cut_stub

GIVEN = "given.py"  # the stub, so that a style can import what students are given


def wrong_style(course: Course, plan: Plan, name: str, setting: Setting, workers: Workers) -> Iterator[str]:
    """Each check that a style does not pass."""
    source = course.styles(plan.assignment.slug)[name]
    with tempfile.TemporaryDirectory(prefix="validate-") as folder:
        submission = style_submission(plan, source, Path(folder))
        result = grade(plan, submission, setting, workers=workers)
    for note in result.notes:
        yield f"styles/{name}.py: {note}"
    for check in result.checks:
        if check.outcome is not Outcome.PASSED:
            yield f"styles/{name}.py does not pass {check.name}: {check.outcome}: {paragraph(check)}"


def style_submission(plan: Plan, source: str, folder: Path) -> Submission:
    """A style as a submission, in an empty folder."""
    for name, text in {**plan.beside, plan.assignment.slug: source}.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    (folder / GIVEN).write_text(cut_stub(plan.reference, plan.assignment), encoding="utf-8")
    return Submission("validated", folder)


def misfitting_mistakes(course: Course, plan: Plan) -> Iterator[str]:
    """What is wrong with the table of single mistakes, where there is one."""
    slug = plan.assignment.slug
    mistakes = course.single_mistakes(slug)
    if not mistakes:
        return
    styles = course.styles(slug)
    known = {misconception.id for misconception in plan.misconceptions}
    for mistake in mistakes:
        where = f"styles/mistakes.py:{mistake.line}"
        if mistake.style not in styles:
            yield f"{where}: there is no style {mistake.style!r}"
            continue
        times = styles[mistake.style].count(mistake.right)
        if times != 1:
            yield f"{where}: its right text occurs {times} times in {mistake.style}.py, not once"
        for id in sorted(mistake.ids - known):
            yield f"{where}: misconceptions.py has no {id!r}"
    for style in sorted(styles.keys() - {mistake.style for mistake in mistakes}):
        yield f"styles/mistakes.py: no mistake is made in {style}.py"
