"""Checks of a class with operators, by most of the words that reach into objects and functions."""

import math

from autograder.checking import check, close, equal, gradients, raises, require, spy, take


@check("forward")
def operators_compute(student, case):
    """Numbers and nodes are added, multiplied and so on, from either side."""
    a, b = student.Node(3.0), student.Node(-2.0)
    for node, expected in ((a + b, 1), (2 * a, 6), (a - 1, 2), (1 + b, -1), (-a, -3), (a / b, -1.5), (a**2, 9)):
        close(node.value("value"), float(expected))


@check("forward")
def nodes_know_their_parents(student, case):
    """Iterating over a node gives its parents, and `len` their number."""
    a, b = student.Node(3.0), student.Node(-2.0)
    product = a * b
    equal(len(product), 2)
    equal(list(product), [a, b], name="the parents")


@check("forward")
def only_numbers_become_nodes(student, case):
    """Anything but a number raises a ValueError."""
    raises(ValueError, student.Node, "text")
    raises(ValueError, lambda: student.Node(1.0) + "text")


@check("backward")
def order_ends_with_the_node(student, case):
    """Each node comes once and behind its parents."""
    a, b = student.Node(2.0), student.Node(3.0)
    inner = a * b
    outer = inner * a
    order = outer.order()
    equal(len(order), 4, name="the number of nodes in order()")
    require(order[-1] is outer, "The last node in order() must be the one that it is asked of.")
    require(order.index(inner) > order.index(b), "A node must stand behind its parents in order().")


@check("backward")
def gradients_fit(student, case):
    """The gradients of an expression are those of autograd."""

    def expression(x, y):
        return (x * y + x) ** 2 / y

    values = case.uniform(2, low=0.5, high=2.0)
    expected = gradients(expression, *values)
    close(student.gradient(expression, *values.tolist()), list(expected), names=["dx", "dy"])


@check("backward")
def shared_nodes_accumulate(student, case):
    """A node that is used twice gets the sum of both gradients."""
    a = student.Node(3.0)
    (a * a + a).backward()
    close(a.value("grad"), 7.0, name="a.grad")


@check("backward")
def derivatives_are_asked_once(student, case):
    """Each local derivative is asked for once."""
    derivative = spy(math.cos)
    x = student.Node(0.5)
    y = student.apply(math.sin, derivative, x)
    (y * y).backward()
    close(x.value("grad"), 2 * math.sin(0.5) * math.cos(0.5), name="x.grad")
    equal(len(derivative.calls), 1, name="the number of calls of the local derivative")


@check("descent")
def descent_steps(student, case):
    """The points of gradient descent come one after the other, without end."""
    points = student.descent(lambda x: 2 * x, 1.0, 0.25)
    close(take(points, 3), [1.0, 0.5, 0.25], name="the points")
    close(take(points, 1), [0.125], name="the next point")
