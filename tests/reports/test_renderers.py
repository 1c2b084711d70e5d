"""autograder.reports.renderers: sentences and lines for evidence, the same wherever they are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.evidence import (
    KINDS,
    Array,
    Bars,
    Block,
    CallShown,
    Comparison,
    Curve,
    Entry,
    Frame,
    Frames,
    Question,
    Remark,
    Series,
    Snippet,
    Text,
    Traceback,
)
from autograder.exporters.autograded import comment
from autograder.model import Assignment, CheckResult, Exercise, Outcome, Result, RunInfo
from autograder.reports.html import BAD, ROSE, Report
from autograder.reports.renderers import in_sentences, paragraph, snippet_of, text_below
from autograder.reports.terminal import printed

NUMBERS = Array((2,), (("1.5", "2"),))
BLOCKS: dict[str, Block] = {
    "question": Question("is something summed?", "It is twice what it must be"),
    "remark": Remark("db is right."),
    "call": CallShown("f([7, 3] float64)"),
    "comparison": Comparison("dw", 2, 1, Entry((0,), "1.5", "2.5", "1", "1e-09"), NUMBERS, NUMBERS, ((0, 0),)),
    "series": Series("loss", "epoch", "loss", (Curve("yours", ("1", "2"), ("0.5", "nan")),)),
    "bars": Bars("time", "ms", ("f", "g"), ("1.5", "0.2")),
    "frames": Frames((Frame("f.py, line 3, in f", "return g(x) < 1"), Frame("f.py, line 5, in g", "return x"))),
    "text": Text(("f.py, line 8, uses `torch.ldexp` too",)),
    "snippet": Snippet("import torch\nprint(f(1))"),
    "traceback": Traceback("Traceback:\n  File 'x'\nKeyError"),
}
ALL = tuple(BLOCKS.values())
MESSAGE = "dw is wrong in 1 of 2 entries."


def check(*evidence: Block, mistake: str = "", outcome: Outcome = Outcome.FAILED) -> CheckResult:
    fields = {"message": MESSAGE, "evidence": evidence, "mistake": mistake}
    return CheckResult("f_holds", "one", "f holds.", True, outcome, 0, 1, **fields)


def test_every_kind_of_block_has_a_sample():
    """What follows is about all of them."""
    assert BLOCKS.keys() == KINDS.keys()


@pytest.mark.parametrize(
    ("message", "question", "reads"),
    [
        ("f is 3.", Question("is a root missing?", "It is the square"), "f is 3. It is the square: is a root missing?"),
        ("The order is wrong.", Question("what is transposed?"), "The order is wrong: what is transposed?"),
        ("f is nan.", Question("Where can it overflow?"), "f is nan. Where can it overflow?"),
    ],
)
def test_a_question_goes_on_from_what_was_seen(message: str, question: Question, reads: str):
    """With a colon, unless it is a sentence of its own."""
    assert in_sentences(message, [question]) == reads


def test_a_known_mistake_is_told_in_place_of_the_question():
    """Then the worst entry is told, which else the question makes needless."""
    assert paragraph(check(*ALL)) == (
        "dw is wrong in 1 of 2 entries. It is twice what it must be: is something summed? db is right."
    )
    assert paragraph(check(*ALL, mistake="You sum.")) == (
        "You sum. dw is wrong in 1 of 2 entries. The worst is at [0]: 1.5 instead of 2.5. db is right."
    )


def test_lines_stand_below_in_the_order_of_the_evidence():
    """All that is no sentence and no snippet."""
    assert text_below(ALL).splitlines() == [
        "called: f([7, 3] float64)",
        "yours  1.5 ✗  2",
        "right  1.5    2",
        "error at [0]: 1 (allowed: 1e-09)",
        "loss, yours: 0.5, nan",
        "time, in ms (not graded)",
        "f  ██████████████████████████████ 1.5",
        "g  ████ 0.2",
        "f.py, line 3, in f: return g(x) < 1",
        "f.py, line 5, in g: return x",
        "f.py, line 8, uses `torch.ldexp` too",
        "Traceback:",
        "  File 'x'",
        "KeyError",
    ]
    assert snippet_of(ALL) == "import torch\nprint(f(1))"
    assert (text_below(()), snippet_of(())) == ("", "")


def test_a_long_curve_is_told_by_its_ends():
    """A line has room for eight values."""
    places = tuple(map(str, range(1, 101)))
    series = Series("size", "layer", "size", (Curve("yours", places, places), Curve("must be", ("1",), ("2",))))
    assert text_below([series]).splitlines() == [
        "size, yours: 1, 2, 3, 4, ..., 97, 98, 99, 100",
        "size, must be: 2",
    ]


ASSIGNMENT = Assignment("scaling", "Scaling", 1, "", (Exercise("one", "The first", 1, ("f",)),), Path())


def test_a_terminal_and_a_notebook_show_the_same():
    """Every sentence and every line, in a notebook as text that is no HTML."""
    html = Report(ASSIGNMENT, [check(*ALL)])._repr_html_()
    text = printed(ASSIGNMENT, [check(*ALL)])
    for line in [*text_below(ALL).splitlines(), "is something summed? db is right.", "print(f(1))"]:
        assert line in text
        marked = line.replace("1.5 ✗", f'<span style="color: {BAD}; background-color: {ROSE}">1.5 ✗</span>')
        assert marked.replace("'", "&#x27;").replace("x) < 1", "x) &lt; 1") in html


def test_a_comment_of_nbgrader_has_the_same_sentences():
    """Its title and the paragraph."""
    result = Result("ana", "scaling", "Scaling", (check(*ALL),), RunInfo(0, "cpu", "digits", "process", {}, {}))
    assert comment(result, {"one"}) == f"- f holds. {paragraph(check(*ALL))}"


def test_a_check_that_passed_has_nothing_below_it_but_what_was_measured():
    """Whatever its evidence."""
    html = Report(ASSIGNMENT, [check(*ALL, outcome=Outcome.PASSED)])._repr_html_()
    text = printed(ASSIGNMENT, [check(*ALL, outcome=Outcome.PASSED)])
    assert "called:" not in html + text
    assert "time, in ms (not graded)" in html
    assert "time, in ms (not graded)" in text
