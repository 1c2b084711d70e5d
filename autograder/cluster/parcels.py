"""A submission as bytes: packed where it was handed in, unpacked where it is graded."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..errors import AutograderError, SubmissionError
from ..grading.classroom import Task
from ..grading.fingerprints import submission_hash
from ..submissions.files import MAX_BYTES, MAX_NOTEBOOK_BYTES, Submission, read_bytes


class Kind(StrEnum):
    """What stands under a name in a student's folder; all but a file are refused, each in words of its own."""

    FILE = "file"
    LINK = "link"
    LARGE = "large"
    LOCKED = "locked"
    OTHER = "other"


@dataclass(frozen=True)
class CarriedFile:
    """A file of a submission.

    Args:
        name: as the file system has it, which need not be text.
        size: in bytes, of a file that is too large to be accepted; its content stays behind.
    """

    name: bytes
    kind: Kind = Kind.FILE
    content: bytes = b""
    size: int = 0


@dataclass(frozen=True)
class Parcel:
    """One assignment of one submission, with the files that its result depends on.

    Args:
        imports: slugs of the assignments that this one imports, whose files are among these.
        hash: the fingerprint of these files where they were handed in.
    """

    submission: Submission
    slug: str
    imports: tuple[str, ...]
    files: tuple[CarriedFile, ...]
    hash: str


def packed(task: Task) -> Parcel:
    """The parcel of a task.

    Raises:
        OSError: a file vanished or cannot be read at all.
    """
    submission = task.submission
    slug = task.slug
    files: dict[bytes, CarriedFile] = {}
    lookalike = submission.lookalike(slug)
    if lookalike:
        name = os.fsencode(lookalike)
        files[name] = CarriedFile(name)  # only its name is told
    for path in [*submission.paths(slug), *submission.modules(slug, task.imports)]:
        files[os.fsencode(path.name)] = _carried(path)
    fingerprint = submission_hash(submission, slug, task.imports)
    return Parcel(submission, slug, task.imports, tuple(files.values()), fingerprint)


def _carried(path: Path) -> CarriedFile:
    name = os.fsencode(path.name)
    most = MAX_NOTEBOOK_BYTES if path.suffix == ".ipynb" else MAX_BYTES
    try:
        return CarriedFile(name, content=read_bytes(path, most))  # as a grader here would: no link is followed
    except SubmissionError:
        return _refused(path, name, most)


def _refused(path: Path, name: bytes, most: int) -> CarriedFile:
    """A file that will be refused, so that it is refused for the same reason elsewhere."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return CarriedFile(name, Kind.LINK)
    if not stat.S_ISREG(status.st_mode):
        return CarriedFile(name, Kind.OTHER)
    if status.st_size > most:
        return CarriedFile(name, Kind.LARGE, size=status.st_size)
    return CarriedFile(name, Kind.LOCKED)


@contextlib.contextmanager
def unpacked(parcel: Parcel) -> Iterator[Task]:
    """The task of a parcel, whose files stand in a folder of this machine inside the block.

    Raises:
        AutograderError: the files are not what they were, because this machine cannot have such files.
    """
    with tempfile.TemporaryDirectory(prefix="parcel-") as folder:
        submission = dataclasses.replace(parcel.submission, folder=Path(folder))
        home = submission.home(parcel.slug)
        home.mkdir(exist_ok=True)
        # In a folder for its owner alone, since submissions of others may run on this machine.
        for file in parcel.files:
            _unpack(file, home)
        if submission_hash(submission, parcel.slug, parcel.imports) != parcel.hash:
            raise AutograderError(f"The files of {submission.student} changed on their way to another machine.")
        yield Task(submission, parcel.slug, parcel.imports)


def _unpack(file: CarriedFile, home: Path) -> None:
    path = home / Path(os.fsdecode(file.name)).name
    if file.kind is Kind.LINK:
        path.symlink_to("nowhere")
        return
    if file.kind is Kind.OTHER:
        path.mkdir()
        return
    path.write_bytes(file.content)
    if file.kind is Kind.LARGE:
        os.truncate(path, file.size)  # it holds nothing, and takes no room
    if file.kind is Kind.LOCKED:
        path.chmod(0)
