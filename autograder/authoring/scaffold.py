"""Start a new assignment: a complete small one in its two hand-written places, to be rewritten part by part."""

from __future__ import annotations

import keyword
from pathlib import Path

from ..course import SLUG, Course
from ..errors import UsageError

TEMPLATES = Path(__file__).with_name("templates")
FILES = ("assignment.toml", "handout.md", "checks.py", "hidden_checks.py", "misconceptions.py")


def scaffold(course: Course, slug: str) -> list[Path]:
    """Write the files of a new assignment; gives their paths.

    Raises:
        UsageError: the name cannot be used, or something of that name exists.
    """
    if not SLUG.fullmatch(slug) or keyword.iskeyword(slug):
        raise UsageError(f"{slug!r} cannot be a name: use lower-case letters, digits and _, like layer_norm.")
    folder, solution = course.assignments_folder / slug, course.solution_path(slug)
    for path in (folder, solution):
        if path.exists():
            raise UsageError(f"{path} exists already; nothing was changed.")
    orders = [course.assignment(s).order for s in course.slugs]
    words = {"slug": slug, "title": slug.replace("_", " ").capitalize(), "order": max(orders, default=0) + 1}
    targets = {folder / name: TEMPLATES / f"{name}.tmpl" for name in FILES} | {solution: TEMPLATES / "solution.py.tmpl"}
    for target, template in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        text = template.read_text(encoding="utf-8")
        target.write_text(_filled(text, words), encoding="utf-8")
    return list(targets)


def _filled(text: str, words: dict[str, object]) -> str:
    """Replace {slug}, {title} and {order}; other braces (formulas, dicts) stay."""
    for key, value in words.items():
        text = text.replace(f"{{{key}}}", str(value))
    return text
