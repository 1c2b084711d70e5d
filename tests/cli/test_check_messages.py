"""What `autograder check` says of work that fails: the case that tells most, the reason, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FAR = '''@check("double")
def holds_far_away(student, case):
    """double(x) is x + x, near 0 and far away."""
    inputs = [torch.tensor([value], dtype=torch.float64) for value in (1.0, 30.0, 4000.0)]
    for x, value in zip(inputs, student.double.each(args(x) for x in inputs), strict=True):
        close(value, x + x, name=f"double({x.item():g})")


@check("counter")'''
COUNTER = """

class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        self.total += amount
        return self.total
"""


@pytest.fixture
def said(run, own: Path) -> Callable[[str], str]:
    """What `autograder check` says of the text of a submission, in lines that are not broken."""
    checks = own / "assignments" / "scaling" / "checks.py"
    text = checks.read_text().replace("import check", "import args, check")
    checks.write_text(text.replace('@check("counter")', FAR))

    def check(text: str) -> str:
        (own / "scaling.py").write_text(f"import torch\n\n\n{text}")
        done = run(own, "autograder check scaling --all", COLUMNS="400", NO_COLOR="1")
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    return check


def function(body: str, name: str = "double", counter: str = COUNTER) -> str:
    """A submission with a function of one line."""
    return f"def {name}(x):\n    return {body}\n{counter}"


def test_the_worst_of_several_answers_is_shown_and_copied(said):
    """A small number in the wrong place looks like a tolerance at first, and is a mistake of thousands at last."""
    told = said(function("(x * x + x * x) / (x + 1e-8) if x.numel() > 1 else 2 * x.clamp(max=20) + 1e-8"))
    assert "double(4000) is 40, but must be 8000." in told
    assert "1e-08" not in told.partition("double(4000)")[2].partition("\n\n")[0]


def test_a_failure_that_repeats_has_a_reason(said):
    """And what all checks of an exercise say is said once."""
    told = said(function("None"))
    assert told.count("what came back is None (is there a `return`?)") == 2  # double(1) is another value
    assert told.count("As above.") == 1
    told = said(function("torch.ldexp(x, torch.ldexp(torch.tensor(1), torch.tensor(0)))"))
    assert told.count("[forbidden]") == 3
    assert told.count("uses `torch.ldexp`") == 1


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        (function("2 * x", name="duoble"), "scaling.py defines no `double`. Is `duoble` meant to be `double`?"),
        (function("2 * x", name="double_"), "Is `double_` meant to be `double`?"),
        (function("2 * x", counter=COUNTER.replace("total", "totals")), "Is `totals` meant to be `total`?"),
        (
            function("2 * x", counter=COUNTER.replace("start", "begin")),
            "'start'. Your function calls its parameters begin: which of them must be `start`?",
        ),
    ],
    ids=["a function", "an underscore", "an attribute", "a parameter"],
)
def test_what_has_another_name_is_asked_about(said, text: str, asks: str):
    """The name that is wanted, and the one that is there."""
    assert asks in said(text)


@pytest.mark.parametrize(
    "text",
    [
        function("2 * x", name="halve"),
        function("2 * x", counter=COUNTER.replace("total", "amount_so_far")),
        function("2 * x + torch.zeros(1, dtypes=x.dtype)"),
    ],
    ids=["another function", "another attribute", "a keyword of torch"],
)
def test_what_is_another_thing_is_not_accused(said, text: str):
    """A helper, and a mistake inside the function."""
    told = said(text)
    assert "meant to be" not in told
    assert "calls its parameters" not in told
