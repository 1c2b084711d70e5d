"""autograder.authoring.stub_changes: a student reads what is new in what is asked, and nothing of what they wrote."""

from __future__ import annotations

import json
from pathlib import PurePath

import pytest

from autograder.authoring.stub_changes import changes

STUB = '''def f(x: Tensor, *, lr: float = 0.1) -> Tensor:
    """What f does."""
    raise NotImplementedError


class C:
    def add(self, x):
        raise NotImplementedError
'''


def told(mine: str, new: str = STUB) -> list[str]:
    return changes(PurePath("scaling.py"), mine.encode(), new.encode())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("def f(x: Tensor,", "def f(y,", ["`f` is now `f(x, *, lr=0.1)`"]),
        ("lr: float = 0.1", "lr", ["`f` is now `f(x, *, lr=0.1)`"]),
        ("What f does", "What f did", ["the text of `f` has changed"]),
        ("def add", "def append", ["`C.add` is new"]),
        ("self, x", "self", ["`C.add` is now `add(self, x)`"]),
    ],
)
def test_a_difference_in_what_is_asked_is_told(old: str, new: str, says: list[str]):
    """Names, parameters and texts."""
    assert STUB.count(old) == 1
    assert told(STUB.replace(old, new)) == says


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("raise NotImplementedError\n\n\nclass", "return x\n\n\nclass"),
        ("x: Tensor", "x"),
        ("class C", "def mine():\n    return 1\n\n\nclass C"),
        ("What f does", "What  f\n    does"),
    ],
)
def test_what_the_student_writes_is_no_difference(old: str, new: str):
    """Bodies, types left out, functions of their own, other breaks of lines."""
    assert STUB.count(old) == 1
    assert told(STUB.replace(old, new)) == []


def test_work_that_is_no_python_yet_has_everything_new():
    """Nothing can be compared."""
    assert told("def f(x:\n") == ["`f` is new", "`C` is new", "`C.add` is new"]


def test_of_a_notebook_text_and_code_are_told():
    """Each for itself; a cell that was added is the student's business."""

    def notebook(text: str, code: str) -> bytes:
        cells = [
            {"id": "text-1", "cell_type": "markdown", "source": [text]},
            {"id": "answer-f", "cell_type": "code", "source": code.splitlines(keepends=True)},
            {"id": "mine", "cell_type": "code", "source": ["%timeit f(1)"]},
        ]
        return json.dumps({"cells": cells}).encode()

    path = PurePath("scaling.ipynb")
    assert changes(path, notebook("a", STUB), notebook("b", STUB)) == ["the text between the code has changed"]
    assert changes(path, notebook("a", STUB), notebook("a", STUB.replace("lr", "eta"))) == [
        "`f` is now `f(x, *, eta=0.1)`"
    ]
    assert changes(path, notebook("a", STUB), notebook("a", STUB)) == []
