"""A course on disk: its files (`layout`), and how they are read (`tables`, `styles`, `declarations`, `outcomes`).

Nothing is graded here.
"""

from __future__ import annotations

from .layout import (
    ANSWERS,
    FIGURES,
    HANDOUT_PAGE,
    SLUG,
    VISIBLE_FILES,
    Course,
    enclosing_course,
    find_course,
    kit_source,
)
from .outcomes import FAILS, MAY_FAIL, Record
from .styles import SingleMistake

__all__ = [
    "ANSWERS",
    "FAILS",
    "FIGURES",
    "HANDOUT_PAGE",
    "MAY_FAIL",
    "SLUG",
    "VISIBLE_FILES",
    "Course",
    "Record",
    "SingleMistake",
    "enclosing_course",
    "find_course",
    "kit_source",
]
