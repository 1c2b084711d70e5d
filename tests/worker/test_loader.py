"""autograder.worker.loader: from text to a module, and which functions are written."""

from __future__ import annotations

import linecache
import sys
import traceback
import types

import pytest

from autograder.worker import loading
from autograder.worker.counting import Part
from autograder.worker.loader import statuses
from autograder.worker.reading import read

PATH = "/nowhere/work.py"


@pytest.fixture(autouse=True)
def _leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading changes where Python looks for modules; after a test that is as before."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(linecache, "cache", dict(linecache.cache))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for name in ("work", "my_helper", "my_other"):
        monkeypatch.setitem(sys.modules, name, None)
        del sys.modules[name]


def load(source: str, **beside: str) -> types.ModuleType:
    reading = read([Part("module", source)], PATH)
    return loading.load(reading, PATH, "work", beside).module


def status(source: str, name: str = "f") -> str:
    return statuses(source, load(source), [name])[name]


STATUSES = {
    "written": ("def f(x):\n    return x\n", "written"),
    "stub": ("def f(x):\n    raise NotImplementedError\n", "stub"),
    "stub with a docstring": ('def f(x):\n    """Do."""\n    # YOUR CODE\n    raise NotImplementedError\n', "stub"),
    "stub with a message": ("def f(x):\n    raise NotImplementedError('todo')\n", "stub"),
    "begun": ("def f(x):\n    y = x\n    raise NotImplementedError\n", "written"),
    "only a docstring": ('def f(x):\n    """Do."""\n', "written"),
    "another exception": ("def f(x):\n    raise ValueError\n", "written"),
    "missing": ("def g(x):\n    return x\n", "missing"),
    "empty file": ("", "missing"),
    "assigned": ("def g(x):\n    return x\n\nf = g\n", "written"),
    "imported": ("from math import exp as f\n", "written"),
    "defined under a condition": ("if True:\n    def f(x):\n        return x\n", "written"),
    "defined twice": ("def f(x):\n    raise NotImplementedError\n\ndef f(x):\n    return x\n", "written"),
    "assigned below its stub": ("def f(x):\n    raise NotImplementedError\n\nf = lambda x: x\n", "written"),
    "imported below its stub": ("def f(x):\n    raise NotImplementedError\n\nfrom math import exp as f\n", "written"),
    "assigned above its stub": ("f = lambda x: x\n\ndef f(x):\n    raise NotImplementedError\n", "written"),
    "a number above its stub": ("f = 5\n\ndef f(x):\n    raise NotImplementedError\n", "stub"),
    "deleted below its stub": ("def f(x):\n    raise NotImplementedError\n\ndel f\n", "missing"),
    "a stub under another name": ("def f(x):\n    raise NotImplementedError\n\ng = f\n", "stub"),
    "a decorated stub": ("def same(f):\n    return f\n\n@same\ndef f(x):\n    raise NotImplementedError\n", "stub"),
}


@pytest.mark.parametrize(("source", "expected"), STATUSES.values(), ids=STATUSES)
def test_a_function_is_written_stub_or_missing(source: str, expected: str):
    """Only a body that does nothing but raise NotImplementedError is a stub."""
    assert status(source) == expected


ANNOTATED = """
import typing

def f(x: int) -> list[int]:
    return [x]

hints = typing.get_type_hints(f), f.__annotations__["x"]
"""


def test_annotations_are_evaluated_as_python_does():
    """Unless the file itself postpones them; what our own files say does not matter."""
    assert load(ANNOTATED).hints == ({"x": int, "return": list[int]}, int)
    assert load(f"from __future__ import annotations\n{ANNOTATED}").hints[1] == "int"
    with pytest.raises(NameError):
        load("def f(x: Undefined):\n    pass\n").f(1)


METHODS = {
    "written": ("class A:\n    def m(self):\n        return 1\n", "written"),
    "stub": ("class A:\n    def m(self):\n        raise NotImplementedError\n", "stub"),
    "missing": ("class A:\n    pass\n", "missing"),
    "no class": ("", "missing"),
    "inherited": ("class B:\n    def m(self):\n        return 1\n\nclass A(B):\n    pass\n", "written"),
    "assigned": ("class A:\n    m = print\n", "written"),
    "assigned from outside": (
        "class A:\n    def m(self):\n        raise NotImplementedError\n\nA.m = lambda self: 1\n",
        "written",
    ),
}


@pytest.mark.parametrize(("source", "expected"), METHODS.values(), ids=METHODS)
def test_a_method_is_written_stub_or_missing(source: str, expected: str):
    """Methods are named "Class.method"."""
    assert status(source, "A.m") == expected


def test_tracebacks_show_the_lines_of_the_text():
    """The text is shown even where no such file exists."""
    module = load("def f():\n    return 1 / 0  # here\n")
    with pytest.raises(ZeroDivisionError) as caught:
        module.f()
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == ("/nowhere/work.py", 2, "return 1 / 0  # here")


def test_a_module_finds_itself_and_its_neighbours():
    """A submission may bring helper modules, which import each other, and may use its own name (dataclasses do)."""
    source = "import sys\nfrom my_helper import answer\nme = sys.modules[__name__]\n"
    module = load(source, my_helper="from my_other import answer\n", my_other="answer = 42\n")
    assert (module.answer, module.me, module.__file__) == (42, module, "/nowhere/work.py")


def test_errors_of_a_neighbour_show_its_line():
    """Helper modules have lines and names of their own."""
    module = load("import my_helper\n", my_helper="def f(x):\n    return x / 0\n")
    with pytest.raises(ZeroDivisionError) as caught:
        module.my_helper.f(1)
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == ("/nowhere/my_helper.py", 2, "return x / 0")


def test_a_neighbour_does_not_hide_a_library():
    """A helper that is called like a module of Python's changes nothing for others."""
    assert load("import json\n", json="loads = None\n").json.loads("[1]") == [1]


def test_errors_of_the_text_come_through():
    """The host describes them; the loader hides nothing."""
    with pytest.raises(SyntaxError) as caught:
        load("def f(:\n")
    assert (caught.value.filename, caught.value.lineno) == ("/nowhere/work.py", 1)
