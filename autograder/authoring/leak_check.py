"""Whatever goes to students is searched for what they must not have: solutions, hidden checks, model answers.

Whole lines are compared, without their indentation, so that the kind of file does not matter; a notebook is searched
text by text. A line that also stands in a visible checks.py stands there by its author's decision, so it is no leak.
What a hint or a handout says in the middle of a sentence is the business of `spoilers`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePath, PurePosixPath

from ..course import Course
from ..errors import CourseError
from .spoilers import spoilers
from .stubs import cut_stub, solution_lines, stripped_lines

# The first three are nbgrader's, for regions that a release must lack; the last is our call in such a region.
MARKS = ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "BEGIN MARK SCHEME", "check_hidden(")
MOST_TOLD = 5  # lines that tell something, in one message


def verify_release(files: Mapping[PurePosixPath, bytes], course: Course) -> None:
    """Refuse files that students must not have.

    Raises:
        CourseError: one of them holds a line of a solution, of a hidden check or of a model answer.
    """
    sentences = leaks(files, course)
    if not sentences:
        return
    told = "; ".join(sentences[:MOST_TOLD])
    if len(sentences) > MOST_TOLD:
        told += f"; and {len(sentences) - MOST_TOLD} more such lines"
    raise CourseError(f"This must not go to students, and nothing was written: {told}")


def leaks(files: Mapping[PurePosixPath, bytes], course: Course) -> list[str]:
    """What files would tell students, a sentence for each line.

    In a student's kit there is nothing to compare with, so nothing is found.
    """
    lines = {path: _lines(path, data) for path, data in files.items()}
    sentences = []
    for path in lines:
        whole = "\n".join(lines[path])
        for mark in MARKS:
            if mark in whole:
                sentences.append(f"{path} holds {mark!r}")
    for slug in course.slugs:
        telling = secrets(course, slug)
        for origin, secret in telling.items():
            for path in lines:
                for line in sorted(lines[path] & secret):
                    sentences.append(f"{path} holds a line of {origin}: {line}")
        solution = course.solution(slug)
        if solution is not None:
            # What holds a whole line is told already; mended, it is searched again.
            whole_lines = telling[f"solutions/{slug}.py"]
            others = {path: data for path, data in files.items() if not lines[path] & whole_lines}
            sentences += spoilers(others, solution, course.assignment(slug))
    return sentences


def secrets(course: Course, slug: str) -> dict[str, set[str]]:
    """The telling lines of an assignment, by the file that they come from."""
    solution = course.solution(slug)
    if solution is None:
        return {}
    hidden = course.text(slug, "hidden_checks.py")
    # Checks of all assignments are written in one idiom, so hidden lines may stand in another's visible checks.
    visible = "\n".join(course.text(other, "checks.py") for other in course.slugs)
    styles = "\n".join(course.styles(slug).values())
    # What a style has in common with a reference is a secret of the reference, or given to students.
    references = "\n".join(filter(None, map(course.solution, course.slugs)))
    return {
        f"solutions/{slug}.py": solution_lines(solution, cut_stub(solution, course.assignment(slug))),
        f"solutions/{slug}.md": solution_lines(course.model_answers(slug), course.handout(slug)),
        f"hidden_checks.py of {slug}": solution_lines(hidden, visible),
        f"styles of {slug}": solution_lines(styles, f"{references}\n{visible}"),
    }


def _lines(path: PurePath, data: bytes) -> set[str]:
    text = data.decode("utf-8", errors="replace")
    if path.suffix == ".ipynb":
        text = "\n".join(_texts(text))
    return stripped_lines(text)


def _texts(notebook: str) -> Iterator[str]:
    """Every text anywhere in a notebook: sources, outputs, metadata."""
    try:
        left = [json.loads(notebook)]
    except ValueError:  # no notebook, but students could open it as text
        left = [notebook]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            left += value.values()
