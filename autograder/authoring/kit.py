"""The student's kit: built from the hand-written trees, compared with what is committed, copied for a student."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath

from ..course import VISIBLE_FILES, Course
from ..errors import CourseError, UsageError
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
    """Bring the committed kit up to date; gives the number of files that changed."""
    fresh, present = build_kit(course), _present(course.kit)
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
    """
    wanted = [p.relative_to(source) for p in sorted(source.rglob("*")) if p.is_file() and "__pycache__" not in p.parts]
    wanted = [p for p in wanted if _belongs(p, slugs)]
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; name a folder for the kit.")
    existing = [path for path in wanted if (target / path).exists()]
    if existing:
        raise UsageError(
            f"{target} already holds {existing[0]}, and nothing is overwritten: choose an empty folder, "
            "or move your files away first."
        )
    for path in wanted:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, target / path)
    return wanted


def _belongs(path: Path, slugs: tuple[str, ...]) -> bool:
    if path.parts[0] == "assignments":
        return path.parts[1] in slugs
    return path.suffix != ".py" or path.stem in slugs


def _present(kit: Path) -> dict[PurePosixPath, bytes]:
    files = (p for p in kit.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return {PurePosixPath(p.relative_to(kit).as_posix()): p.read_bytes() for p in files}


def _readme(course: Course) -> str:
    rows = []
    for slug in course.slugs:
        assignment = course.assignment(slug)
        rows.append(f"| `{slug}.py` | [{assignment.title}](assignments/{slug}/handout.md) | {assignment.points:g} |")
    return README.read_text(encoding="utf-8").replace("{rows}", "\n".join(rows)).replace("{first}", course.slugs[0])
