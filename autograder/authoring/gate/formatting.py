"""What `ruff` says to the files of an assignment, in a course that uses it: one whose pyproject.toml sets it up."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ...course import Course

FINDING = re.compile(r"(?P<file>.+?):(?P<line>\d+):\d+: (?P<text>.+)")


def unformatted(course: Course, slug: str) -> Iterator[str]:
    """What a checker or a formatter would change; nothing where the course does without them."""
    settings = course.root / "pyproject.toml"
    if not settings.is_file() or "[tool.ruff" not in settings.read_text(encoding="utf-8"):
        return
    if importlib.util.find_spec("ruff") is None:
        return
    paths = [course.assignments_folder / slug, course.solution_path(slug)]
    for line in _ruff(course.root, paths, "check", "--output-format=concise").splitlines():
        finding = FINDING.fullmatch(line)
        if finding:
            yield f"{_short(finding['file'], slug)}:{finding['line']}: {finding['text']}"
    for line in _ruff(course.root, paths, "format", "--check").splitlines():
        if line.startswith("Would reformat: "):
            file = _short(line.removeprefix("Would reformat: "), slug)
            yield f"{file}: not formatted; run `ruff format`"


def _ruff(root: Path, paths: list[Path], *arguments: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", *map(str, paths)]
    return subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False).stdout


def _short(path: str, slug: str) -> str:
    """A path as the other sentences about an assignment write it."""
    return path.removeprefix(f"assignments/{slug}/")
