"""Unpacks zips that were handed in, zips in them too, without being led out of a folder or filling the disk.

What an archive says of itself (paths, sizes, links) is not believed: what does not fit is left out, and told.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ..errors import SubmissionError
from ..text import clean
from .files import MAX_NOTEBOOK_BYTES, read_bytes

SUFFIX = ".zip"
MOST_FILES = 20_000  # of a class, or of one student; a kit has 80
MOST_BYTES = 512 << 20  # of them together, unpacked
MOST_ARCHIVE_BYTES = 256 << 20  # of one archive as it was handed in
DEEPEST = 2  # archives inside of archives: a student's, and one that was packed into it
LONGEST_PART = 200  # bytes of a name; most file systems take 255
MOST_NOTES = 5
BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


def is_archive(name: str) -> bool:
    """Whether a file of this name is an archive that is unpacked."""
    return name.lower().endswith(SUFFIX)


@dataclass
class Unpacking:
    """What may still be unpacked, and what was left out so far, in sentences."""

    files: int = MOST_FILES
    size: int = MOST_BYTES
    notes: list[str] = field(default_factory=list)

    def unpack(self, archive: Path, into: Path, *, inner: int = DEEPEST - 1) -> None:
        """Unpack an archive.

        Args:
            inner: how deep archives in it are unpacked too; with 0 they stay as they are.
        Raises:
            SubmissionError: it is a link, too large, or cannot be read.
        """
        self._unpack(read_bytes(archive, MOST_ARCHIVE_BYTES), archive.name, into, inner)

    def _unpack(self, data: bytes, name: str, into: Path, inner: int) -> None:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.infolist():
                    self._unpack_entry(archive, entry, into, inner)
        except BROKEN as error:
            raise SubmissionError(f"{clean(name)} is no zip, or a damaged one ({clean(str(error))[:100]}).") from error

    def _unpack_entry(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: Path, inner: int) -> None:
        parts = _parts(entry.filename)
        if entry.is_dir() or not parts or any(map(_is_hidden, parts)):
            return
        shown = clean("/".join(parts))
        reason = _refusal(entry, parts)
        if reason:
            self._note(f"{shown} in an archive was left out: {reason}.")
            return
        most = MOST_ARCHIVE_BYTES if is_archive(parts[-1]) else MAX_NOTEBOOK_BYTES
        with archive.open(entry) as file:
            data = file.read(most + 1)
        self.files -= 1
        self.size -= len(data)
        if self.files < 0 or self.size < 0:
            limits = f"{MOST_FILES} files or {MOST_BYTES >> 20} MB"
            raise SubmissionError(f"The archives hold more than {limits}, which is not accepted.")
        if len(data) > most:
            self._note(f"{shown} in an archive was left out: it has more than {most} bytes.")
            return
        self._write(data, parts, into, inner)

    def _write(self, data: bytes, parts: list[str], into: Path, inner: int) -> None:
        path = into.joinpath(*parts)
        if is_archive(path.name) and inner:
            self._unpack(data, path.name, path.with_suffix(""), inner - 1)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def _note(self, text: str) -> None:
        if len(self.notes) < MOST_NOTES:
            self.notes.append(text)


def names_in(archive: Path, most: int) -> Iterator[str]:
    """The names of the files in an archive, of very many only the first; none if it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(read_bytes(archive, MOST_ARCHIVE_BYTES))) as opened:
            names = opened.namelist()[:most]
    except (SubmissionError, *BROKEN):
        return
    for name in names:
        if not name.endswith("/"):
            yield name


def _parts(name: str) -> list[str]:
    """The parts of a path in an archive; some programs on Windows write it their own way."""
    path = PurePosixPath(name.replace("\\", "/"))
    return [part for part in path.parts if part != "."]


def _is_hidden(part: str) -> bool:
    """Whether a part of a path is of files that nobody handed in: what a Mac notes beside every file, say."""
    return part == "__MACOSX" or (part.startswith(".") and part != "..")


def _refusal(entry: zipfile.ZipInfo, parts: list[str]) -> str:
    """Why an entry is not unpacked, or ""."""
    if ".." in parts or parts[0] == "/" or ":" in parts[0]:
        return "its path leads elsewhere"
    if any(len(part.encode("utf-8", "surrogateescape")) > LONGEST_PART or "\0" in part for part in parts):
        return "its name is too long"
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "it is a link, or no regular file"
    if entry.flag_bits & 1:
        return "it is encrypted"
    return ""
