"""What a mark depends on, in short: hashes of the texts and versions of the software."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import platform
import re
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from ..errors import SubmissionError
from ..model import Assignment, RunInfo
from ..plan import Setting
from ..submissions.files import MAX_BYTES, MAX_NOTEBOOK_BYTES, Submission, read_bytes

ENGINE = Path(__file__).resolve().parents[1]


def run_info(assignment: Assignment, reference: str | None, submission: Submission, setting: Setting) -> RunInfo:
    """What the result of a submission depends on; two equal ones give equal results.

    Args:
        reference: the text of the reference, if it is known.
    """
    return RunInfo(
        seed=setting.seed,
        device=setting.device,
        dataset=setting.dataset,
        isolation=setting.isolation,
        versions=versions(),
        hashes={
            "submission": submission_hash(submission, assignment.slug),
            "assignment": _tree(assignment.folder),
            "reference": hashlib.sha256((reference or "").encode()).hexdigest(),
            "data": _contents(setting.data_files),
            "engine": _tree(ENGINE),
        },
    )


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
    found = {"python": platform.python_version(), "torch": _version_of_torch()}
    for name in ("nn-autograder", "numpy"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def _version_of_torch() -> str:
    """As `torch.__version__` says it, with the build, without the second that importing it takes.

    The version of its wheel may lack the build: 2.13.0 for 2.13.0+cu130.
    """
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return "not installed"
    text = Path(spec.origin).with_name("version.py").read_text(encoding="utf-8")
    return ast.literal_eval(re.search(r"^__version__ = (.+)$", text, re.MULTILINE)[1])


@lru_cache
def _tree(folder: Path) -> str:
    """SHA-256 of every file in a folder and below, but for what Python compiled."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@lru_cache
def _contents(files: tuple[Path, ...]) -> str:
    """SHA-256 of what is in files; of those that are missing, that they are."""
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes() if path.is_file() else b""
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()
