"""What a student handed in, read without being led astray by links, pipes, sizes or encodings.

Nothing is executed here.
"""

from __future__ import annotations

import codecs
import contextlib
import dataclasses
import errno
import os
import re
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SubmissionError
from ..model import Assignment
from ..text import clean
from .handed_out import restored
from .notebooks import Cell, notes_on_cells, parse_notebook

MAX_BYTES = 1 << 20
MAX_NOTEBOOK_BYTES = 64 << 20  # a notebook may hold pictures and all that it printed
MAX_MODULES = 50  # each is hashed, and sent to every worker
SUFFIXES = (".py", ".ipynb")
PLACEHOLDER = "raise NotImplementedError"  # of a module and a notebook for the same, that with fewer of these counts
UTF_8 = "utf-8-sig"  # editors on Windows may begin a file with a byte order mark, which this drops
DECLARED = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
BLANK = re.compile(rb"[ \t\f]*(#.*)?\r?")
WORD = re.compile(r"\w+")
ENCODINGS = ("cp1250", "cp1251", "cp1252", "iso8859-1", "iso8859-2", "iso8859-15", "mac-roman", "ascii")


@dataclass(frozen=True)
class Source:
    """The text of a student's file, and of the modules beside it that it may import, by name.

    Args:
        cells: the cells that make up the text, in its order, if the file is a notebook.
        notes: what students and staff should know about the file.
        alternative: another file for the same assignment, which counts if nothing is written in this one.
    """

    text: str
    path: Path
    beside: dict[str, str] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()
    alternative: Source | None = None

    def place(self, line: int) -> str:
        """Where a line of the text stands in the file, in words: "line 3", or "cell 2, line 1" of a notebook."""
        first = 1
        for cell in self.cells:
            after = first + cell.source.count("\n") + 1
            if line < after:
                place = f"cell {cell.number}" if cell.number else "the cell that was put back"
                return f"{place}, line {line - first + 1}"
            first = after
        return f"line {line}"


@dataclass(frozen=True)
class Submission:
    """One student's folder.

    Args:
        only: the one assignment that counts, where a single file was handed in.
        suffixes: of the files that count; if there are several, the first is preferred.
        nested: whether each assignment has a folder of its own, as with nbgrader.
        account: what nbgrader's gradebook calls the student; "" where there is none.
        notes: what became of the files before they were read, in sentences.
        is_link: whether a folder of a class is a link, which could lead to anybody's work, and is not followed.
    """

    student: str
    folder: Path
    only: str | None = None
    suffixes: tuple[str, ...] = SUFFIXES
    nested: bool = False
    account: str = ""
    notes: tuple[str, ...] = ()
    is_link: bool = False

    def home(self, slug: str) -> Path:
        """The folder with the files of an assignment."""
        if self.nested:
            return self.folder / slug
        return self.folder

    def paths(self, slug: str) -> list[Path]:
        """The files for an assignment that exist, readable or not, the preferred one first."""
        paths = []
        for suffix in self.suffixes:
            path = self.home(slug) / f"{slug}{suffix}"
            if os.path.lexists(path):  # a broken link exists too: its student must read what is wrong with it
                paths.append(path)
        return paths

    def path(self, slug: str) -> Path:
        """The preferred file for an assignment, or where one is expected."""
        for path in self.paths(slug):
            return path
        expected = self.suffixes[0]
        if self.nested:
            expected = self.suffixes[-1]  # nbgrader collects notebooks
        return self.home(slug) / f"{slug}{expected}"

    def slugs(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the known assignments that have a file here."""
        return tuple(slug for slug in known if self.paths(slug))

    def modules(self, slug: str, imports: Sequence[str] = ()) -> list[Path]:
        """The files of modules that an assignment's file can import, of very many only the first, and itself.

        These are the ones beside it that its text names, directly or through each other: nothing else has to be read,
        sent or graded again, though a folder may hold a whole course.

        Args:
            imports: slugs of other assignments, which count as named. Where neither a module nor a notebook of one
                lies beside this assignment's file, the files in its own folder count, if it has one.
        """
        beside = self._beside(slug, imports)
        named = {slug, *imports}  # an import that was handed out may be put back
        waiting = self.paths(slug)
        waiting += [path for path in beside if path.stem in imports]
        while waiting and len(named) <= MAX_MODULES:
            words = _words_in(waiting.pop())
            new = {path.stem for path in beside} & words - named
            named |= new
            waiting += [path for path in beside if path.stem in new]
        return [path for path in beside if path.stem in named][:MAX_MODULES]

    def _beside(self, slug: str, imports: Sequence[str]) -> list[Path]:
        """Every Python file beside an assignment's, by name, and those of the assignments that it imports."""
        home = self.home(slug)
        modules = [home / name for name in sorted(_names(home)) if name.endswith(".py")]
        for name in imports:
            notebook = home / f"{name}.ipynb"
            if os.path.lexists(notebook):
                modules.append(notebook)
            elif home / f"{name}.py" not in modules:
                modules += self.paths(name)
        return modules

    def resembling(self, slug: str) -> str:
        """The name of a file that was probably meant to be this assignment's, as it can be shown, or ""."""
        return clean(self.lookalike(slug))

    def lookalike(self, slug: str) -> str:
        """The same name as it stands in the folder."""
        for name in sorted(_names(self.home(slug))):
            if is_like(name, slug):
                return name
        return ""


def is_like(name: str, slug: str) -> bool:
    """Whether a file was probably meant to be an assignment's, by its name: `Slug (1).py`."""
    stem, _, ending = name.rpartition(".")
    return ending in ("py", "txt", "ipynb") and _letters(stem.lower()).startswith(_letters(slug))


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


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
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        called = "UTF-8" if encoding == UTF_8 else encoding
        problem = f"{path.name} is not {called} text (byte 0x{data[error.start]:02x} in line {line}): save it as UTF-8."
        raise SubmissionError(problem) from error
    if "\0" in text:  # Python refuses it too, but without saying in which file
        raise SubmissionError(f"{path.name} holds a null byte, so it is no Python text.")
    notes = []
    if not text.strip():
        notes.append(f"{path.name} is empty: was it saved before it was handed in?")
    return Source(text.replace("\r\n", "\n").replace("\r", "\n"), path, notes=tuple(notes))


def _encoding(data: bytes) -> str:
    """The encoding that a Python file declares in its first two lines, as Python itself reads it; else UTF-8."""
    if data.startswith(codecs.BOM_UTF8):
        return UTF_8
    for line in data.split(b"\n", 2)[:2]:
        declared = DECLARED.match(line)
        if declared:
            name = declared[1].decode()
            with contextlib.suppress(LookupError):
                # Others than these could turn a small file into a text of any size, or into none.
                if codecs.lookup(name).name in ENCODINGS:
                    return name
            return UTF_8
        if not BLANK.fullmatch(line):
            break
    return UTF_8


def read_submission(submission: Submission, assignment: Assignment, reference: str | None = None) -> Source:
    """The text for an assignment, with the modules beside it as far as they can be read.

    Args:
        reference: the text of the solution, where there is one: it tells what was handed out.
    Raises:
        SubmissionError: none of its files can be used.
    """
    home = submission.home(assignment.slug)
    if submission.is_link or (submission.nested and home.is_symlink()):
        raise SubmissionError("The folder is a symbolic link, which is not followed: hand in the folder itself.")
    beside: dict[str, str] = {}
    for path in submission.modules(assignment.slug, assignment.imports):
        # One that cannot be read is no reason to refuse the work: if it is imported, the error will say so.
        with contextlib.suppress(SubmissionError):
            text = _text_of_module(path)
            if path.stem not in beside or text.count(PLACEHOLDER) < beside[path.stem].count(PLACEHOLDER):
                beside[path.stem] = text
    sources: list[Source] = []
    errors: list[SubmissionError] = []
    for path in submission.paths(assignment.slug):
        try:
            source = _read(path, assignment, reference)
        except SubmissionError as error:
            errors.append(error)
        else:
            sources.append(dataclasses.replace(source, beside=beside))
    if not sources:
        raise errors[0]
    first, *others = sources
    notes = (*map(str, errors), *first.notes)
    alternative = next(iter(others), None)
    return dataclasses.replace(first, notes=notes, alternative=alternative)


def _words_in(path: Path) -> set[str]:
    """The words in the code of a file, as Python reads them; none if it cannot be read."""
    try:
        text = _text_of_module(path)
    except SubmissionError:
        return set()
    # Names may be written in letters that Python takes for others.
    return set(WORD.findall(unicodedata.normalize("NFKC", text)))


def _text_of_module(path: Path) -> str:
    """The code of a module or notebook that another one may import."""
    if path.suffix != ".ipynb":
        return read_source(path).text
    notebook = parse_notebook(read_bytes(path, MAX_NOTEBOOK_BYTES), path.name)
    return "\n\n".join(cell.source for cell in notebook.code)


def _read(path: Path, assignment: Assignment, reference: str | None) -> Source:
    if path.suffix == ".ipynb":
        return read_notebook(path, assignment, reference)
    return read_source(path)


def read_notebook(path: Path, assignment: Assignment, reference: str | None = None) -> Source:
    """The code of a student's notebook, with what was handed out.

    Raises:
        SubmissionError: it cannot be read, or is no notebook.
    """
    notebook = parse_notebook(read_bytes(path, MAX_NOTEBOOK_BYTES), path.name)
    notes = [*notebook.notes, *notes_on_cells(notebook, assignment)]
    cells = notebook.code
    if reference is not None:
        cell, note = restored(cells, reference, assignment)
        if cell is not None:
            cells.insert(0, cell)
            notes.append(note)
    text = "\n".join(cell.source for cell in cells)
    return Source(text, path, cells=tuple(cells), notes=tuple(notes))


def read_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """The content of a student's file of at most so many bytes.

    Raises:
        SubmissionError: it is a link, no regular file, too large or unreadable.
    """
    # A link could lead to somebody else's work, and a pipe would keep us waiting for whoever writes into it.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        fd = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise SubmissionError(f"{path.name} is a symbolic link: hand in the file itself.") from error
        raise SubmissionError(f"{path.name} cannot be read: {error.strerror}.") from error
    try:
        status = os.fstat(fd)  # of what was opened; the path may mean another file by now
        if not stat.S_ISREG(status.st_mode):
            raise SubmissionError(f"{path.name} is no regular file.")
        if status.st_size > most:
            problem = f"{path.name} has {status.st_size} bytes; more than {most} are not accepted."
            if path.suffix == ".ipynb":
                problem += " Clear all outputs and hand it in again."
            raise SubmissionError(problem)
        with os.fdopen(fd, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(fd)
