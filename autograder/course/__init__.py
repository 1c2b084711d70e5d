"""A course on disk: where its files are (`layout`), and how they are read (`tables`, `styles`, `declarations`).

Nothing is graded here.
"""

from __future__ import annotations

from .layout import SLUG, VISIBLE_FILES, Course, enclosing_course, find_course, kit_source
from .styles import SingleMistake

__all__ = ["SLUG", "VISIBLE_FILES", "Course", "SingleMistake", "enclosing_course", "find_course", "kit_source"]
