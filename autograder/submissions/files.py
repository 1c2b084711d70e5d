"""What students handed in: find it, and read it without being led astray by links, pipes, sizes or encodings.

A submission is a folder with `<slug>.py` or `<slug>.ipynb` in it, a class a folder of such folders; a single file
counts as a submission of its folder. nbgrader keeps a class as <student>/<slug>/<slug>.ipynb, which is understood too,
below `submitted` in the folder of a course. Nothing is executed here.
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
from ..model import Assignment
from ..text import clean
from .notebooks import Cell, notes_on_cells, parse_notebook

MAX_BYTES = 1 << 20
MAX_NOTEBOOK_BYTES = 16 << 20  # most of a notebook are its pictures
MAX_MODULES = 50
SUFFIXES = (".py", ".ipynb")
IGNORED = ("assignments", "solutions")  # folders of a student's kit, not of a class


@dataclass(frozen=True)
class Source:
    """The text of a student's file, and of the modules beside it that it may import, by name.

    Args:
        cells: those that the text is made of, one after the other, if the file is a notebook.
        notes: what is to be said about the file.
        alternative: another file for the same assignment, which counts if nothing is written in this one.
    """

    text: str
    path: Path
    beside: dict[str, str] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()
    alternative: Source | None = None

    def place(self, line: int) -> str:
        """A line of the text in the words of somebody who looks at the file."""
        first = 1
        for cell in self.cells:
            after = first + cell.source.count("\n") + 1
            if line < after:
                return f"cell {cell.number}, line {line - first + 1}"
            first = after
        return f"line {line}"


@dataclass(frozen=True)
class Submission:
    """One student's folder.

    Args:
        only: limits it to one assignment, where a single file was handed in.
        suffixes: kinds of files that count, the first one there being preferred.
        nested: whether each assignment has a folder of its own, as nbgrader keeps them.
    """

    student: str
    folder: Path
    only: str | None = None
    suffixes: tuple[str, ...] = SUFFIXES
    nested: bool = False

    def home(self, slug: str) -> Path:
        """The folder with the files of an assignment."""
        return self.folder / slug if self.nested else self.folder

    def paths(self, slug: str) -> list[Path]:
        """The files for an assignment that are there, readable or not, the preferred one first."""
        paths = [self.home(slug) / f"{slug}{suffix}" for suffix in self.suffixes]
        return [path for path in paths if os.path.lexists(path)]

    def path(self, slug: str) -> Path:
        """The preferred file for an assignment, or where one is expected."""
        expected = self.home(slug) / f"{slug}{self.suffixes[-1 if self.nested else 0]}"
        return next(iter(self.paths(slug)), expected)

    def slugs(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the known assignments that have a file here."""
        return tuple(slug for slug in known if self.paths(slug))

    def modules(self, slug: str) -> list[Path]:
        """Every Python file beside an assignment's, by name; of very many only the first."""
        names = sorted(name for name in _names(self.home(slug)) if name.endswith(".py"))
        return [self.home(slug) / name for name in names[:MAX_MODULES]]

    def resembling(self, slug: str) -> str:
        """The name of a file that was probably meant to be this assignment's, or ""."""
        wanted = slug.replace("_", "")
        for name in sorted(_names(self.home(slug))):
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


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


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


def read_submission(submission: Submission, assignment: Assignment) -> Source:
    """The text for an assignment, with the modules beside it as far as they can be read.

    Raises:
        SubmissionError: none of its files can be used.
    """
    beside = {}
    for path in submission.modules(assignment.slug):
        with contextlib.suppress(SubmissionError):
            beside[path.stem] = read_source(path).text
    sources, errors = [], []
    for path in submission.paths(assignment.slug):
        try:
            source = read_notebook(path, assignment) if path.suffix == ".ipynb" else read_source(path)
            sources.append(dataclasses.replace(source, beside=beside))
        except SubmissionError as error:
            errors.append(error)
    if not sources:
        raise errors[0]
    first, *others = sources
    notes = (*map(str, errors), *first.notes)
    return dataclasses.replace(first, notes=notes, alternative=others[0] if others else None)


def read_notebook(path: Path, assignment: Assignment) -> Source:
    """The code of a student's notebook.

    Raises:
        SubmissionError: it cannot be read, or is no notebook.
    """
    notebook = parse_notebook(read_bytes(path, MAX_NOTEBOOK_BYTES), path.name)
    text = "\n".join(cell.source for cell in notebook.code)
    notes = (*notebook.notes, *notes_on_cells(notebook, assignment))
    return Source(text, path, cells=tuple(notebook.code), notes=notes)


def read_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """The content of a student's file of at most so many bytes.

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
        if status.st_size > most:
            raise SubmissionError(f"{path.name} has {status.st_size} bytes; more than {most} are not accepted.")
        with os.fdopen(fd, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(fd)


def is_nbgrader_course(path: Path) -> bool:
    """Whether it is the folder of a course of nbgrader."""
    return any((path / name).exists() for name in ("nbgrader_config.py", "gradebook.db"))


def _under(path: Path, slugs: tuple[str, ...]) -> list[Submission]:
    if not path.exists():
        raise SubmissionError(f"There is no {path}.")
    if path.is_file():
        if path.suffix not in SUFFIXES or path.stem not in slugs:
            raise SubmissionError(f"{path} is not named after an assignment; known are: {', '.join(slugs)}.")
        return [dataclasses.replace(_submission(path.parent, slugs), only=path.stem, suffixes=(path.suffix,))]
    if is_nbgrader_course(path):
        return _under_course(path, slugs)
    if _submission(path, slugs).slugs(slugs):
        return [_submission(path, slugs)]
    folders = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))
    members = [_submission(p, slugs) for p in folders if p.name not in IGNORED]
    if not any(member.slugs(slugs) for member in members):
        raise SubmissionError(
            f"{path} holds no submission: neither it nor a folder in it has a file called "
            f"{' or '.join(f'{slug}.py' for slug in slugs[:2])}{' ...' if len(slugs) > 2 else ''}."
        )
    return members


def _under_course(path: Path, slugs: tuple[str, ...]) -> list[Submission]:
    """The submissions that nbgrader has collected."""
    submitted = path / "submitted"
    students = sorted(p for p in submitted.iterdir() if p.is_dir()) if submitted.is_dir() else []
    if not any(_submission(student, slugs).slugs(slugs) for student in students):
        raise SubmissionError(
            f"{path} is a course of nbgrader, but nothing was collected into {submitted} yet; "
            "a submitted_directory of another name is not looked for."
        )
    return [dataclasses.replace(_submission(student, slugs), nested=True) for student in students]


def _submission(folder: Path, slugs: tuple[str, ...]) -> Submission:
    name = " ".join(clean(folder.resolve().name).split())
    student = name if name.strip(".") else "unnamed"  # it becomes a folder among the results
    flat, nested = Submission(student, folder), Submission(student, folder, nested=True)
    return nested if nested.slugs(slugs) and not flat.slugs(slugs) else flat
