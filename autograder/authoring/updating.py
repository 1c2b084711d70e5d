"""A newer kit over a student's folder: nothing of theirs is lost or overwritten.

What counts as theirs is what is not as it was handed out (see `handed_out`). A stub or a notebook that they have begun
stays, and the new one is laid beside it. Of the files below assignments/, which are ours, they get the new ones; one
that they have edited is kept under another name. Every file is replaced in one step and the note is written last, so
that an update that was interrupted can be made again.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from ..course import Course, enclosing_course
from ..errors import UsageError
from .handed_out import FILE_NAME, HandedOut, fingerprint, fingerprints, is_work, kit_files, read_note
from .stub_changes import changes


class Kind(StrEnum):
    """What becomes of a file."""

    ADDED = "added"
    REPLACED = "replaced"
    REMOVED = "removed"
    KEPT = "kept"  # theirs stays, ours is laid beside it
    SET_ASIDE = "set aside"  # ours takes the place, theirs is kept beside it


@dataclass(frozen=True)
class Step:
    """What is done to one file.

    Args:
        before: what it holds now; None if it is not there.
        after: what it will hold; None if it is removed.
        beside: where the other version is kept, with what that file will hold.
        changes: what is new in a file that they have begun.
    """

    kind: Kind
    path: PurePosixPath
    before: bytes | None
    after: bytes | None
    beside: tuple[PurePosixPath, bytes] | None = None
    changes: Sequence[str] = ()


@dataclass(frozen=True)
class Update:
    """What an update does.

    Args:
        note: what the kit is handed out as from now on.
        new: assignments that come with it.
        more: assignments of the kit that they did not ask for.
    """

    steps: Sequence[Step]
    note: HandedOut
    new: Sequence[str]
    more: Sequence[str]


def plan_update(source: Path, folder: Path, added: Sequence[str] = ()) -> Update:
    """What must be done to bring a student's folder up to date; nothing is written.

    Args:
        source: the kit that `start` copies.
        added: assignments to bring along that they did not ask for before.
    Raises:
        UsageError: the folder is no student's kit, an assignment does not exist, or a folder stands where a file must.
    """
    _verify_kit(source, folder)
    known = read_note(folder)
    kit = Course(source)
    here = [slug for slug in kit.slugs if slug in Course(folder).slugs]
    chosen = _chosen(known, here, kit.select(added) if added else ())
    wanted = _wanted(kit.slugs, here, known, chosen)
    files = kit_files(source, wanted)
    planner = _Planner(folder, known or HandedOut(), files)
    steps = [*planner.steps(), *planner.removals(wanted)]
    handed_out = dict(known.files) if known else {}
    handed_out |= fingerprints(files)
    for step in steps:
        if step.kind is Kind.KEPT and step.beside is not None:
            path, data = step.beside
            handed_out[path] = fingerprint(path, data)
    new = [slug for slug in wanted if slug not in here]
    more = [slug for slug in kit.slugs if slug not in wanted]
    return Update(steps, HandedOut(handed_out, chosen), new, more)


def apply_update(folder: Path, update: Update) -> None:
    """Do what an update says. Whoever is stopped in the middle loses nothing, and may do it again.

    Raises:
        UsageError: a file cannot be written, or has changed since the update was planned.
    """
    try:
        for step in update.steps:
            if step.beside is not None:
                path, data = step.beside
                _write(folder / path, data)
            _take(folder / step.path, step)
        _write(folder / FILE_NAME, update.note.encoded())
    except OSError as error:
        raise UsageError(
            f"{error.filename}: {error.strerror}. Nothing of yours is lost: mend this and update again."
        ) from error


def _take(path: Path, step: Step) -> None:
    """Put the new version of a file in its place."""
    if step.kind is Kind.KEPT:
        return
    if _read(path) != step.before:  # saved by an editor in the meantime
        raise UsageError(f"{path} has changed just now and was left alone; update again.")
    if step.after is None:
        path.unlink()
    else:
        _write(path, step.after)


def _verify_kit(source: Path, folder: Path) -> None:
    """Refuse a folder that is not a student's kit."""
    if not folder.is_dir() or enclosing_course(folder) is None:
        raise UsageError(
            f"{folder.resolve()} is no kit: it has no assignments/SLUG/assignment.toml. Go to the folder of your kit, "
            "or make one with `autograder start DIR`."
        )
    if folder.resolve() == source.resolve():
        raise UsageError(f"{folder.resolve()} is the kit that all others are copies of; `autograder build` makes it.")
    if (folder / "solutions").is_dir() or any(folder.glob("assignments/*/hidden_checks.py")):
        raise UsageError(f"{folder.resolve()} is the course itself and no student's kit.")


def _chosen(known: HandedOut | None, here: Sequence[str], added: Sequence[str]) -> tuple[str, ...] | None:
    """The assignments that they have asked for, so far and now."""
    if known is None:
        return tuple(dict.fromkeys([*here, *added]))  # of an older kit it is not known
    if known.chosen is None:
        return None
    return tuple(dict.fromkeys([*known.chosen, *added]))


def _wanted(
    slugs: Sequence[str], here: Sequence[str], known: HandedOut | None, chosen: Sequence[str] | None
) -> tuple[str, ...]:
    """The assignments to bring: those that are there, and new ones; not those that they have thrown away."""
    if known is None or chosen is not None:
        return tuple(slug for slug in slugs if slug in (chosen or ()))
    had = {path.parts[1] for path in known.files if path.parts[0] == "assignments"}
    return tuple(slug for slug in slugs if slug in here or slug not in had)


class _Planner:
    """Decides on each file of one update."""

    def __init__(self, folder: Path, known: HandedOut, files: Mapping[PurePosixPath, bytes]) -> None:
        self._folder = folder
        self._known = known.files
        self._files = files

    def steps(self) -> Iterator[Step]:
        """What becomes of each file of the new kit, where something does."""
        for path in sorted(self._files):
            if (self._folder / path).is_dir():
                raise UsageError(f"{self._folder / path} is a folder where the kit has a file: move it away first.")
            step = self._step(path, _read(self._folder / path), self._files[path])
            if step is not None:
                yield step

    def removals(self, slugs: Sequence[str]) -> Iterator[Step]:
        """The files of ours that the kit no longer has, as far as nobody has changed them."""
        for path in sorted(self._known.keys() - self._files.keys()):
            mine = _read(self._folder / path)
            ours = path.parts[0] == "assignments" and path.parts[1] in slugs
            if ours and mine is not None and self._is_untouched(path, mine):
                yield Step(Kind.REMOVED, path, mine, None)

    def _step(self, path: PurePosixPath, mine: bytes | None, new: bytes) -> Step | None:
        if mine is None:
            if is_work(path) and (path in self._known or self._has_other_form(path)):
                return None  # they work in the other file, or have moved this one
            return Step(Kind.ADDED, path, None, new)
        if fingerprint(path, mine) == fingerprint(path, new):
            return None
        if self._is_untouched(path, mine):
            return Step(Kind.REPLACED, path, mine, new)
        if path.parts[0] == "assignments":
            beside = self._free(path, "yours", mine)
            return Step(Kind.SET_ASIDE, path, mine, new, (beside, mine))
        if self._known.get(path) == fingerprint(path, new):
            return None
        beside = self._free(path, "new", new)
        return Step(Kind.KEPT, path, mine, mine, (beside, new), changes(path, mine, new))

    def _is_untouched(self, path: PurePosixPath, mine: bytes) -> bool:
        return self._known.get(path) == fingerprint(path, mine)

    def _has_other_form(self, path: PurePosixPath) -> bool:
        """Whether the module of a notebook is there, or the notebook of a module."""
        other = path.with_suffix(".ipynb" if path.suffix == ".py" else ".py")
        return (self._folder / other).exists()

    def _free(self, path: PurePosixPath, word: str, data: bytes) -> PurePosixPath:
        """A name for another version of a file, under which nothing is that anybody would miss."""
        for number in itertools.count(1):
            ending = word if number == 1 else f"{word}-{number}"
            name = path.with_name(f"{path.stem}.{ending}{path.suffix}")
            there = _read(self._folder / name)
            if there is None or there == data or self._is_untouched(name, there):
                return name
        raise AssertionError  # never: numbers do not end


def _read(path: Path) -> bytes | None:
    """What a file holds; None if there is no such file."""
    if not path.is_file():
        return None
    return path.read_bytes()


def _write(path: Path, data: bytes) -> None:
    """Write a file in one step: it holds either what it held, or all of this."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.updating")  # the same name each time, so that none is left for ever
    partial.write_bytes(data)
    os.replace(partial, path)
