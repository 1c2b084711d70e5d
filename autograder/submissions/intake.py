"""Makes a folder of each student's work out of what learning platforms and students pack into downloads and zips.

What has to be renamed or unpacked goes to a temporary folder; a student's folder that needs neither is used as it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SubmissionError
from ..text import clean
from .archives import Unpacking, is_archive
from .files import MAX_NOTEBOOK_BYTES, SUFFIXES, Submission, read_bytes
from .layouts import METADATA, Owner, gradescope_owners, owner_of_file, owner_of_folder, without_number

IGNORED = ("assignments", "solutions")  # folders of a student's kit, not of a class
DEEPEST_HOME = 3  # folders down, where the files of an archive are looked for
MOST_METADATA_BYTES = 16 << 20
ONLINE_TEXT = "onlinetext"  # what a student typed into Moodle, beside the files


@dataclass
class Member:
    """A student of a class.

    Args:
        folder: with the work; None until it is made.
        files: those of a flat download, each with what its student called it.
        notes: what became of the files, in sentences.
    """

    student: str
    folder: Path | None = None
    files: list[tuple[Path, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Intake:
    """Reads the layouts of classes.

    Args:
        slugs: the assignments that may have been handed in.
        workplace: a folder for what has to be unpacked, empty or not there yet; without it, archives stay closed.

    Attributes:
        notes: on what belongs to no student, in sentences.
    """

    def __init__(self, slugs: tuple[str, ...], workplace: Path | None = None) -> None:
        self.notes: list[str] = []
        self._slugs = slugs
        self._workplace = workplace
        self._made = 0

    def unpacked(self, archive: Path) -> Path:
        """The content of the archive of a class, or of one student.

        Raises:
            SubmissionError: it cannot be unpacked.
        """
        folder = self._new_folder(archive.stem)
        unpacking = Unpacking()
        unpacking.unpack(archive, folder, inner=0)  # whose the archives in it are is told by their names
        self.notes += unpacking.notes
        inside = sorted(folder.iterdir())
        while len(inside) == 1 and inside[0].is_dir() and not self._is_home(inside[0]):
            folder = inside[0]  # of a class that was packed as a folder
            inside = sorted(folder.iterdir())
        return folder

    def opens(self, path: Path) -> bool:
        """Whether it is an archive that can be unpacked here."""
        return self._workplace is not None and is_archive(path.name)

    def members(self, folder: Path) -> list[Member]:
        """The students of a class by name, each with a folder."""
        members: dict[str, Member] = {}
        gradescope = _gradescope(folder)
        for path in sorted(folder.iterdir()):
            if path.name.startswith((".", "__")) or path.name in IGNORED:
                continue
            if path.is_dir():
                self._add_folder(path, gradescope, members)
            else:
                self._add_file(path, members)
        for member in members.values():
            self._prepare(member)
        return list(members.values())

    def _add_folder(self, path: Path, gradescope: dict[str, list[Owner]], members: dict[str, Member]) -> None:
        owner = owner_of_folder(path.name)
        owners = gradescope.get(path.name, [])
        if owner is not None:
            owners = [owner]
        names = [each.student for each in owners] or [path.name]  # of a link too, which is not followed
        for name in names:
            member = members.setdefault(name, Member(name))
            if member.folder is None or ONLINE_TEXT in member.folder.name:
                member.folder = path

    def _add_file(self, path: Path, members: dict[str, Member]) -> None:
        owner = owner_of_file(path.name)
        if owner is not None:
            member = members.setdefault(owner.student, Member(owner.student))
            member.files.append((path, owner.file))
            if owner.late:
                member.notes.append(f"{clean(owner.file)} was handed in late, says Canvas.")
        elif self.opens(path):
            member = members.setdefault(path.stem, Member(path.stem))
            member.files.append((path, path.name))
        elif path.name.lower().endswith(SUFFIXES):
            self.notes.append(f"{clean(path.name)} lies in no student's folder, and was not graded.")

    def _prepare(self, member: Member) -> None:
        """Give a member a folder in which the files have their names, and archives are unpacked."""
        if member.folder is not None and self._is_home(member.folder):
            return
        files = list(member.files)
        if member.folder is not None:
            own = sorted(_files_in(member.folder))
            if any(map(self.opens, own)):
                files += [(path, path.name) for path in own]
        if not files or self._workplace is None:
            member.folder = member.folder or Path(os.devnull)
            return
        made = self._new_folder("work")
        for path, name in self._newest(files, member.notes):
            self._take(path, name, made, member.notes)
        member.folder = self._home(made) or made

    def _take(self, path: Path, name: str, into: Path, notes: list[str]) -> None:
        """Copy a file of a member, or unpack it."""
        try:
            if is_archive(name):
                unpacking = Unpacking()
                unpacking.unpack(path, into)
                notes += [f"{clean(name)} was unpacked.", *unpacking.notes]
            elif Path(name).name == name:
                (into / name).write_bytes(read_bytes(path, MAX_NOTEBOOK_BYTES))
        except SubmissionError as error:
            notes.append(str(error))
        except OSError as error:  # a name that is too long, say
            notes.append(f"{clean(name)} cannot be copied: {error.strerror}.")

    def _newest(self, files: Sequence[tuple[Path, str]], notes: list[str]) -> Iterator[tuple[Path, str]]:
        """The files by the names that they must have; of copies of an assignment's file the one that came last."""
        newest: dict[str, tuple[int, Path, str]] = {}
        for path, name in files:
            plain, number = without_number(name)
            if plain.rpartition(".")[0] not in self._slugs:
                plain, number = name, 0
            if plain in newest:
                earlier = newest[plain]
                later = (number, path, name)
                older, newer = sorted([earlier, later], key=lambda copy: copy[0])
                notes.append(f"{clean(newer[2])} counts; {clean(older[2])} is an earlier copy.")
                newest[plain] = newer
            else:
                newest[plain] = number, path, name
        for plain, (_, path, _) in newest.items():
            yield path, plain

    def _home(self, folder: Path) -> Path | None:
        """The only folder with files of assignments, itself or one below it; None if there is none, or several."""
        if self._is_home(folder):
            return folder
        homes = list(filter(self._is_home, _folders_below(folder, DEEPEST_HOME)))
        parents = {home.parent for home in homes if home.name in self._slugs}
        if len(homes) > 1 and len(parents) == 1:  # a folder for each assignment
            return parents.pop()
        if len(homes) == 1:
            return homes[0]
        return None

    def _is_home(self, folder: Path) -> bool:
        submission = Submission("", folder)
        nested = Submission("", folder, nested=True)
        return bool(submission.slugs(self._slugs) or nested.slugs(self._slugs))

    def _new_folder(self, name: str) -> Path:
        assert self._workplace is not None
        self._workplace.mkdir(mode=0o700, exist_ok=True)  # nobody else's business
        self._made += 1
        folder = self._workplace / str(self._made) / name
        folder.mkdir(parents=True)
        return folder


def _gradescope(folder: Path) -> dict[str, list[Owner]]:
    """Who handed in each folder, if it is an export of Gradescope."""
    path = folder / METADATA
    if not path.is_file():
        return {}
    return gradescope_owners(read_bytes(path, MOST_METADATA_BYTES).decode("utf-8", "replace"))


def _files_in(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]


def _folders_below(folder: Path, depth: int) -> Iterator[Path]:
    """The folders in one, and in these, down to a depth."""
    if not depth:
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield path
            yield from _folders_below(path, depth - 1)
