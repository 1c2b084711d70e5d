"""autograder.authoring.leak_check: what goes to students is searched for what they must not have."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

import pytest

from autograder.authoring.kit import build_kit
from autograder.authoring.leak_check import MOST_TOLD, leaks, verify_release
from autograder.course import Course
from autograder.errors import CourseError

SECRETS = {  # a telling line, and where it is from
    "self.total += amount": "solutions/scaling.py",
    "close(student.double(data.X_train), torch.add(data.X_train, data.X_train))": "hidden_checks.py of scaling",
    "By the distributive law $2(x + y) = 2x + 2y$. **Marking.** 3 points for naming the law.": "solutions/scaling.md",
}


def notebook(*sources: object, output: str = "") -> bytes:
    """A notebook with code cells of these sources."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}]
    return json.dumps({"cells": [{"source": source, "outputs": outputs} for source in sources]}).encode()


@pytest.mark.parametrize(("line", "origin"), SECRETS.items(), ids=SECRETS.values())
def test_a_telling_line_is_found_in_any_file(course: Course, line: str, origin: str):
    """File, origin and line are told, whatever the kind of file and however deep the line is indented."""
    places = {
        "notes.txt": f"first\n        {line}\nlast".encode(),
        "lines.ipynb": notebook(["x = 1\n", f"    {line}\n"]),
        "text.ipynb": notebook(f"x = 1\n\t{line}\n"),
        "output.ipynb": notebook("x = 1", output=f"{line}\n"),
        "broken.ipynb": b'{"cells": \n' + line.encode(),
    }
    for name, data in places.items():
        assert leaks({PurePosixPath(name): data}, course) == [f"{name} holds a line of {origin}: {line}"]


@pytest.mark.parametrize("mark", ["### BEGIN SOLUTION", "### BEGIN HIDDEN TESTS", 'check_hidden("scaling.double")'])
def test_marks_of_the_staff_are_found(course: Course, mark: str):
    """What nbgrader should have cut, or our call of the hidden checks, is no part of a release."""
    found = leaks({PurePosixPath("scaling.ipynb"): notebook(f"x = 1\n{mark}\n")}, course)
    assert len(found) == 1
    assert found[0].startswith("scaling.ipynb holds '")


def test_what_students_may_have_is_no_leak(course: Course):
    """The kit as it is built, and a submission's own text that happens to be short."""
    assert leaks(build_kit(course), course) == []
    assert leaks({PurePosixPath("scaling.py"): b"else:\n    return x\nimport torch\n"}, course) == []


def test_a_line_that_visible_checks_share_with_hidden_ones_is_no_leak(own_course: Course):
    """Both files are written by the same author in the same idiom."""
    for name in ("checks.py", "hidden_checks.py"):
        path = own_course.assignments_folder / "scaling" / name
        path.write_text(path.read_text() + "\n\nTOLERATED_ERROR = 1e-12\n")
    assert leaks({PurePosixPath("scaling.py"): b"TOLERATED_ERROR = 1e-12"}, own_course) == []


def test_a_style_is_a_solution(own_course: Course):
    """Its lines tell, unless visible checks or what students are given hold them too."""
    styles = own_course.assignments_folder / "scaling" / "styles"
    styles.mkdir()
    (styles / "sum.py").write_text("def double(x):\n    return torch.add(x, x)\n\n    self.total = start\n")
    kit = {PurePosixPath("a.py"): b"    return torch.add(x, x)\n    self.total = start\n"}
    assert leaks(kit, own_course) == ["a.py holds a line of styles of scaling: return torch.add(x, x)"]
    assert leaks(build_kit(own_course), own_course) == []
    assert not any("styles" in path.parts for path in build_kit(own_course))


def test_a_release_that_tells_is_refused(course: Course):
    """In one sentence stand the first such lines, and how many there are besides."""
    paths = [PurePosixPath(f"{letter}.py") for letter in "abc"]
    files = {path: "\n".join(SECRETS).encode() for path in paths}
    with pytest.raises(CourseError, match="must not go to students, and nothing was written: a.py holds ") as caught:
        verify_release(files, course)
    count = len(paths) * len(SECRETS)
    assert str(caught.value).count(" holds a line of ") == MOST_TOLD
    assert str(caught.value).endswith(f"; and {count - MOST_TOLD} more such lines")


def test_a_kit_has_nothing_to_compare_with(own_course: Course):
    """Where there are no solutions, nothing is found."""
    for path in (own_course.root / "solutions").iterdir():
        path.unlink()
    assert leaks({PurePosixPath("a.py"): "\n".join(SECRETS).encode()}, own_course) == []
