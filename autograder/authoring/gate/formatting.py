"""What `ruff` says to the files of an assignment, in a course that uses it: one whose pyproject.toml sets it up."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ...course import Course

CLEAN, FINDINGS = 0, 1  # exit codes
SECONDS = 60.0  # `ruff` takes less than one; a disk that hangs must not hold up everything else
FINDING = re.compile(r"(?P<file>.+?):(?P<line>\d+):\d+: (?P<text>.+)")


def unformatted(course: Course, slug: str) -> Iterator[str]:
    """What a checker or a formatter would change; nothing where the course does without them."""
    settings = course.root / "pyproject.toml"
    if not settings.is_file() or "[tool.ruff" not in settings.read_text(encoding="utf-8"):
        return
    if importlib.util.find_spec("ruff") is None:
        return
    paths = [course.assignments_folder / slug, course.solution_path(slug)]
    for command in (["check"], ["format", "--check"]):
        try:
            said = _ruff(course.root, [*command, *map(str, paths)])
        except subprocess.TimeoutExpired:
            yield f"pyproject.toml: `ruff {' '.join(command)}` did not end within {SECONDS:g} s"
            continue
        if said.returncode not in (CLEAN, FINDINGS):
            yield f"pyproject.toml: `ruff {' '.join(command)}` cannot be run: {' '.join(said.stderr.split())}"
        for line in said.stdout.splitlines():
            finding = FINDING.fullmatch(line)
            if finding:
                file = finding["file"].removeprefix(f"assignments/{slug}/")  # as the other sentences have it
                yield f"{file}:{finding['line']}: {finding['text']} (`ruff {' '.join(command)}`)"


def _ruff(root: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ruff", *arguments, "--output-format=concise", "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False, timeout=SECONDS)
