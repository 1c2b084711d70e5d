"""What a mark depends on, in short: hashes of the texts and versions of the software."""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from ..errors import SubmissionError
from ..model import Assignment, RunInfo
from .plan import Setting
from .submissions import MAX_BYTES, MAX_NOTEBOOK_BYTES, Submission, read_bytes

ENGINE = Path(__file__).resolve().parents[1]


def run_info(assignment: Assignment, submission: Submission, setting: Setting) -> RunInfo:
    """What the result of a submission depends on; two equal ones give equal results."""
    return RunInfo(
        seed=setting.seed,
        device=setting.device,
        dataset=setting.dataset,
        isolation=setting.isolation,
        versions=versions(),
        hashes=fingerprints(assignment.folder, submission),
    )


def fingerprints(assignment: Path, submission: Submission) -> dict[str, str]:
    """SHA-256 of everything handed in that code can use, of the assignment's files and of the engine."""
    return {
        "submission": submission_hash(submission, assignment.name),
        "assignment": _tree(assignment, "*"),
        "engine": _tree(ENGINE, "**/*.py"),
    }


def submission_hash(submission: Submission, slug: str) -> str:
    """SHA-256 of an assignment's files and of every module beside them, which they may import."""
    digest = hashlib.sha256(slug.encode())
    notebooks = [path for path in submission.paths(slug) if path.suffix == ".ipynb"]
    for path in [*submission.modules(slug), *notebooks]:
        try:
            content = read_bytes(path, MAX_NOTEBOOK_BYTES if path in notebooks else MAX_BYTES)
        except SubmissionError as error:
            content = str(error).encode("utf-8", "surrogateescape")
        digest.update(path.name.encode("utf-8", "surrogateescape") + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


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
