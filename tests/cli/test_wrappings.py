"""Right work counts in every wrapping: files and notebooks as other tools and habits make them, through `grade`.

Each is a student of one class; beside a mark stands the note that must tell what was left out.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.authoring.notebooks import student_notebook
from autograder.course import Course
from autograder.model import Result

pytestmark = pytest.mark.slow

DOUBLE = "def double(x):\n    return x + x\n"
COUNTER = """class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        self.total += amount
        return self.total
"""
RIGHT = f"import torch\n\n\n{DOUBLE}\n\n{COUNTER}"
FAILED = "this line was left out, because it failed"
STOOD_IN = "is not installed here: a stand-in that does nothing takes its place."
GUARDED = "this was left out: a cell of your own does not change"
AS_SCRIPT = """#!/usr/bin/env python
# coding: utf-8

# In[1]:


from autograder.notebook import check, hint


# In[2]:


get_ipython().run_line_magic('matplotlib', 'inline')
get_ipython().system('pip install torch')


# In[3]:


check("scaling.double", points=4.5)
hint("scaling.double")
display(3)
"""

PROMPTED = ">>> def double(x):\n...     return x + x\n"

FILES: dict[str, tuple[str | bytes, float, str]] = {
    "right": (RIGHT, 10, ""),
    "plots": (RIGHT + "\nimport nowhere.pyplot as plt\nplt.plot([1])\n", 10, f"Line 16: `nowhere` {STOOD_IN}"),
    "plots in a function": (RIGHT + "\ndef show():\n    import nowhere\n    nowhere.show()\n\nshow()\n", 10, STOOD_IN),
    "a bar of progress": (
        RIGHT.replace("return x + x", "y = 0 * x\n    for _ in bar(range(2)):\n        y = y + x\n    return y")
        + "\nfrom nowhere_to_go import bar\n",
        10,
        STOOD_IN,
    ),
    "Colab": (RIGHT + "\nfrom google.colab import drive\ndrive.mount('/content/drive')\n", 10, STOOD_IN),
    "asks which kernel": (
        RIGHT + "\ntry:\n    import google.colab\n    x = 1\nexcept ImportError:\n    x = 2\nassert x == 2\n",
        10,
        "",
    ),
    "an own test fails": (RIGHT + "\nassert double(1) == 3\n", 10, f"Line 16: {FAILED} (AssertionError)."),
    "asks": (RIGHT + "\nz = input('z? ')\n", 10, f"Line 16: {FAILED} (EOFError"),
    "leaves": (f"import sys\nsys.exit()\n{RIGHT}", 10, f"Line 2: {FAILED} (SystemExit)."),
    "leaves politely": (f"exit()\n{RIGHT}", 10, f"Line 1: {FAILED} (SystemExit"),
    "reads a file": (f"rows = open('data.csv').read()\n{RIGHT}", 10, f"Line 1: {FAILED} (FileNotFoundError"),
    "a magic": (f"%matplotlib inline\n!pip install \\\n    torch\n{RIGHT}", 10, "Line 1 and 1 more place: this note"),
    "the notebook as a script": (AS_SCRIPT + RIGHT, 10, ""),
    "a fence": (f"```python\n{RIGHT}```\n", 10, "the fences of Markdown around the code were left out."),
    "prompts": (f">>> import torch\n{PROMPTED}>>> {COUNTER}".replace("\n    ", "\n...     "), 10, ""),
    "in Windows' letters": (b"# -*- coding: cp1252 -*-\n# Jos\xe9\n" + RIGHT.encode(), 10, ""),
    "undeclared": (b"# Jos\xe9\n" + RIGHT.encode(), 0, "is not UTF-8 text (byte 0xe9 in line 1)"),
    "in a made-up encoding": (b"# coding: unicode_escape\n# Jos\xe9\n" + RIGHT.encode(), 0, "is not UTF-8 text"),
    "left over below": (RIGHT.replace("return x + x", "y = x + x\n    raise NotImplementedError"), 4, ""),
    "one function fails": (RIGHT.replace("double(x)", "double(x=1 / 0)"), 4, f"Line 4: {FAILED} (ZeroDivision"),
    "nothing": ("\n", 0, "scaling.py is empty: was it saved before it was handed in?"),
    "no Python": (RIGHT + "def (:\n", 0, ""),
}  # fmt: skip


def code(source: str) -> dict:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def at(notebook: dict, name: str) -> int:
    marks = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    return marks.index(name)


def below(source: str) -> Callable[[dict], None]:
    """An added cell at the end."""
    return lambda notebook: notebook["cells"].append(code(source))


def above(source: str, name: str = "setup") -> Callable[[dict], None]:
    """An added cell above another one."""
    return lambda notebook: notebook["cells"].insert(at(notebook, name), code(source))


def as_answer(source: str, name: str = "answer-double") -> Callable[[dict], None]:
    def change(notebook: dict) -> None:
        notebook["cells"][at(notebook, name)]["source"] = source

    return change


def fenced(notebook: dict) -> None:
    cell = notebook["cells"][at(notebook, "answer-double")]
    cell["cell_type"] = "markdown"
    cell["source"] = f"My answer:\n\n```python\n{DOUBLE}```"


def without_setup(notebook: dict) -> None:
    del notebook["cells"][at(notebook, "setup")]
    as_answer("def double(x: torch.Tensor):\n    return x + x\n")(notebook)


def printed(notebook: dict) -> None:
    out = {"output_type": "stream", "name": "stdout", "text": "x" * (17 << 20)}
    notebook["cells"][at(notebook, "answer-double")]["outputs"] = [out]


def of_another(notebook: dict) -> None:
    notebook["metadata"]["autograder"]["assignment"] = "other"


def drafted(notebook: dict) -> None:
    as_answer("def double(x: torch.Tensor):\n    return x + x\n")(notebook)
    above("def double(x: torch.Tensor):\n    return x / 2\n")(notebook)


def with_config(notebook: dict) -> None:
    as_answer("def double(x):\n    return cfg.factor * x\n")(notebook)
    above("class Config:\n    factor = 2\n\ncfg = Config()\n", "answer-double")(notebook)


def in_a_new_cell(notebook: dict) -> None:
    as_answer("def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError\n")(notebook)
    below(DOUBLE)(notebook)


NOTEBOOKS: dict[str, tuple[Callable[[dict], None], float, str]] = {
    "right": (lambda notebook: None, 10, ""),
    "an experiment below": (below("def double(x):\n    return 3 * x\n"), 10, f"{GUARDED} `double`"),
    "under a condition": (below("if True:\n    def double(x):\n        return x\n"), 10, f"{GUARDED} `double`"),
    "a builtin": (
        lambda n: (as_answer("def double(x):\n    return sum([x, x])\n")(n), below("sum = 0; len = 3")(n)),
        10,
        f"{GUARDED} `sum` of Python itself",
    ),
    "a library": (
        lambda n: (as_answer("def double(x):\n    return torch.add(x, x)\n")(n), below("torch = 5")(n)),
        10,
        f"{GUARDED} `torch`, which was handed out.",
    ),
    "a draft on top": (drafted, 10, f"{FAILED} (NameError: name 'torch' is not defined)"),
    "indented": (as_answer("    def double(x):\n        return x + x\n"), 10, ""),
    "prompts": (as_answer(PROMPTED), 10, ""),
    "numbered": (as_answer("In [3]: def double(x):\n   ...:     return x + x\n"), 10, ""),
    "a continued command": (
        as_answer(f"!pip install \\\n    torch\n{DOUBLE}"),
        10,
        "this notebook command was left out.",
    ),
    "fenced": (fenced, 10, "the fences of Markdown around the code were left out."),
    "without the imports": (without_setup, 10, "was put back: `import torch`."),
    "much that was printed": (printed, 10, ""),
    "another assignment's": (of_another, 10, "This is the notebook of other, not of scaling"),
    "an object of an own class": (with_config, 10, ""),
    "in a new cell below": (in_a_new_cell, 10, "this copy of `double` is still a stub; the other copy counts."),
    "a helper below": (
        lambda n: (
            as_answer("def double(x):\n    return twice(x)\n")(n),
            below("def twice(x):\n    return x + x\n")(n),
        ),
        10,
        "`twice` is defined below a test that needs it, where nbgrader itself would miss it.",
    ),
    "another version above the test": (above("def double(x):\n    return 2 * x\n", "test-double"), 10, ""),
    "another version above the test is wrong": (above("def double(x):\n    return x\n", "test-double"), 4, ""),
}
NO_NOTEBOOKS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "scaling.ipynb is empty: save the notebook again and hand that in."),
    "blank": (b"\xef\xbb\xbf \n", "scaling.ipynb is empty"),
    "a web page": (b"\n<!DOCTYPE html>\n<html>", "scaling.ipynb is a web page: download the notebook itself"),
    "millions of lists": (
        b'{"cells": [' + b"[]," * (6 << 20),
        "MB of outputs: clear all outputs, and hand it in again.",
    ),
}


@pytest.fixture(scope="module")
def folder(make_course, course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a class of all these students."""
    root = make_course(tmp_path_factory.mktemp("wrapped") / "course")
    solved = json.loads(student_notebook(course, "scaling"))
    as_answer(DOUBLE)(solved)
    as_answer(COUNTER, "answer-counter")(solved)
    for name, (text, _, _) in FILES.items():
        (root / "class" / f"py {name}").mkdir(parents=True)
        content = text if isinstance(text, bytes) else text.encode()
        (root / "class" / f"py {name}" / "scaling.py").write_bytes(content)
    for name, (change, _, _) in NOTEBOOKS.items():
        notebook = copy.deepcopy(solved)
        change(notebook)
        (root / "class" / f"nb {name}").mkdir()
        (root / "class" / f"nb {name}" / "scaling.ipynb").write_text(json.dumps(notebook))
    for name, (content, _) in NO_NOTEBOOKS.items():
        (root / "class" / f"no {name}").mkdir()
        (root / "class" / f"no {name}" / "scaling.ipynb").write_bytes(content)
    return root


@pytest.fixture(scope="module")
def results(run, folder: Path) -> dict[str, Result]:
    """What `grade` says of each student."""
    done = run(folder, "autograder grade class --out results --jobs 1")
    assert done.returncode == 0, done.stdout + done.stderr
    stored = {}
    for path in (folder / "results").glob("*/scaling.json"):
        stored[path.parent.name] = Result.from_dict(json.loads(path.read_text()))
    return stored


def assert_told(result: Result, points: float, says: str) -> None:
    """A mark, and a note, or none."""
    assert result.score == points, result.notes
    if says:
        assert any(says in note for note in result.notes), result.notes
    elif points == 10:
        assert result.notes in ((), ("Line 7 and 1 more place: this notebook command was left out.",))


@pytest.mark.parametrize("name", FILES)
def test_a_file_counts_in_every_wrapping(results, name: str):
    """With a note on each line that was left out."""
    assert_told(results[f"py {name}"], *FILES[name][1:])


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_counts_in_every_wrapping(results, name: str):
    """With a note on whatever was left out, put back or not seen by a kernel."""
    assert_told(results[f"nb {name}"], *NOTEBOOKS[name][1:])


@pytest.mark.parametrize("name", NO_NOTEBOOKS)
def test_what_is_no_notebook_says_what_it_is(results, name: str):
    """And what to do."""
    assert_told(results[f"no {name}"], 0, NO_NOTEBOOKS[name][1])


def test_a_line_left_over_is_named(results):
    """Where the answer is written, "is not written yet" would be wrong."""
    messages = {check.message for check in results["py left over below"].checks if check.exercise == "double"}
    assert messages == {"`double` still raises NotImplementedError (line 6): take that line out."}


def test_a_stub_is_still_not_attempted(results, run, folder: Path):
    """It does nothing else."""
    (folder / "stub").mkdir()
    (folder / "stub" / "scaling.py").write_text(RIGHT.replace("return x + x", "raise NotImplementedError"))
    done = run(folder, "autograder check --dir stub --json")
    (result,) = json.loads(done.stdout)["results"]
    assert {check["outcome"] for check in result["checks"] if check["exercise"] == "double"} == {"not_attempted"}


TYPES = {
    "sparse": (
        "return (x + x).to_sparse()",
        "must be an ordinary torch tensor, but what came back is a sparse tensor.",
    ),
    "meta": ("return (x + x).to('meta')", "must be an ordinary torch tensor, but what came back is a meta tensor."),
    "complex": ("return (x + x).to(torch.complex128)", "has dtype complex128, but must have dtype float64."),
    "a debugger": ("import pdb; pdb.set_trace()\n    return x + x", "BdbQuit: a debugger was called here"),
    "a breakpoint": ("breakpoint()\n    return x + x", "BdbQuit: a debugger was called here"),
    "a stand-in": ("import nowhere\n    return nowhere.double(x)", "but what came back is a stand-in for nowhere."),
}


@pytest.mark.parametrize("name", TYPES)
def test_what_came_back_is_named_as_what_it_is(run, own: Path, name: str):
    """In the words of `autograder check`."""
    body, says = TYPES[name]
    (own / "scaling.py").write_text(RIGHT.replace("return x + x", body))
    done = run(own, "autograder check --json")
    (result,) = json.loads(done.stdout)["results"]
    messages = [check["message"] for check in result["checks"] if check["exercise"] == "double"]
    assert any(says in message for message in messages), messages
