"""Before anything goes to students it is searched for what they must not have: solutions, hidden checks, model answers.

Compared are whole lines, stripped, so that indentation and the kind of file do not matter; notebooks are searched cell
by cell. What stands in a visible checks.py stands there by its author's decision and gives no hidden check away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from ..course import Course
from ..errors import CourseError
from .stubs import cut_stub, solution_lines

MARKS = ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "BEGIN MARK SCHEME", "check_hidden(")  # of nbgrader, and ours


def verify_release(files: Mapping[PurePath, bytes], course: Course) -> None:
    """Refuse files that would tell students something.

    Raises:
        CourseError: one of them holds such a line.
    """
    found = leaks(files, course)
    if found:
        more = f" ({len(found)} such lines in all)" if len(found) > 1 else ""
        raise CourseError(f"This must not go to students, and nothing was written: {found[0]}{more}")


def leaks(files: Mapping[PurePath, bytes], course: Course) -> list[str]:
    """What files for students tell, a sentence for each line; nothing to compare with in a student's kit."""
    lines = {path: set(_lines(path, data)) for path, data in files.items()}
    found = [f"{path} holds {mark!r}" for path in lines for mark in MARKS if any(mark in line for line in lines[path])]
    for slug in course.slugs:
        for origin, secret in secrets(course, slug).items():
            for path in lines:
                found += [f"{path} holds a line of {origin}: {line}" for line in sorted(lines[path] & secret)]
    return found


def secrets(course: Course, slug: str) -> dict[str, set[str]]:
    """The telling lines of an assignment by the file they are from."""
    solution = course.solution(slug)
    if solution is None:
        return {}
    hidden = course.text(slug, "hidden_checks.py")
    visible = "\n".join(course.text(other, "checks.py") for other in course.slugs)
    return {
        f"solutions/{slug}.py": solution_lines(solution, cut_stub(solution, course.assignment(slug))),
        f"solutions/{slug}.md": solution_lines(course.model_answers(slug), course.handout(slug)),
        f"hidden_checks.py of {slug}": solution_lines(hidden, visible),
    }


def files_under(folder: Path) -> dict[PurePath, bytes]:
    """Every file in a folder, by its path in there; what Python and Jupyter leave behind is none of them."""
    passed_over = {"__pycache__", ".ipynb_checkpoints"}
    found = (p for p in sorted(folder.rglob("*")) if p.is_file() and not passed_over & set(p.parts))
    return {p.relative_to(folder): p.read_bytes() for p in found}


def _lines(path: PurePath, data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", errors="replace")
    for part in _texts(text) if path.suffix == ".ipynb" else [text]:
        yield from (line.strip() for line in part.splitlines())


def _texts(notebook: str) -> Iterator[str]:
    """Every text anywhere in a notebook: sources, outputs, metadata."""
    try:
        left = [json.loads(notebook)]
    except ValueError:
        left = [notebook]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | dict):
            left += value if isinstance(value, list) else value.values()
