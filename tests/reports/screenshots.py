"""Draws the pictures of the README: `python -m tests.reports.screenshots RESULTS`, of results of the demo class.

autograder grade examples/class && python -m tests.reports.screenshots results
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

from autograder.course import Course
from autograder.grading.results import for_student, read_result, read_results, results_of
from autograder.reports.class_figures import ClassFigures
from autograder.reports.class_page import class_page
from autograder.reports.feedback import Feedback
from autograder.reports.feedback_page import feedback_page

from .browser import Tab, browser

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
COLOURS = 256  # of a small file; the pages have few
STUDENT = ("linh", "sigmoid_gd")
SHOWN_EXERCISE = "document.querySelector('figure').closest('section')"
BOX = "(r => ({x: r.x + scrollX - 10, y: r.y + scrollY, width: r.width + 20, height: r.height}))"


def main(results: Path) -> None:
    """Write the pictures."""
    course = Course(ROOT)
    titles = {slug: {e.id: e.title for e in course.assignment(slug).exercises} for slug in course.slugs}
    student, slug = STUDENT
    told = for_student(read_result(results_of(results)[student][slug]))
    with tempfile.TemporaryDirectory() as name, browser(Path(name)) as tab:
        page = Path(name) / "page.html"
        page.write_text(class_page(ClassFigures(read_results(results)), titles), encoding="utf-8")
        tab.look(width=1100)
        tab.open(page)
        save(tab, "class-report.png", height=1250)
        page.write_text(feedback_page(Feedback.of(told, titles[slug])), encoding="utf-8")
        tab.look(width=900)
        tab.open(page)
        save(tab, "feedback.png", of=SHOWN_EXERCISE, height=1100)
        tab.look(width=900, dark=True)
        save(tab, "feedback-dark.png", of=SHOWN_EXERCISE, height=1100)


def save(tab: Tab, name: str, *, of: str = "document.body", height: float = 10_000) -> None:
    """Save a picture of an element, with as few colours as it needs."""
    box = tab.run(f"{BOX}({of}.getBoundingClientRect())")
    box["height"] = min(box["height"], height)
    shot = tab.call("Page.captureScreenshot", captureBeyondViewport=True, format="png", clip={**box, "scale": 1})
    picture = Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB").quantize(COLOURS, dither=0)
    DOCS.mkdir(exist_ok=True)
    picture.save(DOCS / name, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
