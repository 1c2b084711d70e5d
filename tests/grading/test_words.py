"""Words of a check about a student's objects and functions: alike in a worker, in this process, in a kernel."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from autograder.checking import args, close, equal, raises, spy, take, unchanged
from autograder.checking.local import LocalChannel, module_from
from autograder.checking.student import Handle, Student, answers, events
from autograder.checking.verdict import NotRaised, Raised, Verdict
from autograder.grading.namespace import NamespaceChannel
from autograder.grading.remote import RemoteChannel
from autograder.model import Budget, Outcome
from autograder.plan import Plan
from autograder.sandbox.spec import SandboxSpec
from autograder.submissions.files import Source

SOURCE = """
import threading
import torch


class Node:
    def __init__(self, value, parents=()):
        self.value = value
        self.parents = parents

    def __add__(self, other):
        return Node(self.value + getattr(other, "value", other))

    __radd__ = __add__

    def __mul__(self, other):
        return Node(self.value * getattr(other, "value", other))

    __rmul__ = __mul__

    def __sub__(self, other):
        raise TypeError("the student's own")

    def __truediv__(self, other):
        return self.value / other

    def __rpow__(self, other):
        return other ** self.value

    def __matmul__(self, other):
        return self.value @ other

    def __rmatmul__(self, other):
        return other @ self.value

    def __neg__(self):
        return Node(-self.value)

    def __call__(self, x, scale=1):
        return self.value * x * scale

    def itself(self):
        return self

    def family(self):
        return {"parents": list(self.parents), "me": self}

    def relu(self, x):
        return max(x, self.value)


class Rows:
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return self.rows[i]


def make(what):
    return eval(what)


def countdown(n):
    buffer = torch.zeros(1)
    while n:
        n -= 1
        yield buffer.fill_(n)


def endless():
    yield 1
    yield from endless()


def odd_ones():
    yield 1
    raise ValueError("no more")


def root(x):
    if x < 0:
        raise ValueError("negative")
    return x ** 0.5


class Refused(ValueError):
    pass


def refuse():
    raise Refused("refused")


def square(x):
    return x * x


def grow(x):
    return x.add_(1)


def twice(f, x):
    return f(f(x))


def scaled(f, *, by):
    def result(x):
        return by * f(x)
    return result


def ask(f, times, *given, **named):
    for _ in range(times):
        value = f(*given, **named)
    return value


def ask_with_a_node(f, value):
    return f(Node(value)).value


def swallow(f):
    for _ in range(3):
        try:
            f(1)
        except BaseException:
            pass
    return "swallowed"


def spoil(f, x):
    f(x)
    x.zero_()
    return f(x).zero_()


class Trainer:
    def __init__(self, loss_fn):
        self.loss_fn = loss_fn

    def step(self, w):
        return self.loss_fn(w)


def give_back(f):
    return f


def same(f, g):
    return f is g


def by_threads(f, n):
    results = []
    threads = [threading.Thread(target=lambda i=i: results.append(f(i))) for i in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


KEPT = []


def keep(f):
    KEPT.append(f)


def use_kept():
    return KEPT[-1]()


def go_on(f, depth):
    return f(depth)
"""
HOSTS = ("worker", "local", "notebook")


@pytest.fixture(scope="module")
def channels(plan: Plan, workers) -> Iterator[dict]:
    """`SOURCE` in each of the hosts."""
    namespace: dict = {}
    exec(SOURCE, namespace)
    assignment = dataclasses.replace(plan.assignment, budget=Budget(60, 600))  # for all tests of this file together
    source = Source(SOURCE, Path("scaling.py"))
    worker = RemoteChannel(source, assignment, spec=SandboxSpec(), device="cpu", workers=workers)
    worker.load()
    yield dict(
        zip(HOSTS, (worker, LocalChannel(module_from(SOURCE, "local")), NamespaceChannel(namespace)), strict=True)
    )
    worker.close()


@pytest.fixture(params=HOSTS)
def channel(channels: dict, request):
    """A channel at the begin of a check."""
    if request.param != "local":
        channels[request.param].begin(0, "double")
    return channels[request.param]


@pytest.fixture
def student(channel) -> Student:
    return Student(channel)


A = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
OPERATIONS: dict[str, tuple[Callable, object]] = {
    "of two objects": (lambda a, b: (a + b).value("value"), 5),
    "with a number": (lambda a, b: (a * 4).value("value"), 8),
    "a number on the left": (lambda a, b: (4 * a).value("value"), 8),
    "a division": (lambda a, b: a / 4, 0.5),
    "a power with the object above": (lambda a, b: 3**b, 27),
    "a sign": (lambda a, b: (-a).value("value"), -2),
    "one after the other": (lambda a, b: (2 * a + -b + 1).value("value"), 2),
    "the sum of a list": (lambda a, b: sum([a, b, a]).value("value"), 7),
    "a call": (lambda a, b: a(5), 10),
    "a call with names": (lambda a, b: a(x=5, scale=3), 30),
}


@pytest.mark.parametrize(("compute", "expected"), OPERATIONS.values(), ids=OPERATIONS)
def test_operators_are_those_of_the_students_class(student: Student, compute: Callable, expected: object):
    """From either side, as Python itself decides."""
    assert compute(student.Node(2), student.Node(3)) == expected


def test_operators_take_tensors_on_either_side(student: Student):
    """Although a tensor has operators of its own."""
    node = student.Node(A)
    assert (node @ A).tolist() == (A @ A).tolist()
    assert (A @ node).tolist() == (A @ A).tolist()
    assert (A * node).value("value").tolist() == (A * A).tolist()


LACKING: dict[str, tuple[Callable, str]] = {
    "an operator": (lambda a, r: r + 1, "`rows + 1`: unsupported operand type(s) for +: 'Rows' and 'int'. "
                                        "Does the class Rows define `__add__`?"),
    "an operator from the left": (lambda a, r: 2 / a, "`2 / node`: unsupported operand type(s) for /: 'int' and "
                                                      "'Node'. Does the class Node define `__rtruediv__`?"),
    "a sign": (lambda a, r: -r, "`-rows`: bad operand type for unary -: 'Rows'. Does the class Rows define `__neg__`?"),
    "an index": (lambda a, r: a[0], "`node[0]`: 'Node' object is not subscriptable. "
                                    "Does the class Node define `__getitem__`?"),
    "iteration": (lambda a, r: list(a), "`iter(node)`: 'Node' object is not iterable. "
                                        "Does the class Node define `__iter__`?"),
    "some values": (lambda a, r: take(a, 2), "`iter(node)`: 'Node' object is not iterable. "
                                             "Does the class Node define `__iter__`?"),
    "a length": (lambda a, r: len(a), "`len(node)`: object of type 'Node' has no len(). "
                                      "Does the class Node define `__len__`?"),
    "what it raises itself": (lambda a, r: a - 1, "the student's own"),
}  # fmt: skip


@pytest.mark.parametrize(("compute", "says"), LACKING.values(), ids=LACKING)
def test_a_missing_operator_is_the_students_error(student: Student, compute: Callable, says: str):
    """In Python's words, with what was computed and the method to write."""
    with pytest.raises(Raised) as caught:
        compute(student.Node(2), student.Rows([1]))
    assert caught.value.outcome is Outcome.ERROR
    assert caught.value.message.split(" (scaling.py")[0].split(" (line")[0] == f"TypeError: {says}"


def test_an_object_that_cannot_be_called_fails(student: Student):
    """As a method that is missing does."""
    with pytest.raises(Verdict, match="Rows objects cannot be called") as caught:
        student.Rows([1])(2)
    assert caught.value.outcome is Outcome.FAILED


def test_an_object_is_indexed_measured_and_walked_through(student: Student):
    """By the methods of its class; without `__iter__` by its index, as in Python."""
    rows = student.Rows([5, 6, [7]])
    assert (len(rows), rows[0], rows[-1]) == (3, 5, [7])
    assert list(rows) == [5, 6, [7]]
    assert 6 in rows
    first, *_ = rows
    assert first == 5
    assert student.Rows([])  # it is there, whatever its length
    with pytest.raises(Raised, match="IndexError"):
        rows[3]


def test_one_object_is_one_handle(student: Student):
    """However it came back, and wherever in an answer."""
    a, b = student.Node(1), student.Node(1)
    child = student.Node(2, (a, b))
    assert child.itself() is child
    assert child.family() == {"parents": [a, b], "me": child}
    assert child.family()["parents"][-1] is b
    assert a is not b
    assert child.value("parents") == (a, b)
    equal(child.family()["parents"], [a, b])


def test_another_object_in_its_place_is_told_in_words(student: Student):
    """With what it is, and no address of ours."""
    a, b = student.Node(1), student.Node(1)
    with pytest.raises(Verdict) as caught:
        equal([b, a], [a, b], "order")
    assert caught.value.message == (
        "order[0] is another Node than the one that it must be. "
        "order[0] and order[1] stand in each other's place: in which order are they returned?"
    )
    with pytest.raises(Verdict, match=r"The result must be 3, but is a Node\."):
        equal(a, 3)
    assert repr([a]) == "[a Node]"


GENERATORS = {
    "the first ones": (lambda s: take(s.endless(), 3), [1, 1, 1]),
    "fewer if it ends": (lambda s: [x.item() for x in take(s.countdown(2), 5)], [1.0, 0.0]),
    "none": (lambda s: take(s.endless(), 0), []),
    "of a list": (lambda s: take(s.make("[1, 2, 3]"), 2), [1, 2]),
    "of an object": (lambda s: take(s.Rows([1, 2, 3]), 2), [1, 2]),
    "a whole generator, with a buffer of its own": (lambda s: [x.item() for x in s.countdown(3)], [2.0, 1.0, 0.0]),
    "as a list": (lambda s: len(list(s.countdown(4))), 4),
    "until the check has enough": (lambda s: next(iter(s.endless())), 1),
}


@pytest.mark.parametrize(("use", "expected"), GENERATORS.values(), ids=GENERATORS)
def test_values_are_taken_from_iterators(student: Student, use: Callable, expected: object):
    """Each as it was when it came."""
    assert use(student) == expected


def test_an_iterator_goes_on_where_it_was(student: Student):
    """What was taken does not come again."""
    generator = student.countdown(5)
    assert [x.item() for x in take(generator, 2)] == [4, 3]
    assert next(iter(generator)).item() == 2
    assert [x.item() for x in generator] == [1, 0]


def test_an_exception_of_a_generator_is_the_students(student: Student):
    """Whenever it comes."""
    assert take(student.odd_ones(), 1) == [1]
    with pytest.raises(Raised, match="ValueError: no more"):
        list(student.odd_ones())


def test_an_iteration_ends(student: Student, monkeypatch):
    """Also that of something endless."""
    monkeypatch.setattr("autograder.checking.student.MOST_VALUES", 20)
    with pytest.raises(Verdict, match="The generator gave 20 values and goes on") as caught:
        list(student.endless())
    assert caught.value.outcome is Outcome.FAILED


@pytest.mark.parametrize(("what", "kind"), [("None", "None"), ("5", "the int 5")])
def test_values_of_what_gives_none_are_a_failure(student: Student, what: str, kind: str):
    """And no fault of the check."""
    with pytest.raises(Verdict, match=f"must be an iterator or a list, but what came back is {kind}"):
        take(student.make(what), 1)


RAISING = {
    "a call": (ValueError, lambda s: (s.root, -1)),
    "a base class": (ArithmeticError, lambda s: (s.make, "1 / 0")),
    "an exception of the student's": (ValueError, lambda s: (s.refuse,)),
    "several steps": (TypeError, lambda s: (lambda: s.Node(1) + "text",)),
    "a method": (TypeError, lambda s: (s.Node(1).relu, "text")),
    "a length": (TypeError, lambda s: (len, s.Node(1))),
    "an object that is called": (TypeError, lambda s: (s.Node(1),)),
}


@pytest.mark.parametrize(("kind", "call"), RAISING.values(), ids=RAISING)
def test_an_exception_that_must_come(student: Student, kind: type, call: Callable):
    """A kind of what is wanted passes."""
    raises(kind, *call(student))


NOT_RAISING = {
    "a value": (ValueError, lambda s: (s.root, 4.0), "root must raise ValueError, but returned the float 2.0."),
    "another exception": (TypeError, lambda s: (s.root, -1), "root must raise TypeError, but raised ValueError: neg"),
    "a subclass": (KeyError, lambda s: (s.refuse,), "refuse must raise KeyError, but raised Refused: refused"),
    "several steps": (TypeError, lambda s: (lambda: s.Node(1) + 1,), "The call must raise TypeError, but returned a N"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "call", "says"), NOT_RAISING.values(), ids=NOT_RAISING)
def test_an_exception_that_does_not_come(student: Student, kind: type, call: Callable, says: str):
    """What came instead is told."""
    with pytest.raises(NotRaised) as caught:
        raises(kind, *call(student))
    assert caught.value.message.startswith(says)
    assert caught.value.outcome is Outcome.FAILED
    assert "negative" not in caught.value.wording.redacted


def test_what_is_missing_is_not_an_exception_that_must_come(student: Student):
    """A function that does not exist raises nothing."""
    with pytest.raises(Verdict, match="defines no `nothing`"):
        raises(AttributeError, student.nothing)


def test_only_exceptions_of_python_can_be_wanted(student: Student):
    """No other class is known on both sides; that is the author's error."""
    with pytest.raises(TypeError, match="only exceptions of Python itself"):
        raises(Verdict, student.refuse)


def test_a_function_of_the_students_is_an_argument(student: Student):
    """A function, a method, a class; it is handed over as it is."""
    assert student.twice(student.square, 3) == 81
    assert student.twice(student.Node(5).relu, 3) == 5
    assert student.ask(student.Node, 1, 7).value("value") == 7
    assert student.same(student.square, g=student.square) is True
    with pytest.raises(Verdict, match="defines no `cube`"):
        student.twice(student.cube, 3)


def test_a_function_that_comes_back_can_be_called(student: Student):
    """A closure, with and without names, by itself and by the student's code."""
    result = student.scaled(student.square, by=10)
    assert isinstance(result, Handle)
    assert result(3) == 90
    assert result(x=2) == 40
    assert student.twice(result, 1) == 1000
    assert events(student)[-2].words == "function(x=2)"


def test_what_a_returned_function_changes_is_told(student: Student):
    """It is observed as any other."""
    grows = student.scaled(student.grow, by=2)
    assert unchanged(student.scaled(student.square, by=2), torch.ones(1)).item() == 2
    with pytest.raises(Verdict, match="function changed its input x in place"):
        unchanged(grows, torch.ones(1))


def test_a_function_of_ours_is_called_from_there(student: Student):
    """It returns what it returns here, and was seen with what it was given."""
    loss = spy(lambda w, *, factor=1.0: {"loss": (w * w).sum() * factor, "n": w.numel()})
    w = torch.tensor([1.0, 2.0])
    value = student.ask(loss, 2, w, factor=2.0)
    assert (value["loss"].item(), value["n"]) == (10, 2)
    assert [call.kwargs for call in loss.calls] == [{"factor": 2.0}] * 2
    assert loss.calls[0].args[0].tolist() == [1, 2]
    assert loss.calls[0].args[0] is not w


def test_any_function_of_ours_can_be_an_argument(student: Student):
    """Without being looked at; also one of torch."""
    assert student.ask(lambda x: x + 1, 1, 2) == 3
    assert student.ask(torch.tanh, 1, torch.zeros(2)).tolist() == [0, 0]
    assert student.ask(max, 1, 2, 5) == 5
    assert student.ask(lambda: (1, {"a": [2j, {3}]}), 1) == (1, {"a": [2j, {3}]})


def test_neither_side_writes_into_what_the_other_has(student: Student):
    """Arguments and values are copies."""
    answer = torch.ones(2)
    seen = spy(lambda x: answer)
    x = torch.full((2,), 3.0)
    assert student.spoil(seen, x).tolist() == [0, 0]
    assert [call.args[0].tolist() for call in seen.calls] == [[3, 3], [0, 0]]
    assert (x.tolist(), answer.tolist()) == ([3, 3], [1, 1])


def test_a_function_of_ours_may_be_kept_for_later_calls(student: Student):
    """As an attribute of an object; it is one and the same each time it is given."""
    loss = spy(lambda w: 2 * w)
    trainer = student.Trainer(loss)
    assert list(trainer.step.each([args(1), args(2)])) == [2, 4]
    trainer.assign("loss_fn", lambda w: 3 * w)
    assert trainer.step(5) == 15
    assert len(loss.calls) == 2
    assert student.same(loss, loss) is True
    assert student.give_back(loss)(4) == 8


def test_a_function_of_ours_gets_handles(student: Student):
    """It may compute with them, and return one of them."""
    assert student.ask_with_a_node(lambda node: 3 * node + node, 2) == 8
    assert student.ask(spy(student.square), 1, 5) == 25
    node = student.Node(3)
    seen = spy(lambda other: other)
    assert student.ask(seen, 1, node) is node
    assert seen.calls[0].args == (node,)


def test_calls_of_a_students_method_are_counted(student: Student):
    """By a spy in its place, which calls the method itself."""
    node = student.Node(5)
    counted = spy(node.value("relu"))
    node.assign("relu", counted)
    assert student.twice(node.relu, 7) == 7
    assert [call.args for call in counted.calls] == [(7,), (7,)]


def test_what_a_function_of_ours_asks_is_not_recorded(student: Student):
    """It is asked again whenever that is called again."""
    student.ask_with_a_node(lambda node: node + 1, 2)
    assert [event.action.name for event in events(student)] == ["ask_with_a_node"]
    assert answers(student) == [3]


def test_threads_of_the_students_may_call_it(student: Student):
    """One after the other."""
    assert student.by_threads(lambda i: i * i, 4) == [0, 1, 4, 9]


def test_calls_are_bounded(student: Student):
    """By what the check allows for one action."""
    limited = spy(lambda: 1, most_calls=3)
    assert student.ask(limited, 3) == 1
    assert student.ask(limited, 3) == 1
    with pytest.raises(Verdict, match="Your code called the check's function more than 3 times") as caught:
        student.ask(limited, 4)
    assert caught.value.outcome is Outcome.FAILED
    assert len(limited.calls) == 9
    assert student.square(2) == 4


def test_what_a_spy_remembers_is_bounded(student: Student, monkeypatch):
    """A student's code can send much with each call."""
    monkeypatch.setattr("autograder.checking.spies.MOST_BYTES", 1 << 20)
    with pytest.raises(Verdict, match="with more than 1 MB of arguments"):
        student.ask(spy(lambda x: 1), 50, torch.zeros(100, 100))
    with pytest.raises(Verdict, match="with more than 1 MB of arguments"):
        student.ask(spy(lambda x: 1), 50, {("x" * 40_000, 1): 1})
    assert student.ask(lambda x: 1, 50, torch.zeros(100, 100)) == 1


def test_an_exception_in_a_function_of_ours_is_raised_where_the_check_asked(student: Student):
    """Whatever the student's code does about it; and the next call is answered as ever."""

    def broken(x):
        raise KeyError("ours")

    for use in (student.swallow, lambda f: student.ask(f, 1, 1)):
        with pytest.raises(KeyError, match="ours"):
            use(broken)
    assert student.ask(lambda x: x, 1, 4) == 4


def test_a_verdict_in_a_function_of_ours_decides_the_check(student: Student):
    """It may look at what it is given with the words of a check."""
    with pytest.raises(Verdict, match="The result must be 2"):
        student.swallow(lambda x: equal(x, 2))


def test_a_value_of_ours_that_cannot_be_sent_is_our_error(student: Student):
    """An object of ours stays here."""
    with pytest.raises(TypeError, match="cannot be sent"):
        student.ask(lambda: object(), 1)
    assert student.square(3) == 9


def test_what_the_student_raises_in_between_is_the_students(student: Student):
    """A function of ours that asks for something that breaks."""
    with pytest.raises(Raised, match="ValueError: negative"):
        student.ask(lambda: student.root(-1), 1)
    assert student.square(3) == 9


def test_calls_of_each_other_end(student: Student):
    """Ours and the student's may call each other, but not without end."""

    def deeper(depth):
        return depth if depth == 5 else student.go_on(deeper, depth + 1)

    assert student.go_on(deeper, 0) == 5

    def endless(depth):
        return student.go_on(endless, depth + 1)

    with pytest.raises(Verdict, match="call each other without end"):
        student.go_on(endless, 0)
    assert student.square(3) == 9


def test_operations_of_ours_are_not_counted(student: Student):
    """Those of the student's are."""
    heavy = spy(lambda x: x.exp().sum().log())
    few, many = (student.ask.effort(heavy, n, torch.ones(2)) for n in (1, 4))
    assert few.operations == many.operations == 0


def test_a_function_of_an_earlier_check_cannot_be_called(channel):
    """It belongs to another one."""
    first = Student(channel)
    first.keep(lambda: "first")
    assert first.use_kept() == "first"
    if not hasattr(channel, "begin"):
        pytest.skip("this process begins no checks")
    channel.begin(1, "double")
    with pytest.raises(Raised, match="was given to an earlier check"):
        Student(channel).use_kept()


def test_ordinary_calls_take_one_message(channels, sent):
    """As before there were functions; a call of ours takes one each way."""
    channels["worker"].begin(0, "double")
    student = Student(channels["worker"])
    student.ask(lambda: 1, 1)
    student.square(2)
    assert [message.get("op", "answer") for message in sent] == ["ask", "answer", "ask"]


def test_complex_numbers_are_compared(student: Student):
    """Numbers and tensors, each with its own dtype."""
    close(student.make("1 + 2j"), 1 + 2j)
    close(student.make("torch.tensor([1 + 2j])"), torch.tensor([1 + 2j]))
    equal(student.make("{(0, 1): {2, 3}}"), {(0, 1): {2, 3}})
    with pytest.raises(Verdict, match="must be"):
        close(student.make("1 + 2.1j"), 1 + 2j)
