"""What tests of the exporters start from: a course of nbgrader with the miniature assignment, and notebooks in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.authoring.nbgrader_course import start_course
from autograder.cli.grade_command import command
from autograder.course import Course
from autograder.exporters.nbgrader_course import nbgrader_api

DOUBLE = "def double(x):\n    return x + x\n"
COUNTER = """class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        self.total += amount
        return self.total
"""
RIGHT = {"answer-double": DOUBLE, "answer-counter": COUNTER, "written-linear": "$2(x + y) = 2x + 2y$"}


@dataclass(frozen=True)
class Classroom:
    """A course directory of nbgrader in which the miniature assignment was released."""

    root: Path
    course: Course

    def hand_in(self, student: str, answers: dict[str, str], *, when: str = "", edit: Callable | None = None) -> Path:
        """Put a notebook with these cells, by their ids, where nbgrader collects it; gives its folder."""
        notebook = json.loads((self.root / "release" / "scaling" / "scaling.ipynb").read_text())
        for cell in notebook["cells"]:
            id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            cell["source"] = answers.get(id, cell["source"])
        if edit:
            edit(notebook)
        folder = self.root / "submitted" / student / "scaling"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "scaling.ipynb").write_text(json.dumps(notebook))
        if when:
            (folder / "timestamp.txt").write_text(when)
        return folder

    def grade(self, *options: str) -> Result:
        """Run the command over the course directory."""
        where = ["--course", str(self.course.root), "--out", str(self.root.parent / "results"), "--jobs", "1"]
        return CliRunner().invoke(command, [*(options or [str(self.root)]), *where])

    def gradebook(self):
        """nbgrader's gradebook, to be closed."""
        return closing(nbgrader_api().Gradebook(f"sqlite:///{self.root / 'gradebook.db'}"))

    def marks(self, student: str) -> dict[str, tuple]:
        """Cell by cell (automatic mark, mark by hand, whether a person is needed)."""
        with self.gradebook() as book:
            grades = book.find_submission_notebook("scaling", "scaling", student).grades
            return {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in grades}

    def comments(self, student: str) -> dict[str, str | None]:
        """The comments by their cells."""
        with self.gradebook() as book:
            comments = book.find_submission_notebook("scaling", "scaling", student).comments
            return {comment.name: comment.comment for comment in comments}

    def autograded(self, student: str) -> dict:
        """The copy that formgrader shows."""
        return json.loads((self.root / "autograded" / student / "scaling" / "scaling.ipynb").read_text())


@pytest.fixture(scope="session")
def nbgrader(run_nbgrader) -> Callable[..., None]:
    """Run one of nbgrader's own commands, which must end well, in a folder."""

    def run(folder: Path, *words: str, **environment: str) -> None:
        done = run_nbgrader(folder, *words, **environment)
        assert done.returncode == 0, done.stdout + done.stderr

    return run


@pytest.fixture(scope="session")
def released(course: Course, nbgrader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course directory of the miniature course after `nbgrader generate_assignment`."""
    root = tmp_path_factory.mktemp("nbgrader") / "mini"
    start_course(course, root, "mini")
    nbgrader(root, "generate_assignment", "scaling")
    return root


@pytest.fixture
def classroom(commands_share_workers, released: Path, course: Course, tmp_path: Path) -> Classroom:
    """A course directory that this test may change."""
    return Classroom(shutil.copytree(released, tmp_path / "mini"), course)
