"""Results on disk: OUT/<student>/<slug>.json, each written whole or not at all, and tables of all marks."""

from __future__ import annotations

import contextlib
import datetime
import json
import math
import os
import tempfile
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import ResultsError
from ..evidence import Block, Snippet, Text, Traceback, to_record
from ..mark import Mark
from ..model import SCHEMA_VERSION, Outcome, Result
from .marks import long_table, wide_table
from .signing import FILE, Secret

MARKS = "marks.csv"
MARKS_LONG = "marks-long.csv"
FAULTS = "faults.log"
EARLIER = "earlier.jsonl"
UNNAMED = "unnamed.json"
OURS = (MARKS, MARKS_LONG, FAULTS, EARLIER, UNNAMED, FILE)
UNFINISHED = ".unfinished-"
UNFINISHED_SECONDS = 60


class ResultsFolder:
    """A folder of results.

    Args:
        root: created if it does not exist.
    Raises:
        ResultsError: it cannot be written to.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResultsError(f"{root} cannot be used as a folder for results: {error.strerror}.") from error
        if not os.access(root, os.W_OK):
            raise ResultsError(f"{root} cannot be written to; choose another folder with --out.")

    def path(self, student: str, slug: str) -> Path:
        """Where the result of a student's assignment stands."""
        return self.place(self.root, student, slug)

    @staticmethod
    def place(root: Path, student: str, slug: str) -> Path:
        """Where a result stands in the folder `root`."""
        folder = f"{student}_" if student.lower() in OURS else student  # a name that a file of ours needs
        return root / folder / f"{slug}.json"

    def write(self, result: Result) -> Path:
        """Store a result in place of an older one, atomically."""
        path = self.path(result.student, result.assignment)
        write_whole(path, self.secret.signed(_as_json(result)))
        return path

    @cached_property
    def secret(self) -> Secret:
        """The secret of this folder. Results that are older than it get their signatures when it is made."""
        known = Secret.of(self.root)
        if known is not None:
            return known
        made = Secret.new()
        for path in self._files():
            with contextlib.suppress(ResultsError):  # it will be set aside
                write_whole(path, made.signed(_as_json(read_result(path))))
        made.keep(self.root)  # last: until it is there, signatures are not asked for
        return made

    def keep_fault(self, what: str, trace: str) -> Path:
        """Add a fault of the grader itself to the file that keeps them, and return its path."""
        path = self.root / FAULTS
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:  # names of files may be no text
            file.write(f"{now} {what}\n{trace}\n")
        return path

    def set_aside_broken(self) -> list[str]:
        """Rename every file here that is no result, so that nothing of it is lost, and return a sentence for each.

        What a run that was killed had only half written is removed.
        """
        for path in [*self.root.glob(f"{UNFINISHED}*"), *self.root.glob(f"*/{UNFINISHED}*")]:
            with contextlib.suppress(FileNotFoundError):  # another run's, which has just finished it
                if time.time() - path.stat().st_mtime > UNFINISHED_SECONDS:
                    path.unlink()
        notes = []
        _ = self.secret
        for path in self._files():
            try:
                read_result(path)
            except ResultsError as error:
                kept = _free_name(path.with_name(path.name + ".broken"))
                path.rename(kept)
                notes.append(f"{error} It was kept as {kept.name}.")
        return notes

    def marks(self) -> list[Mark]:
        """Every result stored here in short, by student and assignment.

        Raises:
            ResultsError: one of them is broken.
        """
        return [Mark.of(read_result(path, evidence=False)) for path in self._files()]

    def write_marks(self, slugs: tuple[str, ...]) -> Path:
        """Write the tables of marks, wide and long, from every result stored here; returns the path of the wide one."""
        marks = self.marks()
        path = self.root / MARKS
        write_whole(path, wide_table(marks, slugs).encode())
        write_whole(self.root / MARKS_LONG, long_table(marks, slugs).encode())
        return path

    def _files(self) -> list[Path]:
        return _files_in(self.root)


def read_results(folder: Path) -> Iterator[Result]:
    """Every result in a folder of results that `grade` has written, by student and assignment, without its evidence.

    Raises:
        ResultsError: there are none, or one of them is broken.
    """
    for paths in results_of(folder).values():
        for path in paths.values():
            yield read_result(path, evidence=False)


def results_of(folder: Path) -> dict[str, dict[str, Path]]:
    """The files of a folder of results by the folders of their students and by their assignments.

    Raises:
        ResultsError: there are none.
    """
    if not folder.is_dir():
        raise ResultsError(f"There is no folder {folder}; name the one that `grade` wrote its results to.")
    paths: dict[str, dict[str, Path]] = {}
    for path in _files_in(folder):
        paths.setdefault(path.parent.name, {})[path.stem] = path
    if not paths:
        raise ResultsError(f"{folder} holds no STUDENT/SLUG.json; name the folder that `grade` wrote its results to.")
    return paths


def read_result(path: Path, *, evidence: bool = True) -> Result:
    """Read one result file.

    Args:
        evidence: whether that is read too; without it, a class is read in a quarter of the time.
    Raises:
        ResultsError: it is not a result of this version, or not one that was written here.
    """
    secret = Secret.of(path.parent.parent)
    try:
        content = path.read_bytes()
        record = _upgraded(json.loads(content.decode("utf-8"), parse_constant=_refuse_constant))
        if not evidence:
            for check in record["checks"]:
                check["evidence"] = []
        result = Result.from_dict(record)
        _verify_points(result)
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}.") from error
    except json.JSONDecodeError as error:
        raise ResultsError(f"{path}:{error.lineno}: this is no valid JSON ({error.msg}).") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ResultsError(f"{path} is no result of this grader ({type(error).__name__}: {error}).") from error
    if secret is not None and not secret.has_signed(content):
        raise ResultsError(f"{path} was not written by the grader, or was changed since: its signature is not right.")
    if secret is not None and path != ResultsFolder.place(path.parent.parent, result.student, result.assignment):
        raise ResultsError(f"{path} is the result of {result.student!r} in {result.assignment!r}, and was moved.")
    return result


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of points")


def _verify_points(result: Result) -> None:
    """Raise ValueError if no check can have such points."""
    for check in result.checks:
        if not 0 <= check.points <= check.max_points < math.inf:
            raise ValueError(f"{check.points} of {check.max_points} points for {check.name!r}")


def _as_json(result: Result) -> str:
    return json.dumps(result.to_dict(), indent=1, ensure_ascii=False)


def _upgraded(record: dict[str, Any]) -> dict[str, Any]:
    """An older result in today's form, so that its mark counts until it is graded again; others as they are."""
    # It is graded again anyway, since the engine has changed. But a mark of somebody who is not in the next run would
    # vanish from marks.csv, and `regrade` would have nothing to compare with.
    if record["schema_version"] not in (2, 3):
        return record
    checks = record["checks"]
    if record["schema_version"] == 2:
        record = record | {"audience": "staff"}
        checks = [_upgraded_check(check) for check in checks]
    checks = [check | {"carried": []} for check in checks]
    return record | {"schema_version": SCHEMA_VERSION, "checks": checks}


def _upgraded_check(record: dict[str, Any]) -> dict[str, Any]:
    """A check of version 2, where all evidence was text, and the sentence of a known mistake began the message."""
    check = dict(record)
    details = check.pop("details")
    snippet = check.pop("snippet")
    evidence: list[Block] = []
    if details and check["outcome"] == Outcome.GRADER_FAULT:
        evidence.append(Traceback(details))
    elif details:
        evidence.append(Text(tuple(details.split("\n"))))
    if snippet:
        evidence.append(Snippet(snippet))
    return check | {"evidence": list(map(to_record, evidence)), "mistake": ""}


def for_student(result: Result) -> dict[str, Any]:
    """The version of a result that its student may read, as plain JSON values.

    It lacks what reproduces hidden inputs or tells of the grader's machine (the run with its seed, versions, hashes and
    isolation), times, the names of hidden checks and of known mistakes, and the tracebacks of faults.
    """
    checks = []
    for check in result.checks:
        record = check.to_dict()
        if not check.visible:
            record["name"] = None  # a check's seed follows from it; the title is told in nbgrader's feedback too
        record["evidence"] = [to_record(block) for block in check.evidence if not isinstance(block, Traceback)]
        for private in ("misconception", "seconds"):
            del record[private]
        checks.append(record)
    record = result.to_dict() | {"audience": "student", "checks": checks}
    del record["run"]
    return record


def write_page(path: Path, text: str) -> Path:
    """Write a file for people, and return its path.

    Raises:
        ResultsError: it cannot be written.
    """
    try:
        write_whole(path, text.encode("utf-8", "replace"))  # names of folders may be no text
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}; name another folder with --out."
        raise ResultsError(problem) from error
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that at any moment either the old or the whole new content is there, also after a power loss."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=UNFINISHED, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # else a power loss could leave the new name with nothing in it
    os.chmod(file.name, 0o644)  # temporary files are for their owner alone
    os.replace(file.name, path)


def _files_in(folder: Path) -> list[Path]:
    """The files of a folder that are results, if they are whole."""
    return sorted(path for path in folder.glob("*/*.json") if path.is_file())


def _free_name(path: Path) -> Path:
    free = path
    number = 2
    while free.exists():
        free = path.with_name(f"{path.name}{number}")
        number += 1
    return free
