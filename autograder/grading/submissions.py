"""What students handed in: find it, and read it without being led astray by links, pipes, sizes or encodings.

A submission is a folder with `<slug>.py` in it, a class a folder of such folders; a single file counts as a submission
of its folder. Nothing is executed here.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SubmissionError
from .text import clean

MAX_BYTES = 1 << 20
MAX_MODULES = 50
IGNORED = ("assignments", "solutions")  # folders of a student's kit, not of a class


@dataclass(frozen=True)
class Source:
    """The text of a student's file, and of the modules beside it that it may import, by name."""

    text: str
    path: Path
    beside: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Submission:
    """One student's folder; `only` limits it to one assignment, where a single file was handed in."""

    student: str
    folder: Path
    only: str | None = None

    def path(self, slug: str) -> Path:
        """Where the file for an assignment is expected."""
        return self.folder / f"{slug}.py"

    def slugs(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the known assignments that have a file here, readable or not."""
        return tuple(slug for slug in known if os.path.lexists(self.path(slug)))

    def modules(self) -> list[Path]:
        """Every Python file in the folder, by name; of very many only the first."""
        try:
            names = sorted(name for name in os.listdir(self.folder) if name.endswith(".py"))
        except OSError:
            return []
        return [self.folder / name for name in names[:MAX_MODULES]]

    def resembling(self, slug: str) -> str:
        """The name of a file that was probably meant to be this assignment's, or ""."""
        wanted = slug.replace("_", "")
        try:
            names = sorted(os.listdir(self.folder))
        except OSError:
            return ""
        for name in names:
            stem, dot, ending = name.rpartition(".")
            simple = "".join(c for c in stem.lower() if c.isalpha())
            if ending in ("py", "txt", "ipynb") and simple.startswith("".join(c for c in wanted if c.isalpha())):
                return clean(name)
        return ""


def find_submissions(paths: list[Path], slugs: tuple[str, ...], *, ignore: Path | None = None) -> list[Submission]:
    """Every submission under the given paths, sorted by student.

    Args:
        ignore: a folder that is no submission even if it lies among them, like that of the results.
    Raises:
        SubmissionError: a path does not exist, holds no submission, or two submissions have one student's name.
    """
    found: dict[str, Submission] = {}
    for path in paths:
        for submission in _under(path, slugs):
            if ignore is not None and submission.folder.resolve() == ignore.resolve():
                continue
            other = found.setdefault(submission.student, submission)
            if other.folder.resolve() != submission.folder.resolve():
                raise SubmissionError(
                    f"Two submissions are called {submission.student!r}: {other.folder} and {submission.folder}. "
                    "Rename one of the folders."
                )
    return sorted(found.values(), key=lambda s: s.student)


def read_source(path: Path) -> Source:
    """The text of a student's file.

    Raises:
        SubmissionError: it is a link, no regular file, too large, unreadable or not UTF-8.
    """
    data = read_bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"{path.name} is not UTF-8 text (byte 0x{data[error.start]:02x} in line {line}): save it as UTF-8."
        raise SubmissionError(problem) from error
    if "\0" in text:
        raise SubmissionError(f"{path.name} holds a null byte, so it is no Python text.")
    return Source(text.replace("\r\n", "\n").replace("\r", "\n"), path)


def read_submission(submission: Submission, slug: str) -> Source:
    """The text for an assignment, with the modules beside it as far as they can be read.

    Raises:
        SubmissionError: the file itself cannot be used.
    """
    source = read_source(submission.path(slug))
    beside = {}
    for path in submission.modules():
        with contextlib.suppress(SubmissionError):
            beside[path.stem] = read_source(path).text
    return dataclasses.replace(source, beside=beside)


def read_bytes(path: Path) -> bytes:
    """The content of a student's file.

    Raises:
        SubmissionError: it is a link, no regular file, too large or unreadable.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        fd = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise SubmissionError(f"{path.name} is a symbolic link: hand in the file itself.") from error
        raise SubmissionError(f"{path.name} cannot be read: {error.strerror}.") from error
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            raise SubmissionError(f"{path.name} is no regular file.")
        if status.st_size > MAX_BYTES:
            raise SubmissionError(f"{path.name} has {status.st_size} bytes; more than {MAX_BYTES} are not accepted.")
        with os.fdopen(fd, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)
    finally:
        os.close(fd)


def _under(path: Path, slugs: tuple[str, ...]) -> list[Submission]:
    if not path.exists():
        raise SubmissionError(f"There is no {path}.")
    if path.is_file():
        if path.suffix != ".py" or path.stem not in slugs:
            raise SubmissionError(f"{path} is not named after an assignment; known are: {', '.join(slugs)}.")
        return [dataclasses.replace(_submission(path.parent), only=path.stem)]
    if _submission(path).slugs(slugs):
        return [_submission(path)]
    folders = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))
    members = [_submission(p) for p in folders if p.name not in IGNORED]
    if not any(member.slugs(slugs) for member in members):
        raise SubmissionError(
            f"{path} holds no submission: neither it nor a folder in it has a file called "
            f"{' or '.join(f'{slug}.py' for slug in slugs[:2])}{' ...' if len(slugs) > 2 else ''}."
        )
    return members


def _submission(folder: Path) -> Submission:
    name = " ".join(clean(folder.resolve().name).split())
    return Submission(name if name.strip(".") else "unnamed", folder)  # it becomes a folder among the results
