"""Finds what students handed in, however their folders were made.

A submission is a folder with `<slug>.py` or `<slug>.ipynb` in it, and a class is a folder of such folders. A single
file counts as a submission of its folder. nbgrader keeps a class as <student>/<slug>/<slug>.ipynb, in a course below
`submitted`; that is understood too, and so are zips and the downloads of learning platforms (`intake`).
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path

from ..errors import SubmissionError
from ..text import clean
from .files import SUFFIXES, Submission
from .intake import Intake, Member


def find_submissions(
    paths: Sequence[Path],
    slugs: tuple[str, ...],
    *,
    ignore: Sequence[Path] = (),
    workplace: Path | None = None,
    notes: list[str] | None = None,
) -> list[Submission]:
    """Every submission under the given paths, sorted by student.

    Args:
        ignore: folders that are no submissions even if they lie among them, like that of the results.
        workplace: an empty folder for what has to be unpacked; without it, archives stay closed.
        notes: gets sentences on what belongs to no student.
    Raises:
        SubmissionError: a path does not exist, holds no submission, or two submissions have one student's name.
    """
    ignored = list(map(Path.resolve, ignore))
    intake = Intake(slugs, workplace)
    by_student: dict[str, Submission] = {}
    for path in paths:
        for submission in sorted(_under(path, slugs, intake), key=_is_renamed):
            folder = submission.folder.resolve()
            if folder in ignored:
                continue
            # A folder may be named twice, also through a link; two folders of one name are two people.
            other = by_student.setdefault(submission.student, submission)
            if other.folder.resolve() != folder and other.folder.resolve().name != folder.name:
                apart = _told_apart(submission)
                by_student[apart.student] = apart
            elif other.folder.resolve() != folder:
                raise SubmissionError(
                    f"Two submissions are called {submission.student!r}: {other.folder} and {submission.folder}. "
                    "Rename one of the folders."
                )
    if notes is not None:
        notes += intake.notes
    return sorted(by_student.values(), key=lambda submission: submission.student)


def is_nbgrader_course(path: Path) -> bool:
    """Whether it is the folder of a course of nbgrader; a student's folder may have the name of one of its files."""
    return any((path / name).is_file() for name in ("nbgrader_config.py", "gradebook.db"))


def _is_renamed(submission: Submission) -> bool:
    """Whether its name is not simply that of its folder; whoever has a plain name keeps it."""
    return submission.student not in (submission.folder.name, submission.folder.resolve().name)


def _told_apart(submission: Submission) -> Submission:
    """A submission whose name looks like another one's, under a name that is always the same for its folder."""
    raw = submission.folder.resolve().name
    mark = hashlib.sha256(raw.encode("utf-8", "surrogateescape")).hexdigest()[:6]
    note = f"The folder's name {raw!a} looks like {submission.student!r}, which is another one: whose is this?"
    student = f"{submission.student} {mark}"
    return dataclasses.replace(submission, student=student, notes=(*submission.notes, note))


def _under(path: Path, slugs: tuple[str, ...], intake: Intake) -> list[Submission]:
    """The submissions that a path stands for: a file, one student's folder, a class, or a course of nbgrader."""
    if not path.exists():
        raise SubmissionError(f"There is no {path}.")
    if path.is_file() and intake.opens(path):
        path = intake.unpacked(path)
    if path.is_file():
        return [_single_file(path, slugs)]
    if is_nbgrader_course(path):
        return _under_course(path, slugs)
    # With a file of its own the folder is one student's, whatever other folders lie in it.
    itself = _submission(path, slugs)
    if itself.slugs(slugs):
        return [itself]
    members = _members([_of_member(member, slugs) for member in intake.members(path)], slugs)
    if not members:
        raise SubmissionError(
            f"{path} holds no submission: neither it nor a folder in it has a file called {_examples(slugs)}."
        )
    return members


def _examples(slugs: tuple[str, ...]) -> str:
    """Names of files that are looked for; two are enough to understand."""
    names = " or ".join(f"{slug}.py" for slug in slugs[:2])
    if len(slugs) > 2:
        return f"{names} ..."
    return names


def _single_file(path: Path, slugs: tuple[str, ...]) -> Submission:
    if path.suffix not in SUFFIXES or path.stem not in slugs:
        raise SubmissionError(f"{path} is not named after an assignment; known are: {', '.join(slugs)}.")
    whole = _submission(path.parent, slugs)
    return dataclasses.replace(whole, only=path.stem, suffixes=(path.suffix,))


def _under_course(path: Path, slugs: tuple[str, ...]) -> list[Submission]:
    """The submissions that nbgrader has collected."""
    submitted = path / "submitted"
    folders = []
    if submitted.is_dir():
        folders = list(filter(Path.is_dir, sorted(submitted.iterdir())))
    members = _members([_of_account(folder, slugs) for folder in folders], slugs)
    if not members:
        raise SubmissionError(
            f"{path} is a course of nbgrader, but nothing was collected into {submitted} yet; "
            "a submitted_directory of another name is not looked for."
        )
    return members


def _members(members: list[Submission], slugs: tuple[str, ...]) -> list[Submission]:
    """The submissions of a class, also those without a file, which get a mark of 0; none if nobody has a file."""
    if any(member.slugs(slugs) for member in members):
        return members
    return []


def _of_account(folder: Path, slugs: tuple[str, ...]) -> Submission:
    """A student's folder in a course of nbgrader, whose gradebook knows the student by the folder's very name."""
    submission = _submission(folder, slugs)
    if folder.is_symlink():
        submission = dataclasses.replace(submission, student=shown_name(folder.name), is_link=True)
    return dataclasses.replace(submission, nested=True, account=folder.name)


def _of_member(member: Member, slugs: tuple[str, ...]) -> Submission:
    assert member.folder is not None  # the intake has given everybody one
    submission = _submission(member.folder, slugs)
    return dataclasses.replace(
        submission,
        student=shown_name(member.student),
        notes=tuple(member.notes),
        is_link=member.folder.is_symlink(),
    )


def _submission(folder: Path, slugs: tuple[str, ...]) -> Submission:
    """A student's folder, whichever way its files are laid out."""
    student = shown_name(folder.resolve().name)
    flat = Submission(student, folder)
    nested = Submission(student, folder, nested=True)
    if nested.slugs(slugs) and not flat.slugs(slugs):
        return nested
    return flat


def shown_name(name: str) -> str:
    """A student's name as it is shown and stored: it becomes a folder among the results, and a cell of a table."""
    student = " ".join(clean(name).split()).replace("/", "_")
    if not student.strip("."):
        return "unnamed"  # no folder can be called "" or ".."
    return student
