"""The wheel that students install, with the kit of chosen assignments and no other.

What one assignment gives to students can hold what an earlier one asks for, such as the gradients of a network. So a
wheel carries what has been released, and a later one more; `autograder update` brings a kit up to it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..course import Course
from ..errors import UsageError
from .folders import write_files
from .handed_out import kit_files

PACKAGE = Path(__file__).resolve().parents[1]
METADATA = ("pyproject.toml", "README.md", "LICENSE", "requirements.txt")
NOT_OURS = shutil.ignore_patterns("__pycache__", "kit")  # an installed engine carries a kit in its own folder


def build_wheel(course: Course, slugs: Sequence[str], folder: Path) -> Path:
    """Build a wheel of the engine with the committed kit of some assignments into a folder, and return its path.

    Raises:
        UsageError: the engine was not started from a clone, or pip cannot build the wheel.
    """
    clone = PACKAGE.parent
    missing = [name for name in METADATA if not (clone / name).is_file()]
    if missing:
        raise UsageError(f"A wheel is built in a clone of the engine; {clone} has no {missing[0]}.")
    with tempfile.TemporaryDirectory(prefix="wheel-") as name:
        place = Path(name)
        shutil.copytree(PACKAGE, place / PACKAGE.name, ignore=NOT_OURS)
        for file in METADATA:
            shutil.copy(clone / file, place / file)
        write_files(place / "student_template", kit_files(course.kit, tuple(slugs)))
        built = place / "built"
        _run_pip(["wheel", "--no-deps", "--wheel-dir", str(built), str(place)])
        (wheel,) = built.glob("*.whl")
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(wheel, folder / wheel.name))


def _run_pip(words: list[str]) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["it says nothing"]
        raise UsageError(f"pip could not build the wheel: {reason[0]}")
