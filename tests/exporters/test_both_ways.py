"""Odd wrappings of right work, graded by `nbgrader autograde` and by `grade`: the same marks, cell by cell."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import Course

from .conftest import DOUBLE, RIGHT, Classroom

pytestmark = pytest.mark.slow

PLAIN = lambda notebook: None  # noqa: E731


def place(notebook: dict, name: str) -> int:
    marks = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    return marks.index(name)


def code(source: str) -> dict:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def below(source: str) -> Callable[[dict], None]:
    """A cell was added at the end."""
    return lambda notebook: notebook["cells"].append(code(source))


def above(name: str, source: str) -> Callable[[dict], None]:
    """A cell was added above another one."""
    return lambda notebook: notebook["cells"].insert(place(notebook, name), code(source))


def answered(source: str) -> dict[str, str]:
    return RIGHT | {"answer-double": source}


WRAPPED: dict[str, tuple[dict[str, str], Callable[[dict], None]]] = {
    "ana": (RIGHT, PLAIN),
    "bo": (answered("def double(x):\n    return sum([x, x])\n"), below("def double(x): return x\nsum = 0\ntorch = 5")),
    "cy": (
        answered(DOUBLE.replace("(x)", "(x: torch.Tensor)")),
        above("setup", "def double(x: torch.Tensor): return x"),
    ),
    "dee": (answered("    def double(x):\n        return x + x\n"), PLAIN),
    "eva": (answered(">>> def double(x):\n...     return x + x\n"), PLAIN),
    "fay": (answered(f"!echo \\\n    torch\n{DOUBLE}"), PLAIN),
    "gus": (
        answered("def double(x):\n    return cfg.factor * x\n"),
        above("answer-double", "class Config:\n    factor = 2\n\ncfg = Config()\n"),
    ),
    "hal": (answered("def double(x):\n    return x\n"), above("test-double", DOUBLE)),
    "ian": (answered("def double(x):\n    v = x.clone().requires_grad_()\n    return v.detach() * 2\n"), PLAIN),
}


@pytest.fixture(scope="module")
def marks(
    released: Path, course: Course, nbgrader, commands_share_workers, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, dict[str, float]]]:
    """The marks of every cell, by student, both ways."""
    found = {}
    for way in ("kernel", "outside"):
        room = Classroom(shutil.copytree(released, tmp_path_factory.mktemp(way) / "mini"), course)
        for student, (answers, edit) in WRAPPED.items():
            room.hand_in(student, answers, edit=edit)
        if way == "kernel":
            nbgrader(room.root, "autograde", "scaling")
        else:
            assert room.grade().exit_code == 0
        found[way] = {}
        for student in WRAPPED:
            cells = room.marks(student)
            found[way][student] = {name: round(auto, 4) for name, (auto, _, _) in cells.items() if auto is not None}
    return found


@pytest.mark.parametrize("student", WRAPPED)
def test_both_ways_give_the_same_marks(marks, student: str):
    """Whatever stands around the answer."""
    assert marks["outside"][student] == marks["kernel"][student]


def test_right_work_earns_everything_and_what_is_ruled_out_nothing(marks):
    """In every wrapping; the sum is without what a person marks."""
    sums = {student: round(sum(cells.values()), 4) for student, cells in marks["outside"].items()}
    assert sums == dict.fromkeys(WRAPPED, 10) | {"ian": 4}
