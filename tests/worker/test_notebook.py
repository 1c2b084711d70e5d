"""autograder.worker.notebook: which statements of a notebook make up its module, and what each mishap costs."""

from __future__ import annotations

import linecache
import types

import pytest

from autograder.worker import notebook

PATH = "work.ipynb"
WHOLE, OWN = True, False  # a cell of the assignment, and one that the student added


@pytest.fixture(autouse=True)
def _leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Executing leaves the text where tracebacks find it."""
    monkeypatch.setattr(linecache, "cache", dict(linecache.cache))


def load(*cells: tuple[bool, str]) -> tuple[types.ModuleType, list[notebook.Note]]:
    """The module that some cells make, and the notes on them."""
    reading = notebook.read(list(cells), PATH)
    module = types.ModuleType("work")
    reading.execute(reading.text, PATH, module)
    return module, sorted(reading.notes)


def value(name: str, *cells: tuple[bool, str]) -> object:
    return getattr(load(*cells)[0], name, "not there")


COUNTING = {
    "a constant": "x = 3",
    "an import": "import math as x",
    "a function": "def x(): return 1",
    "a class": "class x: pass",
    "an annotated constant": "x: int = 3",
    "a call of a library": "import math\nx = math.sqrt(4)",
    "a call of what a library gave": "import math\ny = math.inf\nx = y.is_integer()",
    "a call of a builtin": "x = float('inf')",
    "a call inside a function": "def f(): return 1\nx = lambda: f()",
    "a choice": "import math\nif math.pi > 3:\n    x = 1\nelse:\n    x = 2",
    "an import that may fail": "try:\n    import nowhere as x\nexcept ImportError:\n    x = None",
    "after a semicolon": "1; x = 3; 2",
    "after a line of something else": "print(\n  1,\n 2); x = 3",
}


@pytest.mark.parametrize("source", COUNTING.values(), ids=COUNTING)
def test_what_counts_of_a_cell_that_was_added(source: str):
    """Imports, definitions, and assignments that call nothing from the notebook."""
    assert value("x", (OWN, source)) != "not there"


LEFT_OUT = {
    "a loop": "for x in [1]: pass",
    "a loop without end": "while True:\n    x = 1",
    "a call of its own function": "def f(): return 1\nx = f()",
    "a method of its own class": "class A:\n    def m(self): return 1\nx = A().m()",
    "its own function under a condition": "def f(): return 1\nif f():\n    x = 1",
    "its own function inside another call": "def f(): return 1\nx = abs(f())",
    "a function that is not named": "x = (lambda: 1)()",
    "a context": "with open('/dev/null') as x: pass",
    "its own function in a comprehension": "def f(y): return y\nx = [f(y) for y in range(3)]",
}


@pytest.mark.parametrize("source", LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_does_not_count_of_a_cell_that_was_added(source: str):
    """Experiments, which could fail or take hours."""
    assert value("x", (OWN, source)) == "not there"


def test_cells_of_the_assignment_count_whole():
    """Whatever a student writes there is an answer."""
    assert value("x", (WHOLE, "def f(): return 1\nx = []\nfor i in range(3): x.append(f())")) == [1, 1, 1]


def test_an_assignment_that_is_left_out_is_told():
    """With the names that are lacking then; an experiment that binds nothing is nobody's business."""
    _, notes = load((OWN, "def f(): return 1"), (OWN, "f()\na = b = f()"))
    assert notes == [(3, "the assignment to `a, b` was left out, because it calls other code of the notebook.")]


COMMANDS = {
    "a magic": ("%matplotlib inline\nx = 1", "this notebook command was left out."),
    "a shell line": ("!pip install 'numpy\nx = 1", "this notebook command was left out."),
    "a question": ("torch.mean?\nx = 1", "this notebook command was left out."),
    "the output of a shell line": ("files = !ls\nx = 1", "this notebook command was left out."),
    "in a function": ("def f():\n    %debug\n    return 1\nx = 1", "this notebook command was left out."),
    "around a cell": ("\n%%time\nx = 1", "the notebook command %%time was left out."),
}


@pytest.mark.parametrize(("source", "note"), COMMANDS.values(), ids=COMMANDS)
def test_notebook_commands_are_left_out(source: str, note: str):
    """And told, with their line; the Python beside them counts."""
    module, notes = load((WHOLE, source))
    (line,) = [i for i, text in enumerate(source.split("\n"), 1) if set(text) & set("%!?")]
    assert (module.x, notes) == (1, [(line, note)])


def test_a_timed_statement_is_run():
    """Only the command before it is left out."""
    assert value("x", (WHOLE, "%time x = 1")) == 1


def test_a_cell_in_another_language_is_left_out():
    """Its lines could be Python by chance."""
    module, notes = load((WHOLE, "%%bash\nx=1"))
    assert not hasattr(module, "x")
    assert notes == [(1, "the notebook command %%bash is not Python; nothing of this cell counts.")]


def test_an_operator_at_the_beginning_of_a_line_is_no_command():
    """A remainder may be broken over two lines."""
    assert value("x", (WHOLE, "x = (7\n  % 4)")) == 3


def test_a_cell_that_python_cannot_read_costs_no_other():
    """The note has line and reason; what the cell would have defined says so when it is used."""
    module, notes = load((WHOLE, "y = 1"), (WHOLE, "def f(x):\n    return (x\n"), (WHOLE, "x = 2"))
    assert (module.x, module.y) == (2, 1)
    expected = "Python cannot read this cell, so nothing of it counts (SyntaxError: '(' was never closed)."
    assert notes == [(3, expected)]
    with pytest.raises(SyntaxError, match="never closed") as caught:
        module.f(1)
    assert (caught.value.filename, caught.value.lineno) == (PATH, 3)


def test_a_class_that_python_cannot_read_has_its_methods():
    """So that checks of a method fail by the reason, not by something that is missing."""
    with pytest.raises(SyntaxError):
        value("A", (WHOLE, "class A:\n    def m(self:\n        pass\n")).m()


UNREADABLE = {
    "a null byte": "x = '\0'",
    "brackets nested too deeply": "(" * 5000,
    "a sum that is too long": "x = 1" + "+ 1" * 50_000,
    "no text": "",
    "half a string": "x = '''",
    "an unexpected indent": "    x = 1",
}


@pytest.mark.parametrize("source", UNREADABLE.values(), ids=UNREADABLE)
def test_every_text_can_stand_beside_one_that_counts(source: str):
    """Nothing raises."""
    assert value("y", (WHOLE, source), (WHOLE, "y = 1")) == 1


FAILING = {
    "an exception": "raise ValueError('no')",
    "an exit": "raise SystemExit(3)",
    "an import of what is not there": "import nowhere_at_all",
    "a return": "return",
    "an await": "await x",
}


@pytest.mark.parametrize("source", FAILING.values(), ids=FAILING)
def test_a_statement_that_fails_costs_no_other(source: str):
    """Not even of its own cell; it is told."""
    module, notes = load((WHOLE, f"x = 1\n{source}\ny = 2"))
    assert (module.x, module.y) == (1, 2)
    assert [line for line, text in notes if text.startswith("this failed when the notebook was loaded")] == [2]


def test_a_definition_that_fails_says_why_when_it_is_used():
    """As a decorator or a default may."""
    with pytest.raises(ZeroDivisionError):
        value("f", (WHOLE, "def f(x=1 / 0):\n    return x"))(1)


def test_the_order_of_cells_does_not_matter():
    """They are often run in another order than they stand in."""
    assert value("x", (WHOLE, "x = later + 1"), (WHOLE, "later = 2")) == 3


def test_a_copy_that_is_not_written_does_not_count():
    """Wherever it stands."""
    stub, written = "def f(x):\n    raise NotImplementedError\n", "def f(x):\n    return x\n"
    for cells in ([stub, written], [written, stub]):
        module, notes = load(*((WHOLE, text) for text in cells))
        assert module.f(3) == 3
        assert [text for _, text in notes] == ["this copy of `f` is still a stub; the other copy counts."]


def test_of_two_written_copies_the_later_counts():
    """As in the notebook itself."""
    assert value("f", (WHOLE, "def f(): return 1"), (WHOLE, "def f(): return 2"))() == 2


def test_checks_and_hints_do_nothing():
    """Their import is left out, and a call means nothing where marks are formed."""
    _, notes = load((WHOLE, "from autograder.notebook import check, hint\ncheck('a.b')\nhint('a')"))
    assert notes == []


def test_a_future_of_any_cell_holds_for_all():
    """As it does in a notebook from then on."""
    cells = (WHOLE, "x = 1"), (WHOLE, "from __future__ import annotations\ndef f(x: Nowhere): pass")
    assert value("f", *cells)(1) is None


def test_lines_keep_their_numbers():
    """A traceback shows the line in the text of all cells."""
    module, _ = load((OWN, "print(\n1)\nx = 1"), (OWN, "(\n"), (WHOLE, "\ndef f():\n    return 1 / 0"))
    assert module.f.__code__.co_firstlineno == 7
    assert linecache.getline(PATH, 8) == "    return 1 / 0"
