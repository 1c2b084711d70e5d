"""The zip that Gradescope makes an autograder of: scripts, engine, and the chosen assignments with their hidden side.

setup.sh           installs Python and the locked packages, then grades the references: nothing fails silently
run_autograder     grades one submission, see exporters/gradescope_run.py
requirements.txt   the lock, with builds of torch for the CPU
unfinished.json    the results.json that stands until there is a better one
course.json        what the zip is for
engine/            the engine
course/            the assignments, as far as grading needs them, and their references with those that these import
data/              the files of the data set, if it is not the embedded one
"""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..course import Course
from ..data import EMBEDDED, data_folder, files
from ..errors import UsageError
from ..model import SCHEMA_VERSION, Assignment
from .folders import files_under

ENGINE = Path(__file__).resolve().parents[1]
SCRIPTS = Path(__file__).with_name("templates") / "gradescope"
SETTINGS = "course.json"
UNFINISHED = "unfinished.json"
EXECUTABLE = 0o755
PLAIN = 0o644
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same course gives the same bytes
CPU_BUILDS = "https://download.pytorch.org/whl/cpu"  # the usual wheels for Linux hold CUDA, five times as large
OF_TORCH = re.compile(r"^(torch|torchvision)==([\d.]+)$", re.MULTILINE)
GRADER_MB = 768  # for the grader and what starts its processes; `benchmarks/nbgrader.py` sees some 350 MB of both
LEFT_FREE_SECONDS = 60  # for starting, and for naming mistakes
DEFAULT_MINUTES = 10  # of Gradescope's time limit


@dataclass(frozen=True)
class Contents:
    """What a zip is for.

    Args:
        slugs: the assignments, all of which are graded in every upload.
        seed, dataset: as for `grade`.
    """

    slugs: tuple[str, ...]
    seed: int = 0
    dataset: str = EMBEDDED

    def to_text(self) -> str:
        """As it stands in the zip."""
        told = {
            "schema_version": SCHEMA_VERSION,
            "assignments": self.slugs,
            "seed": self.seed,
            "dataset": self.dataset,
        }
        return json.dumps(told, indent=1) + "\n"

    @classmethod
    def of(cls, folder: Path) -> Contents:
        """What an unpacked zip says of itself.

        Raises:
            UsageError: it belongs to another engine, or is none of ours.
        """
        path = folder / SETTINGS
        try:
            told: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            version = told["schema_version"]
            contents = cls(tuple(told["assignments"]), told["seed"], told["dataset"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path} cannot be read ({error}): `autograder gradescope zip` writes it.") from error
        if version != SCHEMA_VERSION:
            raise UsageError(f"{path} is of schema version {version}, the engine beside it of {SCHEMA_VERSION}.")
        return contents


def write_zip(path: Path, course: Course, contents: Contents, *, unfinished: str, data: Path | None = None) -> None:
    """Write the zip.

    Args:
        unfinished: the results.json that stands until there is a better one.
        data: the folder of data sets that are not embedded, as for `grade`.
    Raises:
        UsageError: something is missing, or the file cannot be written.
    """
    entries: dict[PurePosixPath, bytes] = {}
    for script in ("setup.sh", "run_autograder"):
        entries[PurePosixPath(script)] = (SCRIPTS / script).read_bytes()
    entries[PurePosixPath("requirements.txt")] = lock().encode()
    entries[PurePosixPath(UNFINISHED)] = unfinished.encode()
    entries[PurePosixPath(SETTINGS)] = contents.to_text().encode()
    for inside, content in files_under(ENGINE).items():
        if inside.parts[0] != "kit":  # that of a wheel, which students have
            entries[PurePosixPath("engine", "autograder") / inside] = content
    for slug in contents.slugs:
        entries |= _of_assignment(course, slug)
    entries |= _of_data(contents.dataset, data)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, entries)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; name another file with --out.") from error


def _of_assignment(course: Course, slug: str) -> dict[PurePosixPath, bytes]:
    if course.solution(slug) is None:
        raise UsageError(
            f"There is no {course.solution_path(slug)}: make the zip in a clone, which has the references."
        )
    entries = {}
    for path in course.needed_to_grade(slug):
        inside = PurePosixPath("course", path.relative_to(course.root).as_posix())
        entries[inside] = path.read_bytes()
    return entries


def _of_data(dataset: str, folder: Path | None) -> dict[PurePosixPath, bytes]:
    if dataset == EMBEDDED:
        return {}
    root = data_folder(folder)
    entries = {}
    for path in files(dataset, folder):
        if not path.is_file():
            raise UsageError(f"There is no {path}: name the folder of the data with --data-dir.")
        entries[PurePosixPath("data", path.relative_to(root).as_posix())] = path.read_bytes()
    return entries


def _write(path: Path, entries: Mapping[PurePosixPath, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(entries.items()):
            entry = zipfile.ZipInfo(name.as_posix(), LONG_AGO)
            mode = EXECUTABLE if name.parts in (("setup.sh",), ("run_autograder",)) else PLAIN
            entry.create_system = 3  # of Unix, where permissions count
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def lock() -> str:
    """The packages that a run needs, with builds of torch for the CPU.

    Raises:
        UsageError: the engine was installed without its list.
    """
    for place in (ENGINE, ENGINE.parent):  # of a wheel, and of a clone
        path = place / "requirements.txt"
        if path.is_file():
            text = OF_TORCH.sub(r"\1==\2+cpu", path.read_text(encoding="utf-8"))
            return f"--extra-index-url {CPU_BUILDS}\n{text}"
    raise UsageError("This installation carries no requirements.txt; make the zip in a clone.")


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip as Gradescope does, with the permissions of its files.

    Raises:
        UsageError: it is no zip.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            for entry in opened.infolist():
                path = Path(opened.extract(entry, folder))
                path.chmod(entry.external_attr >> 16 & 0o777 or PLAIN)
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(f"{archive} cannot be unpacked: {error}.") from error


def advice(assignments: Sequence[Assignment]) -> list[str]:
    """What to set in Gradescope for these assignments, a line each."""
    memory = max(assignment.budget.memory_mb for assignment in assignments) + GRADER_MB
    seconds = sum(assignment.budget.submission_seconds for assignment in assignments) + LEFT_FREE_SECONDS
    minutes = max(DEFAULT_MINUTES, math.ceil(seconds / 60))
    points = sum(assignment.points for assignment in assignments)
    return [
        f"Points of the assignment: {points:g}.",
        "Base image: Ubuntu 22.04 or 24.04; the image takes some minutes to build, most of them for torch.",
        f"Container: at least {memory / 1024:.1f} GB of memory; importing torch alone can fill the default 768 MB.",
        f"Time limit: {minutes} minutes; a submission that is stopped keeps what it has earned by then.",
    ]
