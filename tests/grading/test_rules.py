"""Rules of from-scratch work through the real boundary: the checks of an exercise that breaks one end as forbidden."""

from __future__ import annotations

import dataclasses

import pytest

from autograder.evidence import Text
from autograder.grading.remote import unknown_names
from autograder.model import Result, Rule
from autograder.plan import Plan

REASON = "Twice a tensor is what you write here."
CLEAN = ["passed"] * 5
OF_DOUBLE = ["forbidden", "forbidden", "passed", "forbidden", "passed"]  # the other two are of the exercise `counter`


def outcomes(result: Result) -> list[str]:
    return [str(check.outcome) for check in result.checks]


def without_rules(plan: Plan) -> Plan:
    return dataclasses.replace(plan, assignment=dataclasses.replace(plan.assignment, rules=()))


def ruling(plan: Plan, *rules: Rule) -> Plan:
    return dataclasses.replace(plan, assignment=dataclasses.replace(plan.assignment, rules=rules))


BREAKS = {
    "in the text": "return torch.ldexp(x, torch.tensor(1))",
    "through a helper": "return helper(x)",
    "by a name put together": 'return getattr(torch, "ld" + "exp")(x, torch.tensor(1))',
    "and swallows the exception": """
try:
    z = getattr(torch, name)(x, torch.tensor(1))
except BaseException:
    z = x + x
return z""",
}
TOP = 'name = "ldexp"\n\ndef helper(x):\n    return torch.ldexp(x, torch.tensor(1))'
LINES = {"in the text": 9, "through a helper": 5, "by a name put together": 9}


@pytest.mark.parametrize("double", BREAKS.values(), ids=BREAKS)
def test_an_exercise_that_breaks_a_rule_gets_nothing(submit, text, plan, double: str):
    """0 points for its checks, the others are graded as ever; without the rule the code is right."""
    source = text(double, top=TOP)
    result = submit(source)
    assert outcomes(result) == OF_DOUBLE
    assert [check.points for check in result.checks] == [0, 0, 2, 0, 2]
    assert result.max_score == 10
    assert outcomes(submit(source, plan=without_rules(plan))) == CLEAN


@pytest.mark.parametrize(("breaks", "line"), LINES.items())
def test_the_message_names_line_thing_and_reason(submit, text, breaks: str, line: int):
    """In the check that students see."""
    message = submit(text(BREAKS[breaks], top=TOP)).checks[0].message
    assert message == f"scaling.py, line {line}, uses `torch.ldexp`, which is ruled out here. {REASON}"


def test_other_uses_are_listed_below(submit, text):
    """The first line in the sentence, the second below it."""
    double = "y = torch.ldexp(x, torch.tensor(0))\nreturn torch.ldexp(y, torch.tensor(1))"
    assert submit(text(double)).checks[0].evidence[-1] == Text(("scaling.py, line 7, uses `torch.ldexp` too",))


def test_a_use_that_breaks_two_rules_is_listed_once(submit, text, plan):
    """One line, and nothing below it."""
    both = ruling(plan, Rule(("ldexp",), "First."), Rule(("torch.ldexp",), "Second."))
    check = submit(text("return torch.ldexp(x, torch.tensor(1))"), plan=both).checks[0]
    assert check.message.endswith("uses `torch.ldexp`, which is ruled out here. First.")
    assert check.evidence == ()


def test_a_hidden_check_does_not_repeat_what_the_code_told(submit, text):
    """Once the student's code has run, the name could hold what it was given; the line stands all the same."""
    hidden = submit(text('return getattr(torch, "ld" + "exp")(x, torch.tensor(1))')).checks[3]
    assert not hidden.visible
    assert hidden.message == f"scaling.py, line 6, uses something that is ruled out here. {REASON}"


HARMLESS_TOP = """
import torch.nn as nn
from torch import ldexp as unused


def ldexp(x):
    with torch.no_grad():
        return 2 * x
"""
HARMLESS = ["return x + x  # torch.ldexp(x)", '"""torch.ldexp"""\nreturn x + x', "return ldexp(x)"]


@pytest.mark.parametrize("double", HARMLESS)
def test_harmless_code_is_not_accused(submit, text, double: str):
    """A comment, a docstring, a function of the student's own, an import that is not used."""
    assert outcomes(submit(text(double, top=HARMLESS_TOP))) == CLEAN


def test_a_rule_holds_for_its_exercises_only(submit, text):
    """The other exercise may use the same."""
    scaled = 'int(getattr(torch, "ld" + "exp")(torch.tensor(amount), torch.tensor(0)))'
    assert outcomes(submit(text(add=f"self.total += {scaled}; return self.total"))) == CLEAN


def test_a_rule_without_exercises_holds_for_all(submit, text, plan):
    """And each rule has its own reason."""
    both = ruling(plan, Rule(("ldexp",), "First."), Rule(("torch.nn",), "Second."))
    counting = "torch.nn.Identity(); self.total += amount; return self.total"
    result = submit(text("return torch.ldexp(x, torch.tensor(1))", add=counting), plan=both)
    assert outcomes(result) == ["forbidden"] * 5
    assert result.checks[0].message.endswith("First.")
    assert result.checks[2].message.endswith("Second.")


def test_a_module_beside_counts_when_it_is_used(submit, text, tmp_path):
    """It is named with its line; one that is not imported is nobody's business."""
    (tmp_path / "ana").mkdir()
    helpers = "import torch\n\ndef twice(x):\n    return torch.ldexp(x, torch.tensor(1))\n"
    (tmp_path / "ana" / "helpers.py").write_text(helpers)
    assert outcomes(submit(text())) == CLEAN
    result = submit(text("return helpers.twice(x)", top="import helpers"))
    assert outcomes(result) == OF_DOUBLE
    assert result.checks[0].message.startswith("helpers.py, line 4, uses `torch.ldexp`")


def test_what_is_not_written_is_not_forbidden(submit, text):
    """A stub stays not attempted, whatever stands beside it."""
    result = submit(text("raise NotImplementedError", top=TOP))
    assert outcomes(result) == ["not_attempted", "not_attempted", "passed", "not_attempted", "passed"]


def test_a_file_that_python_cannot_read_is_an_error(submit):
    """The inspection leaves that to the loading."""
    result = submit("import torch\n\ndef double(x):\n    return torch.ldexp(x\n")
    assert outcomes(result) == ["error"] * 5
    assert "SyntaxError" in result.checks[0].message


def test_names_that_stand_for_nothing_are_told(workers):
    """By a worker, which has the libraries that count; what is allowed must exist as well."""
    rules = [Rule(("ldexp", "sofmax"), "r"), Rule(("torch.nn",), "r", allow=("torch.nn.one_hot",))]
    assert unknown_names(rules, workers) == ["sofmax", "torch.nn.one_hot"]


THREAD = """
from threading import Thread
out = []
name = "".join(reversed("pxedl"))
operation = getattr(torch.ops.aten, name).Tensor._op
thread = Thread(target=lambda: out.append(operation(x, torch.tensor(1))))
thread.start()
thread.join()
return out[0]
"""


RAW_THREAD = """
import _thread
out, lock = [], _thread.allocate_lock()
name = "".join(reversed("pxedl"))
operation = getattr(torch.ops.aten, name).Tensor._op
def run():
    try:
        out.append(operation(x, torch.tensor(1)))
    finally:
        lock.release()
lock.acquire()
_thread.start_new_thread(run, ())
lock.acquire()
return out[0]
"""
OWN_RUN = """
from threading import Thread
name = "".join(reversed("pxedl"))
operation = getattr(torch.ops.aten, name).Tensor._op
class Own(Thread):
    def run(self):
        self.out = operation(x, torch.tensor(1))
thread = Own()
thread.start()
thread.join()
return thread.out
"""


@pytest.mark.parametrize("double", [THREAD, RAW_THREAD, OWN_RUN])
def test_an_operation_in_a_thread_is_noticed(submit, text, double):
    """Where torch dispatches it is looked at thread by thread."""
    assert "forbidden" in outcomes(submit(text(double.strip())))


FORK_TOP = """
import ctypes, os
ask, asked = os.pipe(), os.pipe()
if not {fork}():
    while n := os.read(ask[0], 1):
        try:
            got = str(getattr(torch, "ld" + "exp")(torch.tensor(3.0), torch.tensor(1)).item())
        except Exception:
            got = "no"
        os.write(asked[1], got.encode())
    os._exit(0)
"""


@pytest.mark.parametrize("fork", ["os.fork", "ctypes.CDLL(None).fork"])
def test_rules_hold_in_a_fork(submit, text, fork: str):
    """One that was forked while the file loads, where no rule is in force yet, answers later."""
    body = 'os.write(ask[1], b"?")\nanswer = os.read(asked[0], 9)\nassert answer == b"no", "6.0"\nreturn x + x'
    assert submit(text(body, top=FORK_TOP.format(fork=fork))).checks[0].outcome == "passed"
