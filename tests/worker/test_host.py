"""autograder.worker.host, in a real worker process: requests in, plain values or a described problem out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from autograder.actions import Action, Assign, Call, Read, asking
from autograder.model import ObjectRef, Seed
from autograder.sandbox.process import WorkerProcess
from autograder.sandbox.spec import SandboxSpec

PATH = "/nowhere/work.py"
SOURCE = '''
import collections, random
import numpy as np
import torch

def add(a, b=1):
    return a + b

def grow(x, others=(), *, by=1):
    x += by
    for other in others:
        other.zero_()
    return x

def grow_inside(box):
    box.content += 1
    return [box.content]

def draw(generator):
    return torch.rand(2, generator=generator)

def globally():
    return torch.rand(1).item(), random.random(), float(np.random.rand())

def zeros(like, dtype):
    return torch.zeros_like(like, dtype=dtype)

def give(what):
    return eval(what)

def do(what):
    exec(what)

class Box:
    def __init__(self, content=0):
        self.content = content
    def get(self):
        return self.content
    def todo(self):
        raise NotImplementedError

def endless():
    return endless()

def todo():
    """Do."""
    raise NotImplementedError

def uses_todo():
    return todo() + 1

def wraps(x):
    return helper(x)

def helper(x):
    return x / 0

def comprehends(rows):
    return [
        {helper(row)
         for row in rows}
        for _ in rows
    ]

class Silent(Exception):
    def __str__(self):
        raise RuntimeError
'''


@pytest.fixture(scope="module")
def process(workers) -> Iterator[WorkerProcess]:
    """One worker for all tests of this file."""
    worker = workers.start(SandboxSpec(memory_mb=512))
    yield worker
    worker.kill()


@pytest.fixture
def ask(process: WorkerProcess) -> Callable[..., dict]:
    """Send a request to the worker, in which `SOURCE` is loaded afresh."""

    def request(op: str, **fields: Any) -> dict:
        return process.request({"op": op, **fields}, deadline=time.monotonic() + 60)

    request("hello", seed=0)
    request("load", sources={"work": SOURCE}, path=PATH, name="work", device="cpu", functions=[])
    return request


@pytest.fixture
def do(ask: Callable[..., dict]) -> Callable[..., list[dict]]:
    """Ask for actions; the reply to each, or the problem of all."""

    def request(*actions: Action) -> list[dict]:
        reply = ask(**asking(*actions))
        return [reply] if "problem" in reply else reply["value"]

    return request


@pytest.fixture
def call(do: Callable[..., list[dict]]) -> Callable[..., dict]:
    """Call a function of `SOURCE`, or a method of an object."""

    def request(name: str, *args: Any, target: int | None = None, observe: bool = False, **kwargs: Any) -> dict:
        return do(Call(target, name, args, kwargs, observe))[0]

    return request


def test_load_tells_what_is_written(ask):
    """The status of each function comes back under its name."""
    functions = ["add", "todo", "Box.todo", "nothing"]
    reply = ask("load", sources={"work": SOURCE}, path=PATH, name="work", device="cpu", functions=functions)
    assert reply["value"] == {"add": "written", "todo": "stub", "Box.todo": "stub", "nothing": "missing"}


def test_a_call_gives_the_value(call):
    """Arguments by place and by name; nothing is observed unless asked for."""
    reply = call("add", torch.ones(2), b=2)
    assert reply["value"].tolist() == [3, 3]
    assert "changed" not in reply


def test_a_seed_arrives_as_a_fresh_generator(call):
    """Equal seeds draw alike, call after call."""
    expected = torch.rand(2, generator=torch.Generator().manual_seed(7)).tolist()
    assert [call("draw", Seed(7))["value"].tolist() for _ in range(2)] == [expected, expected]


def test_a_seed_reaches_the_global_generators(ask, call):
    """Code that draws without a generator is reproducible too: torch, random and numpy."""
    found = []
    for seed in (1, 1, 2):
        ask("hello", seed=seed)
        found.append(call("globally")["value"])
    assert found[0] == found[1]
    assert all(a != b for a, b in zip(found[1], found[2], strict=True))


def test_a_dtype_arrives(call):
    """A dtype is an argument like any other."""
    assert call("zeros", torch.ones(1), torch.float64)["value"].dtype == torch.float64


@pytest.mark.parametrize(
    ("args", "kwargs", "changed"),
    [
        ((torch.ones(2),), {"by": 0}, []),
        ((torch.ones(2),), {}, ["x"]),
        ((torch.ones(2), [torch.ones(1)]), {}, ["x", "others"]),
        ((torch.full((1,), torch.nan),), {}, []),
        ((torch.zeros(0),), {}, []),
        ((), {"x": torch.ones(2), "others": [torch.ones(1)]}, ["x", "others"]),
    ],
    ids=["nothing", "the first", "inside a list", "NaN stays NaN", "an empty one", "by name"],
)
def test_changed_inputs_are_named(call, args: tuple, kwargs: dict, changed: list):
    """Inputs that were written into are told by the names of the parameters."""
    assert call("grow", *args, observe=True, **kwargs).get("changed", []) == changed


def test_several_actions_are_answered_up_to_the_first_that_cannot_be(do):
    """Each has a reply of its own; what follows a problem is not done."""
    asked = [("Box", ([],)), ("add", (1, 2)), ("nothing", ()), ("add", (3, 4))]
    made, added, missing = do(*[Call(None, name, args, {}) for name, args in asked])
    assert made["value"].type_name == "Box"
    assert added["value"] == 3
    assert missing["problem"] == "missing"


def test_each_of_several_answers_is_as_it_was_at_its_time(do, call):
    """What later actions write in place does not reach what was answered before."""
    box = call("Box", torch.zeros(2))["value"]
    get = Call(box.id, "get", (), {})
    grow = Call(None, "grow_inside", (box,), {})
    values = [reply["value"] for reply in do(grow, get, grow, get)]
    assert [x[0].tolist() if isinstance(x, list) else x.tolist() for x in values] == [[1, 1], [1, 1], [2, 2], [2, 2]]


def test_objects_go_by_number(do, call):
    """An object stays in the worker, where it is called, read, set and passed on."""
    box = call("Box", [1])["value"]
    assert box == ObjectRef(box.id, "Box")
    assert call("get", target=box.id)["value"] == [1]
    assigned, read = do(Assign(box.id, "content", {"inner": box}), Read(box.id, "content"))
    assert assigned == {"value": None}
    inner = read["value"]["inner"]
    assert inner.type_name == "Box"
    assert call("Box", inner)["value"].type_name == "Box"


def test_a_seed_begins_a_check_that_has_no_objects(ask, call):
    """A check cannot reach the objects of the one before."""
    old = call("Box")["value"]
    ask("hello", seed=0)
    assert call("get", target=old.id)["problem"] == "exception"


PLAIN = {
    "np.float64(1.5)": 1.5,
    "np.int32(3)": 3,
    "np.bool_(True)": True,
    "{'a': [1, (2, None)], 3: 'x'}": {"a": [1, (2, None)], 3: "x"},
    "torch.float32": torch.float32,
    "type('Text', (str,), {})('x')": "x",
    "type('Float', (float,), {'__eq__': lambda self, other: True})(1)": 1.0,
}


@pytest.mark.parametrize(("expression", "value"), PLAIN.items(), ids=PLAIN)
def test_plain_values_come_back_plain(call, expression: str, value: object):
    """Scalars of numpy and shapes are plain values as well."""
    found = call("give", expression)["value"]
    assert (type(found), found) == (type(value), value)


STAYING = {
    "np.ones(2)": "ndarray",
    "{np.ones}": "set",
    "{(1, 2.5): 3}": "dict",
    "collections.OrderedDict({None: 1})": "OrderedDict",
    "{True: 1}": "dict",
    "lambda: 0": "function",
    "torch.zeros(1).to_sparse()": "sparse tensor",
    "torch.zeros(1, device='meta')": "meta tensor",
    "torch.quantize_per_tensor(torch.zeros(1), 1.0, 0, torch.qint8)": "quantised tensor",
    "torch.zeros(1, dtype=torch.uint16)": "uint16 tensor",
    "10**30": "int",
}


@pytest.mark.parametrize(("expression", "kind"), STAYING.items(), ids=STAYING)
def test_other_values_stay_behind(call, expression: str, kind: str):
    """What is neither plain nor a kind of it goes by number and type."""
    assert call("give", expression)["value"].type_name == kind
    assert call("give", f"[{expression}]")["value"][0].type_name == kind


def test_a_missing_function_is_told(call):
    """The reply says that the module lacks it."""
    assert call("nothing") == {"problem": "missing", "text": "The module defines no `nothing`."}


def test_a_missing_attribute_is_told(do, call):
    """The reply says which objects lack it, whether it is called or read."""
    box = call("Box")["value"]
    told = {"problem": "missing", "text": "Box objects have no `nothing`."}
    assert call("nothing", target=box.id) == told
    assert do(Read(box.id, "nothing")) == [told]


def test_an_exception_is_described(call):
    """Type, text and the lines of the student's file that it passed, innermost last."""
    reply = call("wraps", 1)
    lines = [line.strip() for line in SOURCE.splitlines()]
    passed = {"wraps": "return helper(x)", "helper": "return x / 0"}
    where = [[lines.index(code) + 1, name, code] for name, code in passed.items()]
    assert reply.pop("kinds") == ["ZeroDivisionError", "ArithmeticError", "Exception", "BaseException"]
    assert reply == {"problem": "exception", "type": "ZeroDivisionError", "text": "division by zero", "where": where}


def test_a_comprehension_is_a_part_of_its_function(call):
    """On every Python, although it is a function of its own before 3.12."""
    lines = [line.strip() for line in SOURCE.splitlines()]
    where = [[lines.index("{helper(row)") + 1, "comprehends", "{helper(row)"]]
    where += [[lines.index("return x / 0") + 1, "helper", "return x / 0"]]
    assert call("comprehends", [1])["where"] == where


RAISED = {
    "raise ValueError('no')": ("ValueError", "no"),
    "raise SystemExit(0)": ("SystemExit", "0"),
    "raise KeyboardInterrupt": ("KeyboardInterrupt", ""),
    "raise GeneratorExit": ("GeneratorExit", ""),
    "class Odd(BaseException): pass\nraise Odd('odd')": ("Odd", "odd"),
    "raise Silent": ("Silent", ""),
    "endless()": ("RecursionError", "maximum recursion depth exceeded"),
    "torch.ones(2) @ torch.ones(3)": ("RuntimeError", "inconsistent tensor size"),
    "raise NotImplementedError('by exec, not by a stub')": ("NotImplementedError", "by exec, not by a stub"),
    "def (:": ("SyntaxError", "invalid syntax"),
    "raise ValueError('x' * 100_000)": ("ValueError", "x" * 2000),
}


@pytest.mark.parametrize(("code", "told"), RAISED.items(), ids=[told[0] for told in RAISED.values()])
def test_whatever_is_raised_is_an_exception(call, code: str, told: tuple[str, str]):
    """No exception ends the worker, not even those that end a program."""
    reply = call("do", code)
    assert reply["problem"] == "exception"
    assert reply["type"] == told[0]
    assert reply["text"].startswith(told[1])
    assert len(reply["text"]) <= 2000
    assert call("add", 1)["value"] == 2


@pytest.mark.parametrize(
    ("source", "told", "where"),
    [
        ("x = 1\ny = = 2\n", "SyntaxError", [[2, "", "y = = 2"]]),
        ("def f():\nreturn 1\n", "IndentationError", [[2, "", "return 1"]]),
    ],
    ids=["syntax", "indentation"],
)
def test_a_file_that_cannot_be_executed_is_described(ask, source: str, told: str, where: list):
    """The line is told, also where no line of the file was executed."""
    reply = ask("load", sources={"work": source}, path=PATH, name="work", device="cpu", functions=["f"])
    assert (reply["problem"], reply["type"], reply["where"]) == ("exception", told, where)


@pytest.mark.parametrize(("name", "unwritten"), [("todo", "todo"), ("uses_todo", "todo")])
def test_a_stub_says_that_it_is_one(call, name: str, unwritten: str):
    """The reply names the function that is not written, wherever the call began."""
    assert call(name) == {"problem": "not_attempted", "text": unwritten}


def test_a_library_that_implements_nothing_is_no_stub(call):
    """torch raises the same type for what a device lacks, and may do so in a line with the number of a stub's."""
    line = SOURCE.splitlines().index("    raise NotImplementedError")
    reply = call("do", "\n" * line + "raise NotImplementedError('no kernel')")
    assert (reply["problem"], reply["text"]) == ("exception", "no kernel")


def test_a_method_that_is_a_stub_has_its_full_name(call):
    """Class and method, as the exercise lists it."""
    box = call("Box")["value"]
    assert call("todo", target=box.id) == {"problem": "not_attempted", "text": "Box.todo"}


@pytest.mark.parametrize("code", ["torch.zeros(1 << 45)", "x = bytearray(1 << 45)", "raise MemoryError"])
def test_too_much_memory_is_told(call, code: str):
    """The limit is caught, told as such, and the worker lives on."""
    assert call("do", code)["problem"] == "out_of_memory"
    assert call("add", 1)["value"] == 2


SELF_CONTAINING = "(lambda x: (x.append(x), x)[1])([])"
UNSENDABLE = {
    "too deep": "__import__('functools').reduce(lambda inner, _: [inner], range(30), 0)",
    "without end": SELF_CONTAINING,
    "too many tensors": "[torch.zeros(1)] * 5000",
    "too long": "['x' * 10**6] * 5",
}


@pytest.mark.parametrize("expression", UNSENDABLE.values(), ids=UNSENDABLE)
def test_an_answer_that_cannot_be_sent_is_a_problem(call, expression: str):
    """The student is told, and the worker lives on."""
    assert call("give", expression)["problem"] == "exception"
    assert call("add", 1)["value"] == 2


def test_printing_does_not_disturb_the_wire(process, call):
    """What a submission prints is collected beside the answers."""
    process.take_output()
    assert call("do", "import sys; print('AGW2'); sys.stderr.write('oops')")["value"] is None
    assert process.take_output() == "AGW2\noops"
    assert process.take_output() == ""
