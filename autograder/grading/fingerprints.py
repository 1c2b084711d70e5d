"""Fingerprints of all that a mark depends on: hashes of the texts, and versions of the software."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import platform
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from ..errors import SubmissionError
from ..model import Assignment, RunInfo
from ..plan import Setting
from ..submissions.files import MAX_BYTES, MAX_NOTEBOOK_BYTES, Submission, read_bytes

ENGINE = Path(__file__).resolve().parents[1]


def run_info(assignment: Assignment, reference: str | None, submission: Submission, setting: Setting) -> RunInfo:
    """What the result of a submission depends on: as long as it stays equal, so does the result.

    Args:
        reference: the text of the reference, with those that it imports, if it is known.
    """
    return RunInfo(
        seed=setting.seed,
        device=setting.device,
        dataset=setting.dataset,
        isolation=setting.isolation,
        secret=setting.secret,
        carry_forward=setting.carry_forward,
        versions=versions(),
        hashes={
            "submission": submission_hash(submission, assignment.slug, assignment.imports),
            **hashes_without_submission(assignment, reference, setting),
        },
    )


def hashes_without_submission(assignment: Assignment, reference: str | None, setting: Setting) -> dict[str, str]:
    """The hashes of all that every result of an assignment depends on."""
    return {
        "assignment": _tree(assignment.folder),
        "reference": hashlib.sha256((reference or "").encode()).hexdigest(),
        "data": _contents(setting.data_files),
        "engine": _tree(ENGINE),  # whole: nobody can tell which part of it a mark does not depend on
    }


def submission_hash(submission: Submission, slug: str, imports: Sequence[str] = ()) -> str:
    """SHA-256 of an assignment's files and of every module beside them that they can import.

    Args:
        imports: slugs of the assignments that this one imports.
    """
    digest = hashlib.sha256(slug.encode())
    for path in submission.modules(slug, imports):
        digest.update(_hash_of_file(path, MAX_NOTEBOOK_BYTES if path.suffix == ".ipynb" else MAX_BYTES))
    for path in submission.paths(slug):
        if path.suffix == ".ipynb":
            digest.update(_hash_of_file(path, MAX_NOTEBOOK_BYTES))
    return digest.hexdigest()


def _hash_of_file(path: Path, most: int) -> bytes:
    """Of a student's file; of one that cannot be read, why, since that is what its result depends on."""
    try:
        content = read_bytes(path, most)
    except SubmissionError as error:
        content = str(error).encode("utf-8", "surrogateescape")
    return path.name.encode("utf-8", "surrogateescape") + b"\0" + hashlib.sha256(content).digest()


@lru_cache  # like the hashes below: nothing of it may change while a class is graded
def versions() -> dict[str, str]:
    """Versions of the engine and of what it computes with."""
    numbers = {"python": platform.python_version(), "torch": _version_of_torch()}
    for name in ("nn-autograder", "numpy"):
        try:
            numbers[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            numbers[name] = "not installed"
    return numbers


def _version_of_torch() -> str:
    """`torch.__version__`, without the second that importing torch takes.

    The version of its wheel may lack the build: 2.13.0 for 2.13.0+cu130.
    """
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return "not installed"
    text = Path(spec.origin).with_name("version.py").read_text(encoding="utf-8")
    line = re.search(r"^__version__ = (.+)$", text, re.MULTILINE)
    if line is None:
        return "unknown"
    return ast.literal_eval(line[1])


@lru_cache
def _tree(folder: Path) -> str:
    """SHA-256 of every file in a folder and below, except what Python compiled."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@lru_cache
def _contents(files: tuple[Path, ...]) -> str:
    """SHA-256 of the contents of files; a missing one counts as empty."""
    digest = hashlib.sha256()
    for path in files:
        content = b""
        if path.is_file():
            content = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()
