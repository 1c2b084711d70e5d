"""autograder.notebook: check and hint on what a notebook defines; here the notebook is a dict of names."""

from __future__ import annotations

import linecache
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import autograder.notebook as notebook
from autograder.course import Course
from autograder.notebook import Hints, NotebookError, Points, Report
from autograder.reports.html import SYMBOLS, WHITE, WRONG

RIGHT = """
import torch

def double(x):
    {double}
    return x + x

class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        {add}
        self.total += amount
        return self.total
"""


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Report]:
    """What would be displayed."""
    found: list[Report] = []
    monkeypatch.setattr(notebook, "display", found.append)
    return found


@pytest.fixture
def run(course: Course, monkeypatch: pytest.MonkeyPatch, shown: list[Report]) -> Callable[..., Any]:
    """Define functions and evaluate an expression beside them, as cells of a notebook in the miniature course do."""
    monkeypatch.chdir(course.root)
    monkeypatch.setenv("AUTOGRADER_COURSE", str(course.root))
    monkeypatch.setattr(notebook, "_hints_shown", {})

    def evaluate(expression: str, *, double: str = "pass", add: str = "pass", source: str = RIGHT) -> Any:
        names = {"check": notebook.check, "check_hidden": notebook.check_hidden, "hint": notebook.hint}
        text = source.format(double=double, add=add)
        linecache.cache["<cell>"] = len(text), None, text.splitlines(keepends=True), "<cell>"  # as IPython does
        exec(compile(text, "<cell>", "exec"), names)
        return eval(expression, names)

    return evaluate


def test_right_functions_earn_the_points_of_the_exercise(run, shown):
    """The points are a number, and the report says that everything passed."""
    points = run('check("scaling.double")')
    assert (points, points.maximum) == (6.0, 6.0)
    (report,) = shown
    assert "<b>Twice a tensor</b>: 2 of 2 checks passed" in report._repr_html_()
    assert "✓ double(x) is x + x." in repr(report)


@pytest.mark.parametrize(("module", "reports"), [("scaling", 0), ("helpers", 1), ("__main__", 1)])
def test_a_converted_notebook_that_is_imported_shows_nothing(run, shown, module: str, reports: int):
    """Its `check(...)` lines are still in it; what a student writes in a module of another name is meant."""
    run('check("scaling.double")', source=f"__name__ = {module!r}\n{RIGHT}")
    assert len(shown) == reports


def test_points_can_be_named(run):
    """A test cell is worth what nbgrader thinks it is; passing everything gives exactly that."""
    assert run('check("scaling.double", points=4.123457)') == 4.123457
    assert run('check("scaling.double", points=4.5)', double="x.zero_()") == 0.0


def test_credit_is_partial(run, shown):
    """A check that fails costs its share by weight."""
    points = run('check("scaling.double", points=4.5)', double="return x.mul_(2)")
    assert points == 3.0
    html = shown[0]._repr_html_()
    assert "1 of 2 checks passed" in html
    assert "double leaves x as it was" in html


def test_all_exercises_of_an_assignment_can_be_checked(run, shown):
    """Named by the assignment alone."""
    assert run('check("scaling")') == 10.0
    assert "Twice a tensor" in repr(shown[0])
    assert "An object with state" in repr(shown[0])


def test_hidden_checks_run_where_the_course_is_named(run, shown):
    """Only they are counted and shown."""
    assert run('check_hidden("scaling.double", points=1.5)') == 1.5
    assert "double works on rows of the data set." in repr(shown[0])
    assert "double(x) is x + x." not in repr(shown[0])


def test_hidden_checks_show_no_values(run, shown):
    """What was wrong is said, but neither the call nor the numbers."""
    assert run('check_hidden("scaling.double", points=1.5)', double="return x**2") == 0.0
    assert "✗ double works on rows of the data set." in repr(shown[0])
    assert "called:" not in repr(shown[0])
    assert "<pre" not in shown[0]._repr_html_()


def test_hidden_checks_need_a_course(run, monkeypatch):
    """Elsewhere the sentence says where they run."""
    monkeypatch.delenv("AUTOGRADER_COURSE")
    with pytest.raises(NotebookError, match="Hidden checks run only where AUTOGRADER_COURSE names the folder"):
        run('check_hidden("scaling.double")')


def test_without_hidden_checks_there_is_nothing_to_count(run, own_course_with_other_title: Path, monkeypatch):
    """An exercise that has none is told, and not divided by."""
    monkeypatch.setenv("AUTOGRADER_COURSE", str(own_course_with_other_title))
    with pytest.raises(NotebookError, match="There is no hidden check in 'scaling.double'"):
        run('check_hidden("scaling.double")')


def test_a_stub_is_not_attempted(run, shown):
    """And not an error."""
    stub = RIGHT.replace("{add}\n        self.total += amount\n        return self.total", "raise NotImplementedError")
    assert run('check("scaling.counter")', source=stub) == 0.0
    assert "[not attempted]" in repr(shown[0])
    assert "`Counter.add` is not written yet." in repr(shown[0])


def test_a_line_of_the_stub_that_was_left_over_is_named(run, shown):
    """Where there is more than that line, it is what is wrong."""
    assert run('check("scaling.counter")', add="raise NotImplementedError") == 0.0
    says = "`Counter.add` still raises NotImplementedError (line 13 of its cell): take that line out."
    assert says in " ".join(repr(shown[0]).split())


def test_an_error_of_torch_of_the_same_type_is_an_error(run, shown):
    """Only a stub's own raise means that nothing was written."""
    run('check("scaling.counter")', add="torch._C._nn._upsample_nearest_exact1d() if 0 else _missing()", source=RIGHT)
    assert "[error]" in repr(shown[0])
    assert "NameError: name '_missing' is not defined" in repr(shown[0])


def test_what_is_not_defined_is_told(run, shown):
    """The cell was not run, or has another name in it."""
    assert run('check("scaling.double")', source="x = 1") == 0.0
    assert "This notebook defines no `double`." in repr(shown[0])


def test_an_attribute_that_is_missing_is_told(run, shown):
    """Of an object, in the words of a worker."""
    run('check("scaling.counter")', add="vars(self).clear(); return 6")
    assert "Counter objects have no `total`." in repr(shown[0])


@pytest.mark.parametrize("leaves", ["exit()", "import sys; sys.exit(0)", "raise SystemExit"])
def test_leaving_is_an_error_like_any_other(run, shown, leaves: str):
    """The kernel goes on."""
    assert run('check("scaling.double")', double=leaves) == 0.0
    assert "SystemExit" in repr(shown[0])


def test_an_interrupt_is_not_caught(run):
    """Students stop a loop that never ends themselves, and so does nbgrader's time limit."""
    with pytest.raises(KeyboardInterrupt):
        run('check("scaling.double")', double="raise KeyboardInterrupt")


def test_what_the_code_prints_is_folded_into_the_report(run, shown, capsys):
    """Nothing reaches stderr, where a single line would cost all points."""
    run('check("scaling.double")', double="import sys; print('to stdout'); print('to stderr', file=sys.stderr)")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert "<summary>printed</summary>" in shown[0]._repr_html_()
    assert "to stdout\nto stderr" in shown[0]._repr_html_()


def test_random_numbers_of_the_notebook_go_on_as_if_nothing_had_been_checked(run):
    """Checks seed the global generators, and give them back."""

    def draws() -> tuple:
        return torch.rand(1).item(), random.random(), np.random.random()

    torch.manual_seed(1), random.seed(1), np.random.seed(1)
    undisturbed = draws()
    torch.manual_seed(1), random.seed(1), np.random.seed(1)
    run('check("scaling.double")', double="torch.rand(3)")
    assert draws() == undisturbed


def test_text_of_students_is_no_markup(run, shown):
    """Neither in messages nor in what was printed."""
    double = "print('<b>bold</b>'); raise ValueError('<script>x</script>')"
    run('check("scaling.double")', double=double)
    html = shown[0]._repr_html_()
    assert "<script>" not in html
    assert "<b>bold" not in html
    assert "&lt;script&gt;x&lt;/script&gt;" in html


def test_the_text_of_points_is_the_bare_number():
    """nbgrader reads it as partial credit; IPython must neither round nor decorate it."""
    ipython = pytest.importorskip("IPython.core.formatters")
    formatter = ipython.PlainTextFormatter()
    formatter.float_precision = "%.1f"
    assert formatter(Points(7.142857, 10)) == "7.142857"
    assert Points(7.142857, 10)._repr_html_() == "<b>7.1</b> of 10 points"


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ('check("scaling.duoble")', "There is no exercise 'scaling.duoble'. Did you mean scaling.double?"),
        ('check("scalling.double")', "There is no assignment 'scalling'. Did you mean scaling?"),
        ('check("")', "There is no assignment ''"),
    ],
)
def test_a_wrong_name_is_told_in_one_line(run, expression: str, says: str):
    """Without a traceback in a notebook."""
    with pytest.raises(NotebookError) as caught:
        run(expression)
    assert says in str(caught.value)
    assert caught.value._render_traceback_() == [str(caught.value)]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("double", "There is no exercise 'double'. Did you mean `hint('scaling.double')`?"),
        ("duoble", "There is no exercise 'duoble'. Did you mean `hint('scaling.double')`?"),
        ("scalling", "There is no exercise 'scalling'. Did you mean `hint('scaling')`?"),
        ("scaling.duoble", "There is no exercise 'scaling.duoble'. Did you mean scaling.double?"),
        ("sc.x", "There is no assignment 'sc'. Known are: scaling."),
        ("scaling", "Name the exercise too, like `hint('scaling.double')`."),
        ("", "There is no exercise ''; name it like `hint('scaling.counter')`."),
    ],
)
def test_a_hint_for_a_wrong_name_suggests_and_lets_the_cells_below_run(run, name: str, says: str):
    """Nothing is raised; the sentence is the value of the cell."""
    told = run(f"hint({name!r})")
    assert repr(told).startswith(says)
    assert "`" not in told._repr_html_()


def test_points_that_are_earned_in_part_are_rounded(run):
    """To hundredths, as in marks.csv."""
    assert run('check("scaling.double", points=10.0)', double="if x.dtype.itemsize < 8: return x") == 6.67


def test_backticks_become_code(run, shown):
    """What stands between them is set like code, and escaped like all else."""
    run('check("scaling.counter")', add="raise NotImplementedError")
    html = shown[0]._repr_html_()
    assert "<code>Counter.add</code> still raises NotImplementedError" in html
    assert "`" not in html


def test_what_reproduces_a_failure_can_be_copied_from_the_page(run, shown):
    """Folded in below the failure."""
    run('check("scaling.double")', double="return x**2")
    html = shown[0]._repr_html_()
    assert "<summary>To see it yourself, in Python</summary>" in html
    assert "print(double(" in html


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, as WCAG 2 defines it."""
    linear = []
    for place in (1, 3, 5):
        value = int(colour[place : place + 2], 16) / 255
        linear.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG 2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_is_computed_right():
    """Black on white is 21, and two greys are what others say they are."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_every_colour_can_be_read(run, shown):
    """Whatever the theme of the notebook: a colour comes with a background, and their contrast is at least 4.5."""
    run('check("scaling")', double="return x**2", add="raise NotImplementedError")
    run('check("scaling.double")')
    pairs = set()
    for report in shown:
        for style in re.findall(r'style="([^"]*)"', report._repr_html_()):
            colours = dict(re.findall(r"(?:^|; )(color|background-color): (#[0-9a-f]{6})", style))
            if colours:
                pairs.add((colours["color"], colours["background-color"]))
    pairs |= {(WHITE, colour) for _, colour in (*SYMBOLS.values(), WRONG)}
    assert len(pairs) >= 4
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


def test_hints_come_one_more_at_a_time(run):
    """Until there are no more."""
    first, second, third = (run('hint("scaling.double")') for _ in range(3))
    assert repr(first) == "Hint 1: What is x + x?\n1 more: ask again."
    assert repr(second) == "Hint 1: What is x + x?\nHint 2: Multiply.\nThere are no more hints."
    assert repr(third) == repr(second)
    assert second._repr_html_().startswith("<ol><li>What is x + x?</li><li>Multiply.</li></ol>")
    assert isinstance(first, Hints)


def test_the_course_beside_the_notebook_is_used(run, own_course_with_other_title: Path, monkeypatch, shown):
    """What a student fetched comes before what the engine was installed with."""
    monkeypatch.chdir(own_course_with_other_title)
    run('check("scaling.double")')
    assert "<b>Another title</b>" in shown[0]._repr_html_()


@pytest.fixture
def own_course_with_other_title(course: Course, tmp_path: Path) -> Path:
    """A folder with a notebook's files: the visible part of the miniature assignment, changed."""
    folder = tmp_path / "assignments" / "scaling"
    folder.mkdir(parents=True)
    text = course.text("scaling", "assignment.toml").replace("Twice a tensor", "Another title")
    (folder / "assignment.toml").write_text(text)
    (folder / "checks.py").write_text(course.text("scaling", "checks.py"))
    return tmp_path


@pytest.mark.slow
def test_plain_python_will_do(course: Course):
    """Where IPython is missing, reports are printed."""
    lines = [
        "import sys; sys.modules['IPython'] = sys.modules['IPython.display'] = None",
        "from autograder.notebook import check",
        "double = lambda x: x + x",
        "print(repr(check('scaling.double')))",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=course.root, capture_output=True, encoding="utf-8", timeout=600)
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ double(x) is x + x." in done.stdout
    assert done.stdout.endswith("\n6.0\n")


USES_A_CLASS = """
import numpy as np
from autograder.notebook import check

def broadcast_shape(a, b):
    return getattr(np, "broad" + "cast")(np.empty(a), np.empty(b)).shape

print(repr(check("matmul.shapes")))
print(isinstance(np.broadcast, type), np.random.rand() < 1)
"""


@pytest.mark.slow
def test_a_class_that_is_ruled_out_is_one_again_after_the_check():
    """Parts of numpy, scipy and pandas look at it when they are imported, as `check` does with the first of these."""
    command = [sys.executable, "-c", USES_A_CLASS]
    clone = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=clone, capture_output=True, encoding="utf-8", timeout=600)
    assert (done.returncode, done.stderr) == (0, "")
    assert "uses `numpy.broadcast`, which is ruled out here." in done.stdout
    assert done.stdout.endswith("\nTrue True\n")


DEFINED = "import torch\n\ndef double(x):\n    return x + x\n\nclass Counter:\n    pass\n"
BY_OTHERS = "\ndef double(x):\n    return torch.ldexp(x, torch.tensor(1))\n"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([DEFINED], False),
        (["", "%matplotlib inline\nimport torch", BY_OTHERS], True),
        ([f"{DEFINED}", BY_OTHERS], True),
        ([f"{DEFINED}{BY_OTHERS}", DEFINED], False),  # the cell was run again after it was mended
        (["import torch", "helper = torch.ldexp", "def double(x):\n    return helper(x, torch.tensor(1))"], True),
        (["from torch import ldexp as f", "def double(x):\n    return f(x, 1)", "def f(x, n):\n    return x"], False),
        ([DEFINED, "torch.ldexp(torch.ones(1), torch.tensor(1))"], False),  # tried out beside the exercise
        ([DEFINED, BY_OTHERS + "    oops oops"], False),  # which did not run
    ],
)
def test_rules_hold_in_a_notebook_too(run, shown, cells: list[str], told: bool):
    """What the answers use now, as their cells ran last, is held against the rules; what was mended or tried is not."""
    source = f"In = {cells!r}\n" + RIGHT.replace("{double}", "pass").replace("{add}", "pass")
    run("check('scaling.double')", source=source.replace("{", "{{").replace("}", "}}"))
    said = "`double` uses `torch.ldexp`, which is ruled out here. Twice a tensor is what you write here."
    assert (said in shown[0]._repr_html_().replace("<code>", "`").replace("</code>", "`")) == told
    assert ("2 of 2 checks passed" in shown[0]._repr_html_()) != told


UNSEEN = "x = x.clone(); x.requires_grad_(); x = x.detach()"  # the text does not tell that it is a tensor


def test_what_is_ruled_out_is_noticed_while_it_runs(run, shown):
    """As `grade` notices it, in the exercise where it is ruled out; the text need not show it."""
    assert run('check("scaling.double")', double=UNSEEN) == 0.0
    assert "Your code uses `torch.Tensor.requires_grad_`, which is ruled out here." in " ".join(repr(shown[0]).split())
    assert run('check("scaling.counter")', add="torch.zeros(1).requires_grad_()") == 4.0


def test_swallowing_the_exception_does_not_help(run, shown):
    """The use is what counts."""
    double = f"try:\n        {UNSEEN}\n    except Exception:\n        pass"
    assert run('check("scaling.double")', double=double) == 0.0
    assert "[forbidden]" in repr(shown[0])


def test_experiments_between_checks_may_use_everything(run):
    """Nothing is in force while no check runs, nor for what the checks themselves use."""
    assert run('check("scaling.double")') == 6.0
    torch.ones(1).requires_grad_().sum().backward()
    assert run('check("scaling.double")') == 6.0
