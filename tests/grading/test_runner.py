"""autograder.grading.runner: every check of every submission ends in one outcome, whatever the submission does."""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch

from autograder import data
from autograder.checking import close, equal, require
from autograder.errors import AutograderError
from autograder.evidence import CallShown, Question, Remark, Traceback, find
from autograder.grading.runner import grade
from autograder.model import Exercise, Outcome, Result
from autograder.plan import Plan, Setting
from autograder.reports.renderers import paragraph, snippet_of, text_below
from autograder.submissions.files import MAX_BYTES, Submission

NAMES = ["doubles_each_entry", "keeps_its_input", "adds_up", "doubles_real_images", "two_counters_are_apart"]
POINTS = [3, 1.5, 2, 1.5, 2]  # weights 2, 1, 1 of 6 points for `double`, and 1, 1 of 4 for `counter`
OF_DOUBLE = [True, True, False, True, False]


def outcomes(result: Result) -> list[str]:
    return [str(check.outcome) for check in result.checks]


ODD = "class Odd(BaseException): pass"
BEGUN = "`double` still raises NotImplementedError (line 7): take that line out."
SUBMISSIONS = {  # what differs from a right one; outcome of the checks of `double`, of `counter`; what is said
    "right": ({}, "passed", "passed", ""),
    "wrong": ({"double": "return 3 * x"}, "failed", "passed", "It is too large by exactly x"),
    "no return": ({"double": "2 * x"}, "failed", "passed", "came back is None (is there a `return`?)"),
    "another kind of value": ({"double": "return {1, 2}"}, "failed", "passed", "but what came back is a set"),
    "exception": ({"double": "return y"}, "error", "passed", "NameError: name 'y' is not defined (scaling.py, line 6"),
    "SystemExit": ({"double": "raise SystemExit(0)"}, "error", "passed", "SystemExit: 0 (scaling.py, line 6"),
    "BaseException": ({"double": "raise Odd('!')", "top": ODD}, "error", "passed", "Odd: !"),
    "KeyboardInterrupt": ({"double": "raise KeyboardInterrupt"}, "error", "passed", "KeyboardInterrupt"),
    "exception at import": ({"top": "1 / 0"}, "passed", "passed", ""),
    "SystemExit at import": ({"top": "raise SystemExit"}, "passed", "passed", ""),
    "BaseException at import": ({"top": f"{ODD}\nraise Odd"}, "passed", "passed", ""),
    "no Python": ({"top": "def (:"}, "error", "error", "SyntaxError: invalid syntax (scaling.py, line 2: `def (:`)"),
    "no indentation": ({"double": ""}, "error", "error", "IndentationError: expected an indented block"),
    "no such module": ({"top": "import helpers_of_mine"}, "passed", "passed", ""),
    "stub": ({"double": "raise NotImplementedError"}, "not_attempted", "passed", "This exercise is not written yet."),
    "begun": ({"double": "x\nraise NotImplementedError"}, "not_attempted", "passed", BEGUN),
    "stub of a method": ({"add": "raise NotImplementedError"}, "passed", "not_attempted", "This exercise is not"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "double", "counter", "says"), SUBMISSIONS.values(), ids=SUBMISSIONS)
def test_a_submission_ends_as(submit, text, lines: dict, double: str, counter: str, says: str):
    """Each check has its outcome, its points follow from that alone, and the first failure says why."""
    result = submit(text(**lines))
    assert [check.name for check in result.checks] == NAMES
    assert outcomes(result) == [double if of_double else counter for of_double in OF_DOUBLE]
    earned = [points if o == "passed" else 0 for points, o in zip(POINTS, outcomes(result), strict=True)]
    assert [check.points for check in result.checks] == earned
    assert (result.score, result.max_score) == (sum(earned), 10)
    assert says in next((paragraph(check) for check in result.checks if not check.outcome.earns), "")


def test_an_exercise_that_is_begun_shows_no_call(submit, text):
    """There is nothing to see in the call of a stub; a wrong answer has its call shown."""
    begun, wrong = (submit(text(double)).checks[0] for double in ("x\nraise NotImplementedError", "return x"))
    assert (begun.outcome, find(begun.evidence, CallShown)) == (Outcome.NOT_ATTEMPTED, None)
    assert find(wrong.evidence, CallShown) is not None


@pytest.mark.parametrize("source", ["", "# nothing yet\n", "class Counter: pass\n"], ids=["empty", "comment", "class"])
def test_what_is_missing_is_not_attempted(submit, source: str):
    """An exercise none of whose functions exist was not attempted, and the message says what is missing."""
    result = submit(source)
    assert set(outcomes(result)) == {"not_attempted"}
    assert result.checks[0].message == "scaling.py defines no `double`."
    assert result.score == 0


def test_the_stub_of_the_kit_is_not_attempted(submit, course):
    """What students start with earns nothing, and nobody calls it wrong."""
    from autograder.authoring.stubs import cut_stub

    result = submit(cut_stub(course.solution("scaling"), course.assignment("scaling")))
    assert set(outcomes(result)) == {"not_attempted"}


@pytest.fixture
def hand_in(workers) -> Callable[[Path, Plan], Result]:
    """Have a folder graded."""
    setting = Setting(load_data=partial(data.load, "digits"))
    return lambda folder, plan: grade(plan, Submission("ana", folder), setting, workers=workers)


@pytest.mark.parametrize("gone", [True, False], ids=["no folder", "no file"])
def test_a_missing_file_is_not_attempted(hand_in, plan, tmp_path: Path, gone: bool):
    """Every check appears all the same."""
    result = hand_in(tmp_path / "gone" if gone else tmp_path, plan)
    assert outcomes(result) == ["not_attempted"] * 5
    assert result.checks[0].message == "There is no scaling.py in this submission."
    assert result.max_score == 10


@pytest.mark.parametrize("name", ["Scaling.py", "scaling (1).py", "scaling.txt", "scaling_final.py"])
def test_a_misnamed_file_is_noted(hand_in, plan, tmp_path: Path, name: str):
    """The note asks whether the file was meant."""
    (tmp_path / name).write_text("")
    assert hand_in(tmp_path, plan).notes == (
        f"There is no scaling.py, but {name!r}: was it meant to be called scaling.py?",
    )


UNREADABLE = {
    "a link": (lambda path: path.symlink_to("/etc/hostname"), "is a symbolic link"),
    "a dangling link": (lambda path: path.symlink_to("nowhere"), "is a symbolic link"),
    "a pipe": (os.mkfifo, "is no regular file"),
    "a folder": (Path.mkdir, "is no regular file"),
    "not UTF-8": (lambda path: path.write_bytes(b"x = 1\ny = '\xe4'\n"), "is not UTF-8 text (byte 0xe4 in line 2)"),
    "a null byte": (lambda path: path.write_bytes(b"x = 1\0"), "holds a null byte"),
    "huge": (lambda path: path.write_bytes(b"#" * (MAX_BYTES + 1)), f"more than {MAX_BYTES} are not accepted"),
}


@pytest.mark.parametrize(("put", "says"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_an_error(
    hand_in, plan, tmp_path: Path, put: Callable[[Path], object], says: str
):
    """It fails every check with its reason and does not stop the grader."""
    put(tmp_path / "scaling.py")
    result = hand_in(tmp_path, plan)
    assert outcomes(result) == ["error"] * 5
    assert says in result.notes[0]
    assert {check.message for check in result.checks} == set(result.notes)


@pytest.mark.parametrize(
    "files",
    [{"scaling.py": "#" + "\x01" * (MAX_BYTES - 1)}, {f"helper{i}.py": "#" * MAX_BYTES for i in range(5)}],
    ids=["one file of control characters", "many helpers"],
)
def test_files_that_are_too_large_together_are_an_error(submit, text, tmp_path: Path, files: dict):
    """Each is accepted by itself, but what cannot be handed to the worker stops only this submission."""
    (tmp_path / "ana").mkdir()
    for name, content in files.items():
        (tmp_path / "ana" / name).write_text(content)
    result = submit(files.get("scaling.py", text(top="\n".join(f"import helper{i}" for i in range(5)))))
    assert outcomes(result) == ["error"] * 5
    assert "too large" in result.checks[0].message


def test_a_submission_may_bring_helpers(submit, text, tmp_path: Path):
    """Other modules of the folder can be imported; one that cannot be read is missing."""
    (tmp_path / "ana").mkdir()
    (tmp_path / "ana" / "helpers_of_mine.py").write_text("def twice(x):\n    return 2 * x\n")
    (tmp_path / "ana" / "broken.py").write_bytes(b"\xff")
    source = text("return twice(x)", top="from helpers_of_mine import twice")
    assert submit(source).score == 10


def test_a_method_that_is_missing_fails(submit):
    """A class without the method was begun, so the check that calls it fails and says what is missing."""
    source = "def double(x):\n    return x + x\n\nclass Counter:\n    def __init__(self, start=0):\n        pass\n"
    checked = submit(source + "    def add_up(self, amount):\n        pass\n")
    assert outcomes(checked)[2] == "not_attempted"
    assert checked.checks[2].message == "scaling.py defines no `Counter.add`. Is `add_up` meant to be `add`?"


def passes(student, case):
    """It passes."""
    close(student.double(torch.ones(1)), torch.full((1,), 2.0))


def fails(student, case):
    """It fails."""
    equal(student.double(torch.ones(1)).item(), 3)


def follows(student, case):
    """It comes after another one."""
    close(student.double(torch.ones(2)), torch.full((2,), 2.0))


@pytest.mark.parametrize(
    ("first", "expected"), [(passes, ["passed", "passed"]), (fails, ["failed", "skipped"])], ids=["passed", "failed"]
)
def test_a_check_is_skipped_unless_the_one_it_needs_passed(submit, text, checked_by, first, expected: list):
    """The message names the check that did not pass by its title, which is all that students know of it."""
    result = submit(text(), plan=checked_by(first, follows, needs={"follows": first.__name__}))
    assert outcomes(result) == expected
    waits = 'This check waits until another one passes: "It fails".'
    assert (result.checks[1].message == waits) == (expected[1] == "skipped")


def test_a_needed_exercise_may_be_unwritten_if_nothing_calls_it(submit, text, plan):
    """What a check needs is told by what it calls, and by what the student's code calls then."""
    double, counter = plan.assignment.exercises
    waiting = dataclasses.replace(counter, needs=("double",))
    assignment = dataclasses.replace(plan.assignment, exercises=(double, waiting))
    result = submit(text("raise NotImplementedError"), plan=dataclasses.replace(plan, assignment=assignment))
    assert outcomes(result) == ["not_attempted", "not_attempted", "passed", "not_attempted", "passed"]


@pytest.mark.parametrize("name", ["double", "doble"])
def test_a_check_that_calls_a_missing_function_of_another_exercise_is_skipped(submit, text, name: str):
    """As if it were a stub; a name that nobody asks for is an error of its own."""
    source = text(add=f"return {name}(amount)").replace("def double(", "def something_else(")
    result = submit(source)
    assert outcomes(result)[2] == ("skipped" if name == "double" else "error")
    assert ("needs `double` (Twice a tensor)" in result.checks[2].message) is (name == "double")


def test_a_check_that_reaches_the_stub_of_another_exercise_is_skipped(submit, text):
    """Right code that calls what is not written yet is neither wrong nor unattempted."""
    result = submit(text("raise NotImplementedError", add="return double(amount)"))
    assert outcomes(result)[2] == "skipped"
    assert "needs `double` (Twice a tensor)" in result.checks[2].message


def breaks_at_once(student, case):
    """It is broken."""
    raise ZeroDivisionError("ours")


def breaks_on_right_answers(student, case):
    """It is broken, and nobody can tell before an answer came."""
    student.double(torch.ones(1)).no_such_method()


def cannot_go_on(student, case):
    """It could not start a process."""
    student.double(torch.ones(1))
    raise AutograderError("no process")


@pytest.mark.parametrize("broken", [breaks_at_once, breaks_on_right_answers, cannot_go_on])
@pytest.mark.parametrize("double", ["return x + x", "return None"], ids=["right", "wrong"])
def test_a_fault_of_the_grader_costs_no_point(submit, text, checked_by, broken: Callable, double: str):
    """A check that breaks even for right answers keeps its points, shows why, and disturbs no other check."""
    result = submit(text(double), plan=checked_by(broken, passes))
    right = double != "return None"
    assert outcomes(result) == ["grader_fault", "passed" if right else "failed"]
    assert result.score == (6 if right else 3)
    assert broken.__name__ in find(result.checks[0].evidence, Traceback).text
    assert "costs no point" in result.checks[0].message


def uses_the_answer(student, case):
    """Its author trusted the answer to be a tensor."""
    require((student.double(torch.ones(2)) / 2).sum() == 2, "The halves must sum to 2.")


@pytest.mark.parametrize("answer", ["None", "'text'", "[1, 2]", "{}", "{1}"])
def test_an_answer_that_breaks_a_check_is_no_fault_of_the_grader(submit, text, checked_by, answer: str):
    """A check that holds for the reference fails a submission whose answer it cannot work with."""
    result = submit(text(f"return {answer}"), plan=checked_by(uses_the_answer))
    assert outcomes(result) == ["failed"]
    assert result.checks[0].message.startswith("What your code returned cannot be used further (TypeError: ")
    assert result.checks[0].evidence == (CallShown("double([2] float32)"),)


def test_an_object_that_a_check_computes_with_is_asked_to_do_it(submit, text, checked_by):
    """What it cannot do is an error of the student's."""
    result = submit(text("return object()"), plan=checked_by(uses_the_answer))
    assert outcomes(result) == ["error"]
    assert result.checks[0].message.startswith("TypeError: `object / 2`: unsupported operand type(s) for /: 'object'")
    assert find(result.checks[0].evidence, CallShown).text == "object / 2"


def test_hidden_checks_show_nothing_but_words(submit, text):
    """The arrays, the call and the lines that reproduce it appear for visible checks only."""
    result = submit(text("return 3 * x", add="return 0"))
    assert all(find(check.evidence, CallShown) for check in result.checks if check.visible)
    hidden = [block for check in result.checks if not check.visible for block in check.evidence]
    assert {type(block) for block in hidden} <= {Question, Remark}


def test_messages_show_no_inputs(submit, text):
    """Hidden checks have the same messages as visible ones, so no entry of an input may be in them."""
    check = submit(text("print(x.reshape(-1).tolist())\nreturn 3 * x")).checks[0]
    inputs = json.loads(check.output)
    assert len(inputs) == 6
    assert [x for x in inputs if f"{abs(x):.4g}" in check.message] == []


def test_messages_hold_no_terminal_escapes(submit, text):
    """Names and texts that a submission chooses cannot steer the terminal of who reads them."""
    result = submit(text("return type('\\x1b[31mRed\\x07', (), {})()", add="raise ValueError('\\x1b]0;title\\x07')"))
    shown = [paragraph(check) + text_below(check.evidence) for check in result.checks]
    assert "came back is a [31mRed" in shown[0]
    assert "ValueError: ]0;title" in shown[2]
    assert not any(c in text for text in shown for c in "\x1b\x07")


PRINTS = "print(f'a {x.dtype} tensor')\nreturn x + x"


def test_output_belongs_to_its_check(submit, text):
    """What is printed while the file is loaded comes with the first check, all else with the check that ran.

    Of hidden checks it is not kept, since it may show their inputs.
    """
    result = submit(text(PRINTS, top="print('loading')", add="import sys\nprint('add', file=sys.stderr)\nreturn 6"))
    assert [check.output for check in result.checks] == [
        "loading\na torch.float64 tensor\n",
        "a torch.float32 tensor\n",
        "add\nadd\n",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("statement", "begins"),
    [
        ("print('x' * 10**6)", "xxxx"),
        ("print('\\x1b[2J\\x1b]0;title\\x07\\u202eabc\\rdef')", "[2J]0;titleabcdef\n"),
        ("import os; os.write(1, b'\\xff\\xfe ok')", "\ufffd\ufffd ok"),
        ("import subprocess; subprocess.run(['echo', 'child'])", "child\n"),
    ],
    ids=["bounded", "without escapes", "no UTF-8", "of a child process"],
)
def test_output_is_bounded_and_harmless(submit, text, statement: str, begins: str):
    """However much and whatever is printed, and by whom, the file of results stays small and safe to show."""
    first = submit(text(f"{statement}\nreturn x + x")).checks[0]
    assert first.outcome is Outcome.PASSED
    assert first.output.startswith(begins)
    assert len(first.output) < 4_100


def without_clock(result: Result) -> dict:
    record = result.to_dict()
    record["run"] |= {"seconds": 0, "started": ""}
    record["checks"] = [check | {"seconds": 0} for check in record["checks"]]
    return record


SHOWS = "print(x.sum().item(), torch.rand(1).item())\nreturn 3 * x"


def test_a_seed_decides_everything(submit, text):
    """The same seed and student give the same result, including all inputs and the global generators."""
    assert without_clock(submit(text(SHOWS), seed=4)) == without_clock(submit(text(SHOWS), seed=4))


@pytest.mark.parametrize("other", [{"seed": 5}, {"student": "ben"}], ids=["seed", "student"])
def test_inputs_differ_between(submit, text, other: dict):
    """Another seed, or another student, gets other inputs in every check."""
    first, second = submit(text(SHOWS), seed=4), submit(text(SHOWS), **({"seed": 4} | other))
    pairs = [(a.output, b.output) for a, b in zip(first.checks, second.checks, strict=True) if a.output]
    assert len(pairs) == 2
    assert all(a != b for a, b in pairs)


def test_progress_is_told_of_every_check(workers, plan, tmp_path: Path, text):
    """Check by check, in order, each with its final outcome."""
    (tmp_path / "scaling.py").write_text(text("return None"))
    told: list = []
    setting = Setting(load_data=partial(data.load, "digits"))
    result = grade(plan, Submission("ana", tmp_path), setting, workers=workers, progress=told.append)
    assert [(c.name, c.outcome) for c in told] == [(c.name, c.outcome) for c in result.checks]


def test_a_result_says_how_it_came_about(submit, text):
    """Seed, device, data set, versions and hashes are recorded."""
    run = submit(text(), seed=11).run
    assert (run.seed, run.device, run.dataset) == (11, "cpu", "digits")
    assert run.versions["torch"] == torch.__version__
    assert [len(run.hashes[part]) for part in ("submission", "assignment", "engine")] == [64] * 3


def test_an_exercise_counts_as_written_with_one_function(submit, plan, checked_by):
    """An exercise with several functions runs its checks as soon as one of them is written."""
    exercise = Exercise("double", "Two functions", 6.0, ("double", "triple"))
    two = checked_by(passes)
    two = dataclasses.replace(two, assignment=dataclasses.replace(two.assignment, exercises=(exercise,)))
    assert outcomes(submit("def double(x):\n    return 2 * x\n", plan=two)) == ["passed"]


def is_finite(student, case):
    """double(x) is finite."""
    close(student.double(case.normal(30, 2)), torch.zeros(30, 2, dtype=torch.float64), atol=math.inf)


def is_twice(student, case):
    """double(x) is x + x."""
    x = torch.ones(3, 2, dtype=torch.float64)
    close(student.double(x), x + x)


def is_twice_what_varies(student, case):
    """double(x) is x + x, and no two entries are alike."""
    x = case.normal(3, 2)
    close(student.double(x), x + x)


def takes_its_own_answer(student, case):
    """double(double(x)) is x."""
    x = case.normal(3, 2)
    close(student.double(student.double(x)), x)


def has_the_key(student, case):
    """double(x) is a dict with x in it."""
    x = case.normal(3, 2)
    close(student.double(x), {"x": x})


ONCE = "{} if torch.is_tensor(x) else torch.ones(3, 2, dtype=torch.float64)"
EXTREMES = {
    "inf where any finite value would do": (is_finite, "return torch.full_like(x, torch.inf)"),
    "a ratio beyond what a float can invert": (is_twice_what_varies, "return 1e-310 * x"),
    "a number whose square overflows": (takes_its_own_answer, f"return {ONCE.format('[1e200]')}"),
    "numbers in thousands": (takes_its_own_answer, f"return {ONCE.format('[0.5] * 9000')}"),
    "a dict without keys": (has_the_key, "return {}"),
}


@pytest.mark.parametrize(("check", "double"), EXTREMES.values(), ids=EXTREMES)
def test_no_answer_breaks_its_explanation(submit, text, checked_by, check: Callable, double: str):
    """It fails as any other, and is no fault of ours, which would earn its points."""
    (result,) = submit(text(double), plan=checked_by(check)).checks
    assert (result.outcome, result.points) == (Outcome.FAILED, 0)
    assert "cannot be used further" not in result.message
    assert len(snippet_of(result.evidence)) < 10_000
