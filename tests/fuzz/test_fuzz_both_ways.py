"""Honest notebooks, whatever was done to their cells, get the same marks in a kernel and outside, or a note says why.

The kernel runs all cells from the top to the bottom, as `nbgrader autograde` does.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from autograder import data
from autograder.authoring.notebooks import student_notebook
from autograder.course import Course
from autograder.grading.runner import grade
from autograder.model import Result
from autograder.plan import Plan, Setting
from autograder.submissions.cells import points_by_cell
from autograder.submissions.files import Submission

pytest.importorskip("IPython")

LOADED = settings.get_profile(os.environ.get("FUZZ_PROFILE", "bounded"))
# Each of these is a run of the grader and one of a kernel, which wait for each other however busy the machine is.
EXAMPLES = int(os.environ.get("BOTH_WAYS", LOADED.max_examples // 8))
PROFILE = settings(LOADED, max_examples=EXAMPLES, deadline=None)
COURSE = Course(Path(__file__).parents[1] / "course")
RELEASED = json.loads(student_notebook(COURSE, "scaling"))
HIDDEN = 'from autograder.notebook import check_hidden\ncheck_hidden("scaling.{}", points={})'

DOUBLES = {  # what an answer may be: a cell above it, and the answer
    "plain": ("", "def double(x):\n    return x + x\n"),
    "with a helper": ("def twice(v):\n    return v + v\n", "def double(x):\n    return twice(x)\n"),
    "with a constant": ("FACTOR = 2\n", "def double(x):\n    return FACTOR * x\n"),
    "with a table": (
        "table = []\nfor i in range(5):\n    table.append(i)\n",
        "def double(x):\n    return table[2] * x\n",
    ),
    "with an object": (
        "class Config:\n    factor = 2\n\ncfg = Config()\n",
        "def double(x):\n    return cfg.factor * x\n",
    ),
    "with what a function sets": (
        "def prepare():\n    global ready\n    ready = 2\n\nprepare()\n",
        "def double(x):\n    return ready * x\n",
    ),
    "with builtins": ("", "def double(x):\n    return sum([x] * len([1, 2]))\n"),
    "with a builtin of its own": (
        "def sum(parts):\n    return parts[0] + parts[1]\n",
        "def double(x):\n    return sum([x, x])\n",
    ),
    "assigned": ("", "double = lambda x: x + x\n"),
    "with numpy": ("import numpy as np\n", "def double(x):\n    return x * int(np.float64(2))\n"),
    "wrong": ("", "def double(x):\n    return x ** 2\n"),
    "tried out below": ("", "def double(x):\n    return x + x\n\nx = torch.ones(3)\nprint(double(x))\n"),
    "with a magic": ("", "%matplotlib inline\ndef double(x):\n    return x + x\n"),
    "with a continued command": ("", "!pip install \\\n    torch\ndef double(x):\n    return x + x\n"),
    "timed": ("%time k = 2\n", "%%time\ndef double(x):\n    return k * x\n"),
    "decorated": ("import functools\n", "@functools.lru_cache(maxsize=None)\ndef double(x):\n    return x + x\n"),
    "pasted": ("", ">>> def double(x):\n...     return x + x\n"),
    "indented": ("", "    def double(x):\n        return x + x\n"),
    "numbered": ("", "In [3]: def double(x):\n   ...:     return x + x\n"),
    "fails below": ("", "def double(x):\n    return x + x\n\nassert double(1) == 3\n"),
    "with a guarded import": (
        "try:\n    import nowhere as nw\nexcept ImportError:\n    nw = None\n",
        "def double(x):\n    return x + x if nw is None else x\n",
    ),
}
COUNTERS = {
    "plain": "class Counter:\n    def __init__(self, start=0):\n        self.total = start\n\n"
    "    def add(self, amount):\n        self.total += amount\n        return self.total\n",
    "built on the first": "class Counter:\n    def __init__(self, start=0):\n        self.total = start\n\n"
    "    def add(self, amount):\n        self.total += double(amount) - amount\n        return self.total\n",
    "forgets": "class Counter:\n    def __init__(self, start=0):\n        self.total = start\n\n"
    "    def add(self, amount):\n        self.total = amount\n        return self.total\n",
}
EXPERIMENTS = [
    "def double(x):\n    return x * 3\n",
    "class double:\n    pass\n",
    "double = 5",
    "double, other = 1, 2",
    "(double := 4)",
    "import math as double",
    "from math import exp as double",
    "for double in range(3):\n    pass",
    "with open('/dev/null') as double:\n    pass",
    "try:\n    1 / 0\nexcept ZeroDivisionError as double:\n    pass",
    "del double",
    "if True:\n    def double(x):\n        return x\n",
    "def spoil():\n    global double\n    double = None\n\nspoil()",
    "old = double\n@functools.wraps(old)\ndef double(x):\n    return old(x) + 1\n",
    "sum = 0\nlen = 3",
    "sum = 0\nfor i in range(4):\n    sum += i",
    "list = [1, 2]",
    "torch = 5",
    "from math import *",
    "from torch import *",
    "import torch",
    "import torch.nn.functional as F",
    "Counter.add = None",
    "Counter = None",
    "class Counter:\n    pass\n",
    "twice = None",
    "FACTOR = 3",
    "FACTOR += 1",
    "table = []",
    "table.append(7)",
    "table[2] = 5",
    "cfg.factor = 7",
    "ready = 9",
    "k = 7",
    "x = torch.ones(2)\nprint(double(x))",
    "values = [double(torch.ones(1)) for _ in range(3)]",
    "c = Counter()\nc.add(3)\nassert c.total == 4",
    "%timeit double(torch.ones(2))",
    "!ls -l",
    "files = !ls",
    "double?",
    "import matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 50",
    "from nowhere_at_all import everything\neverything()",
    "torch.manual_seed(3)",
    "def double(x:\n    return x",
    "match 3:\n    case double:\n        pass",
    "# nothing but a remark",
    "print('a' * 10)",
    "import nowhere",
]


def code(source: str) -> dict:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def id_of(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def place(cells: list[dict], name: str) -> int:
    return next(at for at, cell in enumerate(cells) if id_of(cell) == name)


def add(cells: list[dict], at: int, source: str) -> None:
    """An experiment, somewhere."""
    cells.insert(at % (len(cells) + 1), code(source))


def move(cells: list[dict], at: int, source: str) -> None:
    """An answer stands elsewhere."""
    cell = cells.pop(place(cells, "answer-double"))
    cells.insert(at % (len(cells) + 1), cell)


def copied(cells: list[dict], at: int, source: str) -> None:
    """An answer stands twice, once as it was handed out or with what was tried."""
    cell = copy.deepcopy(cells[place(cells, "answer-double")])
    if at % 2:
        cell["source"] = "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError\n"
    cells.insert(at % (len(cells) + 1), cell)


def merged(cells: list[dict], at: int, source: str) -> None:
    """Both answers stand in one cell."""
    other = cells.pop(place(cells, "answer-counter"))
    cells[place(cells, "answer-double")]["source"] += "\n\n" + other["source"]


def split(cells: list[dict], at: int, source: str) -> None:
    """The answer stands in a cell below, and the stub is still there."""
    where = place(cells, "answer-double")
    cells.insert(where + 1, code(cells[where]["source"]))
    cells[where]["source"] = "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError\n"


def improved(cells: list[dict], at: int, source: str) -> None:
    """Another version stands in a cell below the answer."""
    cells.insert(place(cells, "answer-double") + 1, code("def double(x):\n    return 2 * x\n"))


def converted(cells: list[dict], at: int, source: str) -> None:
    """An answer has become a text."""
    cell = cells[place(cells, "answer-double")]
    cell["cell_type"] = "markdown" if at % 2 else "raw"
    cell["source"] = f"```python\n{cell['source']}\n```"


def renamed(cells: list[dict], at: int, source: str) -> None:
    """Names of the student's own are others."""
    for cell in cells:
        if not id_of(cell).startswith(("test", "hidden", "tools")):
            cell["source"] = "".join(cell["source"]).replace("twice", "my_helper").replace("FACTOR", "two")


EDITS = [add, add, add, add, add, move, copied, merged, split, improved, converted, renamed]
Edit = tuple[Callable[[list[dict], int, str], None], int, str]
edits = st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 30), st.sampled_from(EXPERIMENTS)), max_size=5)


def built(double: str, counter: str, changes: list[Edit]) -> list[dict]:
    """The cells of a notebook with these answers, after these edits."""
    cells = copy.deepcopy(RELEASED["cells"])
    above, answer = DOUBLES[double]
    cells[place(cells, "answer-double")]["source"] = answer
    cells[place(cells, "answer-counter")]["source"] = COUNTERS[counter]
    if above:
        cells.insert(place(cells, "answer-double"), code(above))
    for change, at, source in changes:
        if change in (merged,) and not any(id_of(cell) == "answer-counter" for cell in cells):
            continue
        change(cells, at, source)
    return cells


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The miniature course with time enough for everything, on however busy a machine."""
    root = shutil.copytree(COURSE.root, tmp_path_factory.mktemp("patient") / "course")
    path = root / "assignments" / "scaling" / "assignment.toml"
    path.write_text(path.read_text().replace("_seconds = ", "_seconds = 100"))
    return Course(root)


@pytest.fixture(scope="module")
def kernel(patient: Course) -> Iterator[Callable[[list[dict]], dict[str, float]]]:
    """The marks of the test cells of some cells, by a kernel."""
    command = [sys.executable, str(Path(__file__).with_name("kernel.py")), str(patient.root)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def marks(cells: list[dict]) -> dict[str, float]:
        sources = []
        for cell in cells:
            if cell["cell_type"] != "code":
                continue
            name = id_of(cell)
            source = "".join(cell["source"])
            if name.startswith("hidden-"):
                source = HIDDEN.format(name.removeprefix("hidden-"), cell["metadata"]["nbgrader"]["points"])
            sources.append([name, source])
        print(json.dumps({"cells": sources}), file=process.stdin, flush=True)
        return json.loads(process.stdout.readline())["marks"]

    with process:
        yield marks


@pytest.fixture(scope="module")
def outside(patient: Course, workers, tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[dict]], Result]:
    """The result of some cells, graded outside of any kernel."""
    folder = tmp_path_factory.mktemp("ana")
    plan = Plan.of(patient, "scaling")
    setting = Setting(load_data=partial(data.load, "digits"))

    def result(cells: list[dict]) -> Result:
        (folder / "scaling.ipynb").write_text(json.dumps(RELEASED | {"cells": cells}))
        return grade(plan, Submission("ana", folder), setting, workers=workers)

    return result


@pytest.mark.slow
@PROFILE
@example(double="plain", counter="plain", changes=[])
@example(double="plain", counter="plain", changes=[(move, 6, ""), (add, 0, EXPERIMENTS[0])])  # between two tests
@example(double="assigned", counter="plain", changes=[(copied, 1, "")])  # below its stub
@example(double="assigned", counter="plain", changes=[(copied, 7, "")])  # above it
@given(double=st.sampled_from(sorted(DOUBLES)), counter=st.sampled_from(sorted(COUNTERS)), changes=edits)
def test_both_ways_give_the_same_marks_or_a_note_says_why(
    kernel, outside, double: str, counter: str, changes: list[Edit]
):
    """And nobody gets less than in the kernel, whose test cells the student has seen."""
    cells = built(double, counter, changes)
    theirs = kernel(cells)
    result = outside(cells)
    ours = points_by_cell((check.exercise, check.visible, check.points) for check in result.checks)
    note(f"kernel: {theirs}; ours: {ours}; notes: {result.notes}")
    for cell, points in ours.items():
        known = theirs[str(cell)]
        assert points > known - 1e-4
        assert points == pytest.approx(known, abs=1e-4) or result.notes


@pytest.mark.slow
def test_a_notebook_that_nobody_touched_has_the_same_marks_and_no_note(kernel, outside):
    """The kernel gives marks at all."""
    cells = built("plain", "plain", [])
    result = outside(cells)
    assert result.notes == ()
    assert kernel(cells) == {"test-double": 4.5, "hidden-double": 1.5, "test-counter": 2, "hidden-counter": 2}
    assert result.score == 10
