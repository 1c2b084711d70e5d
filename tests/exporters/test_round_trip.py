"""A whole term in miniature with nbgrader's own commands: what they find and what `grade` finds are the same marks.

Generate, release, fetch, submit, collect; then the class is graded twice, by `nbgrader autograde` and by `grade`, and
both times feedback and marks come out of nbgrader. An attack wins only where the student's kernel is asked.
"""

from __future__ import annotations

import ast
import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from autograder.authoring.nbgrader_course import start_course
from autograder.course import Course
from autograder.exporters.nbgrader_course import nbgrader_api
from autograder.model import Assignment
from autograder.submissions.cells import CellId, Kind
from autograder.submissions.notebooks import answer_cells

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SLUG = "sigmoid_gd"
DEMO = ("bruno", "dmitri", "jonas")  # of examples/class: right, half done, wrong in every exercise
DERIVATION = "$\\sigma' = \\sigma (1 - \\sigma)$"
ATTACK = """import autograder.notebook
autograder.notebook.check_hidden = check = lambda name, points=0: points
"""


@dataclass(frozen=True)
class Term:
    """One assignment of a course, and where its students find and leave their work."""

    root: Path
    home: Path
    nbgrader: Callable

    def run(self, folder: Path, *words: str) -> None:
        """Run a command of nbgrader as somebody whose home this is."""
        exchange = f"--Exchange.root={self.home / 'exchange'}"
        self.nbgrader(folder, *words, exchange, HOME=str(self.home))

    def release(self, course: Course) -> None:
        """What the instructor does first."""
        start_course(course, self.root, "nn101")
        (self.home / "exchange").mkdir(parents=True)
        (self.home / "exchange").chmod(0o777)
        self.run(self.root, "generate_assignment", SLUG)
        self.run(self.root, "release_assignment", SLUG)

    def submit(self, student: str, fill: Callable[[dict], None]) -> None:
        """Work in a copy of what was fetched, and hand it in."""
        desk = self.home / student
        shutil.copytree(self.home / "fetched", desk)
        path = desk / SLUG / f"{SLUG}.ipynb"
        notebook = json.loads(path.read_text())
        fill(notebook)
        path.write_text(json.dumps(notebook))
        self.run(desk, "submit", SLUG, "--course=nn101", f"--student={student}")

    def finish(self) -> dict[str, dict[str, str]]:
        """Feedback and marks, as nbgrader gives them out; the marks by student."""
        self.run(self.root, "generate_feedback", SLUG)
        self.run(self.root, "export")
        with (self.root / "grades.csv").open() as file:
            return {row["student_id"]: row for row in csv.DictReader(file) if row["timestamp"]}

    def cells(self) -> dict[str, dict[str, tuple]]:
        """For every student, what the gradebook holds of each cell."""
        with closing(nbgrader_api().Gradebook(f"sqlite:///{self.root / 'gradebook.db'}")) as book:
            return {
                submission.student.id: {
                    grade.name: (grade.auto_score, grade.max_score, grade.needs_manual_grade)
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                }
                for submission in book.assignment_submissions(SLUG)
            }

    def feedback(self, student: str) -> str:
        """The page that a student gets."""
        return (self.root / "feedback" / student / SLUG / f"{SLUG}.html").read_text()


def as_notebook(source: str, assignment: Assignment) -> Callable[[dict], None]:
    """Put a submission's functions and classes into the cells that ask for them, the rest into a cell before those."""
    parts: dict[CellId | None, list[str]] = {}
    for node in ast.parse(source).body:
        name = getattr(node, "name", "")
        asking = [e.id for e in assignment.exercises if name in {f.split(".")[0] for f in e.functions}]
        place = answer_cells(assignment)[asking[0]] if asking else None
        parts.setdefault(place, []).append(ast.get_source_segment(source, node) or "")

    def fill(notebook: dict) -> None:
        for cell in list(notebook["cells"]):
            id = CellId.parse(cell["metadata"].get("nbgrader", {}).get("grade_id"))
            if id is not None and id in parts:
                cell["source"] = "\n\n\n".join(parts[id])
            elif id == CellId(Kind.TOOLS):
                rest = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "id": "rest"}
                notebook["cells"].insert(notebook["cells"].index(cell), rest | {"source": "\n".join(parts[None])})

    return fill


def attack(notebook: dict) -> None:
    """Rebind what judges; write nothing else."""
    place = next(i for i, c in enumerate(notebook["cells"]) if c["id"] == "tools") + 1
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "id": "attack"}
    notebook["cells"].insert(place, cell | {"source": ATTACK})


def with_derivation(fill: Callable[[dict], None]) -> Callable[[dict], None]:
    """Also answer what is asked on paper."""

    def fill_all(notebook: dict) -> None:
        fill(notebook)
        for cell in notebook["cells"]:
            id = CellId.parse(cell["metadata"].get("nbgrader", {}).get("grade_id"))
            if id is not None and id.kind is Kind.WRITTEN:
                cell["source"] = DERIVATION

    return fill_all


@pytest.fixture(scope="module")
def collected(nbgrader, tmp_path_factory: pytest.TempPathFactory) -> Term:
    """The course after `nbgrader collect`; jonas handed in late."""
    home, course = tmp_path_factory.mktemp("home"), Course(ROOT)
    term, assignment = Term(home / "nn101", home, nbgrader), course.assignment(SLUG)
    term.release(course)
    with (term.root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    (home / "fetched").mkdir()
    term.run(home / "fetched", "fetch_assignment", SLUG, "--course=nn101")
    reference = as_notebook(course.solution(SLUG) or "", assignment)
    term.submit("reference", with_derivation(reference))
    term.submit("mallory", attack)
    for student in DEMO:
        source = (ROOT / "examples" / "class" / student / f"{SLUG}.py").read_text()
        term.submit(student, as_notebook(source, assignment))
    term.run(term.root, "collect", SLUG)
    with closing(nbgrader_api().Gradebook(f"sqlite:///{term.root / 'gradebook.db'}")) as book:
        book.find_assignment(SLUG).duedate = datetime(2100, 1, 1)
        book.db.commit()
    (term.root / "submitted" / "jonas" / SLUG / "timestamp.txt").chmod(0o644)
    (term.root / "submitted" / "jonas" / SLUG / "timestamp.txt").write_text("2100-01-02 00:00:00 UTC")
    return term


@pytest.fixture(scope="module")
def in_the_kernel(collected: Term, tmp_path_factory: pytest.TempPathFactory) -> tuple[Term, dict[str, dict[str, str]]]:
    """Graded by `nbgrader autograde`."""
    root = shutil.copytree(collected.root, tmp_path_factory.mktemp("theirs") / "nn101")
    term = Term(root, collected.home, collected.nbgrader)
    term.run(root, "autograde", SLUG)
    return term, term.finish()


@pytest.fixture(scope="module")
def outside(collected: Term, tmp_path_factory: pytest.TempPathFactory) -> tuple[Term, dict[str, dict[str, str]]]:
    """Graded by `grade`."""
    root = shutil.copytree(collected.root, tmp_path_factory.mktemp("ours") / "nn101")
    command = [Path(sys.executable).with_name("grade"), root, "--course", ROOT, "--out", root.parent / "results"]
    done = subprocess.run(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    term = Term(root, collected.home, collected.nbgrader)
    return term, term.finish()


HONEST = ("reference", *DEMO)


def test_everybody_who_handed_in_is_marked(in_the_kernel, outside):
    """By both."""
    assert set(in_the_kernel[1]) == set(outside[1]) == {*HONEST, "mallory"}


@pytest.mark.parametrize("student", HONEST)
def test_honest_work_gets_the_same_marks_cell_by_cell(in_the_kernel, outside, student: str):
    """The same cells wait for a person, too."""
    theirs, ours = in_the_kernel[0].cells()[student], outside[0].cells()[student]
    for cells in (theirs, ours):
        for cell, (score, maximum, waits) in cells.items():
            cells[cell] = (score and round(score, 4), maximum, waits)
    assert ours == theirs


@pytest.mark.parametrize("student", HONEST)
def test_the_exported_rows_are_the_same(in_the_kernel, outside, student: str):
    """Time, score, maximum, and what is taken off for being late."""
    theirs, ours = in_the_kernel[1][student], outside[1][student]
    numbers = ("raw_score", "late_submission_penalty", "score", "max_score")
    assert {k: float(ours[k]) for k in numbers} == pytest.approx({k: float(theirs[k]) for k in numbers}, abs=1e-5)
    assert {k: v for k, v in ours.items() if k not in numbers} == {k: v for k, v in theirs.items() if k not in numbers}


def test_the_marks_are_what_was_earned(outside):
    """The reference everything but what a person marks; who is late loses all with this penalty."""
    marks = {student: (float(row["raw_score"]), float(row["score"])) for student, row in outside[1].items()}
    assert marks["reference"] == marks["bruno"] == (100, 100)
    assert 0 < marks["dmitri"][0] == marks["dmitri"][1] < 100
    assert 0 < marks["jonas"][0] < 100
    assert marks["jonas"][1] == 0


def test_an_attack_wins_only_in_the_kernel(in_the_kernel, outside):
    """Rebinding the checks gives full marks for nothing, unless verdicts are formed elsewhere."""
    assert float(in_the_kernel[1]["mallory"]["raw_score"]) == 100
    assert float(outside[1]["mallory"]["raw_score"]) == 0


def test_feedback_says_what_is_wrong(outside):
    """In the page that nbgrader makes for a student."""
    page = outside[0].feedback("jonas")
    assert page.index("Comments:") < page.index("\u2717")
    assert "Comments:" not in outside[0].feedback("reference")
