"""Functions of ours in the hands of a submission: it can call them, and nothing else comes of what it sends."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from autograder.checking import close, equal, require, spy
from autograder.model import Outcome, Result, Rule

QUICK = 2.0  # seconds that a check may take where a test waits for the limit
FORGE = """
import os, socket, stat, sys, time
from autograder.worker import wire

def link():
    return next(fd for fd in range(3, 200) if is_socket(fd))

def is_socket(fd):
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False

def current():
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["nonce"]

def forge(reply, nonce):
    wire.send(socket.socket(fileno=os.dup(link())), nonce, reply)

def number_of(stand_in):
    return next(c.cell_contents.id for c in stand_in.__closure__ if hasattr(c.cell_contents, "id"))
"""


def outcomes(result: Result) -> list[str]:
    return [str(check.outcome) for check in result.checks]


def gives_a_function(student, case):
    """It gives a function."""
    equal(student.double(spy(lambda x=1: 2 * x)), 2)


def goes_on(student, case):
    """It goes on."""
    close(student.double(torch.ones(1)), torch.full((1,), 2.0))


RIGHT = "return x() if callable(x) else x + x"


def instead(statement: str) -> str:
    """A statement in the place of calling the function; the other check is answered rightly."""
    return f"if not callable(x):\n    return x + x\n{statement}"


def test_it_can_call_what_it_is_given(submit, text, checked_by):
    """And go on afterwards."""
    assert outcomes(submit(text(RIGHT), plan=checked_by(gives_a_function, goes_on))) == ["passed", "passed"]


NO_CALLS = {
    "a number that was not given": "{'function': 10**6, 'args': (), 'kwargs': {}}",
    "no number": "{'function': 'f', 'args': (), 'kwargs': {}}",
    "a boolean": "{'function': True, 'args': (), 'kwargs': {}}",
    "a list for a number": "{'function': [0], 'args': (), 'kwargs': {}}",
    "nothing for arguments": "{'function': number_of(x)}",
    "a list of arguments": "{'function': number_of(x), 'args': [], 'kwargs': {}}",
    "an object for arguments": "{'function': number_of(x), 'args': wire.ObjectRef(0, 'tuple'), 'kwargs': {}}",
    "an argument without a name": "{'function': number_of(x), 'args': (), 'kwargs': {1: 2}}",
}


@pytest.mark.parametrize("call", NO_CALLS.values(), ids=NO_CALLS)
def test_what_is_no_call_is_a_crash(submit, text, checked_by, call: str):
    """The check ends so, and the next one has a process of its own."""
    source = text(instead(f"forge({call}, current()); time.sleep(60)"), top=FORGE)
    result = submit(source, plan=checked_by(gives_a_function, goes_on))
    assert outcomes(result) == ["crashed", "passed"]
    assert "something that is not an answer: it calls a function" in result.checks[0].message


@pytest.mark.parametrize("where", ["a call", "import"])
def test_a_call_where_nothing_was_given_is_a_crash(submit, text, checked_by, where: str):
    """Also before any check has begun."""
    forged = "forge({'function': 0, 'args': (), 'kwargs': {}}, current())"
    source = text(forged, top=FORGE) if where == "a call" else text(RIGHT, top=f"{FORGE}\n{forged}")
    result = submit(source, plan=checked_by(goes_on))
    assert outcomes(result) == ["crashed"]


OUT_OF_TURN = {
    "two calls at once": "[forge({'function': number_of(x), 'args': (), 'kwargs': {}}, current()) for _ in range(2)]",
    "a call and an answer": "forge({'function': number_of(x), 'args': (), 'kwargs': {}}, current())\nreturn 2",
    "an answer and a call": (
        "forge({'value': [{'value': 2}]}, current())\n"
        "forge({'function': number_of(x), 'args': (), 'kwargs': {}}, current())"
    ),
    "a call with another nonce": "forge({'function': number_of(x), 'args': (), 'kwargs': {}}, 'a guess')",
    "a call in place of the next answer": "forge({'value': [{'value': 2}]}, current())\nreturn x()",
}


@pytest.mark.parametrize("statement", OUT_OF_TURN.values(), ids=OUT_OF_TURN)
def test_calls_out_of_turn_harm_the_submission_alone(submit, text, checked_by, statement: str):
    """Whatever comes when, no check is a fault of ours, and none that was answered wrongly passes."""

    def asks_for_more(student, case):
        """It asks for more."""
        equal(student.double(torch.zeros(1)), 5)

    source = text(instead(statement), top=FORGE)
    result = submit(source, plan=checked_by(gives_a_function, asks_for_more, check_seconds=QUICK))
    assert set(outcomes(result)) <= {"passed", "failed", "crashed", "timed_out"}
    assert result.checks[1].outcome is not Outcome.PASSED


FLOODS = {
    "calls that wait for their answer": "while True:\n    try:\n        x()\n    except BaseException:\n        pass",
    "calls that do not": "while True:\n    forge({'function': number_of(x), 'args': (), 'kwargs': {}}, current())",
}


@pytest.mark.slow
@pytest.mark.parametrize("statement", FLOODS.values(), ids=FLOODS)
def test_a_flood_of_calls_ends_with_the_time_of_the_check(submit, text, checked_by, statement: str):
    """At the latest; the next check goes on."""
    source = text(instead(statement), top=FORGE)
    result = submit(source, plan=checked_by(gives_a_function, goes_on, check_seconds=QUICK))
    assert outcomes(result)[0] in ("failed", "timed_out", "crashed")
    assert outcomes(result)[1] == "passed"


def test_too_many_calls_are_told(submit, text, checked_by):
    """By the name of the function."""

    def gives_a_loss(student, case):
        """It gives a loss."""

        def loss_fn():
            return 1

        student.double(spy(loss_fn, most_calls=50))

    result = submit(text("while True:\n    x()"), plan=checked_by(gives_a_loss))
    assert outcomes(result) == ["failed"]
    assert result.checks[0].message == "Your code called loss_fn more than 50 times."
    assert result.checks[0].evidence[0].text == "Does a loop never end?"


def asks_in_between(student, case):
    """It asks for something in a function of its own."""
    equal(student.double(lambda x: student.double(x + 1)), 4)


NESTED = {
    "exit": ("os._exit(3)", "crashed", "exit status 3"),
    "hang": ("while True: pass", "timed_out", "No answer within 2 s"),
    "nonsense": ("forge([], current()); time.sleep(60)", "crashed", "not an answer"),
    "no list": ("forge({'value': 5}, current()); time.sleep(60)", "crashed", "nonsense"),
    "an exception": ("raise KeyError('inner')", "error", "KeyError: 'inner'"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("statement", "outcome", "says"), NESTED.values(), ids=NESTED)
def test_what_goes_wrong_in_between_decides_the_check(
    submit, text, checked_by, statement: str, outcome: str, says: str
):
    """As it would anywhere else, and in time."""
    others = "if callable(x):\n    return x(1)\nif not isinstance(x, int):\n    return x + x"
    source = text(f"{others}\n{statement}", top=FORGE)
    result = submit(source, plan=checked_by(asks_in_between, goes_on, check_seconds=QUICK))
    assert outcomes(result) == [outcome, "passed"]
    assert says in result.checks[0].message


def test_a_function_of_ours_that_asks_gets_its_answer(submit, text, checked_by):
    """In the middle of a call."""
    source = text("return x(1) if callable(x) else x + x")
    assert outcomes(submit(source, plan=checked_by(asks_in_between))) == ["passed"]


def measures(student, case):
    """It measures."""
    close(student.double(lambda w: (w @ torch.ones(2)).sum()), torch.tensor(2.0))


BLAME = {
    "right": ("return x(torch.ones(2))", "passed", ""),
    "another shape": (
        "return x(torch.ones(3))",
        "failed",
        "Your code called the check's function with arguments that it cannot work with (RuntimeError: ",
    ),
    "another type": (
        "return x([1.0, 2.0])",
        "failed",
        "Your code called the check's function with arguments that it cannot work with (TypeError: ",
    ),
    "nothing": (
        "return x()",
        "failed",
        "Your code called the check's function with arguments that it cannot work with (TypeError: ",
    ),
}


@pytest.mark.parametrize(("double", "outcome", "says"), BLAME.values(), ids=BLAME)
def test_wrong_arguments_are_the_students(submit, text, checked_by, double: str, outcome: str, says: str):
    """The reference does not break the function with its own."""
    plan = dataclasses.replace(checked_by(measures), solution=text("return x(torch.ones(2))"))
    result = submit(text(double), plan=plan)
    assert outcomes(result) == [outcome]
    assert result.checks[0].message.startswith(says)


def test_a_function_that_the_reference_breaks_too_is_ours(submit, text, checked_by):
    """It costs no point and is shown to the staff."""
    plan = dataclasses.replace(checked_by(measures), solution=text("return x(torch.ones(3))"))
    result = submit(text("return x(torch.ones(3))"), plan=plan)
    assert outcomes(result) == ["grader_fault"]


def gives_a_row(student, case):
    """It gives a function and a view that is not contiguous."""
    require(student.double(lambda row: row.exp().sum() > 0), "It must be greater.")


RULED = {
    "what the stand-in does": ("return x(torch.ones(2, 2).T[0])", "passed"),
    "what the student does": ("return x(torch.ones(2, 2).T[0].contiguous())", "forbidden"),
}


@pytest.mark.parametrize(("double", "outcome"), RULED.values(), ids=RULED)
def test_rules_hold_for_the_student_alone(submit, text, checked_by, double: str, outcome: str):
    """Not for what sends the arguments, nor for what our function does with them."""
    rule = Rule(("contiguous", "exp", "detach"), (), (), "You do it by hand.")
    plan = checked_by(gives_a_row)
    plan = dataclasses.replace(plan, assignment=dataclasses.replace(plan.assignment, rules=(rule,)))
    assert outcomes(submit(text(double), plan=plan)) == [outcome]


def test_rules_hold_in_between_as_well(submit, text, checked_by):
    """For what the student's code does when a function of ours asks for it."""
    rule = Rule(("exp",), (), (), "You do it by hand.")
    plan = checked_by(asks_in_between)
    plan = dataclasses.replace(plan, assignment=dataclasses.replace(plan.assignment, rules=(rule,)))
    hidden = "return x(1) if callable(x) else getattr(torch, 'e' + 'xp')(torch.tensor(x))"
    assert outcomes(submit(text(hidden), plan=plan)) == ["forbidden"]
