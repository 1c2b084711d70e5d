"""autograder.worker.reading and loading: which statements make up a module, and what each mishap costs."""

from __future__ import annotations

import linecache
import sys
import types
from collections.abc import Iterable, Iterator

import pytest

from autograder.worker import loading, reading
from autograder.worker.counting import Note, Part

PATH = "work.ipynb"
WHOLE = "answer"  # a cell of the assignment
OWN = "own"  # one that the student added


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


def load(*cells: tuple[str, ...], asked: Iterable[str] = ()) -> tuple[types.ModuleType, list[Note]]:
    """The module that some cells make, and the notes on them."""
    loaded = loading.load(reading.read([Part(*cell) for cell in cells], PATH, asked), PATH, "work", {})
    return loaded.module, sorted(loaded.notes)


def value(name: str, *cells: tuple[str, ...]) -> object:
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
    says = "the assignment to `a, b` was left out: it calls other code of the notebook, and no answer needs it."
    assert notes == [(3, says)]


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
    "an import of what a library lacks": "from math import nowhere",
    "a question": "input('x? ')",
    "a file that is not there": "open('data.csv')",
    "the end of the program": "exit()",
    "a return": "return",
    "an await": "await x",
}


@pytest.mark.parametrize("source", FAILING.values(), ids=FAILING)
def test_a_statement_that_fails_costs_no_other(source: str):
    """Not even of its own cell; it is told."""
    module, notes = load((WHOLE, f"x = 1\n{source}\ny = 2"))
    assert (module.x, module.y) == (1, 2)
    assert [line for line, text in notes if text.startswith("this line was left out, because it failed")] == [2]


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


ANSWER = "def f(x):\n    return helper(x) + len(table)\n"
NEEDED = {
    "a loop": "table = []\nfor i in range(3):\n    table.append(i)",
    "a method that changes it": "table = []\ntable.append(1)",
    "an object of its own class": "class Table(list):\n    pass\ntable = Table()",
    "a call of its own function": "def build():\n    return [1]\ntable = build()",
    "a function that sets it": "def build():\n    global table\n    table = [1]\nbuild()",
    "a context": "import io\nwith io.StringIO() as table:\n    pass",
    "one of several": "def build():\n    return [1], 2\ntable, rest = build()",
    "in an expression": "print(table := [1])",
    "an attempt": "def build():\n    return [1]\ntry:\n    table = build()\nexcept OSError:\n    pass",
    "what it is made of": "def build():\n    return [1]\nparts = build()\ntable = list(parts)",
}


@pytest.mark.parametrize("source", NEEDED.values(), ids=NEEDED)
def test_what_an_answer_needs_counts_wherever_it_stands(source: str):
    """Whatever kind of statement makes it, without a note."""
    module, notes = load((OWN, source), (WHOLE, ANSWER), asked=["f"])
    assert hasattr(module, "table")
    assert notes == []


def test_a_sum_that_is_too_long_disturbs_nobody():
    """Python reads some that are too deep to be looked into."""
    long = "x = 1" + " + 1" * 2000
    module, _ = load(
        (OWN, long), (WHOLE, f"table = [1]\ndef f(): return table\n{long}"), (OWN, "table = f()"), asked=["f"]
    )
    assert module.f() == [1]


def test_what_only_has_the_name_of_a_local_variable_is_not_needed():
    """An experiment that trains would take hours."""
    answer = "def f(x):\n    w = x\n    return [w for b in x]\n"
    module, notes = load((WHOLE, answer), (OWN, "w, b = f(1), f(2)"), asked=["f"])
    assert not hasattr(module, "w")
    assert len(notes) == 1


SETUP = ("setup", "import math\nfrom math import pi\ndef given(): return 1\n")
TEST = ("test", "", "f", ["f"])
BODY = "return scale * sum([x]) + given() + math.floor(pi) + len(os.sep)"
F = ("answer", f"import os\nscale = 2\ndef f(x):\n    {BODY}\n")
GUARDED = {
    "a function": ("def f(x): return 0", "f"),
    "a class": ("class f: pass", "f"),
    "a constant": ("f = 3", "f"),
    "one of several": ("g, (f, h) = 1, (2, 3)", "f"),
    "a constant of the answer": ("scale = 3", "scale"),
    "a constant that grows": ("scale += 1", "scale"),
    "an annotated constant": ("scale: int = 3", "scale"),
    "an import": ("import json as f", "f"),
    "an import of a part": ("from json import dumps as f", "f"),
    "a loop": ("for f in range(3): pass", "f"),
    "a context": ("with open('/dev/null') as f: pass", "f"),
    "a deletion": ("del f", "f"),
    "an expression": ("print(f := 3)", "f"),
    "a choice": ("if True:\n    f = 3", "f"),
    "an exception": ("try:\n    1 / 0\nexcept ZeroDivisionError as f:\n    pass", "f"),
    "a pattern": ("match 3:\n    case f:\n        pass", "f"),
    "a decorated function": ("@str\ndef f(x): return 0", "f"),
    "a function that sets it": ("def spoil():\n    global f\n    f = 3\nspoil()", "f"),
    "an attribute": ("f.cache = 3", "f"),
    "a module that was handed out": ("math = 5", "math"),
    "a part of it": ("math.floor = None", "math"),
    "a name that was handed out": ("pi = 3", "pi"),
    "a function that was handed out": ("def given(): return 9", "given"),
    "a builtin": ("sum = 0", "sum"),
    "a builtin that grows": ("sum = 0\nfor i in range(3): sum += i", "sum"),
    "a builtin among others": ("max, sum = 1, 2", "sum"),
}


@pytest.mark.parametrize(("source", "name"), GUARDED.values(), ids=GUARDED)
def test_a_cell_of_the_students_own_changes_no_answer(source: str, name: str):
    """Nor what was handed out, nor a builtin that answers call; and it is told."""
    before = load(SETUP, F, TEST, asked=["f"])[0].f(1)
    module, notes = load(SETUP, F, TEST, (OWN, source), asked=["f"])
    assert module.f(1) == before
    assert any(text.startswith(f"this was left out: a cell of your own does not change `{name}`") for _, text in notes)


FREE = {
    "another name": "g = 3",
    "the same import": "import math",
    "the same import of a part": "from math import pi",
    "a builtin that answers do not call": "max = 3",
    "a name of the answer's inside": "def g():\n    f = 3\n    scale = 4\n",
    "an attribute of another": "def g(): pass\ng.f = 3",
    "a name inside of a class": "class G:\n    f = 3",
    "a name in a comprehension": "g = [f for f in range(3)]",
}


@pytest.mark.parametrize("source", FREE.values(), ids=FREE)
def test_experiments_that_disturb_nothing_are_not_told(source: str):
    """However their names look."""
    assert load(SETUP, F, TEST, (OWN, source), asked=["f"])[1] == []


def test_a_star_import_leaves_answers_as_they_are():
    """It binds names that nobody sees in the text."""
    answer = ("answer", "def exp(x): return -x\n")
    module, _ = load(answer, ("test", "", "e", ["exp"]), (OWN, "from math import *"), asked=["exp"])
    assert (module.exp(1), module.pi > 3) == (-1, True)


def test_the_answer_cell_itself_may_define_again():
    """The later definition counts, as in a kernel."""
    again = ("answer", "def f(x): return 1\ndef f(x): return 2\n")
    assert load(again, TEST, asked=["f"])[0].f(0) == 2


def test_another_version_above_the_test_counts():
    """The test cell in the notebook saw it, too."""
    module, notes = load(("answer", "def f(x): return 1"), (OWN, "def f(x): return 2"), TEST, asked=["f"])
    assert (module.f(0), notes) == (2, [])


def test_another_version_counts_where_the_answer_is_still_a_stub():
    """Wherever it stands."""
    stub = ("answer", "def f(x):\n    raise NotImplementedError\n")
    assert load(stub, TEST, (OWN, "def f(x): return 2"), asked=["f"])[0].f(0) == 2


def test_without_tests_answers_are_never_changed():
    """Nobody can tell what was seen."""
    module, notes = load(("answer", "def f(x): return 1"), (OWN, "def f(x): return 2"), asked=["f"])
    assert (module.f(0), len(notes)) == (1, 1)


def test_each_exercise_sees_what_stood_above_its_test():
    """A constant may have another value for each; a name that came later is there all the same."""
    cells = [
        Part("answer", "eps = 1\ndef f(): return eps, later()\n"),
        Part("test", "", "one", ["f"]),
        Part("answer", "eps = 2\ndef g(): return eps\n"),
        Part("test", "", "two", ["g"]),
        Part("own", "def later(): return 'here'\n"),
    ]
    loaded = loading.load(reading.read(cells, PATH, ["f", "g"]), PATH, "work", {})
    loaded.states.enter("one")
    assert loaded.module.f() == (1, "here")
    loaded.states.enter("two")
    assert loaded.module.g() == 2
    assert any("`later` is defined below a test that needs it" in text for _, text in loaded.notes)


def test_what_is_run_again_binds_nothing_that_was_bound_since():
    """A draft above the cell with the imports."""
    draft = (OWN, "def f(x: Number): return 1")
    module, notes = load(draft, ("answer", "Number = int\ndef f(x: Number): return 2"), TEST, asked=["f"])
    assert module.f(0) == 2
    assert notes == [(1, "this line was left out, because it failed (NameError: name 'Number' is not defined).")]


def test_what_is_run_again_is_told():
    """A kernel would not run it again."""
    module, notes = load((WHOLE, "x = later + 1"), (WHOLE, "later = 2"))
    assert module.x == 3
    assert [line for line, text in notes if "was run after all other cells" in text] == [1]


def test_a_file_is_loaded_statement_by_statement():
    """Like a notebook, and what notebooks have does nothing in it."""
    text = "%matplotlib inline\nassert f(1) == 3\ndef f(x):\n    return x\ncheck('a.b')\nget_ipython().system('ls')\n"
    module, notes = load(("module", text), asked=["f"])
    assert module.f(1) == 1
    assert [line for line, _ in notes] == [1, 2]


def test_a_file_that_is_no_python_is_refused():
    """Python would not run it either."""
    with pytest.raises(SyntaxError) as caught:
        load(("module", "x = 1\ndef f(:\n"))
    assert (caught.value.filename, caught.value.lineno) == (PATH, 2)


def test_a_file_may_define_again_what_it_likes():
    """The last definition counts, as Python has it."""
    module, notes = load(("module", "def f(x): return 1\ndef f(x): return 2\nsum = 3\n"), asked=["f"])
    assert (module.f(0), module.sum, notes) == (2, 3, [])


LATER = {
    "an entry": "table[0] = 9",
    "a method": "table.append(9)",
    "a longer list": "table += [9]",
    "another list": "table = [9]",
    "a part": "table[0].n = 9",
    "a builtin of that name": "def sum(parts): return 9",
}


@pytest.mark.parametrize("source", LATER.values(), ids=LATER)
def test_what_is_changed_below_a_test_is_as_it_was_for_that_test(source: str):
    """Even if it is the very object that the answer uses."""
    first = "class N:\n    n = 1\n\ntable = [N()]\n"
    cells = [
        Part("own", first),
        Part("answer", "def f(): return sum([len(table), getattr(table[0], 'n', 9)])\n"),
        Part("test", "", "one", ["f"]),
        Part("own", source),
    ]
    loaded = loading.load(reading.read(cells, PATH, ["f"]), PATH, "work", {})
    loaded.states.enter("one")
    assert loaded.module.f() == 2


def test_what_cannot_be_set_apart_is_not_changed():
    """A class is the same for everybody."""
    own = "class Config:\n    n = 1\n"
    answer = ("answer", "def f(): return Config.n\n")
    module, notes = load((OWN, own), answer, TEST, (OWN, "Config.n = 2"), asked=["f"])
    assert module.f() == 1
    says = "this line was left out, because it changes `Config`, which a test above needs as it was."
    assert [text for _, text in notes] == [says]


def test_what_is_run_again_changes_nothing_either():
    """A draft may give an attribute to what is defined later."""
    answer = ("answer", "class C:\n    def add(self): return 1\n")
    module, notes = load((OWN, "C.add = None"), answer, ("test", "", "c", ["C"]), asked=["C"])
    assert module.C().add() == 1
    assert len(notes) == 1


def test_what_stands_between_the_tests_of_an_exercise_is_told():
    """The hidden checks see the same as the visible ones."""
    helper = (OWN, "def h(): return 1\n")
    answer = ("answer", "def f(): return h()\n")
    _, notes = load(helper, answer, TEST, (OWN, "def h(): return 2\n"), ("hidden", "", "f", ["f"]), asked=["f"])
    assert [text for _, text in notes][0].startswith("this stands between two tests of an exercise")


def test_an_answer_between_the_tests_of_its_exercise_counts_for_both():
    """Whatever of that name stands above, as a draft does; it is told."""
    draft = (OWN, "def f(): return 1\n")
    answer = ("answer", "def f(): return 2\n")
    cells = [draft, TEST, answer, ("hidden", "", "f", ["f"])]
    loaded = loading.load(reading.read([Part(*cell) for cell in cells], PATH, ["f"]), PATH, "work", {})
    loaded.states.enter("f")
    assert loaded.module.f() == 2
    assert [text for _, text in loaded.notes] == ["this answer stands below its test, and counts there all the same."]
