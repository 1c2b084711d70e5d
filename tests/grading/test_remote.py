"""autograder.grading.remote: a submission that ends, hangs, eats memory or forges answers harms only its own checks."""

from __future__ import annotations

import time

import pytest
import torch

from autograder.checking import args, close, equal
from autograder.model import Outcome, Result

ENDLESS = "while True: pass"
QUICK = 2.0  # seconds that a check may take where a test waits for the limit


def outcomes(result: Result) -> list[str]:
    return [str(check.outcome) for check in result.checks]


def only_for_single_precision(statement: str) -> str:
    """Lines of `double` that misbehave in its second check only."""
    return f"if x.dtype == torch.float32 and x.ndim == 1:\n    {statement}\nreturn x + x"


ENDINGS = {
    "exit": ("os._exit(0)", "exit status 0"),
    "exit with a status": ("os._exit(7)", "exit status 7"),
    "kill": ("os.kill(os.getpid(), 9)", "signal SIGKILL"),
    "signal without a name": ("os.kill(os.getpid(), 40)", "signal 40"),
    "abort": ("os.abort()", "signal SIGABRT"),
    "bad memory access": ("import ctypes; ctypes.string_at(0)", "signal SIGSEGV"),
    "closed connection": ("os.closerange(3, 200)", "the process ended"),
}


@pytest.mark.parametrize(("statement", "says"), ENDINGS.values(), ids=ENDINGS)
def test_a_process_that_ends_in_a_call_costs_that_check(submit, text, statement: str, says: str):
    """The checks before and after it count, and the message says how the process ended."""
    result = submit(text(only_for_single_precision(f"import os; {statement}")))
    assert outcomes(result) == ["passed", "crashed", "passed", "passed", "passed"]
    assert says in result.checks[1].message
    assert result.score == 8.5


@pytest.mark.parametrize(("statement", "says"), ENDINGS.values(), ids=ENDINGS)
def test_a_process_that_ends_at_import_costs_every_check(submit, text, statement: str, says: str):
    """Every check appears as crashed."""
    result = submit(text(top=f"import os; {statement}"))
    assert outcomes(result) == ["crashed"] * 5
    assert says in result.checks[4].message
    assert result.score == 0


def test_state_of_the_module_is_fresh_after_a_crash(submit, text):
    """The file is loaded anew for the next check."""
    result = submit(text(only_for_single_precision("import os; os._exit(0)"), top="print('loaded')"))
    assert [check.output.count("loaded") for check in result.checks] == [1, 0, 1, 0, 0]


HANGS = {
    "loop": ENDLESS,
    "resisting": "[signal.signal(s, signal.SIG_IGN) for s in (2, 15)]\n    hold()",
    "stopped": "os.kill(os.getpid(), signal.SIGSTOP)",
}
HOLD = """
import os, signal, time
def hold():
    try:
        time.sleep(999)
    except:
        hold()
"""


@pytest.mark.slow
@pytest.mark.parametrize("statement", HANGS.values(), ids=HANGS)
def test_a_check_that_never_ends_is_timed_out(submit, text, limited, statement: str):
    """The checks before it keep their points, those after it still run, and what it printed is shown."""
    source = text(only_for_single_precision(f"print('before')\n    {statement}"), top=HOLD)
    result = submit(source, plan=limited(check_seconds=QUICK))
    assert outcomes(result) == ["passed", "timed_out", "passed", "passed", "passed"]
    assert result.checks[1].message == "No answer within 2 s: does a loop never end?"
    assert result.checks[1].output == "before\n"


@pytest.mark.slow
def test_a_file_that_never_loads_is_waited_for_once(submit, text, limited):
    """Every check is timed out, but only the loading takes time."""
    result = submit(text(top=ENDLESS), plan=limited(check_seconds=QUICK))
    assert outcomes(result) == ["timed_out"] * 5
    assert sum(check.seconds for check in result.checks) < QUICK


@pytest.mark.slow
def test_the_time_of_a_submission_is_bounded(submit, text, limited):
    """Once it is used up, the checks that are left are not run."""
    result = submit(text(ENDLESS), plan=limited(check_seconds=10, submission_seconds=QUICK))
    assert outcomes(result) == ["timed_out"] * 5
    assert {check.message for check in result.checks} == {"The 2 s for the whole submission are used up."}


def waits(student, case):
    """The grader is slow after the student's answer."""
    student.double(torch.ones(1))
    time.sleep(1.2 * QUICK)


def passes(student, case):
    """It passes."""
    close(student.double(torch.ones(1)), torch.full((1,), 2.0))


@pytest.mark.slow
def test_slowness_of_the_grader_is_not_the_students(submit, text, checked_by):
    """Each check has its whole time, however long ours took before."""
    plan = checked_by(waits, passes, check_seconds=QUICK)
    assert outcomes(submit(text(), plan=plan)) == ["passed", "passed"]


def reads_after_every_call(student, case):
    """It passes."""
    counter = student.Counter(0)
    for amount, total in ((1, 1), (2, 3), (3, 6)):
        counter.add(amount)
        equal(counter.value("total"), total)
    counter.add(1)
    counter.assign("total", 50)
    equal(counter.value("total"), 50)
    other = student.Counter(8)
    student.handed(other)
    equal(other.value("total"), 9)


def test_an_attribute_that_is_read_after_each_call_is_never_out_of_date(submit, text, checked_by):
    """Whether a method, an assignment or a function that was handed the object changed it."""
    source = text() + "\n\ndef handed(counter):\n    counter.add(1)\n"
    assert outcomes(submit(source, plan=checked_by(reads_after_every_call))) == ["passed"]


def sets_what_it_changes_later(student, case):
    """It passes."""
    counter, held = student.Counter(0), torch.zeros(1)
    counter.assign("total", held)
    held += 7
    counter.assign("other", 1)
    equal(counter.value("total"), torch.zeros(1))


def test_an_attribute_that_is_set_travels_with_the_next_request(submit, text, checked_by, sent):
    """As it was when it was set; setting costs no request of its own."""
    assert outcomes(submit(text(), plan=checked_by(sets_what_it_changes_later))) == ["passed"]
    asked = [[kind for kind, *_ in message["actions"]] for message in sent if message["op"] == "ask"]
    assert asked == [["Call"], ["Assign", "Assign", "Read"]]


def sets_what_cannot_be_set(student, case):
    """It cannot pass."""
    sealed = student.Sealed()
    sealed.assign("other", 1)
    sealed.value("kept")


def test_an_attribute_that_cannot_be_set_is_told(submit, text, checked_by):
    """As the exception that the student's class raises."""
    source = text() + "\n\nclass Sealed:\n    __slots__ = ('kept',)\n"
    (check,) = submit(source, plan=checked_by(sets_what_cannot_be_set)).checks
    assert check.outcome is Outcome.ERROR
    assert check.message.startswith("AttributeError: 'Sealed' object has no attribute 'other'")


def test_an_assignment_that_fails_is_told_before_what_was_asked_later(submit, text, checked_by):
    """Also where several actions travel together: none of them was answered."""

    def goes_on(student, case):
        """It cannot pass."""
        sealed = student.Sealed()
        sealed.assign("other", 1)
        for _ in sealed.tell.each([args(), args()]):
            pytest.fail("nothing was to be answered")

    source = text() + "\n\nclass Sealed:\n    __slots__ = ()\n    def tell(self):\n        print('asked')\n"
    (check,) = submit(source, plan=checked_by(goes_on)).checks
    assert check.message.startswith("AttributeError: 'Sealed' object has no attribute 'other'")
    assert "asked" not in check.output


EATS = {
    "a tensor": "torch.zeros(1 << 40)",
    "bytes": "x = bytearray(1 << 45)",
    "bit by bit": "x = [torch.empty(1 << 26) for _ in range(200)]",
}


@pytest.mark.parametrize("statement", EATS.values(), ids=EATS)
def test_too_much_memory_costs_that_check(submit, text, statement: str):
    """The limit is named, and the same process goes on."""
    result = submit(text(only_for_single_precision(statement)))
    assert outcomes(result) == ["passed", "out_of_memory", "passed", "passed", "passed"]
    assert result.checks[1].message.startswith("The memory limit of 512 MB was reached:")


def test_memory_that_is_held_is_watched(submit, text, limited):
    """What limits of one process let pass is noticed, and the process is ended; the checks after it still run."""
    shared = "y = mmap.mmap(-1, 1 << 28); [y.write(bytes(1 << 20)) for _ in range(256)]; time.sleep(999)"
    source = text(only_for_single_precision(shared), top="import mmap, time")
    result = submit(source, plan=limited(memory_mb=64))
    assert outcomes(result) == ["passed", "out_of_memory", "passed", "passed", "passed"]
    assert "it held more than 64 MB" in result.checks[1].message


def test_too_much_memory_at_import_costs_that_statement_only(submit, text):
    """It is left out with a note, like any other accident; what is defined beside it counts."""
    result = submit(text(top=f"import torch; {EATS['a tensor']}"))
    assert outcomes(result) == ["passed"] * 5
    assert any("memory" in note.lower() for note in result.notes)


def test_an_enormous_answer_is_an_error(submit, text):
    """What is too large to be sent is told to the student."""
    result = submit(text("return ['x' * 10**6] * 5"))
    assert outcomes(result) == ["error", "error", "passed", "error", "passed"]
    assert "which is too large" in result.checks[0].message


FORGE = """
import inspect, os, socket, stat, sys
from autograder.worker import wire

def link():
    return next(fd for fd in range(3, 200) if is_socket(fd))

def is_socket(fd):
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False

def nonce():
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["nonce"]

def forge(reply, nonce):
    wire.send(socket.socket(fileno=os.dup(link())), nonce, reply)
"""


@pytest.mark.parametrize(
    "statement",
    [
        "os.write(link(), b'HTTP/1.1 200 OK, and more than sixteen bytes')",
        "os.write(link(), wire.PREFIX.pack(wire.MAGIC, 2, 0) + b'[]')",
        "os.write(link(), wire.PREFIX.pack(wire.MAGIC, 1 << 31, 0))",
        "forge({'value': [{'value': x + x}]}, 'a guess')",
        "forge([x + x, []], nonce())",
    ],
    ids=["no frame", "no reply", "an enormous frame", "a guessed nonce", "no dict"],
)
def test_what_is_no_answer_is_a_crash(submit, text, statement: str):
    """Bytes on the wire that are not the reply to the request end that check, and only that."""
    result = submit(text(only_for_single_precision(statement), top=FORGE))
    assert outcomes(result) == ["passed", "crashed", "passed", "passed", "passed"]
    assert "something that is not an answer" in result.checks[1].message


FORGED = [
    {},
    {"value": None, "changed": 5},
    {"value": {}, "changed": [{}, None]},
    {"problem": 5},
    {"problem": "exception", "type": 5, "text": ["x"], "where": 5},
    {"problem": "exception", "type": [], "text": 5, "where": [5, [1, 2, 3], [None, {}, []]]},
    {"problem": "not_attempted", "text": {}},
    {"problem": "missing"},
    {"problem": "out_of_memory", "text": 7},
    {"value": ["object", 10**9]},
]


@pytest.mark.parametrize("inside", [False, True], ids=["of the whole request", "of one action"])
@pytest.mark.parametrize("reply", FORGED, ids=repr)
@pytest.mark.parametrize("where", ["call", "import"])
def test_a_forged_reply_is_never_a_fault_of_the_grader(submit, text, reply: dict, where: str, inside: bool):
    """Nonsense in the place of an answer, even with the right nonce, earns nothing and breaks nothing."""
    reply = {"value": [reply]} if inside else reply
    statement = f"forge({reply!r}, nonce()); os._exit(0)"
    source = text(statement, top=FORGE) if where == "call" else text(top=f"{FORGE}\n{statement}")
    result = submit(source)
    of_double = [check for check in result.checks if check.exercise == "double"]
    assert not any(check.outcome.earns for check in of_double)
    assert result.score <= 4


def test_reading_an_attribute_that_raises_is_an_error(submit, text, checked_by):
    """A property is code of the student like any other."""

    def reads(student, case):
        """It reads."""
        student.Counter().value("total")

    source = text() + "    __init__ = object.__init__\n    total = property(lambda self: 1 / 0)\n"
    result = submit(source, plan=checked_by(reads))
    assert outcomes(result) == ["error"]
    assert "ZeroDivisionError: division by zero (scaling.py, line 1" in result.checks[0].message


def test_calls_that_travel_together_answer_one_by_one(submit, text, checked_by):
    """Calls and readings in between are answered in order."""

    def counts(student, case):
        """It counts."""
        counter = student.Counter(1)
        equal(list(counter.add.each([args(2), args(3)])), [3, 6])
        equal(list(counter.add.each([args(4), args(5)], reading="total")), [10, 15])

    assert outcomes(submit(text(), plan=checked_by(counts))) == ["passed"]


def test_an_exception_among_calls_that_travel_together_comes_in_its_turn(submit, text, checked_by):
    """What came before it is compared first."""

    def doubles(student, case):
        """It doubles."""
        for i, value in enumerate(student.double.each(map(args, range(3)))):
            equal(value, 2 * i if i < wrong_at else "wrong", name=f"value {i}")

    source = text("return [0, 2][x]")
    wrong_at = 1
    assert "Value 1" in submit(source, plan=checked_by(doubles)).checks[0].message
    wrong_at = 3
    (check,) = submit(source, plan=checked_by(doubles)).checks
    assert (str(check.outcome), "IndexError" in check.message) == ("error", True)


@pytest.mark.parametrize("replies", [None, 5, [], [5], [{"value": 2}], [{"value": 2}, {}, {}]], ids=repr)
def test_forged_answers_to_calls_that_travel_together_earn_nothing(submit, text, checked_by, replies: object):
    """Neither too few, nor too many, nor nonsense."""

    def doubles(student, case):
        """It doubles."""
        equal(list(student.double.each([args(1), args(2)])), [2, 4])

    result = submit(text(f"forge({{'value': {replies!r}}}, nonce())", top=FORGE), plan=checked_by(doubles))
    assert result.checks[0].outcome in (Outcome.FAILED, Outcome.CRASHED)


def test_a_seed_of_a_check_arrives_as_a_generator(submit, text, checked_by):
    """A check hands out randomness that the submission can use at once."""

    def draws(student, case):
        """It draws."""
        seed = case.generator()
        close(student.double(seed), torch.rand(3, generator=torch.Generator().manual_seed(seed.value)))

    assert outcomes(submit(text("return torch.rand(3, generator=x)"), plan=checked_by(draws))) == ["passed"]
