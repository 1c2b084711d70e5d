"""Start a new assignment: a small complete one in its two hand-written places, to be rewritten part by part.

The first assignment of a course begins the course as well.
"""

from __future__ import annotations

import keyword
from pathlib import Path

from ..course import SLUG, Course
from ..errors import UsageError

TEMPLATES = Path(__file__).with_name("templates")
FILES = ("assignment.toml", "handout.md", "checks.py", "hidden_checks.py", "misconceptions.py", "outcomes.toml")
COURSE_FILES = {"README.md": "README.md.tmpl", ".gitignore": "gitignore.tmpl"}  # and their templates


def scaffold(course: Course, slug: str) -> list[Path]:
    """Write the files of a new assignment, and of a course that has none yet, and return their paths.

    Raises:
        UsageError: the name cannot be used, or something of that name exists.
    """
    if not SLUG.fullmatch(slug) or keyword.iskeyword(slug):
        raise UsageError(f"{slug!r} cannot be a name: use lower-case letters, digits and _, like layer_norm.")
    folder = course.assignments_folder / slug
    solution = course.solution_path(slug)
    for path in (folder, solution):
        if path.exists():
            raise UsageError(f"{path} exists already; nothing was changed.")
    orders = [course.assignment(other).order for other in course.slugs]
    words = {
        "slug": slug,
        "title": slug.replace("_", " ").capitalize(),
        "order": str(max(orders, default=0) + 1),
    }
    templates = {folder / name: f"{name}.tmpl" for name in FILES}
    templates[solution] = "solution.py.tmpl"
    if not orders:
        for name, template in COURSE_FILES.items():
            if not (course.root / name).exists():  # a folder with hidden files counts as empty
                templates[course.root / name] = template
    for target, template in templates.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(filled(TEMPLATES / template, words), encoding="utf-8")
    return list(templates)


def filled(template: Path, words: dict[str, str]) -> str:
    """A template with each of the words in the place of its name in braces."""
    # Not str.format: templates hold other braces, those of formulas and of Python's dicts.
    text = template.read_text(encoding="utf-8")
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return text
