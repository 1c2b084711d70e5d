"""What tests of authoring start from: a copy of the miniature course that a test may change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.course import Course


@pytest.fixture
def own_course(course: Course, tmp_path: Path) -> Course:
    """The miniature course, copied for this test."""
    return Course(shutil.copytree(course.root, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__")))
