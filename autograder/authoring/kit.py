"""The student's kit: built from the hand-written trees, compared with what is committed, copied for a student."""

from __future__ import annotations

from pathlib import Path, PurePath, PurePosixPath

from ..course import VISIBLE_FILES, Course
from ..errors import CourseError, UsageError
from .leak_check import files_under, verify_release
from .notebooks import student_notebook
from .stubs import cut_stub

README = Path(__file__).with_name("kit_readme.md")


def build_kit(course: Course) -> dict[PurePosixPath, bytes]:
    """Every file of the kit, by its path inside it.

    Raises:
        CourseError: a solution or a file of an assignment is missing.
    """
    files = {PurePosixPath("README.md"): _readme(course).encode()}
    for slug in course.slugs:
        solution = course.solution(slug)
        if solution is None:
            raise CourseError("the reference solution is missing", path=course.solution_path(slug))
        files[PurePosixPath(f"{slug}.py")] = cut_stub(solution, course.assignment(slug)).encode()
        files[PurePosixPath(f"{slug}.ipynb")] = student_notebook(course, slug)
        files |= visible_files(course, slug)
    return files


def visible_files(course: Course, slug: str) -> dict[PurePosixPath, bytes]:
    """What students read and run of an assignment, by its path in their folder.

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


def differences(course: Course) -> list[str]:
    """How the committed kit differs from a fresh one, a sentence each; none if it is up to date."""
    fresh, present = build_kit(course), _present(course.kit)
    found = [f"{path} is missing" for path in fresh if path not in present]
    found += [f"{path} does not belong there" for path in present if path not in fresh]
    found += [f"{path} is out of date" for path in fresh if path in present and present[path] != fresh[path]]
    return sorted(found)


def write_kit(course: Course) -> int:
    """Bring the committed kit up to date; gives the number of files that changed.

    Raises:
        CourseError: the kit would tell students a line of a solution or of a hidden check.
    """
    fresh, present = build_kit(course), _present(course.kit)
    verify_release(fresh, course)
    stale = [path for path in present if path not in fresh]
    changed = {path: data for path, data in fresh.items() if present.get(path) != data}
    for path in stale:
        (course.kit / path).unlink()
    for path, data in changed.items():
        (course.kit / path).parent.mkdir(parents=True, exist_ok=True)
        (course.kit / path).write_bytes(data)
    return len(stale) + len(changed)


def start_kit(source: Path, target: Path, slugs: tuple[str, ...]) -> list[Path]:
    """Copy a kit for a student, limited to some assignments; gives the files written. Nothing is ever overwritten.

    Raises:
        UsageError: the target exists and is no folder, or holds a file that the kit would write.
        CourseError: in a clone, the kit tells a line of a solution or of a hidden check.
    """
    files = {path: data for path, data in files_under(source).items() if _belongs(path, slugs)}
    verify_release(files, Course(source.parent))
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; name a folder for the kit.")
    existing = [path for path in files if (target / path).exists()]
    if existing:
        raise UsageError(
            f"{target} already holds {existing[0]}, and nothing is overwritten: choose an empty folder, "
            "or move your files away first."
        )
    for path, data in files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(data)
    return [Path(path) for path in files]


def _belongs(path: PurePath, slugs: tuple[str, ...]) -> bool:
    if path.parts[0] == "assignments":
        return path.parts[1] in slugs
    return path.suffix not in (".py", ".ipynb") or path.stem in slugs


def _present(kit: Path) -> dict[PurePosixPath, bytes]:
    return {PurePosixPath(path.as_posix()): data for path, data in files_under(kit).items()}


def _readme(course: Course) -> str:
    rows = []
    for slug in course.slugs:
        assignment = course.assignment(slug)
        rows.append(f"| `{slug}` | [{assignment.title}](assignments/{slug}/handout.md) | {assignment.points:g} |")
    return README.read_text(encoding="utf-8").replace("{rows}", "\n".join(rows)).replace("{first}", course.slugs[0])
