"""The student's kit: built from the hand-written trees, compared with what is committed, copied for a student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from ..course import HANDOUT_PAGE, VISIBLE_FILES, Course
from ..errors import CourseError, UsageError
from .answers import committed_answers, fresh_answers, path_of_answers
from .figures import committed_pictures, files_of, fresh_pictures, paths_of, verify_figures
from .folders import files_under, write_files
from .handed_out import FILE_NAME, HandedOut, fingerprints, kit_files, slug_of
from .handout_page import committed_page, fresh_page
from .leak_check import verify_release
from .notebooks import student_notebook
from .stubs import cut_stub, reference_of

README = Path(__file__).with_name("kit_readme.md")


def build_kit(course: Course, slugs: Sequence[str] | None = None) -> dict[PurePosixPath, bytes]:
    """Every file of the kit, by its path inside it; what a build would make anew is empty.

    Answers, pictures and pages are made anew only where something changed that they follow from.

    Args:
        slugs: assignments whose files are asked for, and what belongs to none (default: all).
    Raises:
        CourseError: a solution or a file of an assignment is missing, or wrong.
    """
    chosen = course.slugs if slugs is None else slugs
    files = _same_everywhere(course, chosen)
    for slug in chosen:
        files[path_of_answers(slug)] = b""
        files[_path_of_page(slug)] = b""
        files[_path_of_notebook(slug)] = b""
        for name in course.figures(slug):
            files |= dict.fromkeys(paths_of(slug, name), b"")
        files |= committed_files(course, slug)
        if committed_pictures(course, slug).keys() == course.figures(slug).keys():
            files[_path_of_notebook(slug)] = student_notebook(course, slug)
    return files | committed_answers(course, chosen)


def committed_files(course: Course, slug: str) -> dict[PurePosixPath, bytes]:
    """Pictures and page of an assignment in the committed kit, as far as they are up to date.

    Raises:
        CourseError: the handout and figures.py do not fit.
    """
    verify_figures(course, slug)
    pictures = committed_pictures(course, slug)
    files = files_of(slug, pictures)
    page = committed_page(course, slug, pictures)
    if page is not None:
        files[_path_of_page(slug)] = page
    return files


def visible_files(course: Course, slug: str) -> dict[PurePosixPath, bytes]:
    """The files of an assignment that students read and run, by their paths in the student's folder.

    Raises:
        CourseError: a file is missing.
    """
    files = {}
    for name in VISIBLE_FILES:
        path = course.assignments_folder / slug / name
        if not path.is_file():
            raise CourseError("this file is missing", path=path)
        files[PurePosixPath("assignments", slug, name)] = path.read_bytes()
    return files


def differences(
    course: Course, fresh: Mapping[PurePosixPath, bytes] | None = None, slugs: Sequence[str] | None = None
) -> list[str]:
    """How the committed kit differs from a fresh one, a sentence for each file; empty if it is up to date.

    Args:
        slugs: the assignments that the fresh kit is limited to, if it is.
    """
    if fresh is None:
        fresh = build_kit(course, slugs)
    present = files_under(course.kit)
    if slugs is not None:
        others = set(course.slugs) - set(slugs)
        present = {path: data for path, data in present.items() if slug_of(path) not in others}
    sentences = []
    for path in sorted(fresh.keys() | present.keys()):
        if path not in present:
            sentences.append(f"{path} is missing")
        elif path not in fresh:
            sentences.append(f"{path} does not belong there")
        elif present[path] != fresh[path]:
            sentences.append(f"{path} is out of date")
    return sentences


def write_kit(course: Course) -> int:
    """Bring the committed kit up to date and return the number of files that changed.

    Raises:
        CourseError: the kit would tell students a line of a solution or of a hidden check.
    """
    fresh = _same_everywhere(course, course.slugs)
    for slug in course.slugs:
        fresh |= _fresh_files(course, slug)
    present = files_under(course.kit)
    verify_release(fresh, course)
    answers = fresh_answers(course)
    verify_release(answers, course)
    fresh |= answers
    stale = present.keys() - fresh.keys()
    for path in stale:
        (course.kit / path).unlink()
    # A file that is up to date is not written again, so that its date stays what it was.
    changed = {path: data for path, data in fresh.items() if present.get(path) != data}
    write_files(course.kit, changed)
    return len(stale) + len(changed)


def start_kit(source: Path, target: Path, slugs: tuple[str, ...], *, limited: bool = True) -> list[Path]:
    """Copy a kit for a student, limited to some assignments, and return the files written. Nothing is overwritten.

    Args:
        limited: whether later kits shall bring no other assignments.
    Raises:
        UsageError: the target exists and is no folder, or holds a file that the kit would write.
        CourseError: the kit of a clone would tell students a line of a solution or of a hidden check.
    """
    files = kit_files(source, slugs)
    note = HandedOut(fingerprints(files), slugs if limited else None)
    files[FILE_NAME] = note.encoded()
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; name a folder for the kit.")
    for path in files:  # before the first is written, so that no half of a kit is left in somebody's folder
        if (target / path).exists():
            raise UsageError(
                f"{target} already holds {path}, and nothing is overwritten: choose an empty folder, "
                "or move your files away first."
            )
    write_files(target, files)
    return [Path(path) for path in files]


def _same_everywhere(course: Course, slugs: Sequence[str]) -> dict[PurePosixPath, bytes]:
    """The files of the kit that every machine makes alike."""
    files = {PurePosixPath("README.md"): _readme(course).encode()}
    for slug in slugs:
        stub = cut_stub(reference_of(course, slug), course.assignment(slug))
        files[PurePosixPath(f"{slug}.py")] = stub.encode()
        files |= visible_files(course, slug)
    return files


def _fresh_files(course: Course, slug: str) -> dict[PurePosixPath, bytes]:
    """Pictures, page and notebook of an assignment, by their paths in the kit."""
    verify_figures(course, slug)
    pictures = fresh_pictures(course, slug)
    files = files_of(slug, pictures)
    files[_path_of_page(slug)] = fresh_page(course, slug, pictures)
    files[_path_of_notebook(slug)] = student_notebook(course, slug, pictures)
    return files


def _path_of_page(slug: str) -> PurePosixPath:
    return PurePosixPath("assignments", slug, HANDOUT_PAGE)


def _path_of_notebook(slug: str) -> PurePosixPath:
    return PurePosixPath(f"{slug}.ipynb")


def _readme(course: Course) -> str:
    rows = []
    for slug in course.slugs:
        assignment = course.assignment(slug)
        rows.append(f"| `{slug}` | [{assignment.title}](assignments/{slug}/{HANDOUT_PAGE}) | {assignment.points:g} |")
    text = README.read_text(encoding="utf-8")
    return text.replace("{rows}", "\n".join(rows)).replace("{first}", course.slugs[0])
