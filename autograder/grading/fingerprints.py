"""What a mark depends on, in short: hashes of the texts and versions of the software."""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from importlib import metadata
from pathlib import Path

ENGINE = Path(__file__).resolve().parents[1]


def fingerprints(assignment: Path, source: str | None) -> dict[str, str]:
    """SHA-256 of the student's text, of the assignment's files and of the engine."""
    submission = "" if source is None else hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    return {"submission": submission, "assignment": _tree(assignment, "*"), "engine": _tree(ENGINE, "**/*.py")}


@lru_cache
def versions() -> dict[str, str]:
    """Versions of the engine and of what computes with it."""
    names = ("nn-autograder", "torch", "numpy")
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


@lru_cache
def _tree(folder: Path, pattern: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.glob(pattern) if p.is_file() and "__pycache__" not in p.parts):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
