"""Results on disk: OUT/<student>/<slug>.json, each written whole or not at all, and OUT/marks.csv over all of them."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import json
import os
import tempfile
import time
from pathlib import Path

from ..errors import ResultsError
from ..model import Mark, Result

MARKS = "marks.csv"
FAULTS = "faults.log"
OURS = (MARKS, FAULTS)
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
        folder = f"{student}_" if student.lower() in OURS else student  # a name that a file of ours needs
        return self.root / folder / f"{slug}.json"

    def write(self, result: Result) -> Path:
        """Store a result in place of an older one, atomically."""
        path = self.path(result.student, result.assignment)
        write_whole(path, (json.dumps(result.to_dict(), indent=1, ensure_ascii=False) + "\n").encode())
        return path

    def keep_fault(self, what: str, trace: str) -> Path:
        """Add a fault of the grader itself to the file that keeps them; gives its path."""
        path = self.root / FAULTS
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{now} {what}\n{trace}\n")
        return path

    def set_aside_broken(self) -> list[str]:
        """Rename every file here that is no result, so that nothing of it is lost; gives a sentence for each.

        What a run that was killed had only half written is removed.
        """
        for path in [*self.root.glob(f"{UNFINISHED}*"), *self.root.glob(f"*/{UNFINISHED}*")]:
            with contextlib.suppress(FileNotFoundError):  # another run's, which has just finished it
                if time.time() - path.stat().st_mtime > UNFINISHED_SECONDS:
                    path.unlink()
        notes = []
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
        return [Mark.of(read_result(path)) for path in self._files()]

    def write_marks(self, slugs: tuple[str, ...]) -> Path:
        """Write a table with a row per student and a column per assignment, from every result stored here."""
        marks: dict[str, dict[str, Mark]] = {}
        for mark in self.marks():
            marks.setdefault(mark.student, {})[mark.assignment] = mark
        columns = [slug for slug in slugs if any(slug in row for row in marks.values())]
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(["student", *columns, "total", "maximum"])
        for student, row in sorted(marks.items()):
            got = [row[slug] for slug in columns if slug in row]
            scores = [_number(row[slug].score) if slug in row else "" for slug in columns]
            total, maximum = sum(r.score for r in got), sum(r.max_score for r in got)
            table.writerow([_harmless(student), *scores, _number(total), _number(maximum)])
        path = self.root / MARKS
        write_whole(path, text.getvalue().encode())
        return path

    def _files(self) -> list[Path]:
        return sorted(p for p in self.root.glob("*/*.json") if p.is_file())


# STAND-IN of helper D, to be replaced at the merge by the one of helper C.
def for_student(result: Result) -> dict:
    """The version of a result that its student may read: without what only the staff need, or hidden checks hide."""
    record = result.to_dict()
    del record["run"]
    for check in record["checks"]:
        del check["seconds"]
        if not check["visible"]:
            del check["name"]
            del check["title"]
    return record


def read_result(path: Path) -> Result:
    """Read one result file.

    Raises:
        ResultsError: it is not a result of this version.
    """
    try:
        return Result.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}.") from error
    except json.JSONDecodeError as error:
        raise ResultsError(f"{path}:{error.lineno}: this is no valid JSON ({error.msg}).") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ResultsError(f"{path} is no result of this grader ({type(error).__name__}: {error}).") from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that at any moment either the old or the whole new content is there, also after a power loss."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=UNFINISHED, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def _free_name(path: Path) -> Path:
    number, free = 2, path
    while free.exists():
        free, number = path.with_name(f"{path.name}{number}"), number + 1
    return free


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _harmless(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text
