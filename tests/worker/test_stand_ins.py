"""autograder.worker.stand_ins: what is not installed does nothing, and says what it stands for."""

from __future__ import annotations

import linecache
import sys
import types
from collections.abc import Iterator

import pytest

from autograder.worker import loading
from autograder.worker.counting import Note, Part
from autograder.worker.reading import read
from autograder.worker.stand_ins import StandIn

PATH = "work.py"


@pytest.fixture(autouse=True)
def _leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Loading changes where Python looks for modules and lines."""
    monkeypatch.setattr(linecache, "cache", dict(linecache.cache))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if type(sys.modules[name]).__module__.startswith("autograder") or name == "work":
            del sys.modules[name]


def load(text: str, **beside: str) -> tuple[types.ModuleType, list[Note]]:
    loaded = loading.load(read([Part("module", text)], PATH, ["f"]), PATH, "work", beside)
    return loaded.module, sorted(loaded.notes)


WAYS = {
    "an import": "import nowhere\nnowhere.anything(3).more['x']",
    "another name": "import nowhere as nw\nnw.style.use('dark')",
    "a part": "import nowhere.inside.plot as plt\nplt.figure()",
    "parts of it": "from nowhere.inside import plot, style\nplot(); style.use()",
    "everything": "from nowhere import *",
    "in a function": "def g():\n    import nowhere\n    return nowhere.x\ng()",
    "a context": "import nowhere\nwith nowhere.context() as c:\n    c.x = 3\n    c['x'] = 3",
    "a bar around a loop": "from nowhere import bar\nassert [i for i in bar(range(3), desc='x')] == [0, 1, 2]",
    "a decorator": "from nowhere import fast\n@fast\ndef g():\n    return 1\nassert g() == 1",
    "a decorator with options": "from nowhere import fast\n@fast(level=3)\ndef g():\n    return 1\nassert g() == 1",
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_what_is_not_installed_does_nothing(text: str):
    """It is told once, with its line."""
    module, notes = load(f"{text}\ndef f():\n    return 1\n")
    assert module.f() == 1
    (note,) = notes
    assert note[1] == "`nowhere` is not installed here: a stand-in that does nothing takes its place."


def test_what_a_namespace_lacks_has_a_stand_in(tmp_path, monkeypatch):
    """A part of `google` may be installed where `google.colab` is not."""
    (tmp_path / "somespace" / "part").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(tmp_path))
    module, notes = load("from somespace.colab import drive\ndrive.mount('/content')\nx = 1\n")
    assert module.x == 1
    assert [text.partition(" is")[0] for _, text in notes] == ["`somespace.colab`"]


FORESEEN = "try:\n    import nowhere\n    there = True\nexcept ImportError:\n    there = False\n"


def test_who_foresees_that_something_is_missing_is_told_the_truth():
    """A stand-in would have them take the wrong way."""
    module, notes = load(FORESEEN)
    assert (module.there, notes) == (False, [])


def test_what_is_installed_is_what_it_is():
    """Also a part that it lacks is an error."""
    module, notes = load("import math\nfrom math import nowhere\nx = math.pi\n")
    assert module.x > 3
    assert [line for line, _ in notes] == [2]
    with pytest.raises(ImportError, match="cannot import name 'nowhere'"):
        module.nowhere(1)


def test_a_name_that_could_not_be_imported_can_annotate():
    """Nothing is called there."""
    assert load("from torch import Tensorr\ndef f(x: Tensorr) -> Tensorr:\n    return x\n")[0].f(3) == 3


def test_what_lies_beside_is_no_stand_in():
    """It is loaded in the same way, with notes that name it."""
    module, notes = load("from helper import g\nx = g()\n", helper="import nowhere\n1 / 0\ndef g():\n    return 4\n")
    assert module.x == 4
    assert [line for line, _ in notes] == [0, 0]
    assert notes[-1][1].startswith("helper.py, line 2: this line was left out, because it failed (ZeroDivisionError")


def test_a_stand_in_says_what_it_stands_for():
    """A message of a check shows the name of its class."""
    assert type(load("from nowhere import g\nx = g(1)\n")[0].x).__name__ == "stand-in for nowhere"


def test_a_stand_in_has_no_protocols():
    """Libraries that ask for them must not take it for a tensor, or for anything."""
    for name in ("__array__", "__torch_function__", "__len__", "__float__"):
        assert not hasattr(StandIn(), name)


def test_what_is_tried_somewhere_has_no_stand_in_elsewhere():
    """Or the attempt would find it."""
    module, notes = load(f"import nowhere\n{FORESEEN}")
    assert module.there is False
    assert [line for line, _ in notes] == [1]


def test_the_engine_is_what_it_is_but_for_its_tools():
    """An attack that imports the wire is judged by what it does; the kit's own cells mean nothing here."""
    module, notes = load("from autograder.worker import wire\nfrom autograder.notebook import check\ncheck('a.b')\n")
    assert (module.wire.__name__, notes) == ("autograder.worker.wire", [])
